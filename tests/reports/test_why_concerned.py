"""A part of the ledger tells the same of a line's incidents as the whole one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.journey.shops import Shop, code, named

from landed.config import ServiceSettings
from landed.journey.columns import NEVER, limit_of
from landed.journey.history import read_history
from landed.journey.incidents import read_incident_causes
from landed.journey.statements import statement
from landed.reports import why_concerned
from landed.reports.why_concerned import read_concerned_ledger
from landed.reports.why_lineage import read_lineage
from landed.store import Store

Part = tuple[str, float]
"""Rule and weight."""


TROUBLES: dict[str, tuple[str, list[tuple[str, str, str]], dict[str, Any]]] = {
    "named changes": ("link", [("caused-by-change", n, "field") for n in ("1", "2")], {}),
    "named deployment": ("link", [("caused-by-deployment", "d2", "mention")], {}),
    "closed by a change": ("fix", [], {"number": 70}),
    "closed by a subject": ("fix", [], {"number": 71, "kind": "bug"}),
    "repaired by a change": ("fix", [("fixed-by-change", "4", "field")], {}),
    "repaired by a commit": ("fix", [("fixed-by-commit", "{third}", "field")], {}),
    "named commit": ("root-cause", [("caused-by-commit", "{pushed}", "root-cause")], {}),
    "time alone": ("time", [], {}),
    "time, of a service": ("time", [], {"service": "cart"}),
}
"""What went wrong: the rule that tells the cause, the incident's links, and its fields."""


def troubled(tmp_path: Path, name: str) -> Shop:
    """Four changes of different sizes, one pushed commit, and one incident."""
    shop = Shop(tmp_path, services=[ServiceSettings(name="cart", paths=("cart/**",))])
    first = shop.commit({"cart/sum.py": code("a", "b", "c", "e", "f"), "readme.txt": "shop\n"})
    shop.change(1, lands=[first])
    shop.deploy("github:d0", first)
    shop.deploy("github:s1", first, service="cart")
    second = shop.commit(
        {"cart/sum.py": code("a", "b", "c", "d", "e", "f"), "tax.py": code("t", "u")}
    )
    shop.change(2, lands=[second])
    pushed = shop.commit({"tax.py": code("t", "u", "v", "w", "x")})
    shop.deploy("github:d2", pushed)
    _, links, fields = TROUBLES[name]
    begun = shop.passes(hours=1)
    third = shop.commit(
        {"cart/sum.py": code("b", "d", "e", "f"), "tax.py": code("u", "v", "w", "x")}
    )
    shop.change(3, lands=[third], closes=["#70"])
    shop.commit({"cart/sum.py": code("e", "f"), "tax.py": code("u", "v", "w")}, "Closes #71")
    fourth = shop.commit({"tax.py": code("w", "y"), "cart/sum.py": code("f", "z")})
    shop.change(4, lands=[fourth])
    shop.deploy("github:d4", fourth)
    commits = {"third": third[:9], "pushed": pushed[:9]}
    named_there = [(kind, target.format(**commits), rule) for kind, target, rule in links]
    shop.incident("trouble", *named_there, at=begun, **fields)
    shop.sync()
    return shop


@pytest.mark.parametrize("name", TROUBLES)
@pytest.mark.parametrize("one_by_one", [0, 100_000])
def test_every_line_tells_the_same_as_the_whole_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_by_one: int, name: str
) -> None:
    monkeypatch.setattr(why_concerned, "_ONE_BY_ONE", one_by_one)
    shop = troubled(tmp_path, name)
    with Store.open(shop.workspace) as store:
        whole = shop.ledger(store)
        causes = read_incident_causes(store, whole).causes.to_pylist()
        history = read_history(store, shop.repository, NEVER)
        asked = {"repository": shop.repository, "until": limit_of(NEVER)}
        incidents = store.query(statement("incidents"), asked)

        found: dict[str, set[Part]] = {}
        for owner, root in enumerate(whole.lines.root.tolist()):
            contribution = int(whole.held.landed[owner])
            lineage = read_lineage(store, shop.repository, root)
            ledger = read_concerned_ledger(
                store, shop.settings, history, "main", lineage, incidents
            )
            told = read_incident_causes(store, ledger).causes.to_pylist()
            own = parts(told, contribution)
            assert own == parts(causes, contribution), named(whole.contributions, contribution)
            found[named(whole.contributions, contribution)] = own

    causing = {name: own for name, own in found.items() if own}
    assert {rule for own in causing.values() for rule, _ in own} == {TROUBLES[name][0]}
    weights = [weight for own in causing.values() for _, weight in own]
    assert sum(weights) == pytest.approx(1)
    assert len(causing) > 1 or name in ("named commit", "time, of a service")


def parts(causes: list[dict[str, Any]], contribution: int) -> set[Part]:
    return {(row["rule"], row["weight"]) for row in causes if row["contribution"] == contribution}
