"""Create workflows from texts: each by one `torc create`, also if its form is sent twice, and then run them on request.

A creation keeps its text, so that no error loses it, and so that the page of its workflow can show it.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web

from torc_dash.specs.asking import NoAnswerError, ask
from torc_dash.specs.examination import Examination
from torc_dash.specs.making import NotMadeError, file_name, made_by, scratch_folder
from torc_dash.tasks.program import shown_command
from torc_dash.tasks.registry import TASKS, Task, Tasks, TooManyTasksError

# Creations that are kept when they have ended, and the characters of all their texts.
MOST_ENDED = 100
MOST_CHARACTERS = 40_000_000

Result = TypeVar("Result")


@dataclass(frozen=True)
class SpecForm:
    """The values of the form of a spec. `folder` is as it was typed."""

    text: str = ""
    format: str = "yaml"
    folder: str = ""
    makes_folder: bool = False


@dataclass
class Creation:
    """What a form asked for. `problem` says why no workflow was created, `workflow_id` which was."""

    key: str
    form: SpecForm
    folder: Path
    runs: bool
    done: asyncio.Event = field(default_factory=asyncio.Event)
    examination: Examination | None = None
    problem: str = ""
    workflow_id: int | None = None
    task: Task | None = None


class Creations:
    """The creations of this dashboard, newest last."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._all: dict[str, Creation] = {}
        self._running: set[asyncio.Task[Any]] = set()

    def get(self, key: str) -> Creation | None:
        """Return a creation; None if there is none."""
        return self._all.get(key)

    def form_of(self, workflow_id: int) -> SpecForm | None:
        """Return the form from which this dashboard created a workflow; None if it is not known, or no longer."""
        return next((one.form for one in self._all.values() if one.workflow_id == workflow_id), None)

    def begin(self, once: str, form: SpecForm, folder: Path, *, runs: bool) -> Creation:
        """Begin what a form asks for, or return what it began before."""
        # With its values: who goes back and changes the form sends the same `once`, and means another workflow.
        key = sha256(repr((once, form, folder, runs)).encode("utf-8", "surrogatepass")).hexdigest()[:32]
        known = self._all.get(key)
        if known is not None:
            return known
        creation = self._all[key] = Creation(key, form, folder, runs)
        self._forget_old()
        _ = self.keep(self._perform(creation))
        return creation

    def keep(self, work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        """Do something to its end, also if the browser that asked for it is gone."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def _forget_old(self) -> None:
        ended = [one for one in self._all.values() if one.done.is_set()]
        size = sum(len(one.form.text) for one in self._all.values())
        while ended and (len(ended) > MOST_ENDED or size > MOST_CHARACTERS):
            oldest = ended.pop(0)
            size -= len(oldest.form.text)
            del self._all[oldest.key]

    async def _perform(self, creation: Creation) -> None:
        try:
            await self._create(creation)
            if creation.runs and creation.workflow_id is not None:
                await self._run(creation, creation.workflow_id)
        except (NotMadeError, TooManyTasksError) as error:
            creation.problem = str(error)
        except OSError as error:
            creation.problem = f"The command cannot be started: {error.strerror}."
        finally:
            creation.done.set()

    async def _create(self, creation: Creation) -> None:
        form, folder = creation.form, creation.folder
        if form.makes_folder:
            await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        # If the check takes too long, the command alone decides: it has more time.
        with contextlib.suppress(NoAnswerError):
            async with self._tasks.dry_runs:
                creation.examination = await ask(form.text, form.format, folder)
        if creation.examination is not None and not creation.examination.is_valid:
            return
        name = "spec" if creation.examination is None else creation.examination.name
        async with scratch_folder() as scratch:
            file = scratch / file_name(name, form.format)
            await asyncio.to_thread(file.write_text, form.text, encoding="utf-8", errors="replace")
            creation.task = await self._tasks.start(
                f"Create: {name}",
                ("-f", "json", "create", str(file)),
                command=shown_command(("create", file.name), folder),
                folder=folder,
                once=f"create {creation.key}",
            )
            creation.workflow_id = await made_by(self._tasks, creation.task, file)

    async def _run(self, creation: Creation, workflow_id: int) -> None:
        arguments = ("run", str(workflow_id))
        title = f"Run here: {creation.examination.name if creation.examination else workflow_id}"
        creation.task = await self._tasks.start(
            title,
            arguments,
            command=shown_command(arguments, creation.folder),
            folder=creation.folder,
            workflow_id=workflow_id,
            once=f"run {creation.key}",
        )

    async def close(self) -> None:
        """Give up what has not ended."""
        for work in self._running:
            work.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)


CREATIONS: web.AppKey[Creations] = web.AppKey("creations", Creations)


def set_up(app: web.Application) -> None:
    """Give the application its creations. They use its tasks, which are set up before."""

    async def closed(app: web.Application) -> AsyncIterator[None]:
        yield
        await app[CREATIONS].close()

    app[CREATIONS] = Creations(app[TASKS])
    app.cleanup_ctx.append(closed)
