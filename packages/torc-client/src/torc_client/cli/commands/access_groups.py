"""`torc access-groups`: groups of users that share workflows."""

from collections.abc import Callable
from typing import Any

import click

from torc_client.api.records import AccessGroupModel, UserGroupMembershipModel
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.counted import records_and_total
from torc_client.cli.framework.lazy import LazyGroup
from torc_client.cli.framework.options import LIMIT_HELP
from torc_client.cli.framework.results import Column, Listing, Message, Record
from torc_client.text import timestamp

_GROUPS = (Column("ID", "id", right=True), Column("Name", "name"), Column("Description", "description"))
_MEMBERS = (Column("User", "user_name"), Column("Role", "role"), Column("Since", "created_at", timestamp, whole=True))

access_groups = LazyGroup(name="access-groups", help="Groups of users that share workflows.", lazy_commands={})


def _paged(made: Callable[..., Any]) -> Callable[..., Any]:
    limit = click.option("-l", "--limit", type=click.IntRange(min=0), help=LIMIT_HELP)
    offset = click.option("-o", "--offset", type=click.IntRange(min=0), default=0, help="Number of records to skip.")
    return limit(offset(made))


@command(short_help="Create a group.")
@click.argument("name")
@click.option("-d", "--description", help="Description of the group.")
async def create(app: App, name: str, description: str | None) -> Message:
    """Create a group. On a server with access control, only administrators can create groups."""
    async with app.client() as client:
        made = await client.access_control.create_access_group(AccessGroupModel(name=name, description=description))
    return Message(f"Created access group {made.id} ({made.name}).", {"access_group_id": made.id}, record=made)


@command(short_help="Show one group.")
@click.argument("id", type=int)
async def get(app: App, id: int) -> Record:
    """Show one group."""
    async with app.client() as client:
        return Record(await client.access_control.get_access_group(id), f"Access group {id}")


@command("list", short_help="List groups.")
@_paged
async def list_groups(app: App, limit: int | None, offset: int) -> Listing:
    """List all groups of the server. With access control, only system administrators can; others list their own."""
    async with app.client() as client:
        items, total = await records_and_total(
            client.access_control.list_access_groups, offset=offset, limit=app.page_limit(limit)
        )
    return Listing(
        items, _GROUPS, "access group", "access groups", None, "Create one: torc access-groups create NAME", total=total
    )


@command(short_help="Delete a group.")
@click.argument("id", type=int)
async def delete(app: App, id: int) -> Message:
    """Delete a group. Its workflows remain, but its members lose the access that the group gave them."""
    async with app.client() as client:
        record = await client.access_control.delete_access_group(id)
    return Message(f"Deleted access group {id}.", {"access_group_id": id}, record=record)


@command("add-user", short_help="Add a user to a group.")
@click.argument("group_id", type=int)
@click.argument("user")
@click.option(
    "-r",
    "--role",
    type=click.Choice(["member", "admin"]),
    default="member",
    show_default=True,
    help="An admin may add and remove members.",
)
async def add_user(app: App, group_id: int, user: str, role: str) -> Message:
    """Add a user to a group."""
    async with app.client() as client:
        membership = UserGroupMembershipModel(group_id=group_id, user_name=user, role=role)
        record = await client.access_control.add_user_to_group(group_id, membership)
    facts = {"access_group_id": group_id, "user_name": user, "role": role}
    return Message(
        f"{user} is {'an admin' if role == 'admin' else 'a member'} of access group {group_id}.", facts, record=record
    )


@command("remove-user", short_help="Remove a user from a group.")
@click.argument("group_id", type=int)
@click.argument("user")
async def remove_user(app: App, group_id: int, user: str) -> Message:
    """Remove a user from a group."""
    async with app.client() as client:
        record = await client.access_control.remove_user_from_group(group_id, user)
    facts = {"access_group_id": group_id, "user_name": user}
    return Message(f"{user} is no longer in access group {group_id}.", facts, record=record)


@command("list-members", short_help="List the members of a group.")
@click.argument("group_id", type=int)
@_paged
async def list_members(app: App, group_id: int, limit: int | None, offset: int) -> Listing:
    """List the members of a group."""
    async with app.client() as client:
        items, total = await records_and_total(
            client.access_control.list_group_members, offset=offset, limit=app.page_limit(limit), id=group_id
        )
    hint = f"Add one: torc access-groups add-user {group_id} USER"
    return Listing(items, _MEMBERS, "member", "members", f"access group {group_id}", hint, total=total)


@command("list-user-groups", short_help="List the groups of a user.")
@click.argument("user")
@_paged
async def list_user_groups(app: App, user: str, limit: int | None, offset: int) -> Listing:
    """List the groups of a user."""
    async with app.client() as client:
        items, total = await records_and_total(
            client.access_control.list_user_groups, offset=offset, limit=app.page_limit(limit), user_name=user
        )
    return Listing(items, _GROUPS, "access group", "access groups", user, total=total)


@command("add-workflow", short_help="Share a workflow with a group.")
@click.argument("workflow_id", type=int)
@click.argument("group_id", type=int)
async def add_workflow(app: App, workflow_id: int, group_id: int) -> Message:
    """Share a workflow with a group. Its members get the same access as the owner."""
    async with app.client() as client:
        record = await client.access_control.add_workflow_to_group(workflow_id, group_id)
    facts = {"workflow_id": workflow_id, "access_group_id": group_id}
    return Message(f"Access group {group_id} shares workflow {workflow_id}.", facts, record=record)


@command("remove-workflow", short_help="Stop sharing a workflow with a group.")
@click.argument("workflow_id", type=int)
@click.argument("group_id", type=int)
async def remove_workflow(app: App, workflow_id: int, group_id: int) -> Message:
    """Stop sharing a workflow with a group."""
    async with app.client() as client:
        record = await client.access_control.remove_workflow_from_group(workflow_id, group_id)
    facts = {"workflow_id": workflow_id, "access_group_id": group_id}
    return Message(f"Access group {group_id} no longer shares workflow {workflow_id}.", facts, record=record)


@command("list-workflow-groups", short_help="List the groups that share a workflow.")
@click.argument("workflow_id", type=int)
@_paged
async def list_workflow_groups(app: App, workflow_id: int, limit: int | None, offset: int) -> Listing:
    """List the groups that share a workflow."""
    async with app.client() as client:
        items, total = await records_and_total(
            client.access_control.list_workflow_groups, offset=offset, limit=app.page_limit(limit), id=workflow_id
        )
    hint = f"Share it: torc access-groups add-workflow {workflow_id} GROUP_ID"
    return Listing(items, _GROUPS, "access group", "access groups", f"workflow {workflow_id}", hint, total=total)


for _each in (
    create, get, list_groups, delete, add_user, remove_user, list_members, list_user_groups, add_workflow,
    remove_workflow, list_workflow_groups,
):  # fmt: skip
    access_groups.add_command(_each)
