"""Whether the server lives, is ready, and what it counts."""

from __future__ import annotations

import re

from tests.server.running import BEN, Running

from landed.store.inbox import Incoming


def test_it_lives_and_is_ready(company: Running) -> None:
    program = company.program()

    assert program.get("/healthz").text == "ok\n"
    assert program.head("/healthz").status_code == 200
    assert program.get("/readyz").json() == {"ready": True, "in_the_way": []}


def test_it_is_not_ready_while_it_stops(company: Running) -> None:
    company.server.stopping.set()

    answer = company.program().get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["in_the_way"] == ["the server is stopping"]
    assert company.program().get("/healthz").status_code == 200


def test_it_is_not_ready_without_its_store(company: Running) -> None:
    company.server.store.close()

    answer = company.program().get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["in_the_way"] == ["the store does not answer"]


def test_a_page_says_so_in_plain_words_without_its_store(company: Running) -> None:
    browser = company.signed_in("ben", BEN)
    company.server.store.close()

    answer = browser.get("/account")

    assert answer.status_code == 503
    assert "cannot answer this just now" in answer.text


def test_what_waits_is_counted(company: Running) -> None:
    company.server.inbox.put([Incoming("otlp", "a", b"{}"), Incoming("otlp", "b", b"{}")])

    metrics = read(company)

    assert metrics["landed_inbox_waiting"] == 2
    assert metrics["landed_inbox_bytes"] == 4
    assert metrics["landed_drain_lag_seconds"] >= 0
    assert metrics["landed_inbox_aside"] == 0


def test_answers_are_counted_by_route_and_never_by_address(company: Running) -> None:
    browser = company.signed_in("ben", BEN)
    browser.get("/account?team=secret-team")
    browser.get("/admin/accounts")
    browser.get("/people-who-left")
    browser.send("/account", "/account/sessions/5/end")
    browser.get("/explain")
    browser.get("/api/v1/metrics")

    text = company.server.meters.text(company.server).decode()
    counts = read(company)

    assert counts['landed_request_seconds_count{method="GET",route="/account",status="2xx"}'] == 2
    assert (
        counts['landed_request_seconds_count{method="GET",route="/admin/accounts",status="4xx"}']
        == 1
    )
    assert 'route="/account/sessions/{number}/end"' in text
    assert 'route="/explain"' in text
    assert 'route="/api/v1/metrics"' in text
    assert 'route="none"' in text
    assert "secret-team" not in text
    assert "people-who-left" not in text


def test_no_label_is_a_person(company: Running) -> None:
    company.signed_in("ben", BEN)

    text = company.server.meters.text(company.server).decode()

    assert "ben" not in re.sub(r"^#.*$", "", text, flags=re.MULTILINE)


def test_figures_of_the_server_need_a_token(company: Running) -> None:
    assert company.program().get("/metrics").status_code == 401

    _, secret = company.accounts.tokens.create("x", ["read"], owner="ben", by="ben")
    answer = company.program(secret).get("/metrics")

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "landed_build_info" in answer.text


def read(company: Running) -> dict[str, float]:
    """The values that are counted, by name with labels."""
    text = company.server.meters.text(company.server).decode()
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}
