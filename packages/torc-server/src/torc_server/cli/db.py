"""``torc-server db``: looking after the database file, also while a server uses it."""

import contextlib
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import click

from torc_server.cli.run import home_folder
from torc_server.engine import invariants
from torc_server.engine.errors import NotFound
from torc_server.settings import SettingsError, load
from torc_server.store.backup import back_up
from torc_server.store.errors import StoreBusy, StoreError, as_store_error
from torc_server.store.inspection import inspect
from torc_server.store.integrity import require_usable
from torc_server.store.lock import DatabaseLock
from torc_server.store.migrate import backup_before, migrate, missing_steps, newest_schema
from torc_server.store.sqlite_files import open_to_read
from torc_server.store.transaction import Transaction

HELD_ALONE = (
    "another process holds the database alone. A server with --database-locking exclusive makes its backups itself, "
    "see --backup-dir; for anything else stop it first"
)


class Refusing(click.Command):
    """A command whose failures become one line on stderr and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (StoreError, SettingsError, NotFound, sqlite3.Error) as error:
            failure = as_store_error(error) or error
            if isinstance(failure, StoreBusy):
                raise click.ClickException(HELD_ALONE) from error
            raise click.ClickException(str(failure)) from error


class _Databases(click.Group):
    command_class = Refusing


def with_database(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the option that names the database."""
    return click.option(
        "--database",
        "-d",
        type=click.Path(path_type=Path),
        callback=lambda _context, _parameter, path: path or _configured(),
        help="The database file; without it the one that `torc-server run` would use here.",
    )(function)


def _configured() -> Path:
    return load({}, os.environ, Path.cwd(), home_folder()).database


@click.group(cls=_Databases)
def db() -> None:
    """Back up, check, migrate or export the database."""


@db.command()
@with_database
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace TARGET where it is there already.")
def backup(database: Path, target: Path, *, force: bool) -> None:
    """Copy the database to TARGET while the server goes on, and look through the copy.

    A backup is an ordinary database: put it in the place of a lost one.
    """
    made = back_up(database, target, invariants.check_any, overwrite=force)
    click.echo(f"{made.path}: {made.size_bytes} bytes, read through and whole")
    for sentence in made.broken:
        click.echo(f"Warning: in the database as in its copy, {sentence}", err=True)


@db.command()
@with_database
def check(database: Path) -> None:
    """Look through the database without changing it; exit status 1 when something is wrong."""
    found = inspect(database, invariants.check_any)
    for sentence in found.problems:
        click.echo(f"{database}: {sentence}")
    if found.problems:
        raise click.exceptions.Exit(1)
    click.echo(f"{database}: whole, its data keeps every promise, schema {found.schema}")


@db.command("migrate")
@with_database
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
def bring_to_date(database: Path, *, dry_run: bool) -> None:
    """Bring the database of an older torc-server to this one's schema, after a backup beside it.

    The server does the same when it starts. It must not be running.
    """
    if not database.exists():
        raise StoreError(f"{database} does not exist: there is nothing to migrate")
    with DatabaseLock(database):
        found = _lacking(database)
        if not found:
            click.echo(f"{database} has schema {newest_schema()}, the newest: nothing to do")
            return
        kept = backup_before(database, newest_schema())
        if dry_run:
            click.echo(f"{database} lacks {', '.join(found)}; a backup would be made at {kept}. Nothing was changed")
            return
        migrate(database)
        click.echo(f"{database} now has schema {newest_schema()}; the database as it was is at {kept}")


@db.command()
@with_database
@click.option("--workflow-id", type=click.IntRange(min=1), help="Only this workflow and what belongs to it.")
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Write here instead of stdout.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["lines", "json"]),
    default="lines",
    show_default=True,
    help="One record a line, or one JSON document with the list of all.",
)
@click.option("--force", is_flag=True, help="Replace the output file where it is there already.")
def export(database: Path, workflow_id: int | None, output: Path | None, form: str, *, force: bool) -> None:
    """Write what the database holds as JSON: a record has a kind and the members that the API gives."""
    from torc_server.resources.export import records  # noqa: PLC0415 - marshmallow, only when it is needed

    require_newest(database)
    with contextlib.closing(open_to_read(database)) as connection, contextlib.ExitStack() as stack:
        connection.execute("BEGIN")
        lines = records(Transaction(connection), workflow_id, schema=newest_schema())
        first = next(lines)  # what is refused is refused before a file is made
        target = sys.stdout.buffer if output is None else stack.enter_context(_new_file(output, force=force))
        before, between, behind = (b"", b"\n", b"\n") if form == "lines" else (b"[\n", b",\n", b"\n]\n")
        target.write(before + first)
        for line in lines:
            target.write(between + line)
        target.write(behind)
        target.flush()


def require_newest(database: Path) -> None:
    """Refuse a database that is none, or that another version left. Raises StoreError."""
    found = _lacking(database)
    if found:
        raise StoreError(f"{database} lacks {', '.join(found)}: `torc-server db migrate` first")


def _lacking(database: Path) -> list[str]:
    require_usable(database, to_write=False)
    with contextlib.closing(open_to_read(database)) as connection:
        return missing_steps(connection, database)


@contextlib.contextmanager
def _new_file(path: Path, *, force: bool) -> Iterator[BinaryIO]:
    try:
        with path.open("wb" if force else "xb") as file:
            yield file
    except FileExistsError as error:
        raise StoreError(f"{path} is there already and stays as it is; --force replaces it") from error
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror}") from error
