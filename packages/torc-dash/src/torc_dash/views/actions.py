"""One page for every action: what it will do and to how many, the form, and then the task."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from aiohttp import web
from multidict import MultiMapping

from torc_client.edge.terminal_text import inert
from torc_client.text import count
from torc_dash import addresses, csrf
from torc_dash.actions.action import Action, ActionField, FieldError, Situation, options_of
from torc_dash.actions.dry_run import DryRun, ask
from torc_dash.actions.of_jobs import filter_of
from torc_dash.actions.offers import ACTIONS
from torc_dash.actions.present import Present, present_of
from torc_dash.rendering import problem_page, respond
from torc_dash.tasks.folders import folders
from torc_dash.tasks.program import environment_for, shown_command
from torc_dash.tasks.registry import TASKS, TooManyTasksError
from torc_dash.upstream import CLIENT, UPSTREAM
from torc_dash.workflow_frame import WorkflowFrame, load_frame, workflow_id_of

# More than this number of jobs, and the name of the workflow must be typed to delete it.
MOST_WITHOUT_NAME = 1_000
# With more jobs, a dry run takes seconds: it is done on request.
MOST_WITHOUT_REQUEST = 10_000
# Ids of jobs are values of a filter in an address, which has a limit. A page of a table has no more rows.
MOST_IDS = 250
_FORM_BYTES = 256 * 1024
_ID = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True)
class ActionPage:
    """The values of the template. `once` is the same if one form is sent twice."""

    frame: WorkflowFrame
    action: Action
    sentences: tuple[str, ...]
    refusal: str
    problems: tuple[str, ...]
    dry_run: DryRun | None
    can_dry_run: bool
    fields: tuple[ActionField, ...]
    values: Mapping[str, str]
    present: Mapping[str, str]
    selected: int | None
    hidden: Mapping[str, str]
    needs_name: bool
    command: str
    once: str
    here: str
    back: str
    live: bool = False


@dataclass(frozen=True)
class _Asked:
    """An action with what it is for, and the values of its form."""

    action: Action
    frame: WorkflowFrame
    situation: Situation
    selected: int | None
    values: Mapping[str, str]
    """The values that differ from the present ones."""

    shown: Mapping[str, str]
    present: Present


async def preview(request: web.Request) -> web.Response:
    """Show what the action will do, or go to the action's own page."""
    action = ACTIONS.get(request.match_info["action"])
    if action is not None and action.page is not None:
        raise web.HTTPSeeOther(action.page(workflow_id_of(request)))
    return await _respond(request, await _asked(request, _texts(request.query)), ())


@csrf.accepts(_FORM_BYTES)
async def perform(request: web.Request) -> web.Response:
    """Start the task of the action, or show the form again: with what is wrong, or for other values."""
    form = _texts(await request.post())
    if "preview" in form:
        # Not a GET: the form contains a token, which must not become a part of an address.
        return await _respond(request, await _asked(request, form), (), dry_run_wanted=True)
    started = request.app[TASKS].started_by(form.get("once", ""))
    if started is not None:
        raise web.HTTPSeeOther(addresses.task(started.id))
    asked = await _asked(request, form)
    action, frame = asked.action, asked.frame
    problems = []
    if refusal := _refusal(asked):
        problems.append(refusal)
    if form.get("selected", "") != _number(asked.selected):
        problems.append(f"The selection has changed: it is {count('job', asked.selected or 0)} now. Check it again.")
    if _needs_name(asked) and form.get("confirm", "") != frame.workflow.name:
        problems.append("Type the name of the workflow to delete it.")
    arguments = [*action.arguments(asked.situation)]
    try:
        arguments += options_of(action, asked.values)
    except FieldError as error:
        problems.append(str(error))
    if action.needs_values and not asked.values:
        problems.append("Change at least one value." if asked.present.values else "Give at least one value.")
    if problems:
        return await _respond(request, asked, tuple(problems), status=422)
    folder, shown_folder = await folders(request.app[TASKS], frame.workflow)
    try:
        task = await request.app[TASKS].start(
            f"{action.title}: {frame.workflow.name}",
            arguments,
            command=shown_command(arguments, shown_folder),
            folder=folder,
            workflow_id=None if action.deletes else frame.id,
            once=form.get("once", ""),
            is_for_nodes=action.is_for_nodes,
        )
    except (OSError, TooManyTasksError) as error:
        return problem_page(request, "Not started", str(error), None, 503)
    raise web.HTTPSeeOther(addresses.task(task.id))


def _texts(values: Mapping[str, object]) -> dict[str, str]:
    """Return the values of a form or a query as texts. The ids of selected rows are repeated: they are joined.

    A browser sends each line break as CR LF.
    """
    texts = {name: value.replace("\r\n", "\n") for name, value in values.items() if isinstance(value, str)}
    if isinstance(values, MultiMapping):
        texts["ids"] = ",".join(one for one in values.getall("ids", []) if isinstance(one, str))
    return texts


async def _asked(request: web.Request, values: Mapping[str, str]) -> _Asked:
    action = ACTIONS.get(request.match_info["action"])
    if action is None or action.page is not None:
        raise web.HTTPNotFound
    frame = await load_frame(request, workflow_id_of(request))
    situation = Situation(frame.workflow, frame.status, runs_here=request.app[TASKS].runs(frame.id))
    selected = None
    if action.is_of_jobs:
        words = (word for word in values.get("ids", "").split(",") if _ID.fullmatch(word))
        ids = tuple(dict.fromkeys(int(word) for word in words))
        situation = Situation(
            frame.workflow, frame.status, ids, values.get("filter", "").strip(), values.get("group", "")
        )
        selected = await _count(request, situation)
    present = await present_of(request.app[CLIENT], action, situation)
    given = {one.name: values[one.name] for one in action.fields if values.get(one.name)}
    if request.method == "POST":
        # What the form showed, which may have changed since then.
        was = {one.name: values[f"was-{one.name}"] for one in action.fields if values.get(f"was-{one.name}")}
        present = replace(present, values=was)
    shown = given if request.method == "POST" else {**present.values, **given}
    changed = {name: text for name, text in given.items() if text != present.values.get(name)}
    return _Asked(action, frame, situation, selected, changed, shown, present)


async def _count(request: web.Request, situation: Situation) -> int:
    """Return how many jobs of the workflow are selected. Ids of jobs of other workflows do not count."""
    if not situation.selects_jobs or len(situation.job_ids) > MOST_IDS:
        return len(situation.job_ids)
    words = f"id={','.join(map(str, situation.job_ids))}" if situation.job_ids else filter_of(situation)
    found = await request.app[CLIENT].jobs.list_jobs(workflow_id=situation.id, filter=words, limit=1)
    return found.total_count


async def _respond(
    request: web.Request, asked: _Asked, problems: tuple[str, ...], status: int = 200, *, dry_run_wanted: bool = False
) -> web.Response:
    action, situation, frame = asked.action, asked.situation, asked.frame
    refusal = _refusal(asked)
    arguments = [*action.arguments(situation)]
    try:
        arguments += options_of(action, asked.values)
    except FieldError as error:
        problems = tuple(dict.fromkeys((*problems, str(error))))
    folder, shown_folder = await folders(request.app[TASKS], frame.workflow)
    dry_run = None
    # The dry run lists the jobs: with more of them it would take longer than a reader waits.
    can_dry_run = bool(action.dry_run) and not refusal and (asked.selected or 0) <= MOST_WITHOUT_REQUEST
    can_dry_run = can_dry_run and not problems
    if can_dry_run and (dry_run_wanted or action.is_quick or frame.status.total_jobs <= MOST_WITHOUT_REQUEST):
        environment = environment_for(request.app[UPSTREAM], is_for_nodes=action.is_for_nodes)
        async with request.app[TASKS].dry_runs:
            dry_run = await _dry_run((*arguments, *action.dry_run), environment, folder)
    hidden = {"ids": ",".join(map(str, situation.job_ids)), "filter": situation.filter, "group": situation.group}
    back = addresses.jobs(frame.id, filter=situation.filter) if action.is_of_jobs else action.back(frame.id)
    return respond(
        request,
        "pages/action.html",
        ActionPage(
            frame=frame,
            action=action,
            sentences=(action.effect, *action.says(situation), *asked.present.sentences),
            refusal=refusal,
            problems=problems,
            dry_run=dry_run,
            can_dry_run=can_dry_run,
            fields=action.fields,
            values=asked.shown,
            present=asked.present.values,
            selected=asked.selected,
            hidden={name: value for name, value in hidden.items() if value},
            needs_name=_needs_name(asked),
            command=shown_command(arguments, shown_folder),
            once=secrets.token_urlsafe(16),
            here=addresses.action(frame.id, action.name),
            back=back,
        ),
        status=status,
    )


async def _dry_run(arguments: Sequence[str], environment: Mapping[str, str], folder: Path) -> DryRun:
    try:
        found = await ask(arguments, environment, folder)
    except OSError as error:
        return DryRun(f"The command cannot be started: {error.strerror}.", failed=True)
    return DryRun(inert(found.output), found.failed)


def _refusal(asked: _Asked) -> str:
    """Return why the action cannot be done; empty if it can."""
    ids = asked.situation.job_ids
    if asked.action.is_of_jobs and not asked.selected:
        return "No jobs are selected."
    if len(ids) > MOST_IDS:
        return f"Select at most {MOST_IDS} jobs, or all that match a filter."
    if ids and asked.selected != len(ids):
        return f"{len(ids) - (asked.selected or 0)} of the selected jobs are not in this workflow, or no longer."
    most = asked.action.most_jobs
    if most is not None and (asked.selected or 0) > most:
        return f"This can be done for at most {most:,} jobs at once."
    return asked.action.refusal(asked.situation)


def _needs_name(asked: _Asked) -> bool:
    return asked.action.deletes and asked.frame.status.total_jobs > MOST_WITHOUT_NAME


def _number(selected: int | None) -> str:
    return "" if selected is None else str(selected)


_PATH = f"/workflows/{addresses.ID}/actions/{{action:[a-z-]+}}"
ROUTES = (
    web.get(_PATH, preview, name="action"),
    web.post(_PATH, perform, name="action"),
)
