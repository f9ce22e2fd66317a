"""The credentials of a client: a password, a token in a file, or what a managed server stored for its owner.

Managed servers store credentials in `~/.torc/credentials.json`, with mode 0600 in a directory with mode 0700. A file
with credentials that others can read is not used.
"""

import base64
import fcntl
import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from torc_client.address import is_loopback, parse_address
from torc_client.edge.user_name import own_user_name
from torc_client.errors import TorcError
from torc_client.this_machine import machine_identity

_TOKEN = re.compile(r"torc_[0-9]{1,18}_[A-Za-z0-9_-]{20,100}")
_LONGEST_TOKEN_FILE = 4096
_LOOK_UP_SECONDS = 2.0


class CredentialsError(TorcError):
    """A file with credentials is missing, readable by others, or damaged."""


class Entry(msgspec.Struct, kw_only=True):
    """The credential of one server, with the port, host names and addresses of the server, and its process."""

    port: int
    hosts: list[str]
    username: str
    password: str
    pid: int | None = None
    addresses: list[str] = []
    """The addresses that it listens on. Other names that have only these addresses are names of the server, too."""
    machine: str = ""
    """`machine_identity()` of the server. Loopback addresses of other machines are not those of the server."""


class Credentials(Struct, frozen=True):
    """A user name and a password for HTTP Basic."""

    username: str
    password: str

    def __repr__(self) -> str:
        return f"Credentials(username={self.username!r}, password=...)"

    @property
    def authorization(self) -> str:
        """The value of the header Authorization."""
        return f"Basic {base64.b64encode(f'{self.username}:{self.password}'.encode()).decode()}"

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables that give a program these credentials. A token would precede the password."""
        return {"TORC_USERNAME": self.username, "TORC_PASSWORD": self.password, "TORC_TOKEN_FILE": ""}


class Token(Struct, frozen=True):
    """A token, which is valid for one workflow, and the file that it was read from."""

    text: str
    path: Path

    def __repr__(self) -> str:
        return f"Token(path={str(self.path)!r})"

    @property
    def authorization(self) -> str:
        """The value of the header Authorization."""
        return f"Bearer {self.text}"

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables that give a program this token."""
        return {"TORC_TOKEN_FILE": str(self.path.absolute())}


def default_path() -> Path:
    """`~/.torc/credentials.json`."""
    return Path.home() / ".torc" / "credentials.json"


def find(url: str, path: Path | None = None) -> Credentials | None:
    """Return the stored credential for a server, if any; UNIX sockets need none. Raises CredentialsError.

    The other end of a tunnel is another machine, so its server is not one that this file names.
    """
    address = parse_address(url)
    if address.port is None or address.socket_path is not None:
        return None
    for entry in reversed(_read(path or default_path())):
        if entry.port == address.port and _names(entry, address.host):
            return Credentials(entry.username, entry.password)
    return None


def _names(entry: Entry, host: str) -> bool:
    """Whether a host in a URL is that of the server."""
    if is_loopback(host):
        is_here = entry.machine in {"", machine_identity()}
        return is_here and (host in entry.hosts or any(map(is_loopback, entry.hosts)))
    if host in entry.hosts:
        return True
    if not entry.addresses:
        return False
    from torc_client.name_lookup import addresses_within  # noqa: PLC0415  it imports aiohttp

    found = addresses_within(host, _LOOK_UP_SECONDS)
    return bool(found) and set(found) <= set(entry.addresses)


def store(entry: Entry, path: Path | None = None) -> None:
    """Store a credential. Replaces those of the same port and hosts. Raises CredentialsError."""
    with _changing(path or default_path()) as entries:
        places = {*entry.hosts, *entry.addresses}
        entries[:] = [old for old in entries if old.port != entry.port or not places & {*old.hosts, *old.addresses}]
        entries.append(entry)


def remove(port: int, pid: int | None = None, path: Path | None = None) -> None:
    """Remove the credential of a port; with `pid`, only if it belongs to that process. Raises CredentialsError."""
    place = path or default_path()
    if place.exists():
        with _changing(place) as entries:
            entries[:] = [old for old in entries if old.port != port or (pid is not None and old.pid != pid)]


def resolve(
    url: str, username: str | None, password: str | None, environment: Mapping[str, str] = os.environ
) -> Credentials | Token | None:
    """Choose the credential: the arguments, else TORC_TOKEN_FILE, else TORC_PASSWORD, else a stored one, else None.

    UNIX sockets need none, except those of a tunnel. Raises CredentialsError for a file that cannot be used.
    """
    token_file = environment.get("TORC_TOKEN_FILE")
    if password is None and token_file and parse_address(url).port is not None:
        return read_token(Path(token_file))
    password = password if password is not None else environment.get("TORC_PASSWORD")
    if password is None:
        return find(url)
    return Credentials(username or own_user_name(environment) or "anonymous", password)


def read_token(path: Path) -> Token:
    """Read a token from a file that only its owner can read. Raises CredentialsError."""
    content = _private_content(path, _LONGEST_TOKEN_FILE)
    if content is None:
        raise CredentialsError(
            f"There is no file {path} with a token.",
            "It is removed when its submission has ended: submit again. TORC_TOKEN_FILE or --token-file names it.",
        )
    text = content.decode("ascii", "replace").strip()
    if not _TOKEN.fullmatch(text):
        raise CredentialsError(f"{path} has no token, which is a text such as torc_7_...", "Submit again.")
    return Token(text, path)


def _read(path: Path) -> list[Entry]:
    content = _private_content(path)
    try:
        return msgspec.json.decode(content, type=list[Entry]) if content else []
    except (msgspec.DecodeError, RecursionError) as error:
        raise CredentialsError(f"{path} is damaged: {error}", "Remove it; servers write it again.") from error


def _private_content(path: Path, longest: int = -1) -> bytes | None:
    """Return up to `longest` bytes of a file of this user that others cannot read; None if it does not exist."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CredentialsError(f"{path} cannot be read: {error.strerror}") from error
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if status.st_uid != os.getuid():
            raise CredentialsError(
                f"{path} belongs to another user, so it is not used.",
                "Set HOME to your own folder, or TORC_PASSWORD." if longest < 0 else "Use a file of your own.",
            )
        if stat.S_IMODE(status.st_mode) & 0o077:
            raise CredentialsError(f"{path} can be read by others, so it is not used.", f"Run: chmod 600 {path}")
        if not stat.S_ISREG(status.st_mode):
            raise CredentialsError(f"{path} is not a regular file.")
        return file.read(longest)


@contextmanager
def _changing(path: Path) -> Iterator[list[Entry]]:
    """Yield the entries, to be changed in place, and replace the file at the end. A lock excludes other processes."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        entries = _read(path)
        yield entries
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(entries))
        fresh.replace(path)
    finally:
        os.close(lock)
