"""The aiohttp application: the table of operations with its database."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from torc_server.api.document import API_ROOT, build
from torc_server.api.operation import AnyOperation, StreamOperation
from torc_server.api.table import OPERATIONS
from torc_server.auth.basic import Authenticator
from torc_server.engine.access.groups import appoint_system_admins
from torc_server.engine.access.tokens import stored_token
from torc_server.engine.administration.sql import READ_ONLY, Policy
from torc_server.engine.origins import database_id
from torc_server.live.api_events import ApiEvents
from torc_server.live.event_hub import EventHub
from torc_server.live.long_operations import ORDINARY_STEPS, LongOperations, Steps
from torc_server.live.long_polls import LongPolls
from torc_server.live.node_contacts import NodeContacts
from torc_server.live.output_relay import OutputRelay
from torc_server.live.token_checks import TokenChecker
from torc_server.live.waits import Waits
from torc_server.live.workflow_changes import WorkflowChanges
from torc_server.store.backup import BackupHistory
from torc_server.store.read_pool import ReadPool
from torc_server.store.writer import Writer
from torc_server.web.bodies import BODIES, Bodies
from torc_server.web.dispatch import (
    ADMIN_SQL,
    ADMINS_SEE_OWN_ONLY,
    ENFORCE_ACCESS,
    HAS_LOGINS,
    LONG_OPERATIONS,
    LONG_POLLS,
    OUTPUT_RELAY,
    PROCESS,
    READ_POOL,
    REQUIRE_AUTH,
    WRITER,
    dispatching,
    handler_of,
)
from torc_server.web.event_stream import EVENT_HUB, ORDINARY_PACE, PACE, WORKFLOW_CHANGES, Pace, stream_handler_of
from torc_server.web.health import (
    ALIVE,
    OPEN_PATHS,
    READINESS,
    READY,
    Readiness,
    show_alive,
    show_ready,
    stop_being_ready,
)
from torc_server.web.metrics import METRICS, Metrics, show_metrics
from torc_server.web.metrics import PATH as METRICS_PATH
from torc_server.web.middleware import request_middleware
from torc_server.web.origin import ORIGINS, Origins
from torc_server.web.page_policy import PagePolicy
from torc_server.web.process import ServerProcess
from torc_server.web.request_history import RequestHistory
from torc_server.web.request_reports import API_EVENTS, RequestReports
from torc_server.web.waiting import AUTHENTICATOR, TOKENS, WAITS, ending_waits

# Enough for the 100,001 jobs that clients send in one request.
DEFAULT_BODY_MAX_BYTES = 256 * 1024**2
DEFAULT_EVENT_BODY_MAX_BYTES = 8 * 1024


def build_app(
    database: Path,
    *,
    authenticator: Authenticator | None = None,
    enforce_access: bool = False,
    admin_users: Sequence[str] = (),
    admins_see_own_only: bool = False,
    body_max_bytes: int = DEFAULT_BODY_MAX_BYTES,
    pace: Pace = ORDINARY_PACE,
    listeners: Sequence[Callable[[Sequence[object]], None]] = (),
    alone: bool = False,
    backups: BackupHistory | None = None,
    steps: Steps = ORDINARY_STEPS,
    clock: Callable[[], float] = time.monotonic,
    pages: PagePolicy | None = None,
    admin_sql: Policy = READ_ONLY,
    event_body_max_bytes: int = DEFAULT_EVENT_BODY_MAX_BYTES,
) -> web.Application:
    """Build the application for an existing, migrated database, which is open while the application runs.

    `listeners` get the signals of each commit, on the event loop. `alone`: the server has exclusive access to the
    database. `backups`: the history of backups, for the metrics. `steps`: the limits for changes of huge workflows.
    `clock`: the monotonic time in seconds, for the metrics. `pages`: which pages of browsers may send requests.
    `admin_sql`: whether administrators may run SQL statements. `event_body_max_bytes`: the length to which bodies are
    cut for clients that follow requests.
    """
    authenticator = Authenticator(None, required=False) if authenticator is None else authenticator
    metrics = Metrics(database, BackupHistory() if backups is None else backups, clock=clock)
    history, api_events = RequestHistory(), ApiEvents(event_body_max_bytes)
    tokens: TokenChecker | None = None
    if not authenticator.believes_nobody:
        tokens = TokenChecker(
            lambda token_id: app[READ_POOL].run(lambda tx: stored_token(tx, token_id)), authenticator.has_user
        )
    app = web.Application(
        client_max_size=body_max_bytes,
        middlewares=[
            request_middleware(
                authenticator,
                tokens,
                body_max_bytes=body_max_bytes,
                open_paths=OPEN_PATHS,
                answered=RequestReports(metrics.requests, history, api_events).answered,
                pages=pages,
            )
        ],
    )
    long_polls, event_hub, waits = LongPolls(), EventHub(), Waits(enforces_access=enforce_access)
    workflow_changes = WorkflowChanges()
    contacts = NodeContacts()

    def deliver(signals: Sequence[object]) -> None:
        if tokens is not None:
            tokens.deliver(signals)
        long_polls.deliver(signals)
        event_hub.deliver(signals)
        workflow_changes.deliver(signals)
        waits.deliver(signals)
        contacts.deliver(signals)
        for listener in listeners:
            listener(signals)

    app[LONG_POLLS] = long_polls
    app[OUTPUT_RELAY] = OutputRelay(contacts)
    app[EVENT_HUB] = event_hub
    app[WORKFLOW_CHANGES] = workflow_changes
    app[WAITS] = waits
    app[AUTHENTICATOR] = authenticator
    app[TOKENS] = tokens
    app[PACE] = pace
    app[WRITER] = Writer(database, deliver, alone=alone, observe=metrics.committed)
    app[LONG_OPERATIONS] = LongOperations(database, app[WRITER], steps=steps, in_steps=not alone)
    app[READ_POOL] = ReadPool(database, through=app[WRITER] if alone else None, damage=app[WRITER].damage)
    app[ENFORCE_ACCESS] = enforce_access
    app[ADMINS_SEE_OWN_ONLY] = admins_see_own_only
    app[REQUIRE_AUTH] = authenticator.required
    app[HAS_LOGINS] = not authenticator.believes_nobody
    app[ADMIN_SQL] = admin_sql
    app[API_EVENTS] = api_events
    app[PROCESS] = ServerProcess(authenticator, history)
    app[ORIGINS] = Origins()
    app[METRICS] = metrics
    app[READINESS] = Readiness()
    app[BODIES] = Bodies(body_max_bytes, api_events)
    app.router.add_get(f"{API_ROOT}/openapi.json", _document_handler(), allow_head=False)
    handlers = [(each, _handler_of(each)) for each in OPERATIONS]
    # One route for all operations: aiohttp tries routes one after the other, and there are more than a hundred.
    app.router.add_route("*", API_ROOT + "/{path:(?s:.*)}", dispatching(handlers, root=API_ROOT))
    for path, answer in ((ALIVE, show_alive), (READY, show_ready), (METRICS_PATH, show_metrics)):
        app.router.add_get(path, answer, name=path.strip("/"))
    app.cleanup_ctx.append(_open_database(admin_users))
    app.on_shutdown.append(stop_being_ready)
    app.on_shutdown.append(_answer_parked)
    return app


def _handler_of(operation: AnyOperation) -> Handler:
    return stream_handler_of(operation) if isinstance(operation, StreamOperation) else handler_of(operation)


def _open_database(admin_users: Sequence[str]) -> Callable[[web.Application], AsyncIterator[None]]:
    async def open_database(app: web.Application) -> AsyncIterator[None]:
        """Open the writer and the read pool, and store the administrators that the settings name."""
        app[AUTHENTICATOR].on_withdrawn = ending_waits(app)
        app[WRITER].start()
        try:
            now = datetime.now(UTC)
            await app[WRITER].run(lambda tx: appoint_system_admins(tx, admin_users, now=now))
            app[ORIGINS].database_id = await app[WRITER].read(database_id)
            await app[LONG_OPERATIONS].recover()
            async with app[READ_POOL]:
                yield
        finally:
            await app[LONG_OPERATIONS].close()
            await app[WRITER].close()

    return open_database


def _document_handler() -> Handler:
    document = msgspec.json.encode(build())

    async def handle(request: web.Request) -> web.Response:
        del request
        return web.Response(body=document, content_type="application/json")

    return handle


async def _answer_parked(app: web.Application) -> None:
    """End the long-polls, the streams and the decoding of large bodies when the server stops."""
    app[LONG_POLLS].close()
    app[EVENT_HUB].close()
    app[WORKFLOW_CHANGES].close()
    app[API_EVENTS].close()
    app[WAITS].close()
    app[OUTPUT_RELAY].close()
    app[BODIES].close()
