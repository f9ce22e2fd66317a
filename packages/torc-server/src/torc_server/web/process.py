"""The running server, for operations on the server instead of its database."""

from torc_server.auth.basic import Authenticator
from torc_server.auth.htpasswd import PasswordFileError
from torc_server.engine.errors import RuleBroken


class ServerProcess:
    """Operations on a running server."""

    def __init__(self, authenticator: Authenticator) -> None:
        self._authenticator = authenticator

    def reload_credentials(self) -> int:
        """Read the password file again and return the number of users.

        Raises RuleBroken if the file cannot be used. Then the previous users stay in force.
        """
        try:
            return self._authenticator.reload()
        except PasswordFileError as error:
            raise RuleBroken(f"The users stay as they were: {error}") from None
