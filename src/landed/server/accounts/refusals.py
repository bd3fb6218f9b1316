"""Why a request is not answered: nobody asks, or somebody who may not."""

from __future__ import annotations


class SignInNeeded(Exception):
    """Nobody is known to ask; a page is answered with the way to sign in, anything else with 401.

    The text says in plain words what is wrong, where there is more to say.
    """


class TokenRefused(SignInNeeded):
    """There is no such token, or it is revoked or expired."""


class PasswordChangeNeeded(SignInNeeded):
    """Somebody else has set the password: nothing is shown until it is changed."""


class NotAllowed(Exception):
    """Who asks is known, and may not; the text says in plain words what is needed."""


class ScopeMissing(NotAllowed):
    """The token is good, but not for this."""
