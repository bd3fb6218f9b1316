"""Who wrote a commit, as the pull request that brought it tells."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.delivery.forge_rows import CLAUDE_BODY, By, ForgeRows
from tests.delivery.shop_at_forge import BRANCH, FIX, MAIN, Shop
from tests.histories.builder import ANA, BEN

from landed.config import SignalSettings
from landed.delivery.evidence import ChangeEvidence, note_change_evidence

BOT = ("Devin AI", "158243242+devin-ai-integration[bot]@users.noreply.github.com")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_the_commits_of_a_change_bear_what_its_description_says(shop: Shop) -> None:
    shop.branch()
    commit = shop.write(BRANCH)
    shop.history.checkout("main")
    merge = shop.history.merge("feature")
    shop.forge.change(12, commits=[By(commit, "ana")], body=CLAUDE_BODY, landed=[merge])

    assert shop.note() == ChangeEvidence(changed=True, commits=1, statements=1)

    assert shop.said() == [(commit, "ai", "declared", "pull request 12: claude-code-request")]
    assert shop.tip("cart.py") == ["unknown none", "ai declared", "ai declared"]


def test_nothing_is_written_twice(shop: Shop) -> None:
    shop.branch()
    shop.forge.change(1, commits=[By(shop.write(BRANCH), "ana")], body=CLAUDE_BODY, state="open")

    assert shop.note().changed
    assert not shop.note().changed


def test_a_branch_name_alone_decides_nothing_that_counts(shop: Shop) -> None:
    shop.branch()
    commit = shop.write(BRANCH)
    shop.forge.change(3, commits=[By(commit, "ana")], branch="claude/cart", state="open")

    shop.note()

    assert shop.said() == [(commit, "ai", "inferred", "pull request 3: claude-code-branch")]


def test_commits_of_somebody_else_on_the_branch_are_not_the_agents(shop: Shop) -> None:
    shop.branch()
    own = shop.write(BRANCH)
    bens = shop.write(FIX, BEN)
    shop.forge.change(1, commits=[By(own, "ana"), By(bens, "ben")], body=CLAUDE_BODY, state="open")

    shop.note()

    assert [commit for commit, *_ in shop.said()] == [own]


def test_two_logins_of_one_person_are_no_two_people(shop: Shop) -> None:
    shop.branch()
    commit = shop.write(BRANCH)
    shop.forge.account("ana", writes_as=[ANA[1]])
    shop.forge.account("ana-at-work", email=ANA[1])
    shop.forge.change(1, commits=[By(commit, "ana-at-work")], body=CLAUDE_BODY, state="open")

    shop.note()

    assert [commit for commit, *_ in shop.said()] == [commit]


def test_whose_an_address_is_tells_where_the_forge_does_not(shop: Shop) -> None:
    shop.branch()
    own = shop.write(BRANCH)
    bens = shop.write(FIX, BEN)
    shop.forge.account("ana", email=ANA[1])
    shop.forge.account("ben", email=BEN[1])
    shop.forge.change(
        1,
        commits=[By(own, None, ANA[1]), By(bens, None, BEN[1])],
        body=CLAUDE_BODY,
        state="open",
    )

    shop.note()

    assert [commit for commit, *_ in shop.said()] == [own]


def test_what_a_person_adds_to_an_agents_change_is_not_surely_the_agents(shop: Shop) -> None:
    shop.branch()
    by_bot = shop.write(BRANCH, BOT)
    by_nobody_known = shop.write(FIX, BEN)
    devin = "devin-ai-integration[bot]"
    commits = [By(by_bot, None, BOT[1]), By(by_nobody_known, None, BEN[1])]
    shop.forge.change(1, commits=commits, author=devin, kind="bot", state="open")

    shop.note()
    assert shop.grades() == {by_bot: "declared", by_nobody_known: "inferred"}

    shop.forge.account("ben", email=BEN[1])
    shop.note()
    assert shop.grades() == {by_bot: "declared"}


def test_commits_of_a_formatter_stay_the_formatters(shop: Shop) -> None:
    shop.branch()
    formatter = ("pre-commit-ci[bot]", "66853113+pre-commit-ci[bot]@users.noreply.github.com")
    commit = shop.write(BRANCH, formatter)
    shop.forge.change(1, commits=[By(commit)], author=None, body=CLAUDE_BODY, state="open")

    shop.note()

    assert shop.said() == []


def test_merges_bear_nothing(shop: Shop) -> None:
    shop.branch()
    own = shop.write(BRANCH)
    shop.history.checkout("main")
    shop.trees["/home/ana/shop"] = {"cart.py": MAIN, "README": "A shop\n"}
    shop.commit("Tell what it is")
    shop.history.checkout("feature")
    update = shop.history.merge("main")
    shop.forge.change(
        1, commits=[By(own, "ana"), By(update, "ana")], body=CLAUDE_BODY, state="open"
    )

    shop.note()

    assert [commit for commit, *_ in shop.said()] == [own]


def test_a_squash_counts_only_lines_of_commits_that_bear_it(shop: Shop) -> None:
    shop.branch()
    own = shop.write(BRANCH)
    bens = shop.write(FIX, BEN)
    shop.history.checkout("main")
    squash = shop.write(FIX, message="Sum the cart (#7)")
    shop.forge.change(
        7,
        commits=[By(own, "ana"), By(bens, "ben")],
        body=CLAUDE_BODY,
        merge_commit=squash,
        landed=[squash],
        rule="squash",
    )

    shop.note()

    assert shop.grades() == {own: "declared", squash: "inferred"}
    assert shop.tip("cart.py") == ["unknown none", "ai declared", "ai declared", "unknown none"]


def test_a_squash_whose_branch_is_gone_is_inferred(shop: Shop) -> None:
    squash = shop.write(BRANCH, message="Sum the cart (#7)")
    gone = [By("1" * 40, "ana"), By("2" * 40, "ana")]
    shop.forge.change(7, commits=gone, body=CLAUDE_BODY, landed=[squash], rule="squash")

    shop.note()

    assert shop.grades() == {squash: "inferred"}
    assert shop.tip("cart.py") == ["unknown none", "ai inferred", "ai inferred"]


def test_a_squash_of_a_single_commit_is_that_commit(shop: Shop) -> None:
    squash = shop.write(BRANCH, message="Sum the cart (#7)")
    only = [By("1" * 40, "ana")]
    shop.forge.change(7, commits=only, body=CLAUDE_BODY, landed=[squash], rule="squash")

    shop.note()

    assert shop.grades() == {squash: "declared"}


def test_a_squash_of_other_peoples_work_bears_nothing(shop: Shop) -> None:
    squash = shop.write(BRANCH, message="Sum the cart (#7)")
    others = [By("1" * 40, "ben"), By("2" * 40, "cleo")]
    shop.forge.change(7, commits=others, body=CLAUDE_BODY, landed=[squash], rule="squash")

    shop.note()

    assert shop.said() == []


def test_commits_that_a_rebase_made_bear_it_as_the_branch_does(shop: Shop) -> None:
    first = shop.write(BRANCH)
    second = shop.write(FIX, BEN)
    shop.forge.account("ana", writes_as=[ANA[1]])
    shop.forge.account("ben", writes_as=[BEN[1]])
    shop.forge.change(
        7,
        commits=[By("1" * 40, "ana"), By("2" * 40, "ben")],
        body=CLAUDE_BODY,
        merge_commit=second,
        landed=[first, second],
        rule="rebase",
    )

    shop.note()

    assert shop.grades() == {first: "declared"}


def test_a_change_that_promotes_the_work_of_others_says_nothing_of_it(shop: Shop) -> None:
    shop.branch("develop")
    by_hand = shop.write(BRANCH)
    squash = shop.write(FIX, message="Print it (#2)")
    shop.history.checkout("main")
    merge = shop.history.merge("develop")
    shop.forge.change(1, commits=[By(by_hand, "ana")], base_ref="develop")
    shop.forge.change(
        2,
        commits=[By(f"{number}" * 40, "ana") for number in (1, 2, 3)],
        base_ref="develop",
        merge_commit=squash,
    )
    shop.forge.change(
        3,
        commits=[By(by_hand, "ana"), By(squash, "ana")],
        branch="develop",
        body=CLAUDE_BODY,
        landed=[merge],
    )

    shop.note()

    assert shop.said() == []


def test_a_stacked_change_does_not_claim_the_squash_of_the_one_below_it(shop: Shop) -> None:
    squash = shop.write(FIX, message="Sum the cart (#1)")
    below = [By("1" * 40, "ana"), By("2" * 40, "ana")]
    shop.forge.change(
        1, commits=below, branch="cart", merge_commit=squash, landed=[squash], rule="squash"
    )
    shop.forge.change(
        2,
        commits=below[1:],
        branch="claude/sum",
        base_ref="cart",
        body=CLAUDE_BODY,
        merge_commit="3" * 40,
        landed=[squash],
        rule="squash",
    )

    shop.note()

    assert shop.said() == []


def test_a_stacked_change_that_landed_by_itself_claims_its_own_squash(shop: Shop) -> None:
    squash = shop.write(FIX, message="Sum the cart (#2)")
    shop.forge.change(
        2,
        commits=[By("1" * 40, "ana")],
        branch="sum",
        base_ref="cart",
        body=CLAUDE_BODY,
        merge_commit=squash,
        landed=[squash],
        rule="squash",
    )
    both = [By(squash, "ana"), By("2" * 40, "ana")]
    shop.forge.change(1, commits=both, branch="cart", landed=[squash], rule="fast-forward")

    shop.note()

    assert shop.grades() == {squash: "declared"}


def test_where_lines_are_recorded_the_change_adds_none(shop: Shop) -> None:
    shop.branch()
    commit = shop.write(BRANCH)
    note = (
        'cart.py\n  s_0123456789abcd::t_0123456789abcd 2\n---\n{"schema_version":'
        '"authorship/3.0.0","base_commit_sha":"","prompts":{},"sessions":{"s_0123456789abcd":'
        '{"agent_id":{"tool":"claude","id":"x","model":"opus"}}}}'
    )
    shop.history.note(commit, note)
    shop.history.checkout("main")
    shop.history.merge("feature")
    shop.forge.change(1, commits=[By(commit, "ana")], body=CLAUDE_BODY)

    shop.note()

    assert shop.tip("cart.py") == ["unknown none", "ai recorded", "unknown none"]


def test_a_label_that_is_taken_off_takes_its_evidence_with_it(shop: Shop) -> None:
    shop.branch()
    commit = shop.write(BRANCH)
    shop.history.checkout("main")
    shop.history.merge("feature")
    shop.forge.change(1, commits=[By(commit, "ana")], labels=["claude-code-assisted"])
    shop.note()
    assert shop.tip("cart.py")[1] == "ai declared"

    shop.forge.rows.clear()
    shop.forge.change(1, commits=[By(commit, "ana")])

    assert shop.note() == ChangeEvidence(changed=True, commits=0, statements=0)
    assert shop.tip("cart.py")[1] == "unknown none"


def test_commits_that_come_and_settings_that_change_leave_it_as_it_is(shop: Shop) -> None:
    shop.branch()
    commit = shop.write(BRANCH)
    shop.history.checkout("main")
    shop.history.merge("feature")
    shop.forge.change(1, commits=[By(commit, "ana")], body=CLAUDE_BODY)
    shop.note()

    shop.write(FIX)
    shop.note()
    assert shop.tip("cart.py") == ["unknown none", "ai declared", "ai declared", "unknown none"]

    own = SignalSettings(where="subject", match="[robot]", agent="robot")
    shop.settings = shop.settings.model_copy(update={"signals": (own,)})
    shop.note()
    assert shop.tip("cart.py") == ["unknown none", "ai declared", "ai declared", "unknown none"]


def test_merge_requests_are_called_so(shop: Shop) -> None:
    shop.branch()
    commit = shop.write(BRANCH)
    shop.forge = ForgeRows(host="gitlab.com", forge="gitlab", project="gitlab:gitlab.com:1")
    shop.forge.change(4, commits=[By(commit)], body=CLAUDE_BODY, state="open")

    shop.note()

    assert shop.said()[0][3] == "merge request 4: claude-code-request"


def test_without_a_forge_there_is_nothing_to_say(shop: Shop) -> None:
    shop.read()
    with shop.store() as store:
        found = note_change_evidence(store, shop.repository, shop.settings)

    assert found == ChangeEvidence(changed=False, commits=0, statements=0)


@pytest.mark.parametrize("seed", (0, 2, 3))
def test_any_order_of_arrival_gives_the_rows_of_a_run_from_nothing(
    tmp_path: Path, seed: int
) -> None:
    """Commits, changes, labels and accounts come, change and go; once all are there, it is one."""
    random = Random(seed)
    late = Shop(tmp_path / "late")
    written = _live(late, random)
    for _ in range(3):
        late.forge.rows.clear()
        _tell(late.forge, written, random)
        late.note()
    told = late.forge

    fresh = Shop(tmp_path / "fresh")
    fresh.history, fresh.logs, fresh.movements = late.history, late.logs, late.movements
    fresh.forge = told
    fresh.note()

    late.note()
    assert _outcome(late) == _outcome(fresh)


def _live(shop: Shop, random: Random) -> list[tuple[int, list[str], str | None]]:
    """A few changes of every kind of merge; (number, commits on the branch, squash)."""
    found = []
    text = MAIN
    for number in range(1, 5):
        shop.history.branch(f"topic-{number}", "main")
        commits = []
        for _ in range(random.randint(1, 3)):
            text += f"step_{number} = {random.randrange(10**6)}\n"
            if random.random() < 0.5:
                shop.agent("cart.py", text, session=f"s{number}")
            commits.append(shop.write(text, random.choice((ANA, BEN))))
        shop.history.checkout("main")
        kind = random.choice(("merge", "squash", "gone"))
        squash = None
        if kind == "merge":
            shop.history.merge(f"topic-{number}")
        else:
            squash = shop.write(text, message=f"Change (#{number})")
        if kind == "gone":
            shop.history.delete_branch(f"topic-{number}")
        found.append((number, commits, squash))
        if random.random() < 0.4:
            shop.note()
    return found


def _tell(
    forge: ForgeRows, written: list[tuple[int, list[str], str | None]], random: Random
) -> None:
    for login, (_, email) in (("ana", ANA), ("ben", BEN)):
        if random.random() < 0.7:
            forge.account(login, email=random.choice((None, email)))
    for number, commits, squash in written:
        if random.random() < 0.2:
            continue
        forge.change(
            number,
            commits=[By(commit, random.choice((None, "ana", "ben"))) for commit in commits],
            author=random.choice(("ana", "ben", "claude[bot]")),
            branch=random.choice(("claude/x", "feature")),
            body=random.choice(("", CLAUDE_BODY)),
            labels=random.choice(((), ("claude-code-assisted",))),
            merge_commit=squash,
            landed=[squash] if squash else [],
            rule="squash",
        )


def _outcome(shop: Shop) -> dict[str, Counter[tuple[Any, ...]]]:
    """Evidence and decisions, by the names that git has for commits and lines."""
    commits = {row["commit_index"]: row["commit"] for row in shop.rows("commit")}
    lines_ = {
        row["line"]: (commits[row["commit_index"]], row["line_number"]) for row in shop.rows("line")
    }
    statements = shop.rows("evidence")
    evidence = {
        row["evidence"]: (commits[row["commit_index"]], row["source"], row["rule"], row["grade"])
        for row in statements
    }
    assert len(evidence) == len(statements), "numbers of statements are unique"
    assert {"change", "session"} <= {row["source"] for row in statements}
    decided = [
        (commits[row["commit_index"]], row["who"], row["grade"], evidence.get(row["evidence"]))
        for row in shop.rows("commit_attribution")
        if row["who"] != "unknown"
    ]
    of_lines = [
        (lines_[row["line"]], row["who"], row["grade"]) for row in shop.rows("line_attribution")
    ]
    people = [
        (row["kind"], row["value"], row["person"], row["how"])
        for row in shop.rows("identity", "agents")
    ]
    return {
        "evidence": Counter(evidence.values()),
        "commits": Counter(decided),
        "lines": Counter(of_lines),
        "people": Counter(people),
    }
