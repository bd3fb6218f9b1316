"""What readers find in texts where a test is not about signals."""

from __future__ import annotations

from collections.abc import Iterable

from landed.sources.forges.signals import Place, SignalMatch


def no_signals(place: Place, text: str) -> Iterable[SignalMatch]:
    """Find nothing."""
    del place, text
    return ()
