"""What a forge is asked with: a token, or the key of an app."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PersonalToken:
    """A token of a person or a machine; never shown."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AppKey:
    """A GitHub App as it is installed in one organisation; its private key is never shown.

    Attributes:
        app_id: number of the app.
        installation_id: number of its installation.
        private_key: in PEM form.
    """

    app_id: int
    installation_id: int
    private_key: str = field(repr=False)


Credentials = PersonalToken | AppKey
"""What a reader may be given."""
