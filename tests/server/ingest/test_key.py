"""The organisation's key is told to those alone who may send."""

from __future__ import annotations

from pathlib import Path

from tests.server.ingest.serving import serving

from landed.config import organisation_key

PATH = "/api/v1/organisation-key"


def test_a_laptop_gets_the_key_with_a_token_to_send(tmp_path: Path) -> None:
    with serving(tmp_path, loopback=False) as running:
        accounts = running.server.accounts
        accounts.people.add("ana", "a long phrase that nobody guesses", by="test", role="admin")
        tokens = accounts.tokens
        _, good = tokens.create("laptop", ["ingest"], owner="ana", by="ana")
        _, reader = tokens.create("reader", ["read"], owner="ana", by="ana")

        answer = running.client.get(PATH, headers={"authorization": f"Bearer {good}"})

        assert answer.json() == {"key": organisation_key(running.server.settings).hex()}
        assert answer.headers["cache-control"] == "no-store"
        refused = [
            running.client.get(PATH, headers=headers).status_code
            for headers in ({}, {"authorization": f"Bearer {reader}"}, {"authorization": "Basic x"})
        ]
        assert refused == [401, 403, 401]


def test_on_a_machine_of_ones_own_no_token_is_needed(tmp_path: Path) -> None:
    with serving(tmp_path) as running:
        assert len(running.client.get(PATH).json()["key"]) == 32
