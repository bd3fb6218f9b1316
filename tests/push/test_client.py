"""A server that is busy is waited for; one that refuses is told of, with what to do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.push.receiver import Receiver, receiving
from tests.push.test_batch import TURN, body

from landed.push.batch import Batch, BatchRefused, read_batch
from landed.push.client import PushFailed, ServerClient


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


def batch() -> Batch:
    return read_batch(body(turn=TURN))


def send(receiver: Receiver, token: str | None = "landed_secret") -> list[float]:
    """Send a batch, and return for how long it was waited each time."""
    pauses: list[float] = []
    with ServerClient(receiver.url, token, pause=pauses.append) as client:
        client.send(batch())
    return pauses


def test_a_batch_is_sent_packed_under_its_key_with_the_token(receiver: Receiver) -> None:
    assert send(receiver) == []

    headers = receiver.headers[0]
    assert headers["idempotency-key"] == batch().key
    assert headers["content-encoding"] == "gzip"
    assert headers["authorization"] == "Bearer landed_secret"
    assert read_batch(receiver.taken[0]).key == batch().key


def test_the_server_says_when_to_come_again(receiver: Receiver) -> None:
    receiver.answers = [(429, {"retry-after": "7"}), (503, {}), (429, {"retry-after": "99999"})]

    pauses = send(receiver)

    # as long as it asks for, and otherwise longer each time; never for hours
    assert pauses == [7.0, 4.0, 120.0]
    assert len(receiver.taken) == 1


def test_a_wait_that_cannot_be_read_is_our_own(receiver: Receiver) -> None:
    receiver.answers = [(429, {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"})]

    assert send(receiver) == [2.0]


def test_in_the_end_it_is_given_up(receiver: Receiver) -> None:
    receiver.answers = [(503, {})] * 20

    with pytest.raises(
        PushFailed, match="503 again and again; what was taken before counts, run landed push"
    ):
        send(receiver)

    assert len(receiver.headers) == 6 and receiver.taken == []


def test_a_server_that_is_not_there() -> None:
    pauses: list[float] = []
    with (
        ServerClient("http://127.0.0.1:1", None, pause=pauses.append) as client,
        pytest.raises(PushFailed, match="cannot be reached"),
    ):
        client.organisation_key()
    assert len(pauses) == 5


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (401, "landed connect server"),
        (403, "scope ingest"),
        (404, "takes no sessions at this address"),
        (413, "server.body_megabytes"),
        (422, "bring Landed to its version"),
        (307, "takes no sessions at this address"),
    ],
)
def test_a_refusal_says_what_to_do(receiver: Receiver, status: int, advice: str) -> None:
    receiver.answers = [(status, {"location": "http://127.0.0.1:1/"} if status == 307 else {})]

    with pytest.raises(PushFailed, match=advice) as refusal:
        send(receiver)

    assert len(receiver.headers) == 1
    assert refusal.value.exit_code == 5
    assert "landed_secret" not in str(refusal.value)


def test_a_wrong_token_is_not_tried_again(receiver: Receiver) -> None:
    with pytest.raises(PushFailed, match="does not accept the token"):
        send(receiver, token="landed_other")


def test_what_answers_with_no_key_is_no_server_of_ours(receiver: Receiver) -> None:
    receiver.key = "0011"

    with (
        ServerClient(receiver.url, receiver.token) as client,
        pytest.raises(PushFailed, match="is no server of Landed"),
    ):
        client.organisation_key()


def test_what_may_not_leave_is_never_sent(receiver: Receiver) -> None:
    rows = batch().tables["turn"]
    prompt = rows.set_column(5, rows.schema.field("branch"), [["Make the cart faster, please"]])

    with (
        ServerClient(receiver.url, receiver.token) as client,
        pytest.raises(BatchRefused, match=r"turn\.branch"),
    ):
        client.send(Batch({"turn": prompt}))

    assert receiver.headers == []
