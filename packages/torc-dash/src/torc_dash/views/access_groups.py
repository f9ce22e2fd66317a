"""Access groups: those of the user, those of all for administrators, and one with its members and workflows."""

import asyncio
from dataclasses import dataclass

from aiohttp import web

from torc_client.api.records import AccessGroupModel, UserGroupMembershipModel, WorkflowModel
from torc_client.client import TorcClient, current_user
from torc_client.text import count
from torc_dash import addresses
from torc_dash.access_group_rights import (
    ADMIN,
    MOST_ROWS,
    GroupRights,
    KnownGroups,
    may_manage_all,
    read_groups,
    rights_of,
)
from torc_dash.actions.of_access_groups import ADD_MEMBER, REMOVE_MEMBER, SHARE, UNSHARE, GroupAction
from torc_dash.node_tables import Rows
from torc_dash.rendering import PAGE_CHROME, respond
from torc_dash.table_definitions import number, text, time
from torc_dash.tables import Cell, CellKind
from torc_dash.upstream import CLIENT

_NOT_RESTRICTED = (
    "On this server, every user can use all workflows: start it with --auth-file, --require-auth and"
    " --enforce-access-control, so that groups take effect."
)
_UNKNOWN_USER = (
    "The server does not know the user of this dashboard: set TORC_USERNAME and TORC_PASSWORD before you start"
    " torc-dash."
)


@dataclass(frozen=True)
class AccessGroupsPage:
    """The values of the list. A table without rows is None."""

    notice: str
    mine: Rows | None
    others: Rows | None
    is_told_how: bool
    """Whether the page says how a group is created."""

    workflow: WorkflowModel | None
    """The workflow that the reader wants to share."""

    can_share: bool

    workflow_href: str
    live: bool = False


@dataclass(frozen=True)
class AccessGroupPage:
    """The values of the page of one group. The forms are absent where the server would refuse them."""

    group: AccessGroupModel
    members: Rows
    workflows: Rows | None
    workflows_href: str
    member_form: str
    share_form: str
    back: str
    live: bool = False


async def page(request: web.Request) -> web.Response:
    """List the groups. `name` leads to the group of that name, `workflow` offers to share a workflow with one."""
    client = request.app[CLIENT]
    word = request.query.get("workflow", "")
    workflow_id = int(word) if word.isascii() and word.isdecimal() and len(word) <= 18 else None
    known, workflow = await asyncio.gather(read_groups(client), _workflow(client, workflow_id))
    if name := request.query.get("name"):
        group = known.named(name)
        if group is None or group.id is None:
            raise web.HTTPNotFound
        raise web.HTTPFound(addresses.access_group(group.id))
    offered = None if request.app[PAGE_CHROME].read_only else workflow
    if workflow is not None and known.every is None and workflow.user != current_user():
        offered = None
    return respond(
        request,
        "pages/access_groups.html",
        AccessGroupsPage(
            notice=_notice(known),
            mine=_table("Table of your groups", known.mine or (), offered),
            others=_table("Table of other groups", known.others, offered, known.total),
            is_told_how=known.every is not None,
            workflow=workflow,
            can_share=offered is not None,
            workflow_href="" if workflow_id is None else addresses.workflow(workflow_id),
        ),
    )


async def group_page(request: web.Request) -> web.Response:
    """Show one group."""
    client, group_id = request.app[CLIENT], int(request.match_info["id"])
    group, members, manages_all = await asyncio.gather(
        client.access_control.get_access_group(group_id),
        client.access_control.list_group_members(group_id),
        may_manage_all(client),
    )
    found = await client.workflows.list_workflows(access_group=group.name, limit=MOST_ROWS, sort_by="id")
    rights = rights_of(group, members.items, manages_all=manages_all)
    can_change = not request.app[PAGE_CHROME].read_only
    changes_members = can_change and rights.may_change_members
    return respond(
        request,
        "pages/access_group.html",
        AccessGroupPage(
            group=group,
            members=_members(group_id, members.items, members.total_count, changes=changes_members),
            workflows=_workflows(group_id, found.items, found.total_count, rights if can_change else None),
            workflows_href=addresses.workflows(access_group=group.name),
            member_form=addresses.access_group_action(group_id, ADD_MEMBER.name) if changes_members else "",
            share_form=addresses.access_group_action(group_id, SHARE.name) if can_change else "",
            back=addresses.access_groups(),
        ),
    )


async def _workflow(client: TorcClient, workflow_id: int | None) -> WorkflowModel | None:
    return None if workflow_id is None else await client.workflows.get_workflow(workflow_id)


def _notice(known: KnownGroups) -> str:
    if known.mine is None:
        return _UNKNOWN_USER
    return "" if known.is_enforced else _NOT_RESTRICTED


def _table(
    label: str, groups: tuple[AccessGroupModel, ...], workflow: WorkflowModel | None, total: int = 0
) -> Rows | None:
    if not groups:
        return None
    headings = ("Name", "Description", "Members", "Workflows", "ID", *(("Share",) if workflow is not None else ()))
    rows = tuple(
        (
            Cell(one.name, CellKind.LINK, addresses.access_group(one.id or 0)),
            text(one.description),
            number(one.num_members),
            number(one.num_workflows),
            number(one.id),
            *((_share(one, workflow),) if workflow is not None else ()),
        )
        for one in groups
    )
    return Rows(label, headings, rows, _more("group", total - MOST_ROWS))


def _share(group: AccessGroupModel, workflow: WorkflowModel) -> Cell:
    action = UNSHARE if group.name in (workflow.access_groups or ()) else SHARE
    return _offer(action, group.id or 0, str(workflow.id))


def _offer(action: GroupAction, group_id: int, subject: str) -> Cell:
    href = addresses.access_group_action(group_id, action.name, **{action.subject.name: subject})
    return Cell(action.title, CellKind.LINK, href)


def _members(group_id: int, members: list[UserGroupMembershipModel], total: int, *, changes: bool) -> Rows:
    headings = ("User", "Role", "Since", *(("Change",) if changes else ()))
    rows = tuple(
        (
            text(one.user_name),
            text(ADMIN if one.role == ADMIN else "member"),
            time(one.created_at),
            *((_offer(REMOVE_MEMBER, group_id, one.user_name),) if changes else ()),
        )
        for one in members[:MOST_ROWS]
    )
    return Rows("Table of members", headings, rows, _more("member", total - len(rows)))


def _workflows(group_id: int, workflows: list[WorkflowModel], total: int, rights: GroupRights | None) -> Rows | None:
    if not workflows:
        return None
    may = [rights is not None and rights.may_share(one) for one in workflows]
    headings = ("ID", "Name", "Owner", "Created", *(("Change",) if any(may) else ()))
    rows = tuple(
        (
            number(one.id),
            Cell(one.name, CellKind.LINK, addresses.workflow(one.id or 0)),
            text(one.user),
            time(one.timestamp),
            *((_offer(UNSHARE, group_id, str(one.id)) if offered else Cell(""),) if any(may) else ()),
        )
        for one, offered in zip(workflows, may, strict=True)
    )
    return Rows("Table of workflows", headings, rows, _more("workflow", total - len(rows)))


def _more(noun: str, left_out: int) -> str:
    return f"{count(f'more {noun}', left_out)} not shown." if left_out > 0 else ""


ROUTES = (
    web.get("/access-groups", page, name="access-groups"),
    web.get(f"/access-groups/{addresses.ID}", group_page, name="access-group"),
)
