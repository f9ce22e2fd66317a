"""The id of a database, which distinguishes it from all others, and from its own copies and earlier states.

Ids of workflows, jobs and nodes are small and begin at 1 in every database. They identify a record only together with
the id of the database. That id stays the same when a server is restarted, and when the file is renamed or its directory
is mounted elsewhere. A copy gets a new id when a server opens it first. Three marks show that a file is a copy:

- `is_copy` in the file: torc-server made it, as a backup, a snapshot, an export or before a migration;
- the file has another inode than at its last opening: it was copied by other means;
- the file beside the database knows a later opening: the database was overwritten by an earlier state of itself.

Copies that were made during one opening differ too: a server that changes the database marks a new opening every minute
and at its end (`mark_opening`).
"""

import asyncio
import contextlib
import json
import os
import secrets
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from torc_server.store.copying import sync
from torc_server.store.errors import StoreError, as_store_error
from torc_server.store.filesystem import TypeOf, has_stable_inodes, type_of
from torc_server.store.sqlite_files import open_to_write
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

IS_COPY = "torc-server made it as a copy"
IS_COPIED_FILE = "it is a copy of another file"
IS_EARLIER_STATE = "it was replaced by an earlier state of itself"
IS_ORDERED = "`torc-server db id --renew` was called"

_ROW = Statement("SELECT id, opened, inode, path, is_copy FROM database_id")
_MARK = Statement("UPDATE database_id SET opened = :mark WHERE opened = :opened")
_OPEN = Statement("UPDATE database_id SET id = :id, opened = :opened, inode = :inode, path = :path, is_copy = 0")


@dataclass(frozen=True, slots=True)
class KnownFile:
    """The row of a database about itself."""

    id: str
    opened: str | None
    """A random text of the last opening or mark; None if the file beside the database does not have it."""
    inode: str | None
    """None where inodes are not stable."""
    path: str | None
    """The path of the last opening."""
    is_copy: bool


@dataclass(frozen=True, slots=True)
class Openings:
    """The content of the file beside the database: what was opened at this path."""

    opened: tuple[str, ...]
    """The last opening, or the last two while a server opens the database."""


@dataclass(frozen=True, slots=True)
class DatabaseId:
    """The id of an opened database, and the reason why it is new; None if it is not."""

    id: str
    renewed_because: str | None = None
    opened: str | None = None
    """The text of this opening."""


def reason_to_renew(known: KnownFile, beside: Openings | None, *, path: str, inode: str | None) -> str | None:
    """Return why a file is not the database that the server opened last, or None if it is."""
    if known.is_copy:
        return IS_COPY
    if inode is not None and known.inode is not None and inode != known.inode:
        return IS_COPIED_FILE
    # A file that was opened last at another path was renamed, and another database was at this path before.
    is_at_its_path = known.path == path and known.opened is not None
    if is_at_its_path and beside is not None and known.opened not in beside.opened:
        return IS_EARLIER_STATE
    return None


def openings_path(database: Path) -> Path:
    """Return the path of the file beside a database."""
    return Path(f"{os.path.realpath(database)}.id")


def open_database_id(
    database: Path, *, alone: bool = False, renews: bool = False, keeps: bool = False, ask: TypeOf = type_of
) -> DatabaseId:
    """Return the id of a migrated database, after renewing that of a copy. Raises StoreError.

    With `renews` the id is renewed in any case, with `keeps` in no case. The caller holds the DatabaseLock.
    """
    try:
        with contextlib.closing(open_to_write(database, alone=alone)) as connection:
            return _open(connection, database, renews=renews, keeps=keeps, ask=ask)
    except sqlite3.Error as error:
        raise as_store_error(error) or StoreError(f"{database} cannot be opened: {error}") from error


def _open(connection: sqlite3.Connection, database: Path, *, renews: bool, keeps: bool, ask: TypeOf) -> DatabaseId:
    row = connection.execute(_ROW).fetchone()
    known = KnownFile(row["id"], row["opened"], row["inode"], row["path"], bool(row["is_copy"]))
    path = os.path.realpath(database)
    inode = str(database.stat().st_ino) if has_stable_inodes(database, ask) else None
    reason = IS_ORDERED if renews else reason_to_renew(known, _read(database), path=path, inode=inode)
    reason = None if keeps else reason
    new_id, opened = secrets.token_hex(16) if reason else known.id, secrets.token_hex(8)
    # After a crash between these steps, the next opening decides the same: while the id stays, the file beside the
    # database names both openings until the database has the new one.
    valid = (opened,) if reason or known.opened is None else (known.opened, opened)
    is_written = _write(database, Openings(valid))
    values = {"id": new_id, "opened": opened if is_written else None, "inode": inode, "path": path}
    connection.execute(_OPEN, values)
    if len(valid) > 1:
        _write(database, Openings((opened,)))
    return DatabaseId(new_id, reason, values["opened"])


async def mark_opening(
    database: Path, opened: str, write: Callable[[Callable[[Transaction], int]], Awaitable[int]]
) -> str:
    """Mark a new opening of the open database, and return its text; `opened` if it cannot be marked.

    Earlier copies of the database differ from it then. `write` runs a unit of work. Raises StoreError.
    """
    mark = secrets.token_hex(8)
    # As at an opening, the file beside the database names both until the database has the new one.
    if not await asyncio.to_thread(_write, database, Openings((opened, mark))):
        return opened
    if not await write(lambda tx: tx.execute(_MARK, {"mark": mark, "opened": opened})):
        return opened  # the id was renewed or kept by hand, or there is another file
    await asyncio.to_thread(_write, database, Openings((mark,)))
    return mark


def _read(database: Path) -> Openings | None:
    try:
        content = json.loads(openings_path(database).read_bytes())
        return Openings(tuple(content["opened"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _write(database: Path, openings: Openings) -> bool:
    """Replace the file beside the database; False if that is impossible."""
    path = openings_path(database)
    unfinished = path.with_name(f"{path.name}.new")
    try:
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(json.dumps(asdict(openings)).encode())
        sync(unfinished)
        unfinished.replace(path)
        sync(path.parent)
    except OSError:
        return False
    return True
