"""Numbered migrations: files `NNNN_what.sql`, forward only, each in one transaction, with a stored checksum."""

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from torc_server.store.copying import copy_connection, sync
from torc_server.store.damage import mark_of
from torc_server.store.errors import StoreError, as_store_error
from torc_server.store.integrity import APPLICATION_ID, is_unused, require_usable
from torc_server.store.lock import require_one_path
from torc_server.store.sqlite_files import open_to_read, open_to_write, uri_of

OLDEST_SQLITE = (3, 35, 0)


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema."""

    number: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        """Checksum of the file, to detect changes after it was applied."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def migrations() -> list[Migration]:
    """All migrations of this program, in order."""
    folder = resources.files("torc_server.store") / "migrations"
    found = [
        Migration(int(entry.name.partition("_")[0]), entry.name.removesuffix(".sql"), entry.read_text("utf-8"))
        for entry in folder.iterdir()
        if entry.name.endswith(".sql")
    ]
    return sorted(found, key=lambda migration: migration.number)


def migrate(path: Path | str, *, steps: Sequence[Migration] | None = None) -> None:
    """Migrate the database to the schema of this program, or create it if the file is missing or was never used.

    Before a migration the database is copied to ``<path>.before-schema-<number>``. Raises StoreError for a file
    that is not a complete database of Torc, for one of a newer program, and if it cannot be written; the file is then
    unchanged. The caller holds the DatabaseLock.
    """
    path = Path(path)
    wanted = migrations() if steps is None else steps
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StoreError(f"Python's SQLite is {sqlite3.sqlite_version}; torc-server needs 3.35 or newer")
    if not path.parent.is_dir():
        raise StoreError(f"{path.parent} does not exist: create that folder first, or choose another --database")
    if not os.path.lexists(path):
        _create(path, wanted)
        mark_of(path).unlink(missing_ok=True)
        return
    if is_unused(path):
        _fill(path, wanted)
        return
    require_usable(path)
    mark_of(path).unlink(missing_ok=True)
    try:
        # Opening for writing changes the header of a file, so the checks open it for reading.
        with contextlib.closing(open_to_read(path)) as connection:
            missing = _missing(connection, path, wanted)
        if missing:
            with contextlib.closing(open_to_write(path)) as connection:
                _advance(connection, path, missing)
    except sqlite3.Error as error:
        raise as_store_error(error) or StoreError(f"{path} cannot be migrated: {error}") from error


def create_schema(connection: sqlite3.Connection, steps: Sequence[Migration] | None = None) -> None:
    """Run all migrations on an empty database, also one in memory."""
    connection.execute(
        "CREATE TABLE schema_migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL)"
    )
    for step in migrations() if steps is None else steps:
        _run(connection, step)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _create(path: Path, steps: Sequence[Migration]) -> None:
    """Create the database under another name first, so that the path never has an incomplete one."""
    unfinished = path.with_name(path.name + ".creating")
    try:
        unfinished.unlink(missing_ok=True)
        # Only the owner can read it, regardless of the umask: SQLite uses the same mode for log and shared memory.
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        with contextlib.closing(
            sqlite3.connect(uri_of(unfinished, "rwc"), uri=True, isolation_level=None)
        ) as connection:
            create_schema(connection, steps)
        unfinished.rename(path)
        sync(path.parent)
    except (OSError, sqlite3.Error) as error:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise StoreError(f"{path} cannot be created: {getattr(error, 'strerror', None) or error}") from error


def _fill(path: Path, steps: Sequence[Migration]) -> None:
    """Create the database in an empty file, in one transaction. The file stays the same one: it may be mounted."""
    require_one_path(path)
    try:
        path.chmod(0o600)
        with (
            contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as made,
            contextlib.closing(sqlite3.connect(uri_of(path, "rw"), uri=True, isolation_level=None)) as connection,
        ):
            create_schema(made, steps)
            made.backup(connection)
        sync(path.parent)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{path} cannot be created: {getattr(error, 'strerror', None) or error}") from error


def newest_schema() -> int:
    """Return the number of the newest schema of this program."""
    return migrations()[-1].number


def missing_steps(connection: sqlite3.Connection, path: Path) -> list[str]:
    """Return the names of missing migrations. Raises StoreError for a database that this program must not change."""
    return [step.name for step in _missing(connection, path, migrations())]


def backup_before(path: Path, number: int) -> Path:
    """Return the path of the copy that is made before a migration to that schema."""
    return path.with_name(f"{path.name}.before-schema-{number}")


def _missing(connection: sqlite3.Connection, path: Path, steps: Sequence[Migration]) -> list[Migration]:
    """Return the missing steps. Raises StoreError for a database that this program must not change."""
    done = {row["number"]: row for row in connection.execute("SELECT number, name, checksum FROM schema_migration")}
    newest_known, newest_done = steps[-1].number, max(done, default=0)
    if newest_done > newest_known:
        raise StoreError(
            f"{path} has schema {newest_done} and was made by a newer torc-server; this one knows schemas up to "
            f"{newest_known}. Install the newer torc-server. The file was left unchanged"
        )
    for step in steps:
        if step.number in done and done[step.number]["checksum"] != step.checksum:
            raise StoreError(
                f"{path} was made with another text of migration {step.name}; use the torc-server that made it. "
                "The file was left unchanged"
            )
    return [step for step in steps if step.number not in done]


def _advance(connection: sqlite3.Connection, path: Path, missing: Sequence[Migration]) -> None:
    target = backup_before(path, missing[-1].number)
    unfinished = target.with_name(target.name + ".creating")
    copy_connection(connection, unfinished)
    unfinished.replace(target)
    for step in missing:
        _run(connection, step)


def _run(connection: sqlite3.Connection, step: Migration) -> None:
    """Run one migration and record it, in one transaction."""
    connection.execute("PRAGMA foreign_keys = OFF")  # tables may be rebuilt; checked before the commit
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in _statements(step.text):
            connection.execute(statement)
        _require_references(connection, step)
        connection.execute("INSERT INTO schema_migration VALUES (?, ?, ?)", (step.number, step.name, step.checksum))
        connection.execute(f"PRAGMA user_version = {step.number}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    connection.execute("PRAGMA foreign_keys = ON")


def _require_references(connection: sqlite3.Connection, step: Migration) -> None:
    if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise StoreError(f"Migration {step.name} would leave rows with dangling references; nothing was changed")


def _statements(text: str) -> Iterator[str]:
    """Yield the statements of a script; `executescript` of sqlite3 would commit between them."""
    statement = ""
    for line in text.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement
