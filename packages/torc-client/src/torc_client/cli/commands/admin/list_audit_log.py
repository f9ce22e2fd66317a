"""`torc admin list-audit-log`."""

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Column, Listing, Report
from torc_client.cli.framework.shapes import event_time

_COLUMNS = (
    Column("ID", "id", right=True),
    Column("Time", "timestamp", event_time, whole=True),
    Column("User", "user_name"),
    Column("Write", "is_write"),
    Column("Committed", "committed"),
    Column("Success", "success"),
    Column("Full Table", "allow_full_table"),
    Column("Rows", "rows_affected", if_any=True),
    Column("SQL", "sql_text"),
    Column("Error", "error", wraps=True),
)


@command("list-audit-log", is_list=True, short_help="List the SQL statements of administrators.")
@click.option("--limit", "-l", type=click.IntRange(min=1), help="Maximum number of entries.")
@click.option("--offset", "-o", type=click.IntRange(min=0), default=0, help="Number of entries to skip.")
async def list_audit_log(app: App, limit: int | None, offset: int) -> Report:
    """List the statements that were sent to the server by `torc admin sql`, newest first.

    The list has every statement: those that were run, those that the server refused or could not run, and those of
    users who may not send any. On a server without passwords, the user is the name that the client stated.
    """
    async with app.client() as client:
        page = await client.access_control.list_admin_audit_log(limit=limit, offset=offset)
    listing = Listing(page.items, _COLUMNS, "entry", "entries", total=page.total_count)
    shown = f"Showing {page.count} of {page.total_count} entries (offset {page.offset})"
    return Report(page, listing, [shown if page.items else "(no audit-log entries)"])
