"""HTTP Basic authentication: parses the Authorization header and decides who the caller is."""

import base64
import binascii
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from torc_server.auth.credentials import CredentialChecker
from torc_server.auth.htpasswd import PasswordFileError, load_users

logger = logging.getLogger(__name__)

REALM = "Torc"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name and a password as the client sent them, not yet checked. `repr` omits the password."""

    user: str
    password: str

    def __repr__(self) -> str:
        return f"Credentials(user={self.user!r})"


class Refused(Exception):  # noqa: N818 - an answer of the server, not a fault
    """The server requires credentials, and these are missing or wrong."""


def parse_authorization(header: str | None) -> Credentials | None:
    """Parse the credentials in a Basic header.

    Return None without a header, for another scheme, and for a value that is not valid Base64. The first colon
    separates the user name from the password. Without a colon the password is empty.
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
        text = decoded.decode("latin-1")  # older clients; RFC 7617 introduced UTF-8
    user, _, password = text.partition(":")
    return Credentials(user, password)


class Authenticator:
    """Finds the authenticated user of a request.

    Without a `checker` every caller is anonymous. With one, valid credentials authenticate the user, and a request
    with invalid or missing credentials is anonymous. If credentials are `required`, such a request is refused.
    `names_owners`: whether the users are owners of workflows, and not names that several users share.
    """

    def __init__(
        self,
        checker: CredentialChecker | None,
        *,
        required: bool,
        password_file: Path | None = None,
        names_owners: bool = True,
    ) -> None:
        if required and checker is None:
            raise ValueError("credentials cannot be required without a password file")
        self._checker = checker
        self.required = required
        self.names_owners = names_owners
        self._password_file = password_file
        # Called by `reload`, in its thread, with the users whose credentials are no longer valid.
        self.on_withdrawn: Callable[[frozenset[str]], None] = _ignore
        # Number of reloads, and the last one that withdrew the credentials of a user.
        self.reloads = 0
        self._withdrawn_at: dict[str, int] = {}

    def has_user(self, user: str) -> bool:
        """Whether the password file has this user."""
        return self._checker is not None and self._checker.has_user(user)

    @property
    def believes_nobody(self) -> bool:
        """Whether there is no password file, so that every caller is anonymous."""
        return self._checker is None

    def reload(self) -> int:
        """Read the password file again and return its number of users. Blocks, so call it in a thread.

        Remembered credentials are checked again. `on_withdrawn` gets the users who were removed or have another
        password. Raises PasswordFileError; then the previous users stay in force.
        """
        if self._checker is None or self._password_file is None:
            raise PasswordFileError("this server has no password file; start it with --auth-file FILE")
        users = load_users(self._password_file)
        withdrawn = self._checker.replace(users)
        self.reloads += 1
        self._withdrawn_at |= dict.fromkeys(withdrawn, self.reloads)
        if withdrawn:
            self.on_withdrawn(withdrawn)
        logger.info("password file read again", extra={"fields": {"users": str(len(users))}})
        return len(users)

    def is_withdrawn(self, user: str, *, since: int) -> bool:
        """Whether the credentials of a user were withdrawn when the number of reloads was greater than `since`."""
        return self._withdrawn_at.get(user, 0) > since

    async def user_of(self, authorization: str | None, *, address: str | None = None, refused: int = 0) -> str | None:
        """Return the authenticated user, or None for an anonymous caller. `address` is the address of the client.

        `refused` is the number of wrong passwords on the same connection. Raises Refused if credentials are required
        and these are not valid, `credentials.Overloaded` if too many checks are waiting, and `credentials.Throttled`
        after too many wrong passwords.
        """
        if self._checker is None:
            return None
        sent = parse_authorization(authorization)
        if sent is not None and await self._checker.verify(sent.user, sent.password, address=address, refused=refused):
            return sent.user
        if self.required:
            raise Refused
        return None


def _ignore(users: frozenset[str]) -> None:
    """Ignore the users."""
