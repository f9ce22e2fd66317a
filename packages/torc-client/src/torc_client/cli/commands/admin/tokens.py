"""`torc admin tokens`: the credentials of runners."""

from collections.abc import Sequence
from typing import Any

import click

from torc_client import text
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.lazy import LazyCommand, LazyGroup
from torc_client.cli.framework.results import Column, Listing, Message
from torc_client.paging import iterate

_COLUMNS = (
    Column("ID", "id", right=True),
    Column("Workflow", "workflow_id", right=True),
    Column("User", "user"),
    Column("Submission", "submission_id", right=True),
    Column("Created", "created_at", text.timestamp, whole=True),
    Column("Expires", "expires_at", text.timestamp, whole=True),
    Column("Allocations ended", "allocations_ended_at", text.timestamp, whole=True, if_any=True),
    Column("Requested with", "requested_with", right=True, if_any=True),
    Column("Note", "note", if_any=True),
)


@command("list", short_help="List tokens.")
@click.argument("workflow_id", type=int, required=False)
async def list_tokens(app: App, workflow_id: int | None) -> Listing:
    """List the tokens of a workflow, or of all workflows that you may use, also those that have expired.

    A token is a credential for the runners of one submission: it is valid for its workflow and for what a runner needs.
    It ends when it expires, when it is revoked, with its workflow, and a quarter of an hour after the last allocation
    of its submission. No command shows the text of a token.
    """
    async with app.client() as client:
        items = [token async for token in iterate(client.tokens.list_tokens, workflow_id=workflow_id)]
    title = None if workflow_id is None else f"workflow {workflow_id}"
    return Listing(items, _COLUMNS, "token", "tokens", title, "A submission gets one: torc submit SPEC|ID")


@command("revoke", short_help="Revoke tokens.")
@click.argument("ids", metavar="ID...", type=int, nargs=-1, required=True)
async def revoke(app: App, ids: Sequence[int]) -> Message:
    """Revoke tokens, and the tokens that runners requested with them.

    The server refuses further requests with them at once. Runners that use one keep the results of their jobs in their
    output folder; the next run of the workflow with the same output folder sends them.
    """
    facts: dict[str, Any] = {"token_ids": list(dict.fromkeys(ids))}
    async with app.client() as client:
        for each in facts["token_ids"]:
            await client.tokens.revoke_token(each)
    return Message(f"Revoked {text.with_ids('token', facts['token_ids'])}", facts)


_MODULE = "torc_client.cli.commands.admin.tokens"
tokens = LazyGroup(
    name="tokens",
    help="Credentials of runners.",
    lazy_commands={
        "list": LazyCommand(f"{_MODULE}:list_tokens", "List tokens"),
        "revoke": LazyCommand(f"{_MODULE}:revoke", "Revoke tokens"),
    },
)
