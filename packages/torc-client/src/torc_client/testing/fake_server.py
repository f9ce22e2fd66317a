"""A server with the answers that a test defines. It reports each request and answer that violates the contract."""

import asyncio
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
from aiohttp import web

from torc_client.address import BASE_PATH
from torc_client.document import DocumentedOperation, described
from torc_client.testing.schema import from_text, violations
from torc_client.version import __version__


@dataclass(frozen=True, slots=True)
class Received:
    """A received call."""

    operation: str
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error as the answer."""

    status: int
    message: str
    details: Mapping[str, Any] = field(default_factory=dict)
    """Further members of the error."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The answer that the work continues in the background, as this task."""

    task: Any


class EventSource:
    """A stream of server-sent events as the answer. Every connection gets the events that are sent while it is open."""

    def __init__(self, *first: Any) -> None:
        self._first = first
        self._queues: list[asyncio.Queue[Any]] = []

    def send(self, data: Any, event: str = "") -> None:
        """Send an event to the open connections."""
        for queue in self._queues:
            queue.put_nowait((event, data))

    def break_off(self) -> None:
        """End the open connections."""
        for queue in self._queues:
            queue.put_nowait(None)

    async def respond(self, request: web.Request) -> web.StreamResponse:
        """Write `first`, and then what is sent, until `break_off`."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        queue: asyncio.Queue[Any] = asyncio.Queue()
        for data in self._first:
            queue.put_nowait(("", data))
        self._queues.append(queue)
        try:
            while (sent := await queue.get()) is not None:
                name = f"event: {sent[0]}\n" if sent[0] else ""
                await response.write(f"{name}data: {msgspec.json.encode(sent[1]).decode()}\n\n".encode())
        finally:
            self._queues.remove(queue)
        return response


_TASK = {"$ref": "#/components/schemas/TaskModel"}
# In place of an answer: the connection is closed, as if the server was killed.
BREAK_OFF = object()

Answering = Callable[[Received], Any]


class FakeServer:
    """An in-process server on 127.0.0.1 or a UNIX socket. Use it as an async context manager.

    An answer is a record, a JSON value, a `Refusal`, `Accepted`, `BREAK_OFF`, an `EventSource`, or a function (plain
    or async) of the call that returns one of these. At the end, the context raises AssertionError if a
    call or answer violated the contract.
    """

    def __init__(self, socket_path: Path | None = None) -> None:
        self.calls: list[Received] = []
        self.violations: list[str] = []
        self._answers: dict[str, Iterator[Any]] = {}
        self._socket_path = socket_path
        self._port = 0
        self._runner: web.AppRunner | None = None
        self._arrived = asyncio.Condition()
        self.answer("ping", {"status": "ok"})
        self.answer("get_version", {"version": "0.35.0", "api_version": "0.21.0", "torc_server": __version__})

    @property
    def url(self) -> str:
        """The URL for clients."""
        if self._socket_path:
            return f"unix://{self._socket_path}"
        return f"http://127.0.0.1:{self._port}{BASE_PATH}"

    def answer(self, operation: str, answer: Any) -> None:
        """Answer every call of an operation with `answer`."""
        self._answers[self._known(operation)] = _forever(answer)

    def script(self, operation: str, answers: Iterable[Any]) -> None:
        """Answer the next calls of an operation with `answers` in turn, and all later ones with the last answer."""
        self._answers[self._known(operation)] = _in_turn(answers)

    def calls_of(self, operation: str) -> list[Received]:
        """Return the received calls of one operation, in order."""
        return [call for call in self.calls if call.operation == self._known(operation)]

    async def received(self, operation: str, count: int = 1) -> list[Received]:
        """Wait until an operation was called `count` times, and return its calls."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: len(self.calls_of(operation)) >= count)
        return self.calls_of(operation)

    async def start(self) -> None:
        """Listen. After `stop`, listen on the same port again."""
        application = web.Application(client_max_size=2**30)
        for operation in described().values():
            application.router.add_route(operation.method, BASE_PATH + operation.path, self._handler(operation))
        self._runner = web.AppRunner(application, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        if self._socket_path:
            await web.UnixSite(self._runner, str(self._socket_path)).start()
        else:
            await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
            self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening, and close the connections of unanswered requests."""
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
        if error is None:
            self.verify()

    def verify(self) -> None:
        """Raise AssertionError if the contract was violated."""
        if self.violations:
            raise AssertionError("the contract was violated:\n  " + "\n  ".join(self.violations))

    def _known(self, operation: str) -> str:
        if operation not in described():
            raise ValueError(f"openapi.json has no operation {operation!r}")
        return operation

    def _handler(self, operation: DocumentedOperation) -> Callable[[web.Request], Any]:
        async def handle(request: web.Request) -> web.StreamResponse:
            received = await self._understood(operation, request)
            async with self._arrived:
                self.calls.append(received)
                self._arrived.notify_all()
            answer = await self._next_answer(received)
            if answer is BREAK_OFF:
                if request.transport:
                    request.transport.close()
                return web.Response()
            if isinstance(answer, EventSource):
                return await answer.respond(request)
            if isinstance(answer, Refusal):
                return web.json_response({"error": {"message": answer.message, **answer.details}}, status=answer.status)
            if isinstance(answer, Accepted):
                content = msgspec.to_builtins(answer.task)
                self._judge(content, _TASK, f"task of {operation.id}")
                return web.json_response(content, status=202)
            content = msgspec.to_builtins(answer)
            self._judge(content, operation.answer, f"answer to {operation.id}")
            return web.json_response(content)

        return handle

    async def _next_answer(self, received: Received) -> Any:
        if received.operation not in self._answers:
            self.violations.append(f"{received.operation} was called, but the test defines no answer")
            return Refusal(500, "the test defines no answer")
        answer = next(self._answers[received.operation])
        if callable(answer):
            answer = answer(received)
        return await answer if inspect.isawaitable(answer) else answer

    async def _understood(self, operation: DocumentedOperation, request: web.Request) -> Received:
        query = {name: request.query.getall(name) for name in request.query}
        text: dict[str, dict[str, Any]] = {"path": dict(request.match_info), "query": query}
        values: dict[str, dict[str, Any]] = {"path": {}, "query": {}}
        for parameter in operation.parameters:
            name, place = parameter["name"], parameter["in"]
            if name in text[place]:
                value = _from_texts(text[place].pop(name), parameter["schema"])
                values[place][name] = value
                self._judge(value, parameter["schema"], f"{operation.id} {place} {name}")
            elif parameter.get("required"):
                self.violations.append(f"{operation.id}: the {place} parameter {name!r} is missing")
        self.violations += [f"{operation.id}: there is no query parameter {name!r}" for name in text["query"]]
        content = await request.read()
        body = msgspec.json.decode(content) if content else None
        if operation.body is not None:
            self._judge(body, operation.body, f"body of {operation.id}")
        return Received(operation.id, values["path"], values["query"], body, dict(request.headers))

    def _judge(self, value: Any, schema: Mapping[str, Any], where: str) -> None:
        self.violations += violations(value, schema, where)


def _from_texts(texts: str | list[str], schema: Mapping[str, Any]) -> Any:
    """Convert the texts of a parameter, which a query may repeat. All of them count if the schema is a list."""
    if isinstance(texts, str):
        return from_text(texts, schema)
    if schema.get("type") == "array":
        return [from_text(text, schema["items"]) for text in texts]
    return from_text(texts[0] if len(texts) == 1 else str(texts), schema)


def _forever(answer: Any) -> Iterator[Any]:
    while True:
        yield answer


def _in_turn(answers: Iterable[Any]) -> Iterator[Any]:
    answer: Any = Refusal(500, "the test's script is empty")
    for answer in answers:
        yield answer
    yield from _forever(answer)
