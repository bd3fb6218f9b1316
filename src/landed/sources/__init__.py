"""Readers of the outside world: one small package per outside system, all yielding records."""
