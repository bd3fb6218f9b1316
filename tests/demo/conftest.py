"""Two of the company's repositories, made once at a small size for all tests that look at them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from landed.demo import DemoCompany, make_demo
from landed.demo.company import PRODUCTS

TODAY = date(2026, 11, 20)
SEED = 3
SIZE = 0.08
SMALL = tuple(one for one in PRODUCTS if one.name in ("storefront-web", "storefront-api"))


def make(directory: Path, **more: object) -> DemoCompany:
    """Make the small company, or find it there."""
    return make_demo(directory, SEED, TODAY, size=SIZE, products=SMALL, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="package")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoCompany]:
    """The small company. Whoever makes it has a log of their own, that is none of its business."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        for name in [name for name in os.environ if name.startswith(("LANDED_", "GIT_", "XDG_"))]:
            patch.delenv(name)
        patch.setenv("HOME", str(home))
        log = home / ".claude" / "projects" / "-own" / "own.jsonl"
        log.parent.mkdir(parents=True)
        log.write_text(OWN_LOG)
        # of tests in other directories too: whoever comes later finds it made
        yield make(tmp_path_factory.getbasetemp() / "made-up-company")


OWN_LOG = (
    '{"type":"user","uuid":"1","sessionId":"own","cwd":"/own","timestamp":"2026-11-01T10:00:00Z",'
    '"promptId":"p","message":{"role":"user","content":"hello"}}\n'
)
