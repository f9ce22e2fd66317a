"""The table of operations as an aiohttp application, with the database that it works on."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from torc_server.api.document import API_ROOT, build
from torc_server.api.table import OPERATIONS
from torc_server.auth.basic import Authenticator
from torc_server.engine.groups import appoint_system_admins
from torc_server.store.readers import Readers
from torc_server.store.writer import Writer
from torc_server.web.dispatch import ENFORCE_ACCESS, PROCESS, READERS, REQUIRE_AUTH, WAITS, WRITER, handler_of
from torc_server.web.errors import failures
from torc_server.web.event_stream import NEWS, ORDINARY_PACE, PACE, Pace, stream_handler_of
from torc_server.web.middlewares import access_log, body_limit, credentials, span
from torc_server.web.news import News
from torc_server.web.process import ServerProcess
from torc_server.web.waiting import Waits

# Room for more than the 100,001 jobs that clients send at once, and an end to what one request may take.
DEFAULT_BODY_MAX_BYTES = 256 * 1024**2


def build_app(
    database: Path,
    *,
    authenticator: Authenticator | None = None,
    enforce_access: bool = False,
    admin_users: Sequence[str] = (),
    body_max_bytes: int = DEFAULT_BODY_MAX_BYTES,
    pace: Pace = ORDINARY_PACE,
    listeners: Sequence[Callable[[Sequence[object]], None]] = (),
    alone: bool = False,
) -> web.Application:
    """Build the application on an existing, migrated database, which it opens as it starts and closes at its end.

    `listeners` get the news of each commit, on the event loop. `alone`: nobody else reads the database meanwhile.
    """
    who = Authenticator(None, required=False) if authenticator is None else authenticator
    app = web.Application(
        client_max_size=body_max_bytes,
        middlewares=[span, access_log, failures, credentials(who), body_limit(body_max_bytes)],
    )
    waits, news = Waits(), News()

    def deliver(signals: Sequence[object]) -> None:
        waits.deliver(signals)
        news.deliver(signals)
        for listener in listeners:
            listener(signals)

    app[WAITS] = waits
    app[NEWS] = news
    app[PACE] = pace
    app[WRITER] = Writer(database, deliver, alone=alone)
    app[READERS] = Readers(database, through=app[WRITER] if alone else None)
    app[ENFORCE_ACCESS] = enforce_access
    app[REQUIRE_AUTH] = who.required
    app[PROCESS] = ServerProcess(who)
    for operation in OPERATIONS:
        handler = stream_handler_of(operation) if operation.streams else handler_of(operation)
        app.router.add_route(operation.method, API_ROOT + operation.path, handler)
    app.router.add_get(f"{API_ROOT}/openapi.json", _document_handler(), allow_head=False)
    app.cleanup_ctx.append(_open_database(admin_users))
    app.on_shutdown.append(_send_home)
    return app


def _open_database(admin_users: Sequence[str]) -> Callable[[web.Application], AsyncIterator[None]]:
    async def open_database(app: web.Application) -> AsyncIterator[None]:
        """Open the writer and the readers while the application lives; the settings name who administers it."""
        app[WRITER].start()
        try:
            now = datetime.now(UTC)
            await app[WRITER].run(lambda tx: appoint_system_admins(tx, admin_users, now=now))
            async with app[READERS]:
                yield
        finally:
            await app[WRITER].close()

    return open_database


def _document_handler() -> Handler:
    document = msgspec.json.encode(build())

    async def handle(request: web.Request) -> web.Response:
        del request
        return web.Response(body=document, content_type="application/json")

    return handle


async def _send_home(app: web.Application) -> None:
    """End the long-polls and the streams when the server stops."""
    app[WAITS].close()
    app[NEWS].close()
