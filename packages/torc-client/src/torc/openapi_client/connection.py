"""The connection of an ApiClient: the transport of torc_client in a thread of its own."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

from torc.openapi_client.configuration import Configuration
from torc.openapi_client.exceptions import ApiException, ConnectionException
from torc.openapi_client.rest import RESTResponse
from torc_client import credentials
from torc_client.api import Subjects
from torc_client.client import current_user
from torc_client.errors import ApiError, ServerUnreachableError, UnexpectedResponseError
from torc_client.operation import Answer, Operation
from torc_client.retrying import RetryPolicy
from torc_client.scripting.sync_wrapper import EventLoopThread
from torc_client.time_limits import FIRST_CONTACT_SECONDS
from torc_client.transport import Transport

T = TypeVar("T")
_RETRIES = RetryPolicy(seconds=30.0, first_seconds=FIRST_CONTACT_SECONDS)


class Connection:
    """The connection to one server. Calls may come from several threads."""

    def __init__(self, configuration: Configuration) -> None:
        url, username = configuration.host, configuration.username
        self._thread = EventLoopThread()
        self._transport = Transport(
            url,
            credentials.resolve(url, username, configuration.password),
            retry_policy=_RETRIES,
            user=username or current_user(),
            trust=configuration.trust,
        )
        self._thread.at_end(self._transport.close)

    def call(
        self,
        operation: Operation[Any],
        path: Mapping[str, Any],
        query: Mapping[str, Any],
        body: Any,
        *,
        headers: Mapping[str, str],
        timeout_seconds: float | None,
    ) -> RESTResponse:
        """Perform an operation. Raises ApiException."""

        async def call() -> RESTResponse:
            async with asyncio.timeout(timeout_seconds):
                answer = await self._transport.fetch(operation, path, query, body, origin=headers)
            return RESTResponse(answer.status, answer.headers, answer.content)

        return self.run(call(), timeout_seconds)

    def run(self, work: Coroutine[Any, Any, T], timeout_seconds: float | None = None) -> T:
        """Run a coroutine in the thread of this connection. Raises ApiException for the errors of calls."""
        try:
            return self._thread.wait_for(work)
        except ApiError as error:
            raise ApiException.from_answer(error.status, error.body, error.headers, error.details) from error
        except (ServerUnreachableError, UnexpectedResponseError) as error:
            raise ConnectionException.unanswered(str(error)) from error
        except TimeoutError as error:
            raise ConnectionException.unanswered(f"No answer within {timeout_seconds} seconds.") from error

    def subjects(self, headers: Mapping[str, str]) -> Subjects:
        """Return the operations of torc_client over this connection, with additional headers."""
        return Subjects(_WithHeaders(self._transport, headers))

    def close(self) -> None:
        """Close the connection."""
        self._thread.stop()


class _WithHeaders:
    """Sends operations with additional headers."""

    def __init__(self, transport: Transport, headers: Mapping[str, str]) -> None:
        self._transport = transport
        self._headers = headers

    async def send(
        self, operation: Operation[Answer], path: Mapping[str, Any], query: Mapping[str, Any], body: Any
    ) -> Answer:
        """Perform an operation, as `Transport.send`."""
        return await self._transport.send(operation, path, query, body, origin=self._headers)
