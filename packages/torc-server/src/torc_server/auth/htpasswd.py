"""Password files: one ``user:bcrypt-hash`` per line, the format of Apache's ``htpasswd -B``."""

import os
from dataclasses import dataclass
from pathlib import Path

import bcrypt

from torc_server.edge.output_files import PRIVATE, output_file
from torc_server.start_errors import CannotStart

COST_DEFAULT = 12
COST_LOWEST = 4
COST_HIGHEST = 31

# bcrypt ignores the bytes after this length.
PASSWORD_MAX_BYTES = 72

HEADER = ("# Torc password file: one user:bcrypt-hash per line.", "# Change it with torc-htpasswd.")


class PasswordFileError(CannotStart):
    """A password file, or an entry for one, cannot be used. The message has the remedy."""


@dataclass(frozen=True, slots=True)
class PasswordFile:
    """The lines of a password file. They include the comments, so that `write` keeps them."""

    path: Path
    lines: tuple[str, ...]

    @property
    def users(self) -> dict[str, bytes]:
        """User names and their hashes, in the order of the file. The last entry of a repeated user is valid.

        Raises PasswordFileError, which names the line, for an entry that is not a ``user:bcrypt-hash``.
        """
        users: dict[str, bytes] = {}
        for number, line in enumerate(self.lines, start=1):
            entry = _entry(self.path, number, line)
            if entry is not None:
                users[entry[0]] = entry[1].encode("ascii")
        return users

    def with_user(self, user: str, password_hash: str) -> "PasswordFile":
        """Return the file with the entry of this user replaced in its line, or added at the end."""
        line = f"{user}:{password_hash}"
        kept = self.without_user(user).lines
        if user not in self.users:
            return PasswordFile(self.path, (*kept, line))
        place = next(index for index, old in enumerate(self.lines) if _is_entry_of(old, user))
        return PasswordFile(self.path, (*kept[:place], line, *kept[place:]))

    def without_user(self, user: str) -> "PasswordFile":
        """Return the file without the entries of this user."""
        return PasswordFile(self.path, tuple(line for line in self.lines if not _is_entry_of(line, user)))

    def write(self) -> None:
        """Replace the file atomically. Only its owner can read it. Raises PasswordFileError."""
        text = "".join(f"{line}\n" for line in (*(line for line in HEADER if line not in self.lines), *self.lines))
        try:
            # The target of a symbolic link is replaced, and the link stays.
            with output_file(self.path, PRIVATE) as file:
                file.write(text.encode("utf-8"))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise PasswordFileError(f"cannot write the password file {self.path}: {error.strerror}") from error


def read(path: Path) -> PasswordFile:
    """Read a password file. Raises PasswordFileError if it is missing or unreadable."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise PasswordFileError(
            f"there is no password file {path}; create it with `torc-htpasswd add -f {path} USER`"
        ) from error
    except UnicodeDecodeError as error:
        raise PasswordFileError(f"the password file {path} is not a text file; create it with torc-htpasswd") from error
    except OSError as error:
        raise PasswordFileError(f"cannot read the password file {path}: {error.strerror}") from error
    return PasswordFile(path, tuple(text.splitlines()))


def load_users(path: Path) -> dict[str, bytes]:
    """Read the users of a password file for a server. Raises PasswordFileError, also for a file without users."""
    users = read(path).users
    if not users:
        raise PasswordFileError(
            f"the password file {path} has no users; add one with `torc-htpasswd add -f {path} USER`"
        )
    return users


def check_user_name(user: str) -> None:
    """Raise PasswordFileError for a name that an entry of a password file cannot have."""
    if not user or user != user.strip() or user.startswith("#") or ":" in user or not user.isprintable():
        raise PasswordFileError(
            f"{user!r} is not a valid user name; use a name with no colon or control character, no # first, "
            "and no blank first or last"
        )


def hash_password(password: str, cost: int = COST_DEFAULT) -> str:
    """Compute the bcrypt hash (``$2b$``) of a password. Each step of `cost` doubles the work.

    Raises PasswordFileError for a cost or a password that bcrypt does not support.
    """
    if not COST_LOWEST <= cost <= COST_HIGHEST:
        raise PasswordFileError(f"the cost {cost} is not between {COST_LOWEST} and {COST_HIGHEST}; use {COST_DEFAULT}")
    encoded = password.encode("utf-8", "surrogateescape")
    if len(encoded) > PASSWORD_MAX_BYTES:
        raise PasswordFileError(
            f"the password is {len(encoded)} bytes long, and bcrypt uses only the first {PASSWORD_MAX_BYTES}; "
            "choose a shorter one"
        )
    if b"\x00" in encoded:
        raise PasswordFileError("the password has a NUL character, where bcrypt stops reading; choose one without it")
    return bcrypt.hashpw(encoded, bcrypt.gensalt(cost)).decode("ascii")


def matches(password: str, password_hash: bytes) -> bool:
    """Whether the hash is that of the password. False for a password that is too long for bcrypt or contains NUL.

    Takes the time that the cost of the hash requires, also for a password that cannot match.
    """
    encoded = password.encode("utf-8", "surrogateescape")
    same = bcrypt.checkpw(encoded[:PASSWORD_MAX_BYTES], password_hash)
    return same and len(encoded) <= PASSWORD_MAX_BYTES and b"\x00" not in encoded


def _entry(path: Path, number: int, line: str) -> tuple[str, str] | None:
    """Return user and hash of one line; None for a blank line or a comment."""
    text = line.strip()
    if not text or text.startswith("#"):
        return None
    user, colon, password_hash = text.partition(":")
    place = f"line {number} of the password file {path}"
    if not colon:
        raise PasswordFileError(f"{place} has no colon; entries are user:bcrypt-hash, as torc-htpasswd writes them")
    if not user:
        raise PasswordFileError(f"{place} has no user name before the colon")
    if not _is_bcrypt(password_hash):
        raise PasswordFileError(
            f"{place} ({user}) has no valid bcrypt hash; replace it with `torc-htpasswd add -f {path} {user}`"
        )
    return user, password_hash


def _is_bcrypt(password_hash: str) -> bool:
    """Whether bcrypt accepts this text as a hash. Tries it with the lowest cost instead of its own."""
    if not password_hash.startswith("$2") or not password_hash.isascii() or len(password_hash) != 60:
        return False
    cost = password_hash[4:6]
    if not cost.isdecimal() or not COST_LOWEST <= int(cost) <= COST_HIGHEST:
        return False
    try:
        bcrypt.checkpw(b"", f"{password_hash[:4]}04{password_hash[6:]}".encode("ascii"))
    except ValueError:
        return False
    return True


def _is_entry_of(line: str, user: str) -> bool:
    text = line.strip()
    return not text.startswith("#") and text.partition(":")[0] == user
