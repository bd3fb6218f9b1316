"""Servers on loopback that stand for the forges that Landed reads."""
