"""What runs in a process of the scheduler: it reads an order, does it, and says how it ended."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import orjson

from landed.config import Settings
from landed.errors import LandedError
from landed.server.scheduler.orders import Counts, Order, Result, What
from landed.server.scheduler.process import HEAD

_SHOWN = 3
"""So many troubles are told; the others are counted."""
_PATIENCE_SECONDS = 86_400.0


def main() -> None:
    """Do the order that stands on standard input, and say on standard output how it ended."""
    orders, answers = _own_ends()
    with os.fdopen(orders, "rb", buffering=0) as pipe:
        order = _read(pipe.read)
        threading.Thread(target=_end_with_the_server, args=(pipe.read,), daemon=True).start()
        told = orjson.dumps(asdict(done(order)), default=str)
    with os.fdopen(answers, "wb") as answer:
        answer.write(told)
        answer.flush()
        # the thread that waits for the server's end would hold up the interpreter's
        os._exit(0)


def done(order: Order) -> Result:
    """How the order ended; what people can put right is told in words of its own."""
    # the server sees to it that nothing takes too long, waiting included
    store = order.settings.store.model_copy(update={"wait_seconds": _PATIENCE_SECONDS})
    try:
        return DOERS[order.what](order.settings.model_copy(update={"store": store}), order.subject)
    except LandedError as error:
        return Result("failed", str(error), crashed=True)


def _own_ends() -> tuple[int, int]:
    """The ends of both pipes, kept from what this starts and from what libraries print."""
    orders, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return orders, answers


def _read(read: Callable[[int], bytes | None]) -> Order:
    length = int.from_bytes(_exactly(read, HEAD), "big")
    # by the server that started this, over a pipe that nobody else has
    order: Order = pickle.loads(_exactly(read, length))
    return order


def _exactly(read: Callable[[int], bytes | None], size: int) -> bytes:
    found = b""
    while len(found) < size:
        part = read(size - len(found))
        if not part:
            sys.exit("the server ended before it gave an order")
        found += part
    return found


def _end_with_the_server(read: Callable[[int], bytes | None]) -> None:
    while read(1):
        pass
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _forges(settings: Settings, _: str) -> Result:
    from landed.sync import connected_places

    places, troubles = connected_places(settings)
    counts: Counts = {"projects": len(places), "troubles": len(troubles)}
    told = tuple(str(place) for place in places)
    if not troubles:
        return Result("ok", None, counts, told)
    message = "; ".join(f"{one.name}: {one.message}" for one in troubles[:_SHOWN])
    if len(troubles) > _SHOWN:
        message += f"; and {len(troubles) - _SHOWN:,} more, which landed doctor shows"
    return Result("failed", message, counts, told)


def _repository(settings: Settings, subject: str) -> Result:
    from landed.sync import sync

    found = sync(Path(subject), settings, ask="never")
    ledger = found.ledger
    if ledger.mode == "unchanged":
        return Result("skipped", None)
    return Result("ok", None, {"commits": ledger.commits, "lines": ledger.lines})


def _logs(settings: Settings, _: str) -> Result:
    from landed.sync import read_logs

    read_logs(settings)
    return Result("ok")


def _rollup(settings: Settings, _: str) -> Result:
    from landed.pricing import price_calls
    from landed.rollups import update_rollups
    from landed.store import Store

    if settings.notice is None:
        # calls that telemetry told have no price yet; the made-up company's have
        with Store.for_settings(settings) as store:
            price_calls(store, settings)
    return Result("ok", None, asdict(update_rollups(settings)))


def _delivery(settings: Settings, subject: str) -> Result:
    from landed.reports.board.periods import period_named
    from landed.reports.board.sending import deliver, delivery_named
    from landed.store import Store

    name, _, period = subject.rpartition(" ")
    delivery = delivery_named(settings, name)
    with Store.for_settings(settings, read_only=True) as store:
        made = deliver(store, settings, delivery, period_named(delivery.every, period))
    return Result("ok", None, {"files": len(made.files), "messages": int(made.told)})


DOERS: dict[What, Callable[[Settings, str], Result]] = {
    "forges": _forges,
    "repository": _repository,
    "logs": _logs,
    "rollup": _rollup,
    "delivery": _delivery,
}
"""Who does which order."""

if __name__ == "__main__":
    main()
