"""What things of GitHub are called in the store, whether polling or a webhook tells of them."""

from __future__ import annotations

from collections.abc import Collection

from landed.sources.forges.keys import login_of

GITHUB = "github"
"""The forge's name, and the source of its deployments and incidents."""

BOT = "[bot]"
"""How REST, webhooks and commits end the names of apps; GraphQL leaves it out."""

REVIEW_STATES = {
    "approved": "approved",
    "changes_requested": "changes-requested",
    "commented": "commented",
    "dismissed": "dismissed",
}
"""States of submitted reviews; a PENDING one is a draft that only its author sees."""

CHECK_CONCLUSIONS = {
    "success": "success",
    "failure": "failure",
    "timed_out": "failure",
    "startup_failure": "failure",
    "action_required": "pending",
    "neutral": "neutral",
    "skipped": "neutral",
    "stale": "cancelled",
    "cancelled": "cancelled",
}
"""Conclusions of completed check runs, in lower case."""

STATUS_STATES = {
    "success": "success",
    "failure": "failure",
    "error": "failure",
    "pending": "pending",
    "expected": "pending",
}
"""States of commit statuses, in lower case."""

DEPLOYMENT_STATES = {
    "success": "success",
    "failure": "failure",
    "error": "failure",
    "queued": "pending",
    "pending": "pending",
    "waiting": "pending",
    "in_progress": "pending",
    "inactive": None,
}
"""States of deployment statuses, in lower case; null for one that says nothing of the outcome."""


def bot_login(login: str) -> str:
    """The name of an app as commits and REST spell it, lower case."""
    lowered = login.lower()
    return lowered if lowered.endswith(BOT) else lowered + BOT


def account_of(
    login: str | None, kind: str | None, bots: Collection[str]
) -> tuple[str | None, str]:
    """Name and kind (user, bot or unknown) of an account, null for nobody.

    `kind` is GitHub's own word: `User` or `Bot`, others are unknown. `bots` are names, lower case,
    of accounts that are programs although GitHub calls them users.
    """
    name = login_of(login)
    if name is None:
        return None, "unknown"
    if kind == "Bot" or name.endswith(BOT):
        return bot_login(name), "bot"
    if name in bots or bot_login(name) in bots:
        return name, "bot"
    return name, "user" if kind in ("User", "EnterpriseUserAccount") else "unknown"


def check_run_id(number: int) -> str:
    """The key of a check run."""
    return f"check:{number}"


def status_id(context: str, commit: str) -> str:
    """The key of a commit status: a later one of the same context takes the place of a former."""
    return f"status:{context}@{commit}"


def deployment_id(number: int) -> str:
    """The key of a deployment within its project."""
    return f"github:{number}"


def incident_id(number: int) -> str:
    """The key of an issue that is an incident or a bug, within its project."""
    return f"github:{number}"


def marked_production(flag: object) -> bool | None:
    """What GitHub's `production_environment` says.

    It is false of every environment that nobody marked, so that only true says something.
    """
    return True if flag is True else None
