"""Measures how fast `landed serve` takes telemetry in, and whether it loses any when it is killed.

    python benchmarks/ingest.py [--requests 2000] [--json]
    python benchmarks/ingest.py --kills 100

A server is started in a temporary folder. Without `--kills` clients send calls of a model as OTLP
(protobuf), all different, with 1 and 100 events a request and 1, 8 and 32 requests at once, while
the server reads them into its store. What is printed beside it is the floor of the same run: the
same bodies parsed and put into an inbox of their own in one process without HTTP, one transaction
a request. It asserts nothing.

With `--kills` the server is killed (SIGKILL) so often while exporters send, and what it holds in
the end is compared with what it acknowledged; the exit code is 1 where anything was lost or
doubled.
"""

from __future__ import annotations

import argparse
import dataclasses
import http.client
import json
import queue
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx
from tests.server import killing
from tests.server.exports import PROTOBUF, calls_body

from landed.sources.telemetry import read_otlp
from landed.store.inbox import Inbox, Incoming

EVENTS = (1, 100)
AT_ONCE = (1, 8, 32)
LARGEST = 40_000
"""Events of one measurement, at most."""


def main() -> int:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--requests", type=int, default=2000, help="requests of each measurement")
    parser.add_argument("--kills", type=int, default=0, help="kill the server so often instead")
    parser.add_argument("--exporters", type=int, default=4, help="exporters that send meanwhile")
    parser.add_argument("--seed", type=int, default=1, help="which moments it is killed at")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.kills:
            return kill(Path(folder), arguments)
        found = measure(Path(folder), arguments.requests)
    print(json.dumps(found, indent=2) if arguments.json else shown(found))
    return 0


def kill(folder: Path, arguments: argparse.Namespace) -> int:
    """Kill the server under load, and say whether what it acknowledged is there once."""
    begun = time.monotonic()

    def tell(kills: int) -> None:
        if not arguments.json and kills % 10 == 0:
            print(f"{kills} kills, {time.monotonic() - begun:.0f} s", file=sys.stderr)

    outcome = killing.run(
        folder,
        kills=arguments.kills,
        exporters=arguments.exporters,
        seed=arguments.seed,
        tell=tell,
    )
    told = {**dataclasses.asdict(outcome), "exact": outcome.exact}
    if arguments.json:
        print(json.dumps(told, indent=2))
    else:
        print("\n".join(f"{name:<14} {value:>12,}" for name, value in told.items()))
    return 0 if outcome.exact else 1


def measure(folder: Path, requests: int) -> list[dict[str, float]]:
    """Floor and server, for each number of events a request and of requests at once."""
    found: list[dict[str, float]] = []
    for events in EVENTS:
        number = min(requests, LARGEST // events)
        for at_once in AT_ONCE:
            place = folder / f"{events}-{at_once}"
            place.mkdir()
            bodies = made(number, events, f"{at_once}")
            # A busy machine changes from minute to minute: the floor is of the same one.
            floor = floor_of(place, bodies, events)
            found.append(
                {"events": events, "at_once": at_once, "floor": floor}
                | served(place, bodies, events, at_once, floor)
            )
    return found


def made(requests: int, events: int, name: str) -> list[bytes]:
    """Bodies of requests, all of other calls; about fifty calls make a session."""
    return [
        calls_body(
            {f"req-{name}-{events}-{turn}-{event}": 100 for event in range(events)},
            f"{name}-{turn * events // 50}",
            turn,
        )
        for turn in range(requests)
    ]


def floor_of(folder: Path, bodies: list[bytes], events: int) -> float:
    """Events per second: parse and commit, one request after another, without HTTP."""
    with Inbox(folder / "floor.db") as inbox:
        begun = time.perf_counter()
        for body in bodies:
            told = read_otlp("logs", body, "application/x-protobuf")
            inbox.put([Incoming("otlp", item.key, item.payload()) for item in told.items])
        return len(bodies) * events / (time.perf_counter() - begun)


def served(
    place: Path, bodies: list[bytes], events: int, at_once: int, floor: float
) -> dict[str, float]:
    """The same bodies through a server: events per second, and milliseconds to the answer."""
    port = killing.free_port()
    server = killing.start(place, port)
    try:
        wait_until_ready(port)
        seconds, answers = sent(port, bodies, at_once)
        killing.wait_until_read(place)
        read = time.perf_counter() - seconds[0]
    finally:
        server.terminate()
        server.wait()
    taken = seconds[1] - seconds[0]
    rate = len(bodies) * events / taken
    cuts = statistics.quantiles(answers, n=100)
    return {
        "events_per_second": rate,
        "of_floor": rate / floor,
        "p50_ms": cuts[49] * 1000,
        "p99_ms": cuts[98] * 1000,
        "in_store_per_second": len(bodies) * events / read,
    }


def wait_until_ready(port: int) -> None:
    """Wait until the server answers."""
    for _ in range(1200):
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise SystemExit("the server does not answer: see server.log in its workspace")


def sent(port: int, bodies: list[bytes], at_once: int) -> tuple[tuple[float, float], list[float]]:
    """Send all bodies; return begin and end, and how long each waited for its answer, in s."""
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    for body in bodies:
        waiting.put(body)
    answers: list[float] = []

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            try:
                body = waiting.get_nowait()
            except queue.Empty:
                connection.close()
                return
            begun = time.perf_counter()
            connection.request("POST", "/v1/logs", body, PROTOBUF)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise SystemExit(f"the server answered {answer.status}")
            answers.append(time.perf_counter() - begun)

    threads = [threading.Thread(target=client) for _ in range(at_once)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (begun, time.perf_counter()), answers


def shown(found: list[dict[str, float]]) -> str:
    """The figures as a table."""
    lines = [
        "events  at once     floor/s   acknowledged/s   of floor    p50 ms    p99 ms   in store/s",
    ]
    lines += [
        f"{one['events']:>6} {one['at_once']:>8} {one['floor']:>11,.0f}"
        f" {one['events_per_second']:>16,.0f} {one['of_floor']:>9.2f}×"
        f" {one['p50_ms']:>9.1f} {one['p99_ms']:>9.1f} {one['in_store_per_second']:>12,.0f}"
        for one in found
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
