"""Telling a webhook, without ever telling anybody else its address."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Any

from landed.errors import ConfigurationError, DeliveryError

PAUSES = (1.0, 5.0, 20.0)
"""Seconds between attempts."""
LONGEST_PAUSE = 60.0
"""No longer than this, whatever the other side asks for."""
_SECONDS = 20.0
_BUSY = 429
_FAILED = 500
_REFUSED = 300


def post(
    address: str, message: dict[str, Any], name: str, pauses: Sequence[float] = PAUSES
) -> None:
    """Post a message as JSON; what fails for a while is tried again after each of `pauses`.

    `name` says for people which delivery it is.

    Raises:
        ConfigurationError: the address is none.
        DeliveryError: it was refused, or there was no answer of use.
    """
    import httpx

    # it writes whole addresses into its log
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    if not address.startswith(("https://", "http://")):
        raise ConfigurationError(
            f"the webhook of the delivery {name} is no address: it has to begin with https://"
        )
    trouble = ""
    for pause in (*pauses, None):
        wanted = None
        try:
            answer = httpx.post(address, json=message, timeout=_SECONDS)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            # nobody's traceback has the address either
            raise ConfigurationError(f"the webhook of the delivery {name} is no address") from None
        except httpx.HTTPError as error:
            trouble = f"no answer ({type(error).__name__})"
        else:
            if answer.status_code < _REFUSED:
                return
            trouble = f"it answered {answer.status_code}"
            if answer.status_code < _FAILED and answer.status_code != _BUSY:
                break
            wanted = answer.headers.get("retry-after", "")
        if pause is not None:
            time.sleep(_seconds(wanted, pause))
    raise DeliveryError(
        f"the webhook of the delivery {name} did not take the report: {trouble}"
    ) from None


def _seconds(wanted: str | None, pause: float) -> float:
    """How long to wait: as long as the other side asks for, within reason."""
    if wanted and wanted.isdecimal():
        return min(float(wanted), LONGEST_PAUSE)
    return pause
