"""Addresses of remote workers: `[name=][user@]host[:port]`, with an IPv6 address in brackets."""

import ipaddress
import re
from hashlib import sha256
from urllib.parse import quote

from msgspec import Struct

from torc_client.errors import TorcError

FORMS = "Write it as [name=][user@]host[:port], with an IPv6 address in brackets."
LARGEST_PORT = 65535
LONGEST_ADDRESS = 512
LONGEST_NAME = 64
LONGEST_HOST = 253
_LONGEST_FILE_NAME = 150
_SHOWN = 80

# Each part begins with a letter, a digit or an underscore: ssh would read a leading hyphen as an option.
_WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*\$?")
_PORT = re.compile(r"[0-9]{1,5}")
_BRACKETS = re.compile(r"\[(?P<host>[^\[\]]*)\](?::(?P<port>.*))?", re.DOTALL)


class WorkerAddressError(TorcError):
    """A text is not the address of a worker."""


class WorkerAddress(Struct, frozen=True):
    """Where a worker runs. `host` has no brackets; `name` distinguishes several workers on one host."""

    host: str
    user: str | None = None
    port: int | None = None
    name: str | None = None

    @property
    def text(self) -> str:
        """The canonical text, which the server stores."""
        name = f"{self.name}=" if self.name else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = f":{self.port}" if self.port else ""
        return f"{name}{self._at}{host}{port}"

    @property
    def destination(self) -> str:
        """The argument of ssh: `[user@]host`."""
        return f"{self._at}{self.host}"

    @property
    def copy_destination(self) -> str:
        """What scp and rsync have before the colon: `[user@]host`, with an IPv6 address in brackets."""
        return f"{self._at}[{self.host}]" if ":" in self.host else self.destination

    @property
    def file_name(self) -> str:
        """A name for files of this worker. Different workers have different ones; it has no colon, blank or slash."""
        name = quote(self.text, safe="@=+$")
        if len(name) <= _LONGEST_FILE_NAME:
            return name
        return f"{name[:_LONGEST_FILE_NAME]}-{sha256(self.text.encode()).hexdigest()[:16]}"

    @property
    def _at(self) -> str:
        return f"{self.user}@" if self.user else ""

    def __str__(self) -> str:
        return self.text


def parse_worker(text: str) -> WorkerAddress:
    """Parse an address. Raises WorkerAddressError with the reason."""
    if not text:
        raise WorkerAddressError("The address of a worker is empty.", FORMS)
    if len(text) > LONGEST_ADDRESS:
        raise _refused(text, f"it has more than {LONGEST_ADDRESS} characters")
    if any(character.isspace() or not character.isprintable() for character in text):
        raise _refused(text, "it has a blank or a control character")
    name, equals, rest = text.rpartition("=")
    user, at, host = rest.rpartition("@")
    if equals and not (_WORD.fullmatch(name) and len(name) <= LONGEST_NAME):
        raise _refused(text, f"the name {_shown(name)} {_rule('hyphens', LONGEST_NAME)}")
    if at and not (_USER.fullmatch(user) and len(user) <= LONGEST_NAME):
        raise _refused(text, f"the user {_shown(user)} {_rule('plus signs, hyphens', LONGEST_NAME)}")
    host, port = _host_and_port(text, host)
    return WorkerAddress(host, user or None, port, name or None)


def _host_and_port(text: str, rest: str) -> tuple[str, int | None]:
    if rest.startswith("["):
        found = _BRACKETS.fullmatch(rest)
        if found is None:
            raise _refused(text, "its brackets do not enclose an IPv6 address")
        host, port = _ipv6(text, found["host"]), found["port"]
    else:
        host, colon, after = rest.partition(":")
        if ":" in after:
            raise _refused(text, "it has several colons; an IPv6 address needs brackets")
        if not (_WORD.fullmatch(host) and len(host) <= LONGEST_HOST):
            raise _refused(text, f"the host {_shown(host)} {_rule('hyphens', LONGEST_HOST)}")
        port = after if colon else None
    return host, None if port is None else _port(text, port)


def _ipv6(text: str, host: str) -> str:
    address, percent, zone = host.partition("%")
    try:
        canonical = ipaddress.IPv6Address(address).compressed
    except ValueError:
        raise _refused(text, f"{_shown(address)} is not an IPv6 address") from None
    if percent and not _WORD.fullmatch(zone):
        raise _refused(text, f"the zone {_shown(zone)} {_rule('hyphens', LONGEST_HOST)}")
    return f"{canonical}{percent}{zone}"


def _port(text: str, port: str) -> int:
    number = int(port) if _PORT.fullmatch(port) else 0
    if not 0 < number <= LARGEST_PORT:
        raise _refused(text, f"the port {_shown(port)} is not a number from 1 to {LARGEST_PORT}")
    return number


def _rule(other: str, longest: int) -> str:
    return (
        f"must begin with a letter, a digit or an underscore, and have only letters and digits of ASCII, underscores, "
        f"periods, {other}, at most {longest}"
    )


def _refused(text: str, reason: str) -> WorkerAddressError:
    return WorkerAddressError(f"{_shown(text)} is not the address of a worker: {reason}.", FORMS)


def _shown(text: str) -> str:
    # ascii(), since the text may have control characters, or characters that look like others.
    return ascii(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")
