"""`torc admin sql`."""

from types import SimpleNamespace

import click

from torc_client.api.records import AdminSqlRequest
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Column, Listing, Report


@command("sql", is_list=True, short_help="Read the database of the server with SQL.")
@click.argument("statement")
@click.option("--limit", "-l", type=click.IntRange(min=1), help="Maximum number of rows.  [default: 100000]")
@click.option("--write", is_flag=True, help="Ask for a write. The server refuses it, with the command to use instead.")
@click.option("--allow-full-table", is_flag=True, help="Accepted for older scripts; has no effect.")
@click.option("--yes", "-y", is_flag=True, help="Accepted for older scripts; nothing is asked.")
async def sql(app: App, statement: str, limit: int | None, **asked: bool) -> Report:
    """Run one SQL statement that reads (SELECT, WITH, VALUES), and print its rows.

    Only system administrators can do this, if the server has passwords. The server stores the statement in its audit
    log: see `torc admin list-audit-log`. Statements that write are refused: the commands of torc make changes, and
    keep the counters and dependencies of the database consistent.

    The tables: torc admin sql "SELECT name FROM sqlite_schema WHERE type = 'table'"
    """
    body = AdminSqlRequest(sql=statement, limit=limit, write=asked["write"], allow_full_table=asked["allow_full_table"])
    async with app.client() as client:
        answer = await client.access_control.admin_sql(body)
    columns = [Column(name, name) for name in answer.columns]
    rows = [SimpleNamespace(**item) for item in answer.items]
    return Report(answer, Listing(rows, columns, "row", "rows"))
