"""What people see where something goes wrong: plain words, never a traceback."""

from __future__ import annotations

import logging

import pytest
from fastapi import FastAPI
from tests.server.running import BEN, Running

from landed.errors import UsageError
from landed.server.app import create_app


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> None:
    """An application with routes that fail."""

    def with_faults(server: object) -> FastAPI:
        app = create_app(server)  # type: ignore[arg-type]

        @app.get("/fault/{person}")
        def fault(person: str) -> None:
            raise RuntimeError(f"secret of {person}")

        @app.get("/wrong")
        def wrong() -> None:
            raise UsageError("--since soon is no date: write it as 2026-01-31")

        @app.get("/number/{number}")
        def number(number: int) -> int:
            return number

        return app

    monkeypatch.setattr("tests.server.running.create_app", with_faults)


@pytest.mark.usefixtures("faulty")
def test_a_fault_is_named_and_not_shown(company: Running, caplog: pytest.LogCaptureFixture) -> None:
    browser = company.signed_in("ben", BEN)

    with caplog.at_level(logging.ERROR, "landed.server"):
        answer = browser.get("/fault/ben?team=payments")

    assert answer.status_code == 500
    assert "That is a fault of the server, not yours." in answer.text
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    (record,) = caplog.records
    assert record.getMessage().startswith("fault ")
    assert record.getMessage().endswith("at /fault/{person}")
    assert record.getMessage().split()[1] in answer.text


@pytest.mark.usefixtures("faulty")
def test_what_the_reader_can_put_right_is_told(company: Running) -> None:
    page = company.signed_in("ben", BEN).get("/wrong")
    assert page.status_code == 400
    assert "--since soon is no date: write it as 2026-01-31" in page.text

    assert company.browser().get("/number/x").status_code == 400
    program = company.program().get("/number/x", headers={"accept": "application/json"})
    assert program.status_code == 422
    assert program.json()["detail"].startswith("number: ")


def test_who_is_not_signed_in_sees_errors_too(company: Running) -> None:
    answer = company.browser().get("/nothing")

    assert answer.status_code == 404
    assert "Nothing here" in answer.text
    assert "Sign out" not in answer.text
