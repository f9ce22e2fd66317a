"""Every key of the terminal interface that changes something does so on a real server, after it has said what.

`PERFORMED` has a function for each of these keys. It presses the key, answers the dialog, and looks at the records.
"""

import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from support.processes import Place, Reports, Server, ended_after
from support.terminal_world import SPEC, World
from torc_client.client import TorcClient
from torc_client.errors import NotFoundError
from torc_client.tui.keys import KEYS, Key, Scope
from torc_client.workflow_operations.initialize import initialize

WAITING = """
name: waiting
jobs:
  - {name: long, command: "echo long > reports; read go < gate"}
  - {name: after, command: "true", depends_on: [long]}
"""


@pytest.fixture
def here(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The directory and the environment of this process are those of the place."""
    for name, value in place.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(place.directory)
    return place


@pytest.fixture
async def world(here: Place, server: Server, reports: Reports, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TORC_API_URL", server.url)
    world = World(here, server, reports)
    async with TorcClient(server.url) as client:
        world.client = client
        yield world


# Workflows


async def new_workflow(world: World) -> None:
    await world.create(SPEC.format(name="earlier"))
    world.place.file("sweep.yaml", SPEC.format(name="from-a-file"))
    async with world.interface() as tui:
        await tui.press("n")
        await tui.shows("sweep.yaml YAML")
        await tui.press(*"sweep.yaml", "enter")
        await tui.shows("from-a-file")
        await tui.press("enter")
        await world.told("Created workflow 2 with 3 jobs.")
        await tui.until(lambda: tui.app.session.workflow_id == 2)
        # The next key is for the new workflow.
        await tui.until(lambda: tui.app.main.workflows.chosen_ids() == (2,))
    assert [job.name for job in await world.jobs(2)] == ["first", "second", "third"]


async def initialize_workflow(world: World) -> None:
    workflow_id = await world.create(SPEC.format(name="new"))
    async with world.interface():
        said = await world.on_workflow("i", "y")
        assert "A new run begins: 3 jobs can run" in said
        await world.told("Initialized workflow 1.")
    assert await world.statuses(workflow_id) == {"first": "ready", "second": "blocked", "third": "blocked"}


async def reinitialize(world: World) -> None:
    workflow_id = await world.ran()
    await world.client.workflows.cancel_workflow(workflow_id)
    async with world.interface():
        said = await world.on_workflow("I", "y")
        assert "The cancellation of the workflow is lifted." in said
        await world.told("of workflow 1 can run again.")
    assert (await world.statuses(workflow_id))["first"] == "completed"
    assert not (await world.client.workflows.get_workflow_status(workflow_id)).is_canceled


async def reset(world: World) -> None:
    workflow_id = await world.ran()
    async with world.interface():
        said = await world.on_workflow("R", "enter")
        assert "3 jobs become uninitialized." in said
        assert "1 job completed before." in said
        # The focus is on the button that does nothing.
        assert (await world.statuses(workflow_id))["first"] == "completed"
        await world.on_workflow("R", "y")
        await world.told("Reset 3 jobs of workflow 1.")
    assert set((await world.statuses(workflow_id)).values()) == {"uninitialized"}


async def retry_failed(world: World) -> None:
    workflow_id = await world.ran()
    async with world.interface():
        assert "2 jobs will be ready to run again" in await world.on_workflow("y", "y")
        await world.told("of workflow 1, ready to run again.")
    assert await world.statuses(workflow_id) == {"first": "completed", "second": "ready", "third": "blocked"}


async def run(world: World) -> None:
    workflow_id = await world.create(SPEC.format(name="here"))
    world.place.file("mended", "")
    async with world.interface() as tui:
        said = await world.on_workflow("x", "enter")
        assert "A runner on this machine runs 3 jobs" in said
        await tui.shows("run 1: torc run 1")
        await tui.shows("ended with exit code 0")
    assert set((await world.statuses(workflow_id)).values()) == {"completed"}


async def submit(world: World) -> None:
    await world.create(SPEC.format(name="no-slurm"))
    async with world.interface():
        said = await world.on_workflow("s", "y", "escape")
    assert "No due action of the workflow requests allocations." in said


async def watch(world: World) -> None:
    await world.ran()
    async with world.interface() as tui:
        said = await world.on_workflow("W", "enter")
        assert "until the workflow has ended" in said
        await tui.shows("ended with exit code")
        assert "watch 1" in tui.text


async def recover(world: World) -> None:
    workflow_id = await world.ran()
    world.place.file("mended", "")
    async with world.interface() as tui:
        await tui.press("V")
        await tui.shows("[ ] Failed by itself second 1")
        await tui.press("space")
        await tui.shows("1 job will be ready to run again, and what depends on them.")
        await tui.press("enter")
        await tui.dialog()
        await tui.press("ctrl+u", *"4g", "enter")
        await tui.shows("default: memory 1m → 4g")
        assert "Recover workflow 1" in await world.asked("a", "y")
        await world.told("1 job of workflow 1 can run again.")
    assert await world.statuses(workflow_id) == {"first": "completed", "second": "ready", "third": "blocked"}
    (_, second, _) = await world.jobs(workflow_id)
    assert second.resource_requirements_id is not None
    needs = await world.client.resource_requirements.get_resource_requirements(second.resource_requirements_id)
    assert needs.memory == "4g"


async def cancel_workflow(world: World) -> None:
    workflow_id = await world.create(SPEC.format(name="stop"))
    await initialize(world.client, workflow_id)
    async with world.interface():
        said = await world.on_workflow("C", "y")
        assert "Running: 0 jobs, to be stopped. Waiting: 3 jobs, not to be started." in said
        await world.told("Canceled workflow 1.")
    assert (await world.client.workflows.get_workflow_status(workflow_id)).is_canceled


async def delete_workflow(world: World) -> None:
    workflow_id = await world.create(SPEC.format(name="gone"))
    async with world.interface():
        said = await world.on_workflow("d", "enter", "y", "enter", "escape")
        assert "1 workflow with 3 jobs: 1 gone." in said
        await world.client.workflows.get_workflow(workflow_id)
        await world.on_workflow("d", *"delete", "space", "1", "enter")
        await world.told("Deleted workflow 1.")
    with pytest.raises(NotFoundError):
        await world.client.workflows.get_workflow(workflow_id)


async def archive(world: World) -> None:
    workflow_id = await world.create(SPEC.format(name="old"))
    async with world.interface():
        await world.on_workflow("z", "y")
        await world.told("Archived workflow 1.")
    assert (await world.client.workflows.get_workflow(workflow_id)).is_archived


# Jobs


@asynccontextmanager
async def running(world: World) -> AsyncIterator[tuple[int, Any]]:
    """Run a workflow of which one job runs and another waits for it."""
    os.mkfifo(world.place.directory / "gate")
    workflow_id = await world.create(WAITING)
    with ended_after(world.place.start("torc", "run", workflow_id)) as runner:
        assert world.reports.next(of=[runner]) == ["long"]
        while (await world.statuses(workflow_id))["long"] != "running":
            pass
        yield workflow_id, runner


async def cancel_jobs(world: World) -> None:
    workflow_id = await world.create(SPEC.format(name="stop"))
    await initialize(world.client, workflow_id)
    async with world.interface():
        said = await world.on_jobs("C", "y", select=("space", "space"))
        assert "2 jobs: 1 ready, 1 blocked." in said
        await world.told("Stopped 2 jobs.")
    assert await world.statuses(workflow_id) == {"first": "failed", "second": "failed", "third": "canceled"}


async def terminate_jobs(world: World) -> None:
    async with running(world) as (workflow_id, runner), world.interface():
        said = await world.on_jobs("t", "y", select=("asterisk",))
        assert "Running: 1 job. The runner ends the processes now." in said
        assert "Not changed: 1 job of the selection." in said
        await world.told("Stopped 1 job.")
        # The runner leaves: it has ended the job, which would else read the pipe for ever.
        assert runner.wait() == 3
    assert await world.statuses(workflow_id) == {"long": "failed", "after": "canceled"}


async def retry_jobs(world: World) -> None:
    workflow_id = await world.ran()
    async with world.interface():
        said = await world.on_jobs("y", "y", select=("down",))
        assert "Also what depends on them: 1 job (third)." in said
        await world.told("2 jobs can run again.")
    assert await world.statuses(workflow_id) == {"first": "completed", "second": "ready", "third": "blocked"}


async def reset_jobs(world: World) -> None:
    workflow_id = await world.ran()
    async with world.interface():
        assert "Completed, and run again: 1 job (first)." in await world.on_jobs("U", "y")
        await world.told("Reset 3 jobs.")
    assert set((await world.statuses(workflow_id)).values()) == {"uninitialized"}


async def set_priority(world: World) -> None:
    workflow_id = await world.create(SPEC.format(name="order"))
    async with world.interface():
        await world.on_jobs("p", "ctrl+u", *"7", "enter", select=("asterisk",))
        await world.told("Changed the priority of 3 jobs to 7.")
    assert {job.priority for job in await world.jobs(workflow_id)} == {7}


async def set_command(world: World) -> None:
    workflow_id = await world.ran()
    async with world.interface():
        said = await world.on_jobs("dollar_sign", "ctrl+u", *"true", "enter", select=("down",))
        assert "Also what depends on them: 1 job (third)." in said
        await world.told("Changed the command of job 2. 2 jobs can run again.")
    assert [job.command for job in await world.jobs(workflow_id)][1] == "true"
    assert await world.statuses(workflow_id) == {"first": "completed", "second": "ready", "third": "blocked"}


async def set_requirements(world: World) -> None:
    workflow_id = await world.create(SPEC.format(name="needs"))
    async with world.interface():
        await world.on_jobs("m", "ctrl+u", *"3g", "enter")
        await world.told("Changed the requirements of 1 job.")
    ids = [job.resource_requirements_id for job in await world.jobs(workflow_id)]
    memory = [(await world.client.resource_requirements.get_resource_requirements(one or 0)).memory for one in ids]
    assert memory == ["3g", "1m", "1m"]


PERFORMED: dict[str, Callable[[World], Awaitable[None]]] = {
    "new_workflow": new_workflow,
    "initialize": initialize_workflow,
    "reinitialize": reinitialize,
    "reset": reset,
    "retry_failed": retry_failed,
    "run": run,
    "submit": submit,
    "watch": watch,
    "recover": recover,
    "cancel_workflow": cancel_workflow,
    "delete_workflow": delete_workflow,
    "archive": archive,
    "cancel_jobs": cancel_jobs,
    "terminate_jobs": terminate_jobs,
    "retry_jobs": retry_jobs,
    "reset_jobs": reset_jobs,
    "set_priority": set_priority,
    "set_command": set_command,
    "set_requirements": set_requirements,
}
# They change no record of the server: its process, and the process of a child.
ELSEWHERE = {"start_server", "stop_server", "kill"}


def changing() -> list[Key]:
    return [key for key in KEYS if key.changes and key.action not in ELSEWHERE]


def test_every_key_that_changes_something_is_performed() -> None:
    # `recover` also presses the key that applies.
    assert {key.action for key in changing()} == {*PERFORMED, "apply_recovery"}


@pytest.mark.parametrize("action", PERFORMED)
async def test_a_key_does_what_it_says(world: World, action: str) -> None:
    await PERFORMED[action](world)


async def test_an_export_can_be_imported(world: World) -> None:
    await world.create(SPEC.format(name="portable"))
    async with world.interface():
        await world.on_workflow("X", "enter")
        await world.told("Exported workflow 1 to workflow-1.json.")
    document = json.loads((world.place.directory / "workflow-1.json").read_text())
    assert len(document["jobs"]) == 3


async def test_read_only_refuses_every_key_that_changes_something(world: World) -> None:
    workflow_id = await world.ran()
    before = await world.statuses(workflow_id)
    async with world.interface(read_only=True) as tui:
        for key in changing():
            if Scope.RECOVERY in key.scopes:
                continue
            if Scope.WORKFLOWS in key.scopes:
                tui.app.main.workflows.focus_first()
            else:
                await tui.view("jobs")
            await tui.press(key.keys[0])
            await tui.pilot.pause()
            assert len(tui.app.screen_stack) == 1, key
    assert await world.statuses(workflow_id) == before
    assert (await world.client.workflows.get_workflow_status(workflow_id)).run_id == 1


async def test_a_refused_action_is_a_message_and_the_program_continues(world: World) -> None:
    workflow_id = await world.create(SPEC.format(name="raced"))
    async with world.interface() as tui:
        await tui.press("d")
        dialog = await tui.dialog()
        await world.client.workflows.delete_workflow(workflow_id)
        await tui.press(*"delete", "space", "1", "enter")
        await tui.until(lambda: dialog not in tui.app.screen_stack)
        await world.told("There is no workflow 1")
        assert tui.app.is_running


async def test_quitting_asks_before_it_ends_a_runner(world: World) -> None:
    os.mkfifo(world.place.directory / "gate")
    workflow_id = await world.create(WAITING)
    async with world.interface() as tui:
        await world.on_workflow("x", "enter")
        await tui.until(lambda: tui.app.processes.running)
        while (await world.statuses(workflow_id))["long"] != "running":
            await tui.pilot.pause(0.02)
        await tui.press("q")
        assert "torc run 1: running for" in await world.asked("q", "enter")
        assert tui.app.processes.running
        assert "torc run 1: running for" in await world.asked("ctrl+c", "enter")
        assert tui.app.is_running
        await world.asked("q", "y")
    assert not tui.app.processes.running
    assert (await world.statuses(workflow_id))["long"] != "running"


async def test_files_are_found_where_the_workflow_was_created(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = """
name: elsewhere
files: [{name: data, path: data.csv}]
jobs: [{name: reads, command: cat data.csv, input_files: [data]}]
"""
    workflow_id = await world.create(text)
    world.place.file("data.csv", "1")
    monkeypatch.chdir(tmp_path)
    async with world.interface() as tui:
        assert "missing" not in await world.on_workflow("i", "y")
        await world.told("Initialized workflow 1.")
        said = await world.on_workflow("x", "enter")
        assert f"It runs in {world.place.directory}, where the workflow was created." in said
        await tui.shows("ended with exit code 0")
    assert await world.statuses(workflow_id) == {"reads": "completed"}
