"""Statements of system administrators. They only read.

The tables are those of this server: counters, dependency sets and leases must agree with the rows of jobs, which SQL
statements of users would not keep. So a statement that writes is refused with the command that makes such a change.
"""

from dataclasses import dataclass
from typing import Any

from torc_server.engine.errors import Conflict, Forbidden, RuleBroken
from torc_server.store.given import Found, StatementBounds, StatementBusy, StatementFailed, StatementRefused
from torc_server.store.transaction import Transaction

MOST_ROWS = 100_000
MOST_CHARACTERS = 32 * 1024**2
LONGEST_SECONDS = 10.0
# Commands that change the rows of a table.
_COMMANDS = {
    "workflow": "torc workflows update, reset-status or delete",
    "job": "torc jobs update, reset-status or delete",
    "file": "torc files update or delete",
    "user_data": "torc user-data update or delete",
    "resource_requirements": "torc resource-requirements update or delete",
    "result": "torc results delete",
    "event": "torc events delete",
    "compute_node": "torc workflows sync-status",
    "scheduled_compute_node": "torc workflows sync-status",
    "submission": "torc submit or torc cancel",
    "token": "torc admin tokens revoke",
    "slurm_scheduler": "torc slurm update or delete",
    "failure_handler": "torc failure-handlers delete",
    "workflow_action": "torc workflows update-action or delete-action",
    "access_group": "torc access-groups",
    "user_group_membership": "torc access-groups add-user or remove-user",
    "workflow_access_group": "torc access-groups add-workflow or remove-workflow",
}


class InvalidStatement(RuleBroken):
    """A statement that is not run."""


class QueryFailed(RuleBroken):
    """A statement that SQLite could not run, or that exceeded a limit."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the settings of the server allow: statements at all, and asking for a write."""

    is_disabled: bool = False
    are_writes_disabled: bool = False


READ_ONLY = Policy()


def require_allowed(policy: Policy, *, admins_see_all: bool, is_write: bool) -> None:
    """Raise Forbidden if the settings of the server allow no statement."""
    if policy.is_disabled:
        raise Forbidden("This server was started with --disable-admin-sql and runs no SQL statements")
    if not admins_see_all:
        raise Forbidden(
            "This server was started with --admins-see-own-only, and SQL statements read all workflows; use the"
            " commands for your own workflows"
        )
    if is_write and policy.are_writes_disabled:
        raise Forbidden("This server was started with --disable-admin-sql-writes; send a statement that only reads")


def run(tx: Transaction, sql: str, *, is_write: bool, limit: int | None) -> dict[str, Any]:
    """Run a statement that only reads, and return its columns and rows. One runs at a time in a server.

    Raises InvalidStatement, QueryFailed, and Conflict if another one runs.
    """
    wanted = MOST_ROWS if limit is None else limit
    bounds = StatementBounds(min(max(wanted, 1), MOST_ROWS), MOST_CHARACTERS, LONGEST_SECONDS)
    try:
        found = tx.given(sql, bounds if not is_write else StatementBounds(1, MOST_CHARACTERS, LONGEST_SECONDS))
    except StatementBusy as busy:
        raise Conflict("Another SQL statement runs; try again when it has ended") from busy
    except StatementRefused as refused:
        raise InvalidStatement(_explained(refused), field="sql", value=sql) from refused
    except StatementFailed as failed:
        raise QueryFailed(str(failed), field="sql", value=sql) from failed
    if is_write:
        raise InvalidStatement("The statement only reads; send it without `write`", field="write", value=True)
    return _answer(found)


def _answer(found: Found) -> dict[str, Any]:
    items = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    return {"columns": found.columns, "items": items, "committed": False}


def _explained(refused: StatementRefused) -> str:
    if not refused.is_write:
        return f"The statement was refused: {refused.reason}. Send one statement that reads: SELECT, WITH or VALUES"
    command = _COMMANDS.get((refused.table or "").lower())
    remedy = f"use {command}" if command is not None else "use the commands of torc"
    return (
        f"The statement was refused: {refused.reason}, and the tables of this server are changed by its operations"
        f" only, which keep counters, dependencies and leases consistent; {remedy}"
    )
