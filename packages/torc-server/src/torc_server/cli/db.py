"""``torc-server db``: maintenance of the database file, also while a server uses it."""

import contextlib
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import click

from torc_server.cli.program import Failure
from torc_server.cli.run import home_folder
from torc_server.edge.output_files import PRIVATE, output_file
from torc_server.engine import invariants
from torc_server.engine.errors import NotFound
from torc_server.engine.origins import database_id
from torc_server.settings import SettingsError, load
from torc_server.store.backup import back_up
from torc_server.store.database_id import open_database_id
from torc_server.store.errors import StoreBusy, StoreError, as_store_error
from torc_server.store.inspection import inspect
from torc_server.store.integrity import require_usable
from torc_server.store.lock import DatabaseLock
from torc_server.store.migrate import backup_before, migrate, missing_steps, newest_schema
from torc_server.store.sqlite_files import open_to_read
from torc_server.store.transaction import Transaction

LOCKED = (
    "another process has locked the database. If it is a server with --database-locking exclusive, let the server make "
    "backups (--backup-dir), and stop it before other commands"
)


class Refusing(click.Command):
    """A command that prints an error as one line on stderr and exits with 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (StoreError, SettingsError, NotFound, sqlite3.Error) as error:
            failure = as_store_error(error) or error
            if isinstance(failure, StoreBusy):
                raise Failure(LOCKED) from error
            raise Failure(str(failure)) from error


class _Databases(click.Group):
    command_class = Refusing


def with_database(function: Callable[..., None]) -> Callable[..., None]:
    """Add the option for the path of the database to a command."""
    return click.option(
        "--database",
        "-d",
        type=click.Path(path_type=Path),
        callback=lambda _context, _parameter, path: path or _configured(),
        help="Path of the database file; by default the one that `torc-server run` would use.",
    )(function)


def _configured() -> Path:
    return load({}, os.environ, Path.cwd(), home_folder()).database


@click.group(cls=_Databases)
def db() -> None:
    """Back up, check, identify, migrate, import or export the database."""


@db.command()
@with_database
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace TARGET if it exists.")
def backup(database: Path, target: Path, *, force: bool) -> None:
    """Copy the database to TARGET, also while the server runs, and check the copy.

    A backup is an ordinary database file: to restore it, put it in the place of the lost one.
    """
    made = back_up(database, target, invariants.check_any, overwrite=force)
    click.echo(f"{made.path}: {made.size_bytes} bytes, checked without errors")
    for sentence in made.broken:
        click.echo(f"Warning: in the database and in its copy, {sentence}", err=True)


@db.command()
@with_database
def check(database: Path) -> None:
    """Check the database without changing it. Exits with 1 if there are errors."""
    found = inspect(database, invariants.check_running)
    for sentence in found.problems:
        click.echo(f"{database}: {sentence}")
    if found.problems:
        raise click.exceptions.Exit(1)
    click.echo(f"{database}: no errors, schema {found.schema}")


@db.command("id")
@with_database
@click.option("--renew", is_flag=True, help="Give the database a new id, as a copy gets.")
@click.option("--keep", is_flag=True, help="Keep the id, although the file was copied or restored.")
def show_id(database: Path, *, renew: bool, keep: bool) -> None:
    """Print the id of the database, by which runners recognize it.

    A server that opens a copy gives it a new id. --keep prevents this for a file that replaces the original, such as
    one that was moved to another disk: runners then continue their jobs. --renew is for a database that was set back in
    a way that the server cannot detect, such as a snapshot of the whole machine. The server must not be running.
    """
    if renew and keep:
        raise click.UsageError("--renew and --keep exclude each other")
    require_newest(database)
    if renew or keep:
        with DatabaseLock(database):
            found = open_database_id(database, renews=renew, keeps=keep).id
    else:
        with contextlib.closing(open_to_read(database)) as connection:
            found = database_id(Transaction(connection))
    click.echo(found)


@db.command("migrate")
@with_database
@click.option("--dry-run", is_flag=True, help="Only print what would be done.")
def bring_to_date(database: Path, *, dry_run: bool) -> None:
    """Migrate the database of an older torc-server to the schema of this one, after a backup in the same directory.

    The server does the same at its start. It must not be running.
    """
    if not database.exists():
        raise StoreError(f"{database} does not exist; check the path")
    with DatabaseLock(database):
        found = _lacking(database)
        if not found:
            click.echo(f"{database} already has the newest schema, {newest_schema()}")
            return
        kept = backup_before(database, newest_schema())
        if dry_run:
            click.echo(
                f"{database} needs the migrations {', '.join(found)}; the backup would be {kept}. Nothing was changed"
            )
            return
        migrate(database)
        click.echo(f"{database} now has schema {newest_schema()}; the backup is {kept}")


@db.command()
@with_database
@click.option("--workflow-id", type=click.IntRange(min=1), help="Export only this workflow.")
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Output file instead of stdout.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["lines", "json"]),
    default="lines",
    show_default=True,
    help="One record per line, or one JSON list of all records.",
)
@click.option("--force", is_flag=True, help="Replace the output file if it exists.")
def export(database: Path, workflow_id: int | None, output: Path | None, form: str, *, force: bool) -> None:
    """Export the database as JSON: each record has a type and the members that the API returns."""
    from torc_server.resources.export import records  # noqa: PLC0415 - imports marshmallow, which is slow

    require_newest(database)
    with contextlib.closing(open_to_read(database)) as connection, contextlib.ExitStack() as stack:
        connection.execute("BEGIN")
        lines = records(Transaction(connection), workflow_id, schema=newest_schema())
        first = next(lines)  # raises errors before a file is created
        target = sys.stdout.buffer if output is None else stack.enter_context(_new_file(output, force=force))
        before, between, behind = (b"", b"\n", b"\n") if form == "lines" else (b"[\n", b",\n", b"\n]\n")
        target.write(before + first)
        for line in lines:
            target.write(between + line)
        target.write(behind)
        target.flush()


@db.command("import")
@click.argument("original", type=click.Path(path_type=Path))
@click.option(
    "--into",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Path of the new database; by default the one that `torc-server run` would use.",
)
@click.option(
    "--runners-ended",
    is_flag=True,
    help="No runner of ORIGINAL is alive: return all pending and running jobs to the queue.",
)
def take_over(original: Path, into: Path | None, *, runners_ended: bool) -> None:
    """Take over a database of Torc 0.12 to 1.0, ORIGINAL, into a new database.

    All records keep their ids. ORIGINAL is only read; stop its server first. A second import of the same content
    changes nothing.
    """
    from torc_server.cli.db_import import import_database  # noqa: PLC0415 - the engine imports slowly

    import_database(original, into, runners_ended=runners_ended)


def require_newest(database: Path) -> None:
    """Raise StoreError for a file that is not a database, or that has the schema of another version."""
    found = _lacking(database)
    if found:
        raise StoreError(f"{database} needs the migrations {', '.join(found)}; run `torc-server db migrate` first")


def _lacking(database: Path) -> list[str]:
    require_usable(database, to_write=False)
    with contextlib.closing(open_to_read(database)) as connection:
        return missing_steps(connection, database)


@contextlib.contextmanager
def _new_file(path: Path, *, force: bool) -> Iterator[BinaryIO]:
    try:
        with output_file(path, PRIVATE, replaces=force) as file:
            yield file
    except FileExistsError as error:
        raise StoreError(f"{path} already exists and was not changed; --force replaces it") from error
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror}") from error
