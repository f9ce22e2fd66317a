"""Whether this client and a server fit. Pure, but for `check_version`."""

from dataclasses import dataclass
from enum import Enum

from torc_client.client import TorcClient
from torc_client.errors import ApiError, ServerUnreachableError, TorcError
from torc_client.version import __version__


class Fit(Enum):
    """How well two versions go together."""

    SAME = "same"
    NEAR = "near"
    CLIENT_NEWER = "client newer"
    APART = "apart"


class VersionMismatchError(TorcError):
    """Client and server differ in their major version: they would misunderstand each other."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The two versions and how they fit."""

    client: str
    server: str
    fit: Fit

    def warning(self) -> str | None:
        """Return the sentence for people, if there is something to say."""
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
    """Judge two versions. Raises ValueError for what is no version."""
    mine, theirs = numbers(client), numbers(server)
    if mine[0] != theirs[0]:
        fit = Fit.APART
    elif mine[1] > theirs[1]:
        fit = Fit.CLIENT_NEWER
    else:
        fit = Fit.SAME if mine == theirs else Fit.NEAR
    return Comparison(client, server, fit)


async def check_version(client: TorcClient) -> str | None:
    """Return a warning, if one is due; raises VersionMismatchError.

    A server that is away, or that does not tell its own version, is no matter of this check.
    """
    try:
        answer = await client.system.get_version()
    except (ServerUnreachableError, ApiError):
        return None
    client.server = answer
    # Servers of ours tell their own version apart from the one that old clients want to hear.
    server = answer.torc_server
    if not server:
        return None
    comparison = compare(__version__, server)
    if comparison.fit is Fit.APART:
        raise VersionMismatchError(
            comparison.warning() or "", "Install the same version, or give --skip-version-check."
        )
    return comparison.warning()
