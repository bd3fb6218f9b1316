"""Where the API of a GitHub lies, and what remotes of clones call its host."""

from __future__ import annotations

from urllib.parse import urlsplit

from landed.errors import ConfigurationError

PUBLIC = "https://api.github.com"


def api_address(url: str | None) -> str:
    """The address of the API that `url` means; null means github.com.

    People write a server's front page as often as its API: `https://github.com` and the address of
    an Enterprise Server without a path are led to where the API is. Raises ConfigurationError for
    what is no web address.
    """
    if url is None:
        return PUBLIC
    parts = urlsplit(url.strip())
    host = parts.hostname
    if parts.scheme not in ("http", "https") or not host:
        raise ConfigurationError(
            f"{url} is no address of a GitHub: write it as https://HOST/api/v3 "
            "(Enterprise Server), or leave it out for github.com"
        )
    if host in ("github.com", "www.github.com"):
        return PUBLIC
    path = parts.path.rstrip("/")
    if parts.scheme == "https" and not path and not host.startswith("api."):
        if host.endswith(".ghe.com"):
            return f"https://api.{parts.netloc}"
        path = "/api/v3"
    return f"{parts.scheme}://{parts.netloc}{path}"


def host_of(address: str) -> str:
    """The host that remotes of clones name, of an API at `address`."""
    host = urlsplit(address).hostname or ""
    return host.removeprefix("api.") if host.endswith((".github.com", ".ghe.com")) else host


def graphql_address(address: str) -> str:
    """Where the GraphQL API lies, of a REST API at `address`."""
    if address.endswith("/api/v3"):
        return address.removesuffix("v3") + "graphql"
    return f"{address}/graphql"
