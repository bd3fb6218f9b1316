"""Landed: which AI-written lines reached production, what they cost, and what became of them."""

__version__ = "0.1.0"
