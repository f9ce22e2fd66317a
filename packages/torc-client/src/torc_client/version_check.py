"""Whether this client and a server are compatible. Pure, except `check_version`."""

from dataclasses import dataclass
from enum import Enum

from torc_client.client import TorcClient
from torc_client.errors import ApiError, TorcError
from torc_client.version import __version__


class Fit(Enum):
    """How compatible two versions are."""

    SAME = "same"
    NEAR = "near"
    CLIENT_NEWER = "client newer"
    APART = "apart"


class VersionMismatchError(TorcError):
    """The client and the server differ in their major version, so they are incompatible."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The two versions and how compatible they are."""

    client: str
    server: str
    fit: Fit

    def warning(self) -> str | None:
        """Return a message for the user, or None if the versions are the same."""
        match self.fit:
            case Fit.SAME:
                return None
            case Fit.NEAR:
                return f"torc {self.client} talks to torc-server {self.server}; they should get along."
            case Fit.CLIENT_NEWER:
                return f"torc {self.client} is newer than torc-server {self.server}, which may refuse some commands."
            case Fit.APART:
                return f"torc {self.client} cannot talk to torc-server {self.server}."


def numbers(version: str) -> tuple[int, int, str]:
    """Split a version such as "v1.2.3-dirty (abc)" into major, minor, rest. Raises ValueError."""
    plain = version.strip().removeprefix("v").split(" ")[0].split("-")[0]
    major, minor, rest = [*plain.split(".", 2), "", ""][:3]
    return int(major), int(minor or 0), rest


def compare(client: str, server: str) -> Comparison:
    """Compare two versions. Raises ValueError if a text is not a version."""
    of_client, of_server = numbers(client), numbers(server)
    if of_client[0] != of_server[0]:
        fit = Fit.APART
    elif of_client[1] > of_server[1]:
        fit = Fit.CLIENT_NEWER
    else:
        fit = Fit.SAME if of_client == of_server else Fit.NEAR
    return Comparison(client, server, fit)


async def check_version(client: TorcClient) -> str | None:
    """Return a warning if the versions differ, else None. Raises VersionMismatchError, ServerUnreachableError.

    A server that does not report its version is not checked. Later requests of the client are for the database that the
    server has now.
    """
    try:
        await client.pin_database()
    except ApiError:
        return None
    # `version` in the answer is the one that old clients expect. `torc_server` is the version of the server.
    server = client.server.torc_server if client.server is not None else None
    if not server:
        return None
    comparison = compare(__version__, server)
    if comparison.fit is Fit.APART:
        raise VersionMismatchError(
            comparison.warning() or "", "Install the same version, or give --skip-version-check."
        )
    return comparison.warning()
