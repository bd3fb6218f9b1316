"""One run reads a GitHub and a GitLab over HTTP, each with its own reader and token."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.servers.github_forge import Trouble, serving
from tests.servers.github_samples import change, deployment, shop
from tests.servers.gitlab_forge import TOKEN, GitLabServer
from tests.servers.gitlab_model import at, sha

from landed.config import ConnectionSettings, Settings
from landed.delivery.reading import ForgesRead, read_forges
from landed.records import FORGES
from landed.store import Store


def connection(forge: str, url: str) -> ConnectionSettings:
    variable = f"{forge.upper()}_TOKEN"
    return ConnectionSettings.model_validate(
        {"forge": forge, "url": url, "projects": ["acme/shop"], "token": f"environment:{variable}"}
    )


def read(settings: Settings) -> ForgesRead:
    return read_forges(settings, lambda: Store.for_settings(settings))


def test_both_are_read_and_the_trouble_of_one_is_not_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forge = shop(change(1), change(2), deployments=[deployment(3, "SUCCESS")])
    with serving(forge) as github, GitLabServer().running() as gitlab:
        held = gitlab.world.project(7, "acme/shop")
        held.request(5, updated_at=at(5))
        held.deployment(9, sha(1))
        monkeypatch.setenv("GITHUB_TOKEN", "ghp_wrong_token")
        monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
        settings = Settings(
            workspace=tmp_path / "workspace",
            connections=(connection("github", github.url), connection("gitlab", gitlab.url)),
        )

        half = read(settings)

        assert [(one.forge, one.kind) for one in half.troubles] == [("github", "token-refused")]
        assert "ghp_wrong_token" not in half.troubles[0].message
        assert half.projects == ["gitlab:127.0.0.1:7"]

        monkeypatch.setenv("GITHUB_TOKEN", github.token)
        github.trouble(Trouble(status=502, skip=3, times=1))
        whole = read(settings)

        assert whole.troubles == []
    with Store.for_settings(settings) as store:
        changes = store.read("change", FORGES).to_pylist()
        deployments = store.read("deployment", FORGES)["source"].to_pylist()
        problems = store.read("problem", FORGES)["kind"].to_pylist()
    assert [(row["project"].partition(":")[0], row["number"]) for row in changes] == [
        ("github", 1),
        ("github", 2),
        ("gitlab", 5),
    ]
    assert deployments == ["github", "gitlab"]
    assert problems == []
