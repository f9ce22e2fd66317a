"""Answer a request: find the operation, parse, check and run it, wait if requested, encode the answer."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from torc_server.api.extensions import ASYNC, WAIT_SECONDS
from torc_server.api.operation import (
    Accepted,
    Answer,
    AnyOperation,
    AuditedOperation,
    Call,
    Effect,
    NothingYet,
    Operation,
    Outcome,
    ProcessOperation,
    RelayOperation,
    Waiting,
    WorkflowWide,
)
from torc_server.auth.basic import Refused
from torc_server.engine.access.permissions import require_operation
from torc_server.engine.administration.sql import Policy
from torc_server.engine.errors import EngineError
from torc_server.engine.workflow_locks import WorkflowLocked
from torc_server.live.long_operations import LongOperations
from torc_server.live.long_polls import LongPolls
from torc_server.live.output_relay import OutputRelay
from torc_server.live.waits import Check
from torc_server.store.errors import StoreError
from torc_server.store.read_pool import CALLER_LEFT, ReadPool
from torc_server.store.transaction import Transaction
from torc_server.store.writer import Writer
from torc_server.web.bodies import BODIES
from torc_server.web.compat import generation_of
from torc_server.web.errors import CLIENT_CLOSED, RequestError, answer_to
from torc_server.web.large_answers import LARGE_ANSWER_BYTES, LargeAnswer
from torc_server.web.origin import ORIGINS, node_of
from torc_server.web.process import ServerProcess
from torc_server.web.request import RequestParser, warning_for
from torc_server.web.request_keys import IDENTITY, OPERATION, PATH_VALUES
from torc_server.web.routes import Routes
from torc_server.web.waiting import waiting

T = TypeVar("T")

WRITER = web.AppKey("writer", Writer)
READ_POOL = web.AppKey("read_pool", ReadPool)
LONG_POLLS = web.AppKey("long_polls", LongPolls)
OUTPUT_RELAY = web.AppKey("output_relay", OutputRelay)
ENFORCE_ACCESS = web.AppKey("enforce_access", bool)
ADMINS_SEE_OWN_ONLY = web.AppKey("admins_see_own_only", bool)
REQUIRE_AUTH = web.AppKey("require_auth", bool)
HAS_LOGINS = web.AppKey("has_logins", bool)
ADMIN_SQL = web.AppKey("admin_sql", Policy)
PROCESS = web.AppKey("process", ServerProcess)
LONG_OPERATIONS = web.AppKey("long_operations", LongOperations)

# The operations that are answered with a request, not with a stream.
Requested = Operation | RelayOperation | ProcessOperation | AuditedOperation
# Runs an operation for a request and its parsed call.
Perform = Callable[[web.Request, Call], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class _Target:
    """The operation at a path and a method."""

    operation: AnyOperation
    handler: Handler


def dispatching(handlers: Iterable[tuple[AnyOperation, Handler]], *, root: str) -> Handler:
    """Make the handler of all paths below `root`: it finds the operation and calls the operation's own handler."""
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


def handler_of(operation: Requested) -> Handler:
    """Make the handler of an operation."""
    parser = RequestParser(operation)
    perform = _performer_of(operation)

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            call, unknown = await call_of(parser, request)
            _require_caller(request)
            answer = await perform(request, call)
        except (web.HTTPException, Refused):
            raise
        except Exception as error:  # noqa: BLE001 - every failure has its answer
            return answer_to(error)
        finally:
            request.app[BODIES].release(request)
        return _response(answer, unknown)

    return handle


async def call_of(parser: RequestParser, request: web.Request) -> tuple[Call, tuple[str, ...]]:
    """Parse a request; also return the unknown members of its body. Raises RequestError, Conflict."""
    parsed = await parser.parse(request, request[PATH_VALUES])
    app, operation = request.app, request[OPERATION]
    app[ORIGINS].require_database(request, operation)
    call = Call(
        path=parsed.path,
        query=parsed.query,
        body=parsed.body,
        now=datetime.now(UTC),
        identity=request[IDENTITY],
        node=node_of(request),
        generation=generation_of(request.headers),
        enforce_access=app[ENFORCE_ACCESS],
        admins_see_own_only=app[ADMINS_SEE_OWN_ONLY],
        require_auth=app[REQUIRE_AUTH],
        has_logins=app[HAS_LOGINS],
        admin_sql=app[ADMIN_SQL],
        writes=isinstance(operation, Operation) and operation.effect is Effect.WRITE,
    )
    return call, parsed.unknown


def _require_caller(request: web.Request) -> None:
    """Raise RequestError if the client closed the connection."""
    if request.transport is None or request.transport.is_closing():
        raise RequestError("The client closed the connection", status=CLIENT_CLOSED)


def _performer_of(operation: Requested) -> Perform:
    """Choose how an operation is run. The choice depends on its declaration alone, so it is made once."""
    if isinstance(operation, ProcessOperation):
        return partial(_run_on_process, operation)
    if isinstance(operation, AuditedOperation):
        return partial(_run_and_record, operation)
    if isinstance(operation, RelayOperation):
        return partial(_run_and_relay, operation)
    if operation.effect is Effect.READ:
        perform: Perform = partial(_read, operation)
    elif operation.workflow_wide is not None:
        perform = partial(_run_workflow_wide, operation, operation.workflow_wide)
    else:
        perform = partial(_write, operation)
    return perform if operation.waiting is None else partial(_wait, operation, operation.waiting, perform)


def guard_of(request: web.Request, operation: AnyOperation, call: Call) -> Callable[[Transaction], None]:
    """Make the checks of a call: access, and the compute node that the client states."""
    origins = request.app[ORIGINS]

    def guard(tx: Transaction) -> None:
        require_operation(call.caller, operation.id)
        operation.guard(tx, call)
        origins.require_node(tx, call.node)

    return guard


def _unit(request: web.Request, operation: Operation | AuditedOperation, call: Call) -> Callable[[Transaction], Answer]:
    """Make the unit of work of an operation. Guard and function share a transaction: nothing changes in between."""
    guard = guard_of(request, operation, call)

    def unit(tx: Transaction) -> Answer:
        guard(tx)
        return operation.run(tx, call)

    return unit


async def read(request: web.Request, unit: Callable[[Transaction], T]) -> T:
    """Run a unit of work that only reads, when it is the turn of the caller and of the operation. Raises StoreError."""
    return await request.app[READ_POOL].run(unit, caller=_share_of(request), kind=request[OPERATION].id)


def _share_of(request: web.Request) -> Hashable:
    """Return what distinguishes callers that read: the user, or the address and the name that is claimed there."""
    identity = request[IDENTITY]
    return identity.user or (request.remote, identity.claimed)


async def _read(operation: Operation, request: web.Request, call: Call) -> Answer:
    return await read(request, _unit(request, operation, call))


async def _write(operation: Operation, request: web.Request, call: Call) -> Answer:
    unit, writer = _unit(request, operation, call), request.app[WRITER]
    try:
        return await writer.run(unit)
    except WorkflowLocked:
        answer: Answer = await request.app[LONG_OPERATIONS].patiently(lambda: writer.run(unit))
        return answer


async def _run_workflow_wide(operation: Operation, wide: WorkflowWide, request: web.Request, call: Call) -> Answer:
    """Run an operation on a whole workflow, in steps if it is huge. It is finished even if the client disconnects."""
    if call.query.get(ASYNC.name):  # it only queues a task
        return await _write(operation, request, call)
    answer: Answer = await request.app[LONG_OPERATIONS].perform(
        call.workflow_id,
        operation.id,
        wide,
        lambda tx: operation.run(tx, call),
        check=guard_of(request, operation, call),
    )
    return answer


async def _run_on_process(operation: ProcessOperation, request: web.Request, call: Call) -> Answer:
    await read(request, guard_of(request, operation, call))
    return await asyncio.to_thread(operation.run, request.app[PROCESS], call)


async def _run_and_record(operation: AuditedOperation, request: web.Request, call: Call) -> Answer:
    """Run an operation and store the entry about the call, also if its client leaves in the meantime."""
    writer = request.app[WRITER]

    def recorded(error: Exception | None) -> "asyncio.Future[None]":
        return asyncio.shield(writer.run(lambda tx: operation.record(tx, call, Outcome(error))))

    try:
        answer = await read(request, _unit(request, operation, call))
    except (EngineError, StoreError) as error:
        await recorded(error)
        raise
    except asyncio.CancelledError:
        recorded(StoreError(CALLER_LEFT))  # type: ignore[unused-awaitable]  # the client left and waits for nothing
        raise
    await recorded(None)
    return answer


async def _run_and_relay(operation: RelayOperation, request: web.Request, call: Call) -> Answer:
    guard = guard_of(request, operation, call)

    def unit(tx: Transaction) -> Callable[[OutputRelay], Awaitable[Answer]]:
        guard(tx)
        return operation.run(tx, call).perform

    perform = await read(request, unit)
    async with waiting(request, call, _check_of(request, operation, call)):
        return await perform(request.app[OUTPUT_RELAY])


async def _wait(
    operation: Operation, waiting_rule: Waiting, perform: Perform, request: web.Request, call: Call
) -> Answer:
    """Run an operation again whenever its workflow changes, until it has an answer or the time is over."""
    seconds = call.query.get(WAIT_SECONDS.name, 0.0)
    if seconds <= 0:
        return await perform(request, call)

    async def ask() -> Answer:
        _require_caller(request)
        return await perform(request, call)

    async with waiting(request, call, _check_of(request, operation, call)):
        answer: Answer = await request.app[LONG_POLLS].until_something(
            ask,
            workflow_id=call.workflow_id,
            key=(operation.id, waiting_rule.alike(call)),
            woken_by=waiting_rule.woken_by,
            seconds=seconds,
        )
    return answer


def _check_of(request: web.Request, operation: AnyOperation, call: Call) -> Check:
    """Make the check whether the caller still has access."""
    guard = guard_of(request, operation, call)
    return lambda: read(request, guard)


def _response(answer: Answer, unknown: tuple[str, ...]) -> web.Response:
    """Encode the answer of a successful operation. A header lists `unknown` members of the body.

    Generated clients read status 200 only, and 202 if they asked for a task.
    """
    status = web.HTTPOk.status_code
    if isinstance(answer, NothingYet):
        answer = answer.answer
    elif isinstance(answer, Accepted):
        answer, status = answer.answer, web.HTTPAccepted.status_code
    headers = {"Warning": warning_for(unknown)} if unknown else None
    body = msgspec.json.encode(answer)
    kind = web.Response if len(body) <= LARGE_ANSWER_BYTES else LargeAnswer
    return kind(status=status, body=body, content_type="application/json", headers=headers)
