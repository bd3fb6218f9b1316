"""With what git may fetch from a forge, from the token that its API is asked with."""

from __future__ import annotations

from landed.errors import ConfigurationError, ForgeUnreachable, TokenRefused
from landed.sources.forges.credentials import Credentials, PersonalToken
from landed.sources.git.fetching import Credentials as GitCredentials

_USERS = {"github": "x-access-token", "gitlab": "oauth2"}
"""Under these names forges take a token in the place of a password."""


def git_credentials(forge: str, url: str | None, credentials: Credentials) -> GitCredentials:
    """The user name and secret for git; an app is given a token that holds for an hour.

    `url` is the address of the forge's API, null for the public one.

    Raises:
        TokenRefused: the forge does not accept the app's key.
        ForgeUnreachable: it did not answer.
        ConfigurationError: a package is missing.
    """
    if isinstance(credentials, PersonalToken):
        return GitCredentials(_USERS[forge], credentials.text)
    try:
        import httpx
        from githubkit import AppAuthStrategy, GitHub
        from githubkit.exception import RequestError, RequestFailed

        from landed.sources.forges.github_addresses import api_address
    except ImportError:
        raise ConfigurationError(
            "forges need further packages: pip install 'landed[forges]'"
        ) from None
    strategy = AppAuthStrategy(str(credentials.app_id), credentials.private_key)
    try:
        with GitHub(strategy, base_url=api_address(url), auto_retry=False) as app:
            made = app.rest.apps.create_installation_access_token(credentials.installation_id)
            return GitCredentials(_USERS[forge], made.parsed_data.token)
    except RequestError as error:
        status = error.response.status_code if isinstance(error, RequestFailed) else None
        if status is None and not isinstance(error.exc, httpx.HTTPError):
            reason = "its private key cannot be used: give the whole PEM file"
        elif status is not None and status < 500:
            reason = "check its key, its installation, and that it may read contents"
        else:
            raise ForgeUnreachable(
                "the forge gave no token for fetching: look whether the network is well, then "
                "run it again"
            ) from None
        raise TokenRefused(
            f"the app {credentials.app_id} got no token for fetching; {reason}"
        ) from None
