"""Credentials that managed servers store for their owner in `~/.torc/credentials.json`, and the search for one.

The file has mode 0600 in a directory with mode 0700. A file that others can read is not used.
"""

import fcntl
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from torc_client.address import is_loopback, parse_address
from torc_client.edge.user_name import own_user_name
from torc_client.errors import TorcError


class CredentialsError(TorcError):
    """The credentials file is readable by others, or damaged."""


class Entry(msgspec.Struct, kw_only=True):
    """The credential of one server, with the port and the host names of the server, and its process."""

    port: int
    hosts: list[str]
    username: str
    password: str
    pid: int | None = None


class Credentials(Struct, frozen=True):
    """A user name and a password for HTTP Basic."""

    username: str
    password: str

    def __repr__(self) -> str:
        return f"Credentials(username={self.username!r}, password=...)"


def default_path() -> Path:
    """`~/.torc/credentials.json`."""
    return Path.home() / ".torc" / "credentials.json"


def find(url: str, path: Path | None = None) -> Credentials | None:
    """Return the stored credential for a server, if any; UNIX sockets need none. Raises CredentialsError."""
    address = parse_address(url)
    if address.port is None:
        return None
    for entry in reversed(_read(path or default_path())):
        if entry.port == address.port and _names(entry, address.host):
            return Credentials(entry.username, entry.password)
    return None


def _names(entry: Entry, host: str) -> bool:
    return host in entry.hosts or (is_loopback(host) and any(map(is_loopback, entry.hosts)))


def store(entry: Entry, path: Path | None = None) -> None:
    """Store a credential. Replaces those of the same port and hosts. Raises CredentialsError."""
    with _changing(path or default_path()) as entries:
        entries[:] = [old for old in entries if old.port != entry.port or not set(old.hosts) & set(entry.hosts)]
        entries.append(entry)


def remove(port: int, pid: int | None = None, path: Path | None = None) -> None:
    """Remove the credential of a port; with `pid`, only if it belongs to that process. Raises CredentialsError."""
    place = path or default_path()
    if place.exists():
        with _changing(place) as entries:
            entries[:] = [old for old in entries if old.port != port or (pid is not None and old.pid != pid)]


def resolve(
    url: str, username: str | None, password: str | None, environment: Mapping[str, str] = os.environ
) -> Credentials | None:
    """Choose the credential: the arguments, else TORC_PASSWORD, else a stored one, else None."""
    password = password if password is not None else environment.get("TORC_PASSWORD")
    if password is None:
        return find(url)
    return Credentials(username or own_user_name(environment) or "anonymous", password)


def _read(path: Path) -> list[Entry]:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise CredentialsError(f"{path} cannot be read: {error.strerror}") from error
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if status.st_uid != os.getuid():
            raise CredentialsError(
                f"{path} belongs to another user, so it is not used.", "Set HOME to your own folder, or TORC_PASSWORD."
            )
        if stat.S_IMODE(status.st_mode) & 0o077:
            raise CredentialsError(f"{path} can be read by others, so it is not used.", f"Run: chmod 600 {path}")
        content = file.read()
    try:
        return msgspec.json.decode(content, type=list[Entry]) if content else []
    except (msgspec.DecodeError, RecursionError) as error:
        raise CredentialsError(f"{path} is damaged: {error}", "Remove it; servers write it again.") from error


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
