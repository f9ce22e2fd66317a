"""The running server, as operations see it that are about the server and not about its database."""

from torc_server.auth.basic import Authenticator
from torc_server.auth.htpasswd import PasswordFileError
from torc_server.engine.errors import RuleBroken


class ServerProcess:
    """What can be done to a server while it runs."""

    def __init__(self, authenticator: Authenticator) -> None:
        self._authenticator = authenticator

    def reload_credentials(self) -> int:
        """Read the password file again and tell how many users it has.

        Raises RuleBroken where that cannot be; the users stay as they were then.
        """
        try:
            return self._authenticator.reload()
        except PasswordFileError as error:
            raise RuleBroken(f"The users stay as they were: {error}") from None
