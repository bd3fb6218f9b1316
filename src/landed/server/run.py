"""Running the server: refuse early what cannot be, start in order, stop in the opposite order."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from landed.config import Settings, prepare_directory
from landed.errors import UsageError
from landed.server.accounts import Accounts
from landed.server.answering import answer
from landed.server.ingest import Ingest
from landed.server.listening import address_of, listen
from landed.server.meters import Meters
from landed.server.owning import owned
from landed.server.scheduler.tasks import scheduler_of
from landed.server.security.addresses import is_public
from landed.server.state import Background, Server
from landed.store.finding import listening_socket, remove_socket
from landed.store.inbox import Inbox
from landed.store.served import ServedStore

INBOX_NAME = "inbox.db"


@dataclass(frozen=True)
class Started:
    """A server that answers, and the address at which people find it."""

    address: str
    server: Server


def serve(
    settings: Settings,
    *,
    host: str | None = None,
    port: int | None = None,
    made_up: bool = False,
    on_wait: Callable[[str], None] = lambda _: None,
    on_start: Callable[[Started], None] = lambda _: None,
    background: Callable[[Server], list[Background]] = lambda server: [scheduler_of(server)],
) -> None:
    """Serve the settings' workspace until a signal to end (SIGINT, SIGTERM).

    To be called in the main thread. `host` and `port` win over the settings; `made_up` has every
    page say that its figures are; `on_start` is called once requests are answered, and `background`
    makes what works beside them: the scheduler, unless it is told otherwise.

    Raises UsageError where it cannot listen, another server has the workspace, or accounts are
    missing; StoreError where the store cannot be opened.
    """
    settings = _chosen(settings, host, port)
    prepare_directory(settings.workspace)
    with contextlib.ExitStack() as stack:
        tell_address = stack.enter_context(owned(settings.workspace))
        accounts = stack.enter_context(Accounts.of_workspace(settings))
        require_accounts(settings, accounts)
        listening = stack.enter_context(listen(settings.server.host, settings.server.port))
        address = address_of(listening, settings.server)
        tell_address(address)
        server = stack.enter_context(opened(settings, accounts, on_wait))
        server.made_up = made_up
        _note_settings(server)
        server.background += background(server)
        inside = stack.enter_context(listening_socket(settings.workspace))
        stack.callback(remove_socket, settings.workspace)
        answer(server, listening, inside, lambda: on_start(Started(address, server)))


def require_accounts(settings: Settings, accounts: Accounts) -> None:
    """Raise UsageError, saying how to make one, where others can ask and there is no account."""
    if not is_public(settings.server) or accounts.people.any():
        return
    where = settings.server.url or settings.server.host
    raise UsageError(
        f"others can reach {where}, and there is no account yet: make one with "
        "landed account add NAME --role admin, or serve this machine alone (--host 127.0.0.1)"
    )


def _chosen(settings: Settings, host: str | None, port: int | None) -> Settings:
    told = {"host": host, "port": port}
    chosen = {name: value for name, value in told.items() if value is not None}
    return settings.model_copy(update={"server": settings.server.model_copy(update=chosen)})


def _note_settings(server: Server) -> None:
    """Have the audit say what people may see, and let go of what is no longer to be kept."""
    settings = server.settings
    server.accounts.audit.settings(
        {
            "read_code": settings.server.read_code,
            "smallest_group": settings.privacy.smallest_group,
            "telemetry_days": settings.server.telemetry_days,
            "access_days": settings.server.access_days,
        }
    )
    server.accounts.access.forget(timedelta(days=settings.server.access_days))


@contextlib.contextmanager
def opened(
    settings: Settings, accounts: Accounts, on_wait: Callable[[str], None]
) -> Iterator[Server]:
    """The parts of a server, opened; closed at the end."""
    with (
        contextlib.closing(ServedStore(settings, on_wait)) as store,
        Inbox(settings.workspace / INBOX_NAME) as inbox,
    ):
        yield Server(
            settings=settings,
            store=store,
            inbox=inbox,
            ingest=Ingest(settings, inbox, store),
            accounts=accounts,
            meters=Meters(),
            loopback=not is_public(settings.server),
        )
