"""Forges: one small module a forge, one contract."""
