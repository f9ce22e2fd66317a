"""The one handler: understand the request, check and act in one transaction, wait where asked to, answer."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from torc_server.api.operation import Call, Effect, NothingYet, Operation, Relayed
from torc_server.engine.ids import WorkflowId
from torc_server.engine.workflow_locks import Held
from torc_server.live.long_operations import LongOperations
from torc_server.live.long_polls import LongPolls
from torc_server.live.output_relay import OutputRelay
from torc_server.store.readers import Readers
from torc_server.store.transaction import Transaction
from torc_server.store.writer import Writer
from torc_server.web.answer import answer
from torc_server.web.compat import generation_of
from torc_server.web.errors import RequestError, answer_to
from torc_server.web.process import ServerProcess
from torc_server.web.request import RequestParser
from torc_server.web.request_keys import IDENTITY, OPERATION, PATH_VALUES
from torc_server.web.routes import Routes

WRITER = web.AppKey("writer", Writer)
READERS = web.AppKey("readers", Readers)
LONG_POLLS = web.AppKey("long_polls", LongPolls)
OUTPUT_RELAY = web.AppKey("output_relay", OutputRelay)
ENFORCE_ACCESS = web.AppKey("enforce_access", bool)
REQUIRE_AUTH = web.AppKey("require_auth", bool)
PROCESS = web.AppKey("process", ServerProcess)
LONG_OPERATIONS = web.AppKey("long_operations", LongOperations)


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a path and a method lead."""

    operation: Operation
    handler: Handler


def dispatching(handlers: Iterable[tuple[Operation, Handler]], *, root: str) -> Handler:
    """Make the handler of all paths below the root, which finds the operation and leaves it to its own."""
    routes: Routes[_Target] = Routes()
    for operation, handler in handlers:
        routes.add(operation.method, root + operation.path, _Target(operation, handler))

    async def handle(request: web.Request) -> web.StreamResponse:
        targets, values = routes.find(request.rel_url.path_safe)
        target = targets.get(request.method)
        if target is None:
            if targets:
                raise web.HTTPMethodNotAllowed(request.method, targets)
            raise web.HTTPNotFound
        request[OPERATION] = target.operation
        request[PATH_VALUES] = values
        return await target.handler(request)

    return handle


def handler_of(operation: Operation) -> Handler:
    """Make the handler of an operation."""
    reader = RequestParser(operation)

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            call, unknown = await call_of(reader, request)
            value = await _perform(operation, request, call)
        except web.HTTPException:
            raise
        except Exception as error:  # noqa: BLE001 - every failure has its answer
            return answer_to(error)
        return answer(value, unknown)

    return handle


async def call_of(reader: RequestParser, request: web.Request) -> tuple[Call, tuple[str, ...]]:
    """Understand a request; also the members of its body that nobody knows. Raises RequestError."""
    understood = await reader.read(request, request[PATH_VALUES])
    app = request.app
    call = Call(
        path=understood.path,
        query=understood.query,
        body=understood.body,
        now=datetime.now(UTC),
        identity=request[IDENTITY],
        generation=generation_of(request.headers.get(hdrs.USER_AGENT, "")),
        enforce_access=app[ENFORCE_ACCESS],
        require_auth=app[REQUIRE_AUTH],
        writes=request[OPERATION].effect is Effect.WRITE,
    )
    return call, understood.unknown


async def _perform(operation: Operation, request: web.Request, call: Call) -> Any:
    """Run the operation, again and again while it has nothing and the caller waits."""

    def unit(tx: Transaction) -> Any:
        # In one transaction: nothing changes between the check and the act.
        operation.guard(tx, call)
        return operation.run(tx, call)

    async def ask() -> Any:
        if request.transport is None or request.transport.is_closing():
            raise RequestError("The caller went away")
        if operation.effect is Effect.PROCESS:
            await request.app[READERS].run(lambda tx: operation.guard(tx, call))
            return await asyncio.to_thread(operation.run, request.app[PROCESS], call)
        if operation.effect is Effect.READ:
            return await request.app[READERS].run(unit)
        # What was begun is finished, also when the caller leaves.
        if operation.workflow_wide is not None and not call.query.get("async"):
            return await request.app[LONG_OPERATIONS].perform(
                WorkflowId(call.path["id"]),
                operation.id,
                operation.workflow_wide,
                lambda tx: operation.run(tx, call),
                check=lambda tx: operation.guard(tx, call),
            )
        try:
            return await request.app[WRITER].run(unit)
        except Held:
            return await request.app[LONG_OPERATIONS].patiently(lambda: request.app[WRITER].run(unit))

    seconds = call.query.get("wait_seconds", 0.0)
    if operation.waiting is not None and seconds > 0:
        value = await request.app[LONG_POLLS].until_something(
            ask,
            workflow_id=call.path["id"],
            key=(operation.id, operation.waiting.alike(call)),
            woken_by=operation.waiting.woken_by,
            seconds=seconds,
        )
    else:
        value = await ask()
    if isinstance(value, Relayed):
        return await value.perform(request.app[OUTPUT_RELAY])
    return value.answer if isinstance(value, NothingYet) else value
