"""``/healthz``: the process is alive. ``/readyz``: it can serve requests now. For monitoring.

Both paths are at the root, so that they are the same for every version of the API. They require no password: they show
nothing about workflows, and a monitor should not need a secret.
"""

import asyncio

from aiohttp import web

from torc_server.store.errors import StoreError
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction
from torc_server.web.dispatch import READ_POOL, WRITER
from torc_server.web.errors import error_answer

ALIVE = "/healthz"
READY = "/readyz"
OPEN_PATHS = frozenset({ALIVE, READY})

PATIENCE_SECONDS = 5.0

LOOK = Statement("SELECT MAX(number) FROM schema_migration")
# Changes nothing, but requires a write.
TOUCH = Statement("UPDATE schema_migration SET name = name WHERE number = 1")


class Readiness:
    """Whether the server is about to stop."""

    def __init__(self) -> None:
        self.is_stopping = False

    async def problem(self, app: web.Application) -> str | None:
        """Return why the server cannot serve requests now; None if it can."""
        if self.is_stopping:
            return "The server is stopping"
        damage = app[WRITER].damage.found
        if damage is not None:  # until a restart, whatever can still be read
            return str(damage)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await app[READ_POOL].run(_look)
                # After a failure only a write shows that it is over. Otherwise a turn of the writer is enough.
                await app[WRITER].run(_look if app[WRITER].failure is None else _touch)
        except StoreError as error:
            return str(error)
        except TimeoutError:
            return f"The database did not answer within {PATIENCE_SECONDS:g} seconds"
        return None


READINESS = web.AppKey("readiness", Readiness)


async def show_alive(request: web.Request) -> web.Response:
    """Answer ``GET /healthz``."""
    del request
    return web.Response(text="alive\n")


async def show_ready(request: web.Request) -> web.Response:
    """Answer ``GET /readyz``: 200, or 503 with the reason."""
    problem = await request.app[READINESS].problem(request.app)
    return web.Response(text="ready\n") if problem is None else error_answer(503, {"message": problem})


async def stop_being_ready(app: web.Application) -> None:
    """Answer from now on that the server is stopping."""
    app[READINESS].is_stopping = True


def _look(tx: Transaction) -> None:
    tx.value(LOOK)


def _touch(tx: Transaction) -> None:
    tx.execute(TOUCH)
