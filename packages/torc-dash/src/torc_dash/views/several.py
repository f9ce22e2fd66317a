"""An action on several workflows: what it will do to each and to how many jobs, the form, and then one task."""

import asyncio
import re
import secrets
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from torc_client.client import TorcClient
from torc_client.errors import ApiError
from torc_client.text import count
from torc_dash import addresses, csrf
from torc_dash.actions.action import Action, ActionField, Situation, options_of
from torc_dash.actions.of_several import CONFIRMED, EXPORT, MOST_WITHOUT_NUMBER, SEVERAL
from torc_dash.rendering import problem_page, respond
from torc_dash.tasks.folders import folders
from torc_dash.tasks.program import argv_of, shown_command
from torc_dash.tasks.registry import TASKS, TooManyTasksError
from torc_dash.tasks.several import Step, argument_of
from torc_dash.upstream import CLIENT

MOST_WORKFLOWS = 100
_FORM_BYTES = 16 * 1024
_ID = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True)
class WorkflowPart:
    """A workflow on the page: what will be done to it. `refusal` is why it is left out."""

    id: int
    name: str
    href: str
    jobs: int
    sentences: tuple[str, ...]
    refusal: str


@dataclass(frozen=True)
class SeveralPage:
    """The values of the template. `once` is the same if one form is sent twice."""

    action: Action
    parts: tuple[WorkflowPart, ...]
    chosen: tuple[int, ...]
    """The ids of the workflows to which it will be done."""

    jobs: int
    fields: tuple[ActionField, ...]
    values: Mapping[str, str]
    problems: tuple[str, ...]
    needs_number: bool
    digest: str
    folder: str
    command: str
    once: str
    here: str
    back: str


@dataclass(frozen=True)
class _Asked:
    """The workflows of a request, and the steps that it would take."""

    action: Action
    ids: tuple[int, ...]
    values: Mapping[str, str]
    parts: tuple[WorkflowPart, ...]
    steps: tuple[Step, ...]

    @property
    def chosen(self) -> tuple[WorkflowPart, ...]:
        return tuple(part for part in self.parts if not part.refusal)

    @property
    def jobs(self) -> int:
        return sum(part.jobs for part in self.chosen)

    @property
    def digest(self) -> str:
        """What the reader saw: these workflows with this number of jobs."""
        return f"{','.join(str(part.id) for part in self.chosen)}:{self.jobs}"

    @property
    def needs_number(self) -> bool:
        return self.action.name in CONFIRMED and self.jobs > MOST_WITHOUT_NUMBER


async def preview(request: web.Request) -> web.Response:
    """Show what the action will do to each workflow."""
    return _respond(request, await _asked(request, request.query.getall("ids", []), request.query), ())


@csrf.accepts(_FORM_BYTES)
async def perform(request: web.Request) -> web.Response:
    """Start the task, or show the form again with what is wrong."""
    sent = await request.post()
    form = {name: value for name, value in sent.items() if isinstance(value, str)}
    started = request.app[TASKS].started_by(form.get("once", ""))
    if started is not None:
        raise web.HTTPSeeOther(addresses.task(started.id))
    asked = await _asked(request, [one for one in sent.getall("ids", []) if isinstance(one, str)], form)
    problems = []
    if form.get("digest") != asked.digest:
        problems.append("The workflows have changed since they were shown. Check them again.")
    if asked.needs_number and re.sub(r"[\s,.']", "", form.get("confirm", "")) != str(asked.jobs):
        problems.append("Type the number of jobs to confirm.")
    if problems or not asked.steps:
        return _respond(request, asked, tuple(problems), status=422)
    tasks = request.app[TASKS]
    argument = argument_of(asked.steps)
    try:
        task = await tasks.start(
            f"{asked.action.title}: {count('workflow', len(asked.steps))}",
            (),
            command="\n".join(step.shown for step in asked.steps),
            folder=tasks.folder,
            once=form.get("once", ""),
            argv=(sys.executable, "-P", "-m", "torc_dash.tasks.several", argument),
        )
    except (OSError, TooManyTasksError) as error:
        return problem_page(request, "Not started", str(error), None, 503)
    raise web.HTTPSeeOther(addresses.task(task.id))


async def _asked(request: web.Request, words: Sequence[str], given: Mapping[str, str]) -> _Asked:
    action = SEVERAL.get(request.match_info["several"])
    if action is None:
        raise web.HTTPNotFound
    every = (part for word in words for part in word.split(","))
    ids = tuple(dict.fromkeys(int(word) for word in every if _ID.fullmatch(word)))[: MOST_WORKFLOWS + 1]
    values = {one.name: given[one.name] for one in action.fields if given.get(one.name)}
    if len(ids) > MOST_WORKFLOWS:
        return _Asked(action, ids, values, (), ())
    situations = await asyncio.gather(*(_situation(request.app[CLIENT], one) for one in ids))
    parts = tuple(_part(action, one, found) for one, found in zip(ids, situations, strict=True))
    done = [
        found
        for part, found in zip(parts, situations, strict=True)
        if isinstance(found, Situation) and not part.refusal
    ]
    steps = await asyncio.gather(*(_step(request, action, found, values) for found in done))
    return _Asked(action, ids, values, parts, tuple(steps))


async def _situation(client: TorcClient, workflow_id: int) -> Situation | str:
    """Return a workflow with its status, or why it cannot be read."""
    try:
        workflow, status = await asyncio.gather(
            client.workflows.get_workflow(workflow_id), client.workflows.get_workflow_status(workflow_id)
        )
    except ApiError as error:
        if error.status in {403, 404}:
            return "It does not exist, or no longer." if error.status == 404 else "You may not see it."
        raise
    return Situation(workflow, status)


def _part(action: Action, workflow_id: int, found: Situation | str) -> WorkflowPart:
    href = addresses.workflow(workflow_id)
    if isinstance(found, str):
        return WorkflowPart(workflow_id, "", href, 0, (), found)
    return WorkflowPart(
        workflow_id,
        found.workflow.name,
        href,
        found.status.total_jobs,
        tuple(action.says(found)) or (action.effect,),
        action.refusal(found),
    )


async def _step(request: web.Request, action: Action, situation: Situation, values: Mapping[str, str]) -> Step:
    tasks = request.app[TASKS]
    # Files are written where the dashboard was started; other commands look for the files of their workflow.
    folder, shown = (tasks.folder, None) if action is EXPORT else await folders(tasks, situation.workflow)
    arguments = [*action.arguments(situation), *options_of(action, values)]
    return Step(argv_of(arguments), shown_command(arguments, shown), str(folder))


def _respond(request: web.Request, asked: _Asked, problems: tuple[str, ...], status: int = 200) -> web.Response:
    if len(asked.ids) > MOST_WORKFLOWS:
        problems = (*problems, f"Select at most {MOST_WORKFLOWS} workflows.")
    elif not asked.ids:
        problems = (*problems, "No workflows are selected.")
    return respond(
        request,
        "pages/several.html",
        SeveralPage(
            action=asked.action,
            parts=asked.parts,
            chosen=tuple(part.id for part in asked.chosen),
            jobs=asked.jobs,
            fields=asked.action.fields,
            values=asked.values,
            problems=problems,
            needs_number=asked.needs_number,
            digest=asked.digest,
            folder=str(request.app[TASKS].folder) if asked.action is EXPORT else "",
            command="\n".join(step.shown for step in asked.steps),
            once=secrets.token_urlsafe(16),
            here=addresses.action_on_several(asked.action.name),
            back=addresses.workflows(),
        ),
        status=status,
    )


_PATH = "/workflows/actions/{several:[a-z-]+}"
ROUTES = (web.get(_PATH, preview, name="several"), web.post(_PATH, perform, name="several"))
