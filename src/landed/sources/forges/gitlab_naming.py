"""What things of GitLab are called in the store, whether polling or a webhook tells of them."""

from __future__ import annotations

import re
from collections.abc import Collection

from landed.sources.forges.keys import login_of

GITLAB = "gitlab"
"""The forge's name, and the source of its deployments and incidents."""

CHANGE_STATES = {"opened": "open", "locked": "open", "merged": "merged", "closed": "closed"}
"""A merge request is locked while it is being merged."""

PIPELINE_STATES = {
    "created": "pending",
    "waiting_for_resource": "pending",
    "waiting_for_callback": "pending",
    "preparing": "pending",
    "pending": "pending",
    "running": "pending",
    "scheduled": "pending",
    "manual": "pending",
    "canceling": "pending",
    "success": "success",
    "failed": "failure",
    "canceled": "cancelled",
    "skipped": "neutral",
}

DEPLOYMENT_STATES = {
    "created": "pending",
    "running": "pending",
    "blocked": "pending",
    "success": "success",
    "failed": "failure",
    "canceled": "cancelled",
    "skipped": "cancelled",
}

_TIERS = {"production": True, "staging": False, "testing": False, "development": False}
"""Whether environments of a tier are production; `other` says nothing."""

_BOTS = re.compile(
    r"(?:project|group)_[0-9]+_bot(?:_?[0-9a-f]*)|service_account_.*|"
    r"ghost|gitlab-bot|alert-bot|support-bot|security-bot|automation-bot|gitlabduo"
)
"""Users that GitLab makes for tokens, service accounts and its own work, lower case."""

_PRIVATE_ADDRESS = re.compile(r"[0-9]+-([\w.-]+)@users\.noreply\.[\w.-]+", re.ASCII)


def account_of(username: str | None, bots: Collection[str]) -> tuple[str | None, str]:
    """Name and kind (user, bot or unknown) of an account, null for nobody.

    GitLab tells of no account whether it is a program: the names do that it gives to those that it
    makes itself. `bots` are names, lower case, of further ones.
    """
    login = login_of(username)
    if login is None:
        return None, "unknown"
    return login, "bot" if login in bots or _BOTS.fullmatch(login) else "user"


def login_of_address(email: str | None) -> str | None:
    """The user name in an address that GitLab made to hide a private one; null in others."""
    found = _PRIVATE_ADDRESS.fullmatch(email) if email else None
    return login_of(found[1]) if found else None


def is_production(tier: str | None) -> bool | None:
    """Whether an environment's tier marks it as production; null = untold."""
    return _TIERS.get(tier) if tier else None


def pipeline_id(number: int) -> str:
    """The key of a pipeline."""
    return f"pipeline:{number}"


def deployment_id(number: int) -> str:
    """The key of a deployment within its project."""
    return f"gitlab:{number}"


def incident_id(number: int) -> str:
    """The key of an issue that is an incident or a bug, within its project."""
    return f"gitlab:{number}"
