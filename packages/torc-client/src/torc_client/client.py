"""The asynchronous client: every operation of the server as a typed method."""

import copy
import os
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from msgspec.structs import replace

from torc_client import credentials
from torc_client.address import DEFAULT_URL
from torc_client.api import Subjects
from torc_client.api.records import ApiEvent, ChangedWorkflows
from torc_client.edge.user_name import own_user_name
from torc_client.errors import TorcError
from torc_client.event_stream import Event, EventsMissed, follow, follow_requests, follow_workflows
from torc_client.old_keywords import accept_old_keywords
from torc_client.operation import Sender
from torc_client.origin import NodeOrigin
from torc_client.retrying import RetryPolicy, script_retries
from torc_client.time_limits import LIMITS, TimeLimits
from torc_client.transport import NodeTransport, Transport

if TYPE_CHECKING:
    from torc_client.api.records import VersionResponse


class TorcClient(Subjects):
    """A connection to a server, with operations in `client.workflows`, `client.jobs`, `client.files`, ...

        async with TorcClient("http://localhost:8080/torc-service/v1") as client:
            page = await client.jobs.list_jobs(workflow_id=1)

    `url` is http(s)://host:port/torc-service/v1 or unix:///path.sock; without one, TORC_API_URL and then the
    default apply. Credentials are the arguments, else the token in the file TORC_TOKEN_FILE, else TORC_PASSWORD, else
    those that a managed server of this user left in ~/.torc.

    During an outage, calls that are safe to repeat are retried for `retry_timeout_seconds`. By default these are 30
    seconds, and 5 until the server has answered once, so that a script without a server ends soon. Set it, for example
    to 3600, in a script that must survive restarts of its server or may start before it.

    A server that is silent for some seconds is pinged. If it does not answer the ping, all calls end, or are retried on
    new connections; otherwise a call waits up to `timeout_seconds` for its answer. `on_wait` is called with a sentence
    when a call waits for longer than two seconds and when the server answers again; by default it is logged at INFO.
    """

    @accept_old_keywords(patience_seconds="retry_timeout_seconds", patience="retry_policy")
    def __init__(
        self,
        url: str | None = None,
        username: str | None = None,
        password: str | None = None,
        *,
        retry_timeout_seconds: float | None = None,
        timeout_seconds: float = LIMITS.answer_seconds,
        retry_policy: RetryPolicy | None = None,
        time_limits: TimeLimits | None = None,
        on_wait: Callable[[str], None] | None = None,
    ) -> None:
        if not isinstance(url, str | None):
            raise TypeError(f"url is {url!r}, which is not a text. Pass 'http://HOST:PORT', or nothing.")
        self.url = url or os.environ.get("TORC_API_URL") or DEFAULT_URL
        self.credentials = credentials.resolve(self.url, username, password)
        self._transport = Transport(
            self.url,
            self.credentials,
            retry_policy=retry_policy or script_retries(retry_timeout_seconds),
            limits=time_limits or replace(LIMITS, answer_seconds=timeout_seconds),
            on_wait=on_wait,
            user=username or current_user(),
        )
        super().__init__(self._transport)
        self.is_plain = False
        """Whether the server has the published contract alone: it is one of the original Torc."""
        self.server: VersionResponse | None = None
        """The version of the server, once it has been checked."""

    @property
    def database_id(self) -> str | None:
        """The id of the database that requests are for; None if they are for any."""
        return self._transport.database_id

    async def pin_database(self) -> str | None:
        """Ask the server for its database, and let it refuse later requests when it has another one.

        Returns the id of the database; None for a server without such ids. Raises TorcError.

        If the server is one of the original Torc, later calls that it lacks are performed by those that it has.
        """
        self.server = await self.system.get_version()
        self._transport.database_id = self.server.database_id
        self.is_plain = not self.server.torc_server
        Subjects.__init__(self, self._sender_over(self._transport))
        return self.server.database_id

    def _sender_over(self, sender: Sender) -> Sender:
        if self.server is None or not self.is_plain:
            return sender
        from torc_client.plain_contract.sender import PlainContract  # noqa: PLC0415 - few servers need it

        return PlainContract(sender, self.url, self.server)

    def as_node(self, node: NodeOrigin) -> "TorcClient":
        """Return this client with requests that state the compute node. It shares the connections."""
        client = copy.copy(self)
        Subjects.__init__(client, self._sender_over(NodeTransport(self._transport, node)))
        return client

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def follow_events(self, workflow_id: int, level: str = "info") -> AsyncIterator[Event | EventsMissed]:
        """Yield the events of a workflow as they happen: `async for event in client.follow_events(7)`.

        It continues without end, also when the server restarts. EventsMissed comes first, and where events are lost:
        read the current state then. `level` is the minimum severity: debug, info, warning or error. Raises
        NotFoundError when the workflow is deleted, and the errors of calls.
        """
        return follow(self._transport, workflow_id, level)

    def follow_requests(self, *, include_bodies: bool = False) -> AsyncIterator[ApiEvent | EventsMissed]:
        """Yield the requests that the server answers, until it ends the stream. EventsMissed: some were lost.

        Raises the errors of calls, also ServerUnreachableError when the stream breaks.
        """
        return follow_requests(self._transport, include_bodies=include_bodies)

    def follow_workflows(self, user: str | None = None) -> AsyncIterator[ChangedWorkflows]:
        """Yield which workflows change, all or those of a user, until the server ends the stream.

        The first one says that everything may have changed: read the list then. With access control, these are the
        workflows that the caller may use. Raises the errors of calls, also ServerUnreachableError when it breaks.
        """
        return follow_workflows(self._transport, user)

    @property
    def is_server_away(self) -> bool:
        """Whether the last call was not answered and calls are retried."""
        return self._transport.is_away

    def report_waits(self, on_wait: Callable[[str], None] | None) -> None:
        """Call `on_wait` from now on when calls wait. None logs the sentences."""
        self._transport.report_waits(on_wait)

    def give_up(self, reason: TorcError) -> None:
        """Raise this error from all calls, now and later: no answer of the server can be expected any more."""
        self._transport.give_up(reason)

    async def metrics(self) -> str:
        """Return the metrics of the server, in the text format of Prometheus. Raises the errors of calls."""
        return await self._transport.text("/metrics")

    async def close(self) -> None:
        """Close the sockets."""
        await self._transport.close()


def current_user() -> str:
    """Return the user who creates workflows: TORC_USERNAME, else USER, else the login, else "unknown"."""
    return own_user_name() or "unknown"
