"""What an address may ask for, wherever it leads."""

from __future__ import annotations

FILTER_NAMES = ("period", "since", "until", "repository", "team", "agent", "model", "feature")
"""Parameters that narrow what is looked at; links to other pages keep them."""
