"""The running server, for operations on the server instead of its database."""

from datetime import datetime
from typing import Any

from torc_server.auth.basic import Authenticator
from torc_server.auth.htpasswd import PasswordFileError
from torc_server.engine.errors import RuleBroken
from torc_server.engine.events import milliseconds
from torc_server.web.request_history import RequestHistory


class ServerProcess:
    """Operations on a running server."""

    def __init__(self, authenticator: Authenticator, history: RequestHistory) -> None:
        self._authenticator = authenticator
        self._history = history

    def reload_credentials(self) -> int:
        """Read the password file again and return the number of users.

        Raises RuleBroken if the file cannot be used. Then the previous users stay in force.
        """
        try:
            return self._authenticator.reload()
        except PasswordFileError as error:
            raise RuleBroken(f"The users stay as they were: {error}") from None

    def request_history(self, window_seconds: int, interval_seconds: int, now: datetime) -> dict[str, Any]:
        """Return the numbers of requests in intervals of the last time, newest first."""
        return self._history.buckets(window_seconds, interval_seconds, milliseconds(now))
