"""What becomes of notes when commits are rewritten: amended, rebased, picked, squashed, reset.

Where a test says that the log is gone, the note alone has to carry the evidence over.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.hook.shop import Shop, lines

CART = ("def total(items):", "    return sum(items)")
PAY = ("def pay(total):", "    charge(total)")


def forget_everything(shop: Shop) -> None:
    """What the hook remembers is gone, and so are the logs."""
    (shop.place.kept / "recent.json").unlink()
    shutil.rmtree(shop.home / ".claude")


@pytest.fixture(params=["remembered", "notes alone"])
def forgetting(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "notes alone")


def test_amend_keeps_what_is_still_there_and_adds_what_is_new(shop: Shop) -> None:
    agent = shop.session()
    agent.write("cart.py", lines(*CART, "shipping = 5"))
    old = shop.commit("The cart")
    agent.write("pay.py", lines(*PAY))
    shop.write("cart.py", lines("import math", *CART, "shipping = 7"))
    shop.git("add", "-A")

    shop.git("commit", "-q", "--amend", "-m", "The cart, and payment")

    assert shop.texts() == {"cart.py": list(CART), "pay.py": list(PAY)}
    assert shop.texts(old) == {"cart.py": [*CART, "shipping = 5"]}
    assert f'"base_commit_sha": "{shop.tip()}"' in shop.note()


def test_amending_only_the_message(shop: Shop, forgetting: bool) -> None:
    shop.session().write("cart.py", lines(*CART))
    shop.commit("The crat")
    if forgetting:
        forget_everything(shop)

    shop.git("commit", "-q", "--amend", "-m", "The cart")

    assert shop.attested() == {"cart.py": [1, 2]}


def test_rebase_moves_the_notes_and_their_line_numbers(shop: Shop, forgetting: bool) -> None:
    shop.write("cart.py", lines("import math", "", "", "SHIPPING = 5"))
    shop.commit("By hand")
    shop.git("checkout", "-q", "-b", "cart")
    agent = shop.session()
    agent.replace("cart.py", "SHIPPING = 5\n", lines("SHIPPING = 5", *CART))
    shop.commit("Total")
    agent.write("pay.py", lines(*PAY))
    shop.commit("Payment")
    shop.git("checkout", "-q", "main")
    shop.write("cart.py", lines("import decimal", "import math", "", "", "SHIPPING = 5"))
    shop.commit("Decimals")
    if forgetting:
        forget_everything(shop)
    shop.git("checkout", "-q", "cart")

    shop.git("rebase", "-q", "main")

    assert shop.attested("HEAD~1") == {"cart.py": [6, 7]}
    assert shop.attested("HEAD") == {"pay.py": [1, 2]}


def test_squash_by_interactive_rebase_joins_the_notes(shop: Shop, forgetting: bool) -> None:
    shop.session("s-1").write("cart.py", lines(*CART, "shipping = 5"))
    shop.commit("Total")
    shop.session("s-2").write("pay.py", lines(*PAY))
    shop.write("cart.py", lines(*CART, "shipping = vat(5)"))
    shop.commit("Payment, and shipping by hand")
    if forgetting:
        forget_everything(shop)
    editors = {"GIT_SEQUENCE_EDITOR": "sed -i.bak '2s/^pick/squash/'", "GIT_EDITOR": "true"}

    shop.git("rebase", "-q", "-i", "HEAD~2", environment=editors)

    assert shop.texts() == {"cart.py": list(CART), "pay.py": list(PAY)}
    assert {"s-1", "s-2"} == {one for one in ("s-1", "s-2") if f'"id": "{one}"' in shop.note()}


def test_a_commit_that_is_dropped_leaves_nothing(shop: Shop) -> None:
    shop.session("s-1").write("cart.py", lines(*CART))
    shop.commit("Total")
    shop.session("s-2").write("pay.py", lines(*PAY))
    shop.commit("Payment")

    editor = {"GIT_SEQUENCE_EDITOR": "sed -i.bak '1s/^pick/drop/'"}
    shop.git("rebase", "-q", "-i", "HEAD~2", environment=editor)

    assert shop.attested() == {"pay.py": [1, 2]}
    assert shop.git("log", "--format=%s") == "Payment\nStart"


def test_a_commit_that_is_made_in_the_middle_of_a_rebase(shop: Shop) -> None:
    agent = shop.session()
    agent.write("cart.py", lines(*CART))
    shop.commit("Total")
    shop.write("other.py", lines("other = 1"))
    shop.commit("Other")
    editor = {"GIT_SEQUENCE_EDITOR": "sed -i.bak '1s/^pick/edit/'"}
    shop.git("rebase", "-q", "-i", "HEAD~2", environment=editor)
    agent.write("pay.py", lines(*PAY))
    shop.commit("Payment, in between")

    shop.git("rebase", "--continue")

    assert shop.git("log", "--format=%s", "-3").split("\n") == [
        "Other",
        "Payment, in between",
        "Total",
    ]
    assert shop.attested("HEAD~1") == {"pay.py": [1, 2]}
    assert shop.attested("HEAD~2") == {"cart.py": [1, 2]}


def test_an_aborted_rebase_leaves_everything_as_it_was(shop: Shop) -> None:
    shop.write("cart.py", lines("total = 0"))
    shop.commit("By hand")
    shop.git("checkout", "-q", "-b", "cart")
    agent = shop.session()
    agent.write("pay.py", lines(*PAY))
    shop.commit("Payment")
    agent.replace("cart.py", "total = 0", "total = price * count")
    shop.commit("Total")
    before = shop.git("rev-parse", "refs/notes/ai")
    shop.git("checkout", "-q", "main")
    shop.write("cart.py", lines("total = 1"))
    shop.commit("One")
    shop.git("checkout", "-q", "cart")
    shop.git("rebase", "-q", "main", accept=(1,))

    shop.git("rebase", "--abort")

    assert shop.git("rev-parse", "refs/notes/ai") == before
    assert shop.attested() == {"cart.py": [1]}
    assert shop.attested("HEAD~1") == {"pay.py": [1, 2]}


def test_a_conflict_that_a_person_resolves_is_the_persons(shop: Shop, forgetting: bool) -> None:
    shop.write("cart.py", lines("total = 0"))
    shop.commit("By hand")
    shop.git("checkout", "-q", "-b", "cart")
    shop.session().replace("cart.py", "total = 0\n", lines("total = price * count", "pay(total)"))
    shop.commit("Total")
    shop.git("checkout", "-q", "main")
    shop.write("cart.py", lines("total = 1"))
    shop.commit("One")
    if forgetting:
        forget_everything(shop)
    shop.git("checkout", "-q", "cart")
    shop.git("rebase", "-q", "main", accept=(1,))
    shop.write("cart.py", lines("total = price * count + 1", "pay(total)"))
    shop.git("add", "-A")

    shop.git("-c", "core.editor=true", "rebase", "--continue")

    assert shop.texts() == {"cart.py": ["pay(total)"]}


@pytest.mark.parametrize("arguments", [[], ["-x"]])
def test_cherry_pick_to_another_branch(shop: Shop, forgetting: bool, arguments: list[str]) -> None:
    shop.git("checkout", "-q", "-b", "cart")
    shop.session().write("pay.py", lines(PAY[0]))
    shop.commit("Payment")
    shop.git("checkout", "-q", "main")
    shop.write("other.py", lines("other = 1"))
    shop.commit("Other")
    if forgetting:
        forget_everything(shop)

    shop.git("cherry-pick", *arguments, "cart")

    assert shop.attested() == {"pay.py": [1]}


def test_a_squash_merge_of_a_branch_that_is_still_there(shop: Shop) -> None:
    shop.git("checkout", "-q", "-b", "cart")
    agent = shop.session()
    agent.write("cart.py", lines(*CART))
    shop.commit("Total")
    agent.write("cart.py", lines(*CART, *PAY))
    agent.write("one.py", lines("lonely = 1"))
    shop.commit("Payment")
    shop.git("checkout", "-q", "main")

    shop.git("merge", "-q", "--squash", "cart")
    shop.git("commit", "-q", "-m", "Cart and payment")

    # two runs of two lines and a line alone are less than a squash has to show
    assert shop.attested() == {}

    agent.write("vat.py", lines("RATE = 0.19", "def vat(net):", "    return net * RATE"))
    shop.git("checkout", "-q", "-b", "vat")
    shop.commit("Tax")
    shop.git("checkout", "-q", "main")
    shop.git("merge", "-q", "--squash", "vat")
    shop.git("commit", "-q", "-m", "Tax, squashed")

    assert shop.attested() == {"vat.py": [1, 2, 3]}


def test_a_person_on_another_branch_who_writes_the_agents_line_has_written_it(shop: Shop) -> None:
    shop.git("checkout", "-q", "-b", "cart")
    shop.session().write("cart.py", lines(*CART))
    shop.commit("Total")
    shop.git("checkout", "-q", "main")
    shop.write("cart.py", lines(*CART))

    shop.commit("The same by hand")

    assert shop.note() == ""


def test_reset_and_another_commit(shop: Shop) -> None:
    shop.session().write("cart.py", lines(*CART))
    shop.commit("Total")
    shop.git("reset", "-q", "HEAD~")

    shop.commit("Total, once more")

    assert shop.attested() == {"cart.py": [1, 2]}


def test_a_note_that_git_copied_itself_is_checked_again(shop: Shop) -> None:
    shop.git("config", "notes.rewriteRef", "refs/notes/ai")
    shop.session().write("cart.py", lines(*CART, "shipping = 5"))
    shop.commit("Total")
    shop.write("cart.py", lines("import math", *CART))
    shop.git("add", "-A")

    shop.git("commit", "-q", "--amend", "--no-edit")

    assert shop.attested() == {"cart.py": [2, 3]}

    shop.write("cart.py", lines("import math"))
    shop.git("add", "-A")
    shop.git("commit", "-q", "--amend", "--no-edit")

    assert shop.note() == ""


def test_stash_and_pop(shop: Shop) -> None:
    shop.session().write("cart.py", lines(*CART))
    shop.git("add", "-A")
    shop.git("stash", "-q")
    shop.write("other.py", lines("other = 1"))
    shop.commit("Other")
    shop.git("stash", "pop", "-q")

    shop.commit("Total")

    assert shop.attested() == {"cart.py": [1, 2]}


def test_another_worktree(shop: Shop, tmp_path: Path) -> None:
    beside = tmp_path / "beside"
    shop.git("worktree", "add", "-q", "-b", "cart", str(beside))
    shop.session("s-1", folder=beside).write("cart.py", lines(*CART))
    shop.write("cart.py", lines(*CART))
    shop.commit("A person writes the same in the first worktree")
    shop.git("add", "-A", folder=beside)

    shop.git("commit", "-q", "-m", "Total", folder=beside)

    assert shop.note("main") == ""
    assert shop.attested("cart") == {"cart.py": [1, 2]}
