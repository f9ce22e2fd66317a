"""Recovery of a workflow: why jobs failed, what would change, and the form that does it."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from torc_client.client import TorcClient
from torc_client.job_statuses import UNSUCCESSFUL, count_in
from torc_client.recovery.by_group import RecoveryByGroup
from torc_client.recovery.multipliers import RECOVERY
from torc_client.recovery.sentences import sentences_of
from torc_dash import addresses, csrf
from torc_dash.recovery_form import Wish, digest_of, read_wish
from torc_dash.recovery_rows import MOST_CLASSES, ClassRow, rows_of
from torc_dash.rendering import problem_page, respond
from torc_dash.tasks.folders import folders
from torc_dash.tasks.json_answer import NoOutputError, answer_of
from torc_dash.tasks.program import environment_for, shown_command
from torc_dash.tasks.registry import TASKS, TooManyTasksError
from torc_dash.upstream import CLIENT, UPSTREAM
from torc_dash.workflow_frame import WorkflowFrame, load_frame, workflow_id_of

# With more unsuccessful jobs, the diagnosis takes seconds: it is done on request.
MOST_WITHOUT_REQUEST = 10_000
_FORM_BYTES = 1024 * 1024


@dataclass(frozen=True)
class RecoverPage:
    """The values of the template. `once` is the same if one form is sent twice."""

    frame: WorkflowFrame
    problems: tuple[str, ...]
    refusal: str
    """Why nothing can be recovered now."""

    has_plan: bool
    """Whether the causes were looked for."""

    loads_plan: bool
    """Whether the page asks for the plan by itself."""

    rows: tuple[ClassRow, ...]
    left_out: int
    sentences: tuple[str, ...]
    does_something: bool
    digest: str
    factors: Mapping[str, str]
    usual_factors: Mapping[str, str]
    command: str
    once: str
    here: str
    unsuccessful: int


@dataclass(frozen=True)
class _Answer:
    """What the dry run found, or why there is none."""

    plan: RecoveryByGroup | None = None
    refusal: str = ""


async def page(request: web.Request) -> web.Response:
    """Show why jobs failed, and what a recovery would change. The page asks for this plan later: it takes a while."""
    frame = await load_frame(request, workflow_id_of(request), "overview")
    wish = Wish()
    answer = await _asked(request, frame, wish) if "plan" in request.query else _Answer()
    return await _respond(request, frame, wish, answer)


@csrf.accepts(_FORM_BYTES)
async def perform(request: web.Request) -> web.Response:
    """Show the plan for other values, or start the recovery if it does what the form showed."""
    sent = await request.post()
    form = {name: value for name, value in sent.items() if isinstance(value, str)}
    wish = read_wish(form, _repeated(sent.getall("pick", [])), _repeated(sent.getall("class", [])))
    wants_preview = "preview" in form or request.headers.get("HX-Request") == "true"
    started = request.app[TASKS].started_by(form.get("once", ""))
    if started is not None and not wants_preview:
        raise web.HTTPSeeOther(addresses.task(started.id))
    frame = await load_frame(request, workflow_id_of(request), "overview")
    if wish.problems:
        return await _respond(
            request, frame, wish, await _asked(request, frame, Wish()), problems=wish.problems, status=422
        )
    answer = await _asked(request, frame, wish)
    if wants_preview or answer.plan is None:
        return await _respond(request, frame, wish, answer)
    if wish.is_empty or form.get("digest") != digest_of(answer.plan):
        changed = () if wish.is_empty else ("It would do something else than was shown. This is what it will do now.",)
        return await _respond(request, frame, wish, answer, problems=changed, status=422)
    return await _started(request, frame, wish, form.get("once", ""))


async def _started(request: web.Request, frame: WorkflowFrame, wish: Wish, once: str) -> web.Response:
    tasks = request.app[TASKS]
    folder, shown_folder = await folders(tasks, frame.workflow)
    arguments = wish.arguments(frame.id)
    try:
        task = await tasks.start(
            f"Recover: {frame.workflow.name}",
            arguments,
            command=shown_command(arguments, shown_folder),
            folder=folder,
            workflow_id=frame.id,
            once=once,
            is_for_nodes=True,
        )
    except (OSError, TooManyTasksError) as error:
        return problem_page(request, "Not started", str(error), None, 503)
    raise web.HTTPSeeOther(addresses.task(task.id))


def _repeated(values: Sequence[object]) -> list[str]:
    return [value for value in values if isinstance(value, str)]


def _unsuccessful(frame: WorkflowFrame) -> int:
    return count_in(frame.status.jobs_by_status, UNSUCCESSFUL)


async def _asked(request: web.Request, frame: WorkflowFrame, wish: Wish) -> _Answer:
    """Let the command say what it would do. Without a ticked class it would do nothing that the reader wants."""
    if wish.is_empty:
        wish = Wish(factors=wish.factors)
    folder, _ = await folders(request.app[TASKS], frame.workflow)
    environment = environment_for(request.app[UPSTREAM], is_for_nodes=True)
    arguments = (*wish.arguments(frame.id), "--dry-run")
    try:
        async with request.app[TASKS].dry_runs:
            return _Answer(await answer_of(arguments, environment, folder, RecoveryByGroup))
    except NoOutputError as error:
        return _Answer(refusal=str(error))


async def _users(client: TorcClient, workflow_id: int, plan: RecoveryByGroup) -> dict[int, int]:
    """Return the number of jobs by ids of requirements."""
    ids = [each.id for each in plan.requirements[:MOST_CLASSES]]
    counts = await asyncio.gather(
        *(
            client.jobs.list_jobs(workflow_id=workflow_id, filter=f"resource_requirements_id={needs_id}", limit=0)
            for needs_id in ids
        )
    )
    return {needs_id: found.total_count for needs_id, found in zip(ids, counts, strict=True)}


async def _respond(
    request: web.Request,
    frame: WorkflowFrame,
    wish: Wish,
    answer: _Answer,
    *,
    problems: tuple[str, ...] = (),
    status: int = 200,
) -> web.Response:
    plan = answer.plan
    users = {} if plan is None else await _users(request.app[CLIENT], frame.id, plan)
    _, shown_folder = await folders(request.app[TASKS], frame.workflow)
    rows = () if plan is None else rows_of(plan, users, wish.values)
    sentences = () if plan is None else sentences_of(plan, users)
    if plan is not None and wish.is_empty:
        rows, sentences = (
            tuple(replace(row, ticked=False) for row in rows),
            ("No group is ticked: nothing will be done.",),
        )
    elif not sentences and plan is not None:
        sentences = ("No job failed: there is nothing to recover.",)
    return respond(
        request,
        "pages/recover.html",
        RecoverPage(
            frame=frame,
            problems=problems,
            refusal=answer.refusal,
            has_plan=plan is not None,
            loads_plan=answer == _Answer() and _unsuccessful(frame) <= MOST_WITHOUT_REQUEST,
            rows=rows,
            left_out=0 if plan is None else len(plan.groups) - len(rows),
            sentences=sentences,
            does_something=plan is not None
            and not wish.is_empty
            and bool(plan.jobs_to_retry or plan.was_canceled or plan.stranded_jobs),
            digest="" if plan is None else digest_of(plan),
            factors=wish.factors,
            usual_factors={
                "memory_multiplier": f"{RECOVERY.memory:g}",
                "runtime_multiplier": f"{RECOVERY.runtime:g}",
            },
            command=shown_command(wish.arguments(frame.id), shown_folder),
            once=secrets.token_urlsafe(16),
            here=addresses.recover(frame.id),
            unsuccessful=_unsuccessful(frame),
        ),
        status=status,
    )


_PATH = f"/workflows/{addresses.ID}/recover"
ROUTES = (web.get(_PATH, page, name="recover"), web.post(_PATH, perform, name="recover"))
