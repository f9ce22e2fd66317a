"""The network I/O of the client: HTTP over TCP, TLS or a UNIX socket, with retries where these are safe."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from urllib.parse import quote

import msgspec

from torc_client import tls
from torc_client.address import BASE_PATH, parse_address
from torc_client.connection_errors import CONNECTION_ERRORS, Outage, not_http, outage_of, possible_causes
from torc_client.connections import Connections
from torc_client.credentials import Credentials, Token
from torc_client.errors import (
    REMEDY_FOR_UNKNOWN_CAUSE,
    ApiError,
    ServerUnreachableError,
    TorcError,
    UnexpectedResponseError,
    api_error,
)
from torc_client.http_library import aiohttp
from torc_client.operation import Answer, Operation
from torc_client.origin import NO_HEADERS, NodeOrigin, client_headers, database_headers, node_headers
from torc_client.retrying import PASSING_STATUSES, THROTTLED_STATUS, RetryLoop, RetryPolicy, may_repeat, may_resend
from torc_client.time_limits import LIMITS, TimeLimits

_log = logging.getLogger(__name__)
Parameters = list[tuple[str, str]]
_DELETED = "An earlier attempt of this call, whose answer was lost, may have deleted it."
_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {}


class HttpAnswer(NamedTuple):
    """An answer as the server sent it."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Transport:
    """Sends operations to one server. Close it, or use TorcClient, which closes it.

    `limits` are the time limits of one attempt. `on_wait` is called with a sentence when the server does not answer for
    a while and when it answers again; by default the sentences are logged. `is_here`: the server is on this machine,
    whatever its address is, so that requests cross no network.
    """

    def __init__(
        self,
        url: str,
        credentials: Credentials | Token | None = None,
        *,
        retry_policy: RetryPolicy,
        limits: TimeLimits = LIMITS,
        on_wait: Callable[[str], None] | None = None,
        user: str | None = None,
        trust: Callable[[], ssl.SSLContext] = tls.trust,
        is_here: bool = False,
    ) -> None:
        self.address = parse_address(url)
        self.report_waits(on_wait)
        self._credentials = credentials
        self.retry_policy = retry_policy
        self.limits = limits
        self._headers = client_headers(user)
        self._connections = Connections(
            self.address.base,
            self.address.socket_path,
            limits,
            self._open_session,
            on_back=self._report_back,
            on_slow=self._report_slow,
            trust=trust,
        )
        self._liveness = self._connections.liveness
        self._is_outage_reported = False
        self._ending: TorcError | None = None
        self.database_id: str | None = None
        """The database that requests are for; None to accept any."""
        self.remedy = REMEDY_FOR_UNKNOWN_CAUSE
        """What to do when the server cannot be reached and the cause is not known."""
        self.remedy_for_refusal: str | None = None
        """What to do when the server refuses the credentials; None for that of the commands."""
        if (credentials or "Cookie" in self._headers) and not (is_here or self.address.is_private):
            secret = "token" if isinstance(credentials, Token) else "password" if credentials else "cookie"
            _log.warning("The %s is sent unencrypted to %s: others can read it on the network. Use https.", secret, url)

    def report_waits(self, on_wait: Callable[[str], None] | None) -> None:
        """Call `on_wait` with a sentence when the server is silent or answers again. None logs it."""
        self._on_wait = on_wait or _log_wait

    @property
    def was_heard(self) -> bool:
        """Whether the server has ever sent anything."""
        return self._liveness.was_heard

    @property
    def is_away(self) -> bool:
        """Whether calls are retried because the server does not answer. It is false again with the next answer."""
        return self._is_outage_reported

    def give_up(self, reason: TorcError) -> None:
        """Raise this error from all calls, now and later: no answer of the server can be expected any more."""
        self._ending = reason
        self._connections.abandon()

    def _require_hope(self) -> None:
        if self._ending is not None:
            raise self._ending

    async def send(
        self,
        operation: Operation[Answer],
        path: Mapping[str, Any],
        query: Mapping[str, Any],
        body: Any,
        *,
        origin: Mapping[str, str] | None = None,
    ) -> Answer:
        """Perform an operation. Raises ServerUnreachableError, UnexpectedResponseError or an ApiError.

        `origin` is that of `fetch`.
        """
        return _decode(operation, (await self.fetch(operation, path, query, body, origin=origin)).content)

    async def fetch(
        self,
        operation: Operation[Any],
        path: Mapping[str, Any],
        query: Mapping[str, Any],
        body: Any,
        *,
        origin: Mapping[str, str] | None = None,
    ) -> HttpAnswer:
        """Perform an operation and return its answer without decoding it. Raises the errors of `send`.

        `origin` has the headers of the origin; by default those of the database.
        """
        request = _Request(
            operation.method,
            self._url(operation.path, path),
            _parameters(query),
            msgspec.json.encode(body) if body is not None else None,
            headers=database_headers(self.database_id) if origin is None else origin,
            held_seconds=float(query.get("wait_seconds", 0)),
            may_resend=may_resend(operation, query),
        )
        repeatable = may_repeat(operation, query)
        clock = asyncio.get_running_loop()
        retries = RetryLoop(self.retry_policy, was_heard=self._liveness.was_heard)
        may_be_done = False
        while True:
            began = clock.time()
            self._require_hope()
            failure: ApiError | ServerUnreachableError
            outage: Outage | None = None
            try:
                answer = await self._exchange(request)
                if answer.status < 300:
                    return answer
                failure = api_error(answer.status, answer.content, self.remedy_for_refusal)
                failure.headers = answer.headers
                may_retry = (repeatable and answer.status in PASSING_STATUSES) or answer.status == THROTTLED_STATUS
                if may_be_done and operation.method == "DELETE" and answer.status == 404:
                    failure.hint = _DELETED
            except CONNECTION_ERRORS as error:
                outage = self._outage(error, began)
                may_retry = repeatable or outage.is_unsent
                may_be_done = may_be_done or not outage.is_unsent
                failure = self._unreachable(outage, error, may_be_done=not may_retry)
            except aiohttp.ClientError as error:
                raise not_http(self.address.url, error) from error
            self._require_hope()
            pause_seconds = retries.next_pause_seconds()
            silent_since = None if outage is None else outage.silent_since
            if not may_retry or not retries.allows(
                pause_seconds, began=began, now=clock.time(), silent_since=silent_since
            ):
                raise failure
            _log.debug(
                "%s failed (%s); attempt %d follows in %.2f s",
                *(operation.id, failure, retries.attempts + 1, pause_seconds),
            )
            if retries.outage_seconds(clock.time() + pause_seconds) >= self.limits.notice_seconds:
                self.report_retries(failure, retries.limit_seconds)
                if outage is not None:
                    self._liveness.lost(clock.time())  # then a probe shows when the server is back, not a long poll
            await asyncio.sleep(pause_seconds)

    @asynccontextmanager
    async def stream(
        self, path: str, values: Mapping[str, Any], query: Mapping[str, Any], headers: Mapping[str, str]
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """Open a stream, in one attempt, and yield its lines. A stream that is silent for too long counts as broken.

        Raises ServerUnreachableError, also when the stream breaks inside the block, UnexpectedResponseError or an
        ApiError.
        """
        self._require_hope()
        began = asyncio.get_running_loop().time()
        timeout = self._connections.timeout(self.limits.stream_silence_seconds)
        parameters = _parameters(query)
        url = self._url(path, values)
        try:
            await self._liveness.reached()
            async with self._liveness.waiting():
                response = await self._connections.session.get(
                    url,
                    params=parameters,
                    headers={**database_headers(self.database_id), **headers},
                    timeout=timeout,
                    allow_redirects=False,
                )
            async with response:
                self._heard()
                if response.status >= 300:
                    raise api_error(response.status, await response.read(), self.remedy_for_refusal)
                yield self._lines(response.content)
        except CONNECTION_ERRORS as error:
            raise self._unreachable(self._outage(error, began), error) from error
        except (aiohttp.ClientError, ValueError) as error:  # ValueError: a line without end
            raise UnexpectedResponseError(f"The answer of {self.address.url} cannot be decoded: {error}") from error

    async def _lines(self, content: aiohttp.StreamReader) -> AsyncIterator[bytes]:
        while True:
            async with self._liveness.waiting(self.limits.stream_silence_seconds):
                line = await content.readline()
            if not line:
                return
            self._heard()
            yield line

    async def text(self, path: str) -> str:
        """Return the text at a path outside the API, in one attempt.

        Raises ServerUnreachableError, UnexpectedResponseError, ApiError.
        """
        began = asyncio.get_running_loop().time()
        url = self.address.base.removesuffix(BASE_PATH) + path
        try:
            answer = await self._exchange(_Request("GET", url, [], None, may_resend=True))
        except CONNECTION_ERRORS as error:
            raise self._unreachable(self._outage(error, began), error) from error
        except aiohttp.ClientError as error:
            raise not_http(url, error) from error
        if answer.status >= 300:
            raise api_error(answer.status, answer.content, self.remedy_for_refusal)
        return answer.content.decode("utf-8", "replace")

    def _url(self, path: str, values: Mapping[str, Any]) -> str:
        return self.address.base + path.format_map({name: quote(str(values[name]), safe="") for name in values})

    async def _exchange(self, request: "_Request") -> HttpAnswer:
        """Make one attempt. A lost answer is asked for again on a new connection, if that is safe."""
        await self._liveness.reached()
        left_seconds, first_seconds = self.limits.answer_seconds, self.limits.resend_after_seconds
        while request.may_resend and first_seconds < left_seconds:
            try:
                return await self._answer(request, first_seconds)
            except aiohttp.SocketTimeoutError:
                _log.debug("no answer of %s within %.0f s: sent again", request.url, first_seconds)
            left_seconds, first_seconds = left_seconds - first_seconds, first_seconds * 2
        return await self._answer(request, left_seconds)

    async def _answer(self, request: "_Request", limit_seconds: float) -> HttpAnswer:
        timeout = self._connections.timeout(request.held_seconds + limit_seconds)
        async with (
            self._liveness.waiting(request.held_seconds),
            self._connections.session.request(
                request.method,
                request.url,
                params=request.query,
                data=request.content,
                headers=request.headers,
                timeout=timeout,
                allow_redirects=False,
            ) as response,
        ):
            self._heard()
            pieces = []
            async for piece in response.content.iter_any():
                self._liveness.heard()
                pieces.append(piece)
            return HttpAnswer(response.status, response.headers, b"".join(pieces))

    def _heard(self) -> None:
        self._liveness.heard()
        self._report_back()

    def _report_back(self) -> None:
        if self._is_outage_reported:
            self._is_outage_reported = False
            self._on_wait(f"The server at {self.address.url} answers again.")

    def _outage(self, error: Exception, began: float) -> Outage:
        now = asyncio.get_running_loop().time()
        outage = outage_of(error, began, now, self.address, self.limits, was_heard=self.was_heard)
        was_away = self._liveness.is_away
        if outage.silent_since is not None and self._liveness.lost(outage.silent_since) and not was_away:
            self._connections.abandon()  # if it was away before, other requests have opened new ones
        return outage

    def _unreachable(self, outage: Outage, error: Exception, *, may_be_done: bool = False) -> ServerUnreachableError:
        hint = (outage.hint or self.remedy).replace(REMEDY_FOR_UNKNOWN_CAUSE, self.remedy)
        failure = ServerUnreachableError(self.address.url, outage.reason, may_be_done=may_be_done, hint=hint)
        failure.__cause__ = error
        return failure

    def _report_slow(self, seconds: float) -> None:
        was_heard = self._liveness.was_heard
        causes = "The server may be busy." if was_heard else possible_causes(self.address)
        self._on_wait(f"No answer from {self.address.url} for {seconds:.0f} s; still waiting. {causes}")

    def report_retries(self, failure: Exception, limit_seconds: float) -> None:
        """Report, once for an outage, that calls are retried for this time because of a failure."""
        if not self._is_outage_reported:
            self._is_outage_reported = True
            self._on_wait(f"{failure} Retrying for up to {limit_seconds:.0f} s.")

    def _open_session(self, connector: aiohttp.BaseConnector) -> aiohttp.ClientSession:
        headers = dict(self._headers)
        if self._credentials:
            headers["Authorization"] = self._credentials.authorization
        return aiohttp.ClientSession(connector=connector, headers=headers)

    async def close(self) -> None:
        """Close the sockets. The next request opens new ones."""
        await self._connections.close()


class NodeTransport:
    """Sends operations of a compute node over the connections of another transport."""

    def __init__(self, transport: Transport, node: NodeOrigin) -> None:
        self._transport = transport
        self._origin = node_headers(node)

    async def send(
        self, operation: Operation[Answer], path: Mapping[str, Any], query: Mapping[str, Any], body: Any
    ) -> Answer:
        """Perform an operation, as `Transport.send`."""
        return await self._transport.send(operation, path, query, body, origin=self._origin)


class _Request(msgspec.Struct, frozen=True):
    """A request as it is sent. The server may hold it open for `held_seconds`, as it asks for."""

    method: str
    url: str
    query: Parameters
    content: bytes | None
    headers: Mapping[str, str] = NO_HEADERS
    held_seconds: float = 0.0
    may_resend: bool = False


def _log_wait(sentence: str) -> None:
    _log.info("%s", sentence)


def _parameters(query: Mapping[str, Any]) -> Parameters:
    """Convert values to query parameters. A list becomes a repeated parameter; None is left out."""
    return [
        (name, _text(each))
        for name, value in query.items()
        for each in (value if isinstance(value, list | tuple) else [value])
        if each is not None
    ]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _decode(operation: Operation[Answer], content: bytes) -> Answer:
    try:
        # Each decoder is made once, because making one costs more than decoding.
        decoder = _DECODERS.get(operation.id) or _DECODERS.setdefault(
            operation.id, msgspec.json.Decoder(operation.answer)
        )
        decoded: Answer = decoder.decode(content)
    except (msgspec.DecodeError, RecursionError) as error:
        raise UnexpectedResponseError(
            f"The answer to {operation.id} cannot be decoded: {error}.",
            "Check with `torc ping` that this is the URL of a Torc server of a compatible version.",
        ) from error
    return decoded
