"""What telemetry is turned into before anything is written: records without a word of text.

An export (a body of OTLP) becomes items. Each is of one kind, has a key that a second sending of
the same thing brings again, and fields that were allowed by name: prompts, answers, commands,
arguments and contents of files never become a field.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import orjson

from landed.errors import LandedError

Signal = Literal["logs", "metrics", "traces"]
Kind = Literal["session", "turn", "call", "decision", "edit", "reference", "point", "count"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class TelemetryError(LandedError):
    """A body is no OTLP of the signal that it was sent as; nothing of it was taken."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that telemetry told.

    `key` names the thing itself (a request, a turn, a point of a sum), so that the same export
    sent again brings the same key. `fields` are JSON values by name; times are microseconds since
    1970, UTC.
    """

    key: str
    kind: Kind
    fields: Mapping[str, Any]

    def payload(self) -> bytes:
        """Return the item as JSON, the same bytes for equal items."""
        told = {"kind": self.kind, "fields": dict(self.fields)}
        return orjson.dumps({"key": self.key, **told}, option=orjson.OPT_SORT_KEYS)

    @classmethod
    def read(cls, payload: bytes) -> Told:
        """Return the item that `payload` holds.

        Raises:
            TelemetryError: the payload is not one that `payload()` made.
        """
        try:
            told = orjson.loads(payload)
        except orjson.JSONDecodeError as error:
            raise TelemetryError(f"an item of telemetry is not JSON: {error}") from error
        if (
            not isinstance(told, dict)
            or not isinstance(told.get("key"), str)
            or told.get("kind") not in KINDS
            or not isinstance(told.get("fields"), dict)
        ):
            raise TelemetryError("an item of telemetry has no key, no kind or no fields")
        return cls(told["key"], told["kind"], told["fields"])


@dataclass(slots=True)
class Received:
    """What a body of OTLP held.

    `rejected` counts the records that could not be understood, `message` says why the first of
    them was not (both go into the answer's `partial_success`). `unknown` counts what was
    understood but is told by nobody Landed knows, by `SERVICE SIGNAL NAME`; it is among the items
    too, as counts.
    """

    items: list[Told] = field(default_factory=list)
    rejected: int = 0
    message: str = ""
    unknown: dict[str, int] = field(default_factory=dict)


def digest(*parts: object) -> str:
    """Return a short name for what `parts` say: 32 hexadecimal digits, the same everywhere."""
    return hashlib.blake2b(
        orjson.dumps(parts, option=orjson.OPT_SORT_KEYS), digest_size=16
    ).hexdigest()
