"""An action on an access group: what it will do, the form, and then the task."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from torc_client.api.records import AccessGroupModel, WorkflowModel
from torc_client.edge.terminal_text import inert_line
from torc_client.errors import ForbiddenError, NotFoundError
from torc_dash import addresses
from torc_dash.access_group_rights import GroupRights, may_manage_all, rights_of
from torc_dash.actions.action import ActionField, FieldError
from torc_dash.actions.of_access_groups import ADD_MEMBER, GROUP_ACTIONS, SHARE, GroupAction
from torc_dash.rendering import problem_page, respond
from torc_dash.tasks.program import shown_command
from torc_dash.tasks.registry import TASKS, TooManyTasksError
from torc_dash.upstream import CLIENT


@dataclass(frozen=True)
class GroupActionPage:
    """The values of the template. `once` is the same if one form is sent twice."""

    group: AccessGroupModel
    action: GroupAction
    sentence: str
    refusal: str
    problem: str
    fields: tuple[ActionField, ...]
    values: Mapping[str, str]
    command: str
    once: str
    here: str
    back: str
    live: bool = False


@dataclass(frozen=True)
class _Asked:
    action: GroupAction
    group: AccessGroupModel
    values: Mapping[str, str]
    workflow: WorkflowModel | None
    arguments: tuple[str, ...]
    """Empty while a value is missing or not valid; `problem` says why."""

    problem: str
    refusal: str


async def preview(request: web.Request) -> web.Response:
    """Show what the action will do."""
    asked = await _asked(request, request.query)
    return _respond(request, asked, asked.problem if request.query.get(asked.action.subject.name) else "")


async def perform(request: web.Request) -> web.Response:
    """Start the task, or show the form again with what is wrong."""
    form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    started = request.app[TASKS].started_by(form.get("once", ""))
    if started is not None:
        raise web.HTTPSeeOther(addresses.task(started.id))
    asked = await _asked(request, form)
    if asked.problem or asked.refusal:
        return _respond(request, asked, asked.problem, 422)
    if "preview" in form:
        return _respond(request, asked, "")
    tasks = request.app[TASKS]
    try:
        task = await tasks.start(
            f"{asked.action.title}: {inert_line(asked.group.name)}",
            asked.arguments,
            command=shown_command(asked.arguments),
            folder=tasks.folder,
            workflow_id=None if asked.workflow is None else asked.workflow.id,
            once=form.get("once", ""),
        )
    except (OSError, TooManyTasksError) as error:
        return problem_page(request, "Not started", str(error), None, 503)
    raise web.HTTPSeeOther(addresses.task(task.id))


async def _asked(request: web.Request, given: Mapping[str, str]) -> _Asked:
    action = GROUP_ACTIONS.get(request.match_info["group_action"])
    if action is None:
        raise web.HTTPNotFound
    client, group_id = request.app[CLIENT], int(request.match_info["id"])
    group, members, manages_all = await asyncio.gather(
        client.access_control.get_access_group(group_id),
        client.access_control.list_group_members(group_id),
        may_manage_all(client),
    )
    rights = rights_of(group, members.items, manages_all=manages_all)
    values = {one.name: given[one.name].strip() for one in action.fields if given.get(one.name)}
    arguments: tuple[str, ...] = ()
    workflow, problem = None, ""
    try:
        arguments = tuple(action.arguments(group_id, values))
        if action.is_of_workflow:
            workflow = await client.workflows.get_workflow(int(values[action.subject.name]))
    except FieldError as error:
        problem = str(error)
    except (ForbiddenError, NotFoundError) as error:
        problem = f"{error.message}."
    refusal = _refusal(action, rights, group, workflow)
    is_member = any(one.user_name == values.get("user") for one in members.items)
    if not action.is_of_workflow and not problem and not refusal and is_member is (action is ADD_MEMBER):
        refusal = f"{inert_line(values['user'])} is {'a member already' if is_member else 'not a member'}."
    return _Asked(action, group, values, workflow, arguments, problem, refusal)


def _refusal(action: GroupAction, rights: GroupRights, group: AccessGroupModel, workflow: WorkflowModel | None) -> str:
    """Return why the server would refuse the action; empty if it would not."""
    if not action.is_of_workflow:
        if rights.may_change_members:
            return ""
        return (
            "The setting admin_users of the server names the members of this group."
            if rights.is_system
            else "Only admins of the group and system administrators may change its members."
        )
    if workflow is None:
        return ""
    if not rights.may_share(workflow):
        return "Only the owner of the workflow and admins of the group may change this."
    if (group.name in (workflow.access_groups or ())) is (action is SHARE):
        return "The group can use it already." if action is SHARE else "It is not shared with the group."
    return ""


def _respond(request: web.Request, asked: _Asked, problem: str, status: int = 200) -> web.Response:
    action, group, workflow = asked.action, asked.group, asked.workflow
    subject = f"workflow {workflow.id} ({workflow.name})" if workflow is not None else asked.values.get("user", "")
    default = "the workflow" if action.is_of_workflow else "The user"
    sentence = action.effect.format(group=inert_line(group.name), subject=inert_line(subject) or default)
    group_id = group.id or 0
    return respond(
        request,
        "pages/access_group_action.html",
        GroupActionPage(
            group=group,
            action=action,
            sentence=sentence,
            refusal=asked.refusal,
            problem=problem,
            fields=action.fields,
            values=asked.values,
            command=shown_command(asked.arguments) if asked.arguments else "",
            once=secrets.token_urlsafe(16),
            here=addresses.access_group_action(group_id, action.name),
            back=addresses.access_group(group_id),
        ),
        status=status,
    )


_PATH = f"/access-groups/{addresses.ID}/actions/{{group_action:[a-z-]+}}"
ROUTES = (
    web.get(_PATH, preview, name="access-group-action"),
    web.post(_PATH, perform, name="access-group-action"),
)
