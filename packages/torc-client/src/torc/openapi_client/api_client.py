"""The client that the API classes call: the settings and headers of requests, and a connection at the first call."""

import os
from types import TracebackType
from typing import Any, ClassVar, Self

from torc.openapi_client.configuration import Configuration
from torc.openapi_client.connection import Connection
from torc.openapi_client.kinds import plain


class ApiClient:
    """A client of one server. It connects at the first call."""

    _default: ClassVar["ApiClient | None"] = None

    def __init__(
        self,
        configuration: Configuration | None = None,
        header_name: str | None = None,
        header_value: str | None = None,
        cookie: str | None = None,
    ) -> None:
        self.configuration = configuration or Configuration.get_default()
        self.default_headers: dict[str, str] = {}
        if header_name is not None and header_value is not None:
            self.default_headers[header_name] = header_value
        self.cookie = cookie
        self._connection: tuple[int, Connection] | None = None

    @property
    def connection(self) -> Connection:
        """The connection. A process that was forked opens its own."""
        if self._connection is None or self._connection[0] != os.getpid():
            self._connection = (os.getpid(), Connection(self.configuration))
        return self._connection[1]

    @property
    def headers(self) -> dict[str, str]:
        """The headers that every request has in addition to those of the connection."""
        token = self.configuration.access_token
        return {
            **({"Cookie": self.cookie} if self.cookie else {}),
            **({"Authorization": f"Bearer {token}"} if token else {}),
            **self.default_headers,
        }

    @property
    def user_agent(self) -> str | None:
        """The program that sends the requests; None for that of torc-client."""
        return self.default_headers.get("User-Agent")

    @user_agent.setter
    def user_agent(self, value: str) -> None:
        self.default_headers["User-Agent"] = value

    def set_default_header(self, header_name: str, header_value: str) -> None:
        """Send a header with every request."""
        self.default_headers[header_name] = header_value

    def sanitize_for_serialization(self, obj: Any) -> Any:
        """Return a value as JSON has it."""
        return plain(obj)

    @classmethod
    def get_default(cls) -> "ApiClient":
        """Return the client of API classes that are created without one."""
        if ApiClient._default is None:
            ApiClient._default = ApiClient()
        return ApiClient._default

    @classmethod
    def set_default(cls, default: "ApiClient | None") -> None:
        """Set the client of API classes that are created without one."""
        ApiClient._default = default

    def close(self) -> None:
        """Close the connection. The next call opens a new one."""
        connection, self._connection = self._connection, None
        if connection is not None and connection[0] == os.getpid():
            connection[1].close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
