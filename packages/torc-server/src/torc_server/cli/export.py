"""``torc-server export``: a database of selected workflows."""

import contextlib
import json
from pathlib import Path

import click

from torc_server.cli.db import Refusing, require_newest, with_database
from torc_server.engine import invariants
from torc_server.store.backup import back_up
from torc_server.store.carving import copy_of_workflows
from torc_server.store.errors import StoreError
from torc_server.store.sqlite_files import open_to_read
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# Digits of a number of 64 bits.
LONGEST_ID = 18

CHOSEN = Statement("""
SELECT id FROM workflow
WHERE id IN (SELECT value FROM json_each(:ids)) OR user IN (SELECT value FROM json_each(:users))
    OR id IN (
        SELECT workflow_id FROM workflow_access_group
        JOIN access_group ON access_group.id = workflow_access_group.group_id
        WHERE access_group.name IN (SELECT value FROM json_each(:groups))
            OR (access_group.id IN (SELECT CAST(value AS INTEGER) FROM json_each(:group_ids))
                AND NOT EXISTS (SELECT 1 FROM access_group AS named WHERE named.name = CAST(access_group.id AS TEXT)))
    )
ORDER BY id
""")


@click.command(cls=Refusing)
@with_database
@click.argument("workflow_ids", metavar="[WORKFLOW_ID]...", type=click.IntRange(min=1), nargs=-1)
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Path of the new database."
)
@click.option("--user", "users", multiple=True, help="Export all workflows of this user. (Repeatable.)")
@click.option(
    "--access-group",
    "groups",
    metavar="NAME|ID",
    multiple=True,
    help="Export all workflows of this access group. (Repeatable.)",
)
@click.option("--overwrite", is_flag=True, help="Replace the output file if it exists.")
@click.option(
    "--preserve-access-groups", is_flag=True, help="Also export the access groups of the workflows and their members."
)
@click.option("--no-vacuum", is_flag=True, help="Do not compact the new database: faster, but the file is larger.")
def export(
    database: Path,
    workflow_ids: tuple[int, ...],
    output: Path,
    users: tuple[str, ...],
    groups: tuple[str, ...],
    *,
    overwrite: bool,
    preserve_access_groups: bool,
    no_vacuum: bool,
) -> None:
    """Copy selected workflows to a new database.

    Each id and option adds workflows. They keep their ids. The server may run meanwhile, and a server can use the new
    database. `torc-server db export` writes JSON instead.
    """
    if not (workflow_ids or users or groups):
        raise click.UsageError("No workflow is selected. Use ids of workflows, --user or --access-group.")
    require_newest(database)
    chosen = _chosen(database, workflow_ids, users, groups)
    made = back_up(
        database,
        output,
        invariants.check_any,
        overwrite=overwrite,
        overwrite_flag="--overwrite",
        copy=copy_of_workflows(database, chosen, with_groups=preserve_access_groups, is_compact=not no_vacuum),
    )
    count = f"{len(chosen)} workflow{'s' if len(chosen) > 1 else ''}"
    click.echo(f"{made.path}: {count}, {made.size_bytes} bytes, checked without errors")


def _chosen(database: Path, ids: tuple[int, ...], users: tuple[str, ...], groups: tuple[str, ...]) -> list[int]:
    """Select the workflows. Raises StoreError for an unknown id, and if no workflow is selected."""
    # COMPAT 1.0: its option takes the id of a group. A group whose name is this number comes first.
    group_ids = [group for group in groups if group.isdecimal() and group.isascii() and len(group) <= LONGEST_ID]
    named = {
        "ids": json.dumps(ids),
        "users": json.dumps(users),
        "groups": json.dumps(groups),
        "group_ids": json.dumps(group_ids),
    }
    with contextlib.closing(open_to_read(database)) as connection:
        chosen = [int(row["id"]) for row in Transaction(connection).rows(CHOSEN, named)]
    absent = sorted(set(ids) - set(chosen))
    if absent:
        raise StoreError(f"{database} has no workflow {absent[0]}; nothing was written")
    if not chosen:
        raise StoreError(f"{database} has no workflow of these users and groups; nothing was written")
    return chosen
