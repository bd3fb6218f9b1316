"""Spoiling a real log: values of wrong types in places where a reader expects others."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import strategies as st

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 1 << 60) | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "text", "id"]), inner, max_size=3)
    ),
    max_leaves=5,
)


def spoiled(text: bytes, data: st.DataObject) -> bytes:
    """Return a file of JSON lines with other values in four places of any depth."""
    lines = [orjson.loads(line) for line in text.splitlines()]
    for _ in range(4):
        place: Any = data.draw(st.sampled_from(lines))
        while True:
            names = sorted(place) if isinstance(place, dict) else list(range(len(place)))
            name = data.draw(st.sampled_from(names))
            if isinstance(place[name], dict | list) and place[name] and data.draw(st.booleans()):
                place = place[name]
            else:
                place[name] = data.draw(_VALUES)
                break
    return b"".join(orjson.dumps(line) + b"\n" for line in lines)
