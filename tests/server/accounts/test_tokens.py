"""What a token lets a program do, and what not."""

from datetime import timedelta
from typing import Annotated

import httpx
import pytest
from fastapi import Depends, FastAPI
from tests.server.running import BEN, Running

from landed.server.accounts.viewer import Viewer, require_admin, require_scope, viewer
from landed.server.app import create_app


def token(company: Running, *scopes: str, owner: str = "ana", days: int | None = None) -> str:
    """The secret of a new token."""
    lifetime = None if days is None else timedelta(days=days)
    _, secret = company.accounts.tokens.create(
        "test", scopes, owner=owner, by="command-line", lifetime=lifetime
    )
    return secret


@pytest.fixture
def routes(monkeypatch: pytest.MonkeyPatch) -> None:
    """An application that also has one route of each kind, as other parts bring theirs."""

    def with_routes(server: object) -> FastAPI:
        app = create_app(server)  # type: ignore[arg-type]

        @app.get("/api/v1/test/read")
        def read(who: Annotated[Viewer, Depends(viewer)]) -> dict[str, object]:
            return {"name": who.name, "role": who.role, "people": sorted(who.people)}

        @app.get("/api/v1/test/admin")
        def admin(who: Annotated[Viewer, Depends(require_admin)]) -> dict[str, str]:
            return {"name": who.name}

        @app.get("/v1/test/ingest")
        def ingest(sender: Annotated[str, Depends(require_scope("ingest"))]) -> dict[str, str]:
            return {"name": sender}

        @app.get("/test/page")
        def page(who: Annotated[Viewer, Depends(viewer)]) -> dict[str, str]:
            return {"name": who.name}

        return app

    monkeypatch.setattr("tests.server.running.create_app", with_routes)


@pytest.mark.usefixtures("routes")
class TestScopes:
    def test_each_scope_opens_its_own_door_alone(self, company: Running) -> None:
        doors = {
            "read": "/api/v1/test/read",
            "admin": "/api/v1/test/admin",
            "ingest": "/v1/test/ingest",
        }
        for scope in doors:
            program = company.program(token(company, scope))
            for other, path in doors.items():
                expected = 200 if other == scope else 403
                assert program.get(path).status_code == expected, (scope, other)

    def test_an_ingest_token_reads_nothing(self, company: Running) -> None:
        program = company.program(token(company, "ingest"))

        answer = program.get("/api/v1/test/read")
        assert answer.status_code == 403
        assert answer.json()["detail"] == "This token lacks the scope read."
        assert program.get("/metrics").status_code == 403
        assert program.get("/test/page", headers={"accept": "text/html"}).status_code == 303

    def test_a_token_looks_as_its_owner(self, company: Running) -> None:
        mine = company.program(token(company, "read", owner="ben")).get("/api/v1/test/read")

        assert mine.json() == {
            "name": "ben",
            "role": "viewer",
            "people": ["ben@example.com", "ben@old.example"],
        }

    def test_a_token_is_no_more_than_its_owner(self, company: Running) -> None:
        secret = token(company, "admin", "read", owner="ben")

        answer = company.program(secret).get("/api/v1/test/admin")

        assert answer.status_code == 403
        assert answer.json()["detail"] == "This token's owner is no admin."

    def test_an_admins_token_for_reading_is_no_admin(self, company: Running) -> None:
        found = company.program(token(company, "read")).get("/api/v1/test/read")

        assert found.json()["role"] == "viewer"

    def test_a_token_that_is_no_longer_good_is_told_why(self, company: Running) -> None:
        expired, disabled = token(company, "read", days=1), token(company, "read", owner="ben")
        removed = token(company, "read")
        company.clock.pass_by(days=1)
        company.accounts.people.change("ben", by="ana", disabled=True)
        company.accounts.people.remove("ana", by="command-line")

        def told(secret: str) -> str:
            answer = company.program(secret).get("/api/v1/test/read")
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"].startswith("Bearer")
            detail: str = answer.json()["detail"]
            return detail

        assert told("landed_nothing") == "This token is not known here."
        assert told(disabled) == "The account of this token is disabled."
        assert told(removed) == "This token was revoked."
        assert told(expired) == "This token was revoked."

    def test_a_token_ends_on_its_day(self, company: Running) -> None:
        program = company.program(token(company, "read", days=1))

        company.clock.pass_by(hours=23, minutes=59)
        assert program.get("/api/v1/test/read").status_code == 200
        company.clock.pass_by(minutes=1)
        assert program.get("/api/v1/test/read").json()["detail"] == "This token has expired."

    def test_a_token_may_come_percent_encoded(self, company: Running) -> None:
        told = f"Bearer%20{token(company, 'read')}"

        answer = httpx.get(f"{company.address}/api/v1/test/read", headers={"authorization": told})

        assert answer.status_code == 200

    def test_without_a_token_a_program_is_told_what_to_show(self, company: Running) -> None:
        for headers in ({}, {"authorization": "Basic YTpi"}, {"authorization": "Bearer"}):
            answer = httpx.get(f"{company.address}/api/v1/test/read", headers=headers)
            assert answer.status_code == 401
            assert answer.json()["detail"] == "Show a token: Authorization: Bearer TOKEN."

    def test_a_browser_that_is_signed_in_reads_the_api(self, company: Running) -> None:
        browser = company.signed_in("ben", BEN)

        assert browser.get("/api/v1/test/read").json()["name"] == "ben"
        assert browser.get("/api/v1/test/admin").status_code == 403

    def test_on_a_machine_alone_no_token_is_needed(self, alone: Running) -> None:
        program = alone.program()

        for path in ("/api/v1/test/read", "/api/v1/test/admin", "/v1/test/ingest"):
            assert program.get(path).json()["name"] == "local"
        assert program.get("/metrics").status_code == 200

    def test_the_time_of_use_is_known(self, company: Running) -> None:
        program = company.program(token(company, "read"))
        company.clock.pass_by(hours=1)

        program.get("/api/v1/test/read")

        (known,) = company.accounts.tokens.all()
        assert known.used_at == company.clock.now


def test_a_secret_is_kept_nowhere(company: Running) -> None:
    secret = token(company, "read")

    workspace = company.server.settings.workspace
    files = list(workspace.glob("accounts.db*"))

    assert len(secret) == len("landed_") + 43
    assert files
    assert all(secret.encode() not in file.read_bytes() for file in files)
