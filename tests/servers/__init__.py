"""Servers for tests: those that stand for the forges that Landed reads, and its own."""
