"""The tasks of this dashboard: what runs, what it prints, and how it ended."""

from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from torc_client.api.enums import JobStatus
from torc_client.edge.terminal_text import inert
from torc_client.text import duration
from torc_dash import addresses
from torc_dash.rendering import respond
from torc_dash.tasks.process import TaskState
from torc_dash.tasks.registry import TASKS, Task

# What a page shows of the output.
MOST_LINES = 500

# The exit codes of `torc`, see docs/reference/exit-statuses.md.
_MEANINGS = {
    1: "It failed; the last lines say why.",
    2: "The command was not understood.",
    3: "It finished, with failed or canceled jobs.",
    4: "It stopped before the end.",
}

# The colours of tasks are those of jobs.
_COLOURS = {
    TaskState.RUNNING: JobStatus.RUNNING,
    TaskState.STOPPING: JobStatus.PENDING,
    TaskState.SUCCEEDED: JobStatus.COMPLETED,
    TaskState.FAILED: JobStatus.FAILED,
}


@dataclass(frozen=True)
class ShownTask:
    """A task on a page."""

    id: int
    title: str
    command: str
    state: TaskState
    colour: JobStatus
    href: str
    workflow_id: int | None
    workflow_href: str
    started: datetime
    lasted: str
    sentence: str
    """How long it runs, or after which time it ended and how."""


@dataclass(frozen=True)
class TasksPage:
    """The values of the list."""

    tasks: tuple[ShownTask, ...]
    live: bool = False


@dataclass(frozen=True)
class TaskPage:
    """The values of the page of one task. `cut` says that the beginning of the output is not shown."""

    task: ShownTask
    output: str
    cut: bool
    is_running: bool
    stop_href: str
    is_stopping: bool
    live: bool = False


async def tasks_page(request: web.Request) -> web.Response:
    """List all tasks, newest first."""
    return respond(request, "pages/tasks.html", TasksPage(tuple(map(_shown, request.app[TASKS].all()))))


async def task_page(request: web.Request) -> web.Response:
    """Show one task with the end of its output."""
    task = _task(request)
    lines = inert(task.process.output.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    kept = lines[-MOST_LINES:]
    return respond(
        request,
        "pages/task.html",
        TaskPage(
            task=_shown(task),
            output="\n".join(kept),
            cut=len(lines) > len(kept) or task.process.dropped_bytes > 0,
            is_running=not task.process.done.is_set(),
            stop_href=f"{addresses.task(task.id)}/stop",
            is_stopping=task.process.state is TaskState.STOPPING,
        ),
    )


async def stop(request: web.Request) -> web.Response:
    """Stop a task, or kill it. The form of one cannot do the other, so that a double click does not kill."""
    task = _task(request)
    if (await request.post()).get("how") == "kill":
        task.process.kill()
    else:
        task.process.stop()
    raise web.HTTPSeeOther(addresses.task(task.id))


def _task(request: web.Request) -> Task:
    task = request.app[TASKS].get(int(request.match_info["id"]))
    if task is None:
        raise web.HTTPNotFound
    return task


def _shown(task: Task) -> ShownTask:
    process = task.process
    lasted = duration(((process.ended_at or datetime.now(UTC)) - process.started_at).total_seconds())
    return ShownTask(
        id=task.id,
        title=task.title,
        command=task.command,
        state=process.state,
        colour=_COLOURS[process.state],
        href=addresses.task(task.id),
        workflow_id=task.workflow_id,
        workflow_href="" if task.workflow_id is None else addresses.workflow(task.workflow_id),
        started=process.started_at,
        lasted=lasted,
        sentence=f"for {lasted}" if process.return_code is None else f"after {lasted}. {_meaning(process.return_code)}",
    )


def _meaning(code: int) -> str:
    if code < 0:
        return f"It was killed by signal {-code}."
    return "" if code == 0 else _MEANINGS.get(code, f"Its exit code is {code}.")


ROUTES = (
    web.get("/tasks", tasks_page, name="tasks"),
    web.get(f"/tasks/{addresses.ID}", task_page, name="task"),
    web.post(f"/tasks/{addresses.ID}/stop", stop, name="stop-task"),
)
