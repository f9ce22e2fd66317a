"""All tasks of this dashboard. They are kept in memory and end with it."""

import asyncio
import itertools
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from aiohttp import web

from torc_dash.tasks.process import TaskProcess
from torc_dash.tasks.program import argv_of, environment_for
from torc_dash.upstream import Upstream

# Ended tasks that are kept, and tasks that may run at the same time.
MOST_ENDED = 100
MOST_RUNNING = 32
# Dry runs at the same time. A page waits for its turn.
MOST_DRY_RUNS = 4
# A runner gives its jobs 10 s to end.
PATIENCE_SECONDS = 20.0
_logger = logging.getLogger(__name__)


class TooManyTasksError(Exception):
    """No further task can be started before one ends."""


@dataclass(frozen=True)
class Task:
    """A command that the dashboard runs or ran. `workflow_id` is None for one that concerns no workflow."""

    id: int
    title: str
    command: str
    workflow_id: int | None
    process: TaskProcess
    runs_jobs: bool = False
    """Whether it is a runner."""


class Tasks:
    """The tasks, newest last. A form that is sent twice starts one task: both have the same `once`.

    `folder` is where the dashboard was started.
    """

    def __init__(self, upstream: Upstream, folder: Path | None = None) -> None:
        self.folder = Path.cwd() if folder is None else folder
        self.dry_runs = asyncio.Semaphore(MOST_DRY_RUNS)
        self._upstream = upstream
        self._tasks: dict[int, Task] = {}
        self._by_form: dict[str, int] = {}
        self._ids = itertools.count(1)
        self._lock = asyncio.Lock()

    def all(self) -> list[Task]:
        """Return all tasks, newest first."""
        return [*reversed(self._tasks.values())]

    def get(self, task_id: int) -> Task | None:
        """Return a task; None if there is none with this id."""
        return self._tasks.get(task_id)

    def started_by(self, once: str) -> Task | None:
        """Return the task that a form started that was sent before; None if it was not."""
        return self._tasks.get(self._by_form.get(once, 0))

    def of_workflow(self, workflow_id: int) -> list[Task]:
        """Return the tasks of a workflow that have not ended, newest first."""
        return [one for one in self.all() if one.workflow_id == workflow_id and not one.process.done.is_set()]

    def runs(self, workflow_id: int) -> bool:
        """Whether a task runs the jobs of a workflow: other commands on it do not count."""
        return any(one.runs_jobs for one in self.of_workflow(workflow_id))

    async def start(
        self,
        title: str,
        arguments: Sequence[str],
        *,
        command: str,
        folder: Path,
        workflow_id: int | None = None,
        once: str = "",
        is_for_nodes: bool = False,
        argv: Sequence[str] | None = None,
    ) -> Task:
        """Run `torc` with these arguments, or the program `argv`. Raises OSError and TooManyTasksError.

        `command` is shown.
        """
        async with self._lock:
            if (started := self.started_by(once)) is not None:
                return started
            if sum(not one.process.done.is_set() for one in self._tasks.values()) >= MOST_RUNNING:
                raise TooManyTasksError(f"{MOST_RUNNING} tasks run already. Try again when one has ended.")
            process = TaskProcess()
            environment: Mapping[str, str] = environment_for(self._upstream, is_for_nodes=is_for_nodes)
            await process.start(argv_of(arguments) if argv is None else argv, environment, folder)
            runs_jobs = [*arguments[:1]] == ["run"]
            task = Task(next(self._ids), title, command, workflow_id, process, runs_jobs)
            self._tasks[task.id] = task
            if once:
                self._by_form[once] = task.id
            self._forget_old()
            return task

    def concern(self, task_id: int, workflow_id: int) -> None:
        """Note the workflow that a task created."""
        if (task := self._tasks.get(task_id)) is not None:
            self._tasks[task_id] = replace(task, workflow_id=workflow_id)

    def _forget_old(self) -> None:
        ended = [one.id for one in self._tasks.values() if one.process.done.is_set()]
        for task_id in ended[: max(0, len(ended) - MOST_ENDED)]:
            del self._tasks[task_id]
        self._by_form = {once: task_id for once, task_id in self._by_form.items() if task_id in self._tasks}

    async def close(self) -> None:
        """Stop all tasks, as a terminal that is closed stops its commands, and wait for their ends."""
        running = [one for one in self._tasks.values() if not one.process.done.is_set()]
        for one in running:
            _logger.warning("stopping: %s", one.command)
        await asyncio.gather(*(one.process.end(PATIENCE_SECONDS) for one in running))


TASKS: web.AppKey[Tasks] = web.AppKey("tasks", Tasks)


def set_up(app: web.Application, upstream: Upstream) -> None:
    """Give the application its tasks, which end with it."""

    async def closed(app: web.Application) -> AsyncIterator[None]:
        yield
        await app[TASKS].close()

    app[TASKS] = Tasks(upstream)
    app.cleanup_ctx.append(closed)
