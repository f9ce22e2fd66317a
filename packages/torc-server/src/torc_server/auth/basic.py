"""The Authorization header, and what each way of running the server makes of it."""

import base64
import binascii
import logging
from dataclasses import dataclass
from pathlib import Path

from torc_server.auth.credentials import CredentialChecker
from torc_server.auth.htpasswd import PasswordFileError, load_users

logger = logging.getLogger(__name__)

REALM = "Torc"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name and a password as they were sent; nothing is proven yet. The password is never shown."""

    user: str
    password: str

    def __repr__(self) -> str:
        return f"Credentials(user={self.user!r})"


class Refused(Exception):  # noqa: N818 - it is an answer, not a fault
    """The server demands credentials, and these are missing or wrong."""


def parse_authorization(header: str | None) -> Credentials | None:
    """Take the credentials from a Basic header; None where there is no header or another scheme or nonsense.

    A missing password part means an empty password; the first colon separates.
    """
    if header is None:
        return None
    scheme, _, encoded = header.strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    try:
        text = decoded.decode("utf-8")
    except UnicodeDecodeError:
        text = decoded.decode("latin-1")  # what clients sent before RFC 7617 settled on UTF-8
    user, _, password = text.partition(":")
    return Credentials(user, password)


class Authenticator:
    """Who is calling, by the three ways a server can run: without a password file, with one, and demanding it.

    Without a checker everybody is anonymous. With one, good credentials give a name and bad ones none; when
    `required`, everything but good credentials is refused.
    """

    def __init__(self, checker: CredentialChecker | None, *, required: bool, password_file: Path | None = None) -> None:
        if required and checker is None:
            raise ValueError("credentials cannot be required without a password file")
        self._checker = checker
        self.required = required
        self._password_file = password_file

    @property
    def believes_nobody(self) -> bool:
        """Whether there is nothing to check: everybody is anonymous."""
        return self._checker is None

    def reload(self) -> int:
        """Read the password file again and tell how many users it has; it blocks, so ask from a thread.

        What was remembered of the users of before is forgotten. Raises PasswordFileError, and then changes nothing.
        """
        if self._checker is None or self._password_file is None:
            raise PasswordFileError("this server has no password file; start it with --auth-file FILE")
        users = load_users(self._password_file)
        self._checker.replace(users)
        logger.info("password file read again", extra={"fields": {"users": str(len(users))}})
        return len(users)

    async def user_of(self, authorization: str | None, *, address: str | None = None) -> str | None:
        """Tell the proven user name, or None for nobody; `address` is where the request comes from.

        Raises Refused where credentials are demanded, and `credentials.Overloaded` when too many wait to be checked.
        """
        if self._checker is None:
            return None
        sent = parse_authorization(authorization)
        if sent is not None and await self._checker.verify(sent.user, sent.password, address=address):
            return sent.user
        if self.required:
            raise Refused
        return None
