"""``torc-server db import``: takes over a database of Torc 0.12 to 1.0."""

import contextlib
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import click

from torc_server.cli.run import home_folder
from torc_server.edge.output_files import PRIVATE, unfinished_file
from torc_server.engine import invariants
from torc_server.engine.takeover.take_over import Source, TakenOver, take_over, taken_over_at
from torc_server.settings import load
from torc_server.store import functions
from torc_server.store.copying import sync
from torc_server.store.earlier import EarlierDatabase, attach, private_copy
from torc_server.store.errors import StoreError
from torc_server.store.inspection import inspect
from torc_server.store.integrity import is_unused, require_usable
from torc_server.store.lock import DatabaseLock
from torc_server.store.migrate import create_schema, missing_steps
from torc_server.store.sqlite_files import open_to_read, uri_of
from torc_server.store.transaction import Transaction

# Words of counts that are shown in the first line.
UNCOUNTABLE = {"resource requirements", "default requirements", "Slurm statistics", "user data"}
SHOWN = ("workflows", "jobs", "dependencies", "results", "events")


def import_database(original: Path, into: Path | None, *, runners_ended: bool) -> None:
    """Take over the database `original` into a new file, and print what was taken over. Raises StoreError."""
    target = into or load({}, os.environ, Path.cwd(), home_folder()).database
    if target.exists() and original.exists() and target.samefile(original):
        raise StoreError(f"{original} would be replaced by its own import; name a new file with --into")
    if not target.parent.is_dir():
        raise StoreError(f"{target.parent} does not exist: create that folder first, or choose another --into")
    with private_copy(original, target.parent) as earlier:
        if os.path.lexists(target) and not is_unused(target):
            _require_same(target, original, earlier)
            return
        with DatabaseLock(target):
            made = _make(target, original, earlier, runners_ended=runners_ended)
    click.echo(f"{target}: {_counted(made.counts)} of {original} (schema {earlier.schema}), checked without errors")
    others = {words: number for words, number in made.counts.items() if words not in SHOWN}
    if others:
        click.echo("also " + ", ".join(_count(words, number) for words, number in others.items()))
    for sentence in (*made.changes, *(f"{each} has no place here and was left out" for each in earlier.not_taken)):
        click.echo(f"Warning: {sentence}", err=True)


def _require_same(target: Path, original: Path, earlier: EarlierDatabase) -> None:
    """Say that the import is done. Raises StoreError if the file has another content."""
    refusal = StoreError(f"{target} already exists and was not changed; name another file with --into")
    try:
        require_usable(target, to_write=False)
    except StoreError as error:
        raise refusal from error
    with contextlib.closing(open_to_read(target)) as connection:
        is_newest = not missing_steps(connection, target)
        when = taken_over_at(Transaction(connection), earlier.digest) if is_newest else None
    if when is None:
        raise refusal
    click.echo(f"{target} already has the content of {original}, since {when}. Nothing was changed")


def _make(target: Path, original: Path, earlier: EarlierDatabase, *, runners_ended: bool) -> TakenOver:
    """Make the new database under another name, check it, and give it its name."""
    try:
        with unfinished_file(target, PRIVATE) as unfinished:
            with contextlib.closing(sqlite3.connect(uri_of(unfinished, "rw"), uri=True, isolation_level=None)) as new:
                made = _fill(new, original, earlier, runners_ended=runners_ended)
            found = inspect(unfinished, invariants.check_running)
            if found.is_damaged:
                raise StoreError(f"the new database is damaged: {found.problems[0]}; nothing was written")
            sync(unfinished)
        sync(target.parent)
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}") from error
    return TakenOver(made.counts, (*made.changes, *found.problems))


def _fill(
    connection: sqlite3.Connection, original: Path, earlier: EarlierDatabase, *, runners_ended: bool
) -> TakenOver:
    functions.register(connection)
    # No other process has opened the file; after an interruption it is deleted.
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    create_schema(connection)
    attach(connection, earlier.copy)
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.row_factory = sqlite3.Row
    connection.execute("BEGIN")
    source = Source(earlier.digest, str(original.absolute()), earlier.schema)
    made = take_over(Transaction(connection), source, runners_ended=runners_ended, now=datetime.now(UTC))
    connection.execute("COMMIT")
    connection.execute("DETACH earlier")
    connection.execute("PRAGMA journal_mode = DELETE")
    return made


def _counted(counts: dict[str, int]) -> str:
    shown = [_count(words, counts[words]) for words in SHOWN if words in counts]
    return ", ".join(shown) or "no workflows"


def _count(words: str, number: int) -> str:
    if number > 1 or words in UNCOUNTABLE:
        return f"{number} {words}"
    return f"{number} {words[:-3]}y" if words.endswith("ies") else f"{number} {words.removesuffix('s')}"
