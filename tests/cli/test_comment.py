"""`landed comment` in a pipeline: a checkout, a token in the environment, and a real server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from tests.delivery.forge_rows import CLAUDE_BODY
from tests.histories.builder import ANA, BEN, History, lines
from tests.servers.github_forge import GitHubServer, serving
from tests.servers.github_model import Commit, GitHub, PullRequest, Repository
from tests.servers.gitlab_forge import TOKEN as GITLAB_TOKEN
from tests.servers.gitlab_forge import GitLabServer

from landed import cli
from landed.delivery.one_change import MARKER

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CLAUDE = "\n\nCo-Authored-By: Claude <noreply@anthropic.com>"
NOTE = (
    'cart.py\n  s_0123456789abcd::t_0123456789abcd 2\n---\n{"schema_version":'
    '"authorship/3.0.0","base_commit_sha":"","prompts":{},"sessions":{"s_0123456789abcd":'
    '{"agent_id":{"tool":"claude","id":"talk-1","model":"claude-opus-4-8"}}}}'
)


class Checkout:
    """A job's checkout of a change: a merge of it into main; `address` is that of the remote."""

    def __init__(self, directory: Path, address: str) -> None:
        history = History(directory / "checkout")
        self.path = history.path
        history.write("cart.py", lines("import cart"))
        first = history.commit("Begin")
        history.branch("feature")
        history.write("cart.py", lines("import cart", "total = 0", "count = 1"))
        self.own = history.commit(f"Sum the cart{CLAUDE}", author=ANA)
        history.note(self.own, NOTE)
        history.write("tests/test_cart.py", lines("assert total"))
        self.bens = history.commit("Test it", author=BEN)
        history.checkout("main")
        history.detach(first)
        merge = history.merge("feature")
        history.set_ref("refs/remotes/pull/7/merge", str(merge))
        history.set_ref("refs/remotes/origin/main", first)
        history.set_ref("refs/remotes/origin/feature", self.bens)
        for branch in ("main", "feature"):
            history.delete_branch(branch)
        history.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
        history.git("config", "remote.origin.url", address)
        self.first = first


class Pipeline(Checkout):
    """A job of GitHub Actions under a pull request, and the server."""

    def __init__(self, directory: Path, server: GitHubServer) -> None:
        super().__init__(directory, f"{server.url}/acme/shop.git")
        self.server = server
        self.request = PullRequest(
            number=7,
            title="Sum the cart",
            author="ana",
            head_ref="feature",
            created_at=NOON,
            updated_at=NOON,
            commits=[
                Commit(self.own, ANA[1], NOON, "ana"),
                Commit(self.bens, BEN[1], NOON, "ben"),
            ],
        )
        repository = Repository(1, "acme/shop", f"{server.url}/acme/shop.git")
        repository.pull_requests.append(self.request)
        server.forge.repositories.append(repository)

    def bodies(self) -> list[str]:
        """The comments under the pull request."""
        return [comment.body for comment in self.request.comments]


@pytest.fixture
def pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipeline]:
    for name in ("GITHUB_TOKEN", "GITLAB_TOKEN", "CI_PROJECT_PATH", "GITHUB_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    with serving(GitHub()) as server:
        made = Pipeline(tmp_path, server)
        monkeypatch.setenv("GITHUB_REPOSITORY", "acme/shop")
        monkeypatch.setenv("GITHUB_API_URL", server.url)
        monkeypatch.setenv("GITHUB_TOKEN", server.token)
        yield made


def test_it_prints_what_the_checkout_and_its_notes_tell(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["comment", "7", str(pipeline.path)]) == 0

    text = capsys.readouterr().out
    assert text.startswith(f"{MARKER}\n\n**AI wrote 33 % of the 3 added lines")
    assert "| claude-code | claude-opus-4-8 | 1 |" in text
    assert "- **Sessions**: 1 session of agents" in text
    assert "- **Tests**: 1 of the added lines (33 %) are in paths of tests" in text
    assert pipeline.bodies() == []


def test_what_the_description_declares_widens_the_range(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    pipeline.request.author = "ben"
    pipeline.request.body = CLAUDE_BODY

    assert cli.run(["comment", "7", str(pipeline.path)]) == 0
    assert "**AI wrote 33–67 % of the 3 added lines" in capsys.readouterr().out


def test_it_posts_one_comment_and_changes_it(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["comment", "7", str(pipeline.path), "--post"]) == 0
    first = capsys.readouterr().out.strip()
    assert cli.run(["comment", f"#{7}", str(pipeline.path), "--post", "--docs", "https://d.e"]) == 0

    assert first.startswith("http")
    assert capsys.readouterr().out.strip() == first
    (body,) = pipeline.bodies()
    assert body.startswith(MARKER)
    assert "(https://d.e)" in body


def test_it_takes_the_web_address_and_prints_json(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    address = f"{pipeline.server.url}/acme/shop/pull/7"
    assert cli.run(["comment", address, str(pipeline.path), "--json"]) == 0

    told = orjson.loads(capsys.readouterr().out)
    assert (told["number"], told["added"], told["commits"]) == (7, 3, 2)
    assert told["ai"]["with_declared"] == 1
    assert told["markdown"].startswith(MARKER)
    assert told["posted"] is None


def test_without_a_token_git_alone_tells(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")

    assert cli.run(["comment", "7", str(pipeline.path)]) == 0
    assert "**AI wrote 33 % of the 3 added lines" in capsys.readouterr().out
    assert pipeline.server.asked == []

    assert cli.run(["comment", "7", str(pipeline.path), "--post"]) == 2
    assert "landed connect makes one" in capsys.readouterr().err


def test_a_range_of_commits_can_be_named(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    named = ["--base", pipeline.first, "--head", pipeline.own]

    assert cli.run(["comment", "7", str(pipeline.path), *named]) == 0
    assert "of the 2 added lines" in capsys.readouterr().out


def test_what_is_not_there_is_said(pipeline: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["comment", "8", str(pipeline.path)]) == 5
    assert "8" in capsys.readouterr().err
    assert cli.run(["comment", "the-cart", str(pipeline.path)]) == 2
    assert "names no pull or merge request" in capsys.readouterr().err
    assert cli.run(["comment", "7", str(pipeline.path), "--connection", "nowhere"]) == 2
    assert "there is no connection nowhere" in capsys.readouterr().err


def test_a_refused_token_is_said_and_nothing_is_posted(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_of_nobody")

    assert cli.run(["comment", "7", str(pipeline.path), "--post"]) == 5
    told = capsys.readouterr()
    assert "ghp_of_nobody" not in told.err + told.out
    assert pipeline.bodies() == []


def test_merge_requests_of_gitlab_are_commented_on_alike(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    with GitLabServer().running() as server:
        checkout = Checkout(tmp_path, f"{server.url}/acme/shop.git")
        held = server.world.project(1, "acme/shop")
        held.request(7, sha=checkout.bens, source_branch="feature")
        held.commits[7] = [
            {"id": commit, "author_email": email, "authored_date": "2026-03-02T12:00:00.000Z"}
            | {"title": "A step", "author_name": name}
            for commit, (name, email) in ((checkout.bens, BEN), (checkout.own, ANA))
        ]
        monkeypatch.setenv("CI_PROJECT_PATH", "acme/shop")
        monkeypatch.setenv("CI_SERVER_URL", server.url)
        monkeypatch.setenv("GITLAB_TOKEN", GITLAB_TOKEN)

        assert cli.run(["comment", "7", str(checkout.path), "--post"]) == 0
        assert cli.run(["comment", "!7", str(checkout.path), "--post"]) == 0

        told = capsys.readouterr().out.splitlines()
        assert told[0] == told[1]
        (note,) = [one for one in held.notes[7] if MARKER in one["body"]]
    assert "**AI wrote 33 % of the 3 added lines of this merge request**" in note["body"]
