"""What the hook writes at a commit: the lines that agents wrote, and no others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.hook.shop import MODEL, Shop, lines

from landed.sources.git_ai import parse_git_ai

CART = lines("def total(items):", "    return sum(items)", "", "", "def count(items):")


def test_an_agents_new_file_is_noted_whole(shop: Shop) -> None:
    shop.session().write("cart.py", CART)

    commit = shop.commit("Add the cart")

    assert shop.attested() == {"cart.py": [1, 2, 3, 4, 5]}
    assert shop.complaints() == ""
    metadata = json.loads(shop.note().partition("---\n")[2])
    assert metadata["schema_version"] == "authorship/3.0.0"
    assert metadata["base_commit_sha"] == commit
    assert list(metadata["sessions"].values()) == [
        {
            "agent_id": {"tool": "claude", "id": "s-1", "model": MODEL},
            "human_author": "Ana <ana@example.com>",
        }
    ]


def test_the_note_holds_no_code_and_no_prompt(shop: Shop) -> None:
    shop.session().write("cart.py", CART)

    shop.commit("Add the cart")

    note = shop.note()
    assert "cart.py" in note
    assert not any(word in note for word in ("total", "items", "return", "Work on the shop"))


def test_what_the_hook_remembers_holds_no_code_and_is_for_its_owner_only(shop: Shop) -> None:
    shop.session().write("cart.py", CART)

    shop.commit("Add the cart")

    kept = shop.place.kept
    assert kept.stat().st_mode & 0o077 == 0
    assert (kept / "recent.json").stat().st_mode & 0o077 == 0
    assert b"sum(items)" not in (kept / "recent.json").read_bytes()


def test_lines_of_a_person_are_not_noted(shop: Shop) -> None:
    agent = shop.session()
    agent.write("cart.py", lines("total = price * count", "shipping = 5"))
    text = lines("vat = total * 0.19", "total = price * count", "shipping = 5", "print(vat)")
    shop.write("cart.py", text)
    shop.write("checkout.py", lines("pay(total)"))

    shop.commit()

    assert shop.texts() == {"cart.py": ["total = price * count", "shipping = 5"]}


def test_a_line_that_a_person_changed_is_not_noted(shop: Shop) -> None:
    shop.session().write("cart.py", lines("total = price * count", "shipping = 5"))
    shop.write("cart.py", lines("total = price * amount", "shipping = 5"))

    shop.commit()

    assert shop.texts() == {"cart.py": ["shipping = 5"]}


def test_a_trivial_line_counts_only_beside_an_agents_line(shop: Shop) -> None:
    shop.session().write("cart.js", lines("function total() {", "  pay();", "}"))
    shop.write("cart.js", lines("if (a) {", "}", "function total() {", "  pay();", "}", "{", "}"))

    shop.commit()

    assert shop.attested() == {"cart.js": [3, 4, 5]}


def test_a_refused_edit_and_one_that_the_user_changed_prove_nothing(shop: Shop) -> None:
    shop.write("cart.py", lines("total = 0"))
    shop.commit()
    agent = shop.session()
    agent.write("refused.py", lines("total = price * count"), refused=True)
    agent.replace("cart.py", "total = 0", "total = price()", changed_by_user=True)
    shop.write("refused.py", lines("total = price * count"))

    shop.commit()

    assert shop.note() == ""


def test_a_line_that_the_agent_took_out_again_and_a_person_wrote_is_the_persons(
    shop: Shop,
) -> None:
    agent = shop.session()
    agent.write("cart.py", lines("total = price * count", "shipping = 5"))
    agent.write("cart.py", lines("shipping = 5"))
    shop.write("cart.py", lines("total = price * count", "shipping = 5"))

    shop.commit()

    assert shop.texts() == {"cart.py": ["shipping = 5"]}


def test_a_line_is_noted_once_in_a_history(shop: Shop) -> None:
    shop.session().write("cart.py", lines("total = price * count"))
    shop.commit()
    shop.write("cart.py", lines("total = 0"))
    shop.commit()
    shop.write("cart.py", lines("total = price * count"))

    shop.commit("A person writes the agent's line again")

    assert shop.note() == ""


def test_what_was_not_committed_at_once_is_noted_when_it_is(shop: Shop) -> None:
    agent = shop.session()
    agent.write("cart.py", lines("total = price * count"))
    agent.write("pay.py", lines("pay(total)"))
    shop.git("add", "cart.py")
    shop.git("commit", "-q", "-m", "The cart")
    assert shop.texts() == {"cart.py": ["total = price * count"]}

    shop.commit("Payment")

    assert shop.texts() == {"pay.py": ["pay(total)"]}


def test_two_sessions_and_a_growing_log(shop: Shop) -> None:
    first, second = shop.session("s-1"), shop.session("s-2")
    first.write("cart.py", lines("total = price * count"))
    shop.commit()
    first.replace("cart.py", "total", "# the sum of all\ntotal")
    second.write("pay.py", lines("pay(total)"))

    shop.commit()

    claims = parse_git_ai(shop.note().encode()).claims
    assert [(claim.path, claim.contributor.session, claim.ranges) for claim in claims] == [
        ("cart.py", "s-1", ((1, 1),)),
        ("pay.py", "s-2", ((1, 1),)),
    ]


def test_a_file_that_was_renamed_before_the_commit(shop: Shop) -> None:
    body = ("total = price * count", "shipping = 5", "pay(total)")
    shop.session().write("cart.py", lines(*body))
    shop.session("s-2").write("one.py", lines("only = 1", "two = 2"))
    (shop.path / "cart.py").rename(shop.path / "basket.py")
    (shop.path / "one.py").rename(shop.path / "other.py")

    shop.commit()

    # elsewhere, three lines that stand together are proof, and two are not
    assert shop.texts() == {"basket.py": list(body)}


def test_a_merge_adds_nothing_itself(shop: Shop) -> None:
    shop.git("checkout", "-q", "-b", "cart")
    shop.session().write("cart.py", CART)
    side = shop.commit()
    shop.git("checkout", "-q", "main")
    shop.write("other.py", lines("other = 1"))
    shop.commit()

    shop.git("merge", "-q", "--no-ff", "-m", "Merge the cart", "cart")

    assert shop.note() == ""
    assert shop.attested(side) == {"cart.py": [1, 2, 3, 4, 5]}


@pytest.mark.parametrize("name", ["my cart.py", "Größe/€.py", "-dash.py", "#hash.py"])
def test_paths_of_all_kinds_are_named(shop: Shop, name: str) -> None:
    shop.session().write(name, lines("total = price * count"))

    shop.commit()

    assert shop.attested() == {name: [1]}


@pytest.mark.parametrize("name", ['quo"te.py', "a\ttab.py", "new\nline.py", "---", "\x1b[31m.py"])
def test_a_path_that_a_note_cannot_name_is_left_out(shop: Shop, name: str) -> None:
    agent = shop.session()
    agent.write(name, lines("total = price * count"))
    agent.write("cart.py", lines("shipping = 5"))

    shop.commit()

    assert shop.texts() == {"cart.py": ["shipping = 5"]}


def test_lines_that_look_like_headers_of_a_difference(shop: Shop) -> None:
    shop.write("a.txt", lines("-- a/old.py", "keep = 1"))
    shop.commit()
    shop.session().write("a.txt", lines("++ b/other.py", "@@ -1 +1 @@ total", "keep = 1"))

    shop.commit()

    assert shop.attested() == {"a.txt": [1, 2]}


def test_line_ends_of_windows_and_a_missing_last_newline(shop: Shop) -> None:
    agent = shop.session()
    agent.write("dos.txt", "total = price\n")
    (shop.path / "dos.txt").write_bytes(b"total = price\r\n")
    agent.write("last.txt", "shipping = 5\npay(total)")

    shop.commit()

    assert shop.attested() == {"dos.txt": [1], "last.txt": [1, 2]}


def test_edits_of_other_repositories_prove_nothing(shop: Shop, tmp_path: Path) -> None:
    other = tmp_path / "shop-two"
    other.mkdir()
    shop.session(folder=other).write("cart.py", lines("total = price * count"))
    shop.write("cart.py", lines("total = price * count"))

    shop.commit()

    assert shop.note() == ""


def test_the_first_commit_of_a_history(shop: Shop) -> None:
    shop.git("checkout", "-q", "--orphan", "fresh")
    shop.session().write("cart.py", lines("total = price * count"))

    shop.commit("A new root")

    assert shop.attested() == {"cart.py": [1]}


def test_a_log_that_is_written_after_the_commit_is_noted_at_the_next(shop: Shop) -> None:
    agent = shop.session()
    agent.write("cart.py", lines("total = price * count"))
    late = agent.path.rename(agent.path.with_suffix(".late"))
    shop.commit("Before the log has it")
    late.rename(agent.path)
    agent.write("pay.py", lines("total = price * count", "pay(total)"))

    shop.commit("The next")

    assert shop.attested("HEAD~1") == {"cart.py": [1]}
    assert shop.attested("HEAD") == {"pay.py": [1, 2]}


def test_an_edit_that_came_after_a_commit_is_not_found_in_it(shop: Shop) -> None:
    agent = shop.session()
    agent.write("cart.py", lines("total = price * count"))
    late = agent.path.rename(agent.path.with_suffix(".late"))
    shop.write("pay.py", lines("pay(total)"))
    shop.commit("A person pays")
    late.rename(agent.path)
    shop.write("pay.py", "")
    agent.write("pay.py", lines("pay(total)"))
    shop.write("other.py", lines("other = 1"))

    shop.commit("The agent's line is what stood there already")

    assert shop.attested("HEAD~1") == {"cart.py": [1]}
