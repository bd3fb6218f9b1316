"""A change that was squashed at the forge, whose branch lives in `refs/pull/1/head` alone."""

from __future__ import annotations

from pathlib import Path

from tests.histories.builder import BEN, History, lines
from tests.histories.objects import run_git
from tests.histories.served import serve

from landed.attribution.lineage import link
from landed.attribution.update import attribute
from landed.config import Settings
from landed.ledger.exclusion import attribute_rows
from landed.ledger.observing import default_rules
from landed.ledger.planning import LedgerRequest
from landed.ledger.update import update_ledger
from landed.sources.git.mirror import CHANGE_REFS, fetch_mirror
from landed.sources.git.scratch import Scratch
from landed.store import Store

KEY = bytes(range(16))
CLAUDE = "Sum the cart\n\nCo-Authored-By: Claude <noreply@anthropic.com>"
CODE = lines(*(f"total_{number} = sum_of(cart, {number})" for number in range(6)))


def read(clone: Path, mirror: Path | None, settings: Settings) -> dict[str, list[str]]:
    """Read clone and mirror; who wrote each line of the squashed commit, and by which link."""
    rules = default_rules()
    request = LedgerRequest(settings.workspace, KEY, rules, refs=CHANGE_REFS, unreachable=True)

    def open_store() -> Store:
        return Store.open(settings.workspace)

    with Scratch.open(clone, settings.workspace, attribute_rows(rules), mirror) as scratch:
        repository = update_ledger(scratch, request, open_store).repository
        with open_store() as store:
            attribute(store, repository, scratch, settings)
            link(store, repository)
            rows = store.query(
                "select coalesce(rule, 'none') as rule, grade, author.who "
                'from "commit" as squashed '
                "join line using (repository, commit_index) "
                "left join line_link using (repository, line) "
                "join line_author as author using (repository, line) "
                "where squashed.subject = 'Sum the cart (#1)' order by line"
            )
    return {name: rows[name].to_pylist() for name in rows.column_names}


def test_the_landed_lines_are_linked_to_the_branch_and_its_trailer_once_the_mirror_has_it(
    tmp_path: Path,
) -> None:
    forge = History(tmp_path / "forge" / "acme" / "shop.git", bare=True)
    forge.write("readme.md", lines("Shop"))
    forge.commit()
    forge.branch("sum")
    forge.write("cart.py", CODE)
    forge.set_ref("refs/pull/1/head", forge.commit(CLAUDE, author=BEN))
    forge.checkout("main")
    forge.squash("sum", message="Sum the cart (#1)", author=BEN)
    forge.delete_branch("sum")
    clone, mirror = tmp_path / "clone", tmp_path / "mirror.git"
    settings = Settings(workspace=tmp_path / "workspace")

    with serve(tmp_path / "forge") as server:
        run_git(tmp_path, "clone", "-q", server.address("acme/shop"), clone)
        before = read(clone, None, settings)
        fetch_mirror(mirror, server.address("acme/shop"))
    after = read(clone, mirror, settings)

    assert before == {"rule": ["none"] * 6, "grade": ["none"] * 6, "who": ["unknown"] * 6}
    assert after == {"rule": ["squash"] * 6, "grade": ["declared"] * 6, "who": ["ai"] * 6}
    assert run_git(clone, "for-each-ref", "refs/pull").stdout == b""
