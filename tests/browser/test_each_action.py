"""Each action in a browser: its preview says what it will do, its task does it, and the server shows the outcome."""

from collections.abc import Callable
from typing import Any

import pytest

from support import needs
from support.browsing import Visit, expect, make_workflow, run_failed_workflow, tell
from support.processes import Place, Server
from torc_client.api.enums import JobStatus
from torc_client.api.records import WorkflowModel
from torc_dash.actions.offers import ACTIONS

pytestmark = needs.programs("chromium")

# Actions with tests of their own.
ELSEWHERE = {
    "change-requirements": "tests/browser/test_resources.py",
    "delete": "tests/browser/test_actions.py",
    "edit": "tests/browser/test_actions.py",
    "fit-resources": "tests/browser/test_resources.py",
    "own-requirements": "tests/browser/test_actions.py",
    "recover": "tests/browser/test_recover.py",
    "reset-jobs": "tests/browser/test_actions.py",
    "retry": "tests/browser/test_actions.py",
    "run": "tests/browser/test_actions.py",
    "submit": "tests/slurm/test_dashboard_submits.py",
}

_HELD_SPEC = """\
name: held
use_pending_failed: true
jobs:
  - {name: first, command: exit 3}
  - {name: second, command: "true", depends_on: [first]}
"""

_READING_SPEC = """\
name: reading
files:
  - {name: data, path: data.txt}
jobs:
  - {name: read_data, command: "cat ${files.input.data}"}
  - {name: other, command: "true"}
"""


def perform(visit: Visit, workflow_id: int, action: str, *, says: str, values: dict[str, str] | None = None) -> None:
    """Open the preview of an action, fill in its form, and wait until its task succeeded."""
    name, _, selection = action.partition("?")
    visit.open(f"/workflows/{workflow_id}/actions/{name}?{selection}")
    visit.sees(says)
    for label, value in (values or {}).items():
        visit.page.get_by_role("textbox", name=label, exact=True).fill(value)
    save(visit)


def save(visit: Visit) -> None:
    """Press the button of the action, and wait until its task succeeded."""
    visit.page.locator("form button.primary").click()
    expect(visit.page.locator("#task .chip.is-completed")).to_be_visible(timeout=60_000)


def jobs_of(server: Server, workflow_id: int) -> dict[str, Any]:
    """Return the jobs by name."""
    listed = tell(server, lambda client: client.jobs.list_jobs(workflow_id=workflow_id))
    return {job.name: job for job in listed.items}


def statuses(server: Server, workflow_id: int) -> set[JobStatus]:
    """Return the different statuses of the jobs."""
    return {job.status for job in jobs_of(server, workflow_id).values()}


def workflow(server: Server, workflow_id: int) -> WorkflowModel:
    """Return the record of the workflow."""
    found: WorkflowModel = tell(server, lambda client: client.workflows.get_workflow(workflow_id))
    return found


def initialized(server: Server, place: Place, visit: Visit) -> None:
    workflow_id = run_failed_workflow(place, server)
    perform(visit, workflow_id, "initialize", says="A new run begins")
    assert statuses(server, workflow_id) == {JobStatus.READY, JobStatus.BLOCKED}


def reinitialized(server: Server, place: Place, visit: Visit) -> None:
    place.file("data.txt", "1\n")
    created = place.torc("create", place.file("reading.yaml", _READING_SPEC))
    workflow_id = int(created["workflow_id"])
    place.run("torc", "run", workflow_id)
    place.file("data.txt", "1 2 3\n")
    perform(visit, workflow_id, "reinitialize", says="read_data")
    status = {name: job.status for name, job in jobs_of(server, workflow_id).items()}
    assert status == {"read_data": JobStatus.READY, "other": JobStatus.COMPLETED}


def reset(server: Server, place: Place, visit: Visit) -> None:
    workflow_id = run_failed_workflow(place, server)
    perform(visit, workflow_id, "reset", says="5 jobs will be ready to run again")
    assert statuses(server, workflow_id) == {JobStatus.READY, JobStatus.BLOCKED}


def canceled(server: Server, place: Place, visit: Visit) -> None:
    workflow_id = make_workflow(server, "ready", 3)
    perform(visit, workflow_id, "cancel", says="0 running jobs will be stopped, and no further ones start.")
    assert tell(server, lambda client: client.workflows.get_workflow_status(workflow_id)).is_canceled


def archived_and_restored(server: Server, place: Place, visit: Visit) -> None:
    workflow_id = make_workflow(server, "old", 1)
    perform(visit, workflow_id, "archive", says="Lists show it only on request")
    assert workflow(server, workflow_id).is_archived
    visit.open(f"/workflows/{workflow_id}/actions/archive")
    visit.sees("The workflow is archived already.")
    perform(visit, workflow_id, "restore", says="Lists show the workflow again.")
    assert not workflow(server, workflow_id).is_archived


def synchronized(server: Server, place: Place, visit: Visit) -> None:
    workflow_id = make_workflow(server, "calm", 1)
    perform(visit, workflow_id, "sync-status", says="are found and ended")
    assert statuses(server, workflow_id) == {JobStatus.READY}


def decided(server: Server, place: Place, visit: Visit) -> None:
    created = place.torc("create", place.file("held.yaml", _HELD_SPEC))
    workflow_id = int(created["workflow_id"])
    place.run("torc", "run", workflow_id, status=None)
    held = jobs_of(server, workflow_id)["first"]
    assert held.status is JobStatus.PENDING_FAILED
    perform(visit, workflow_id, f"fail-jobs?ids={held.id}", says="1 job selected.")
    assert jobs_of(server, workflow_id)["first"].status is JobStatus.FAILED


def edited(server: Server, place: Place, visit: Visit) -> None:
    workflow_id = run_failed_workflow(place, server)
    failed = jobs_of(server, workflow_id)["simulate_2"].id
    visit.open(f"/workflows/{workflow_id}/actions/edit-job?ids={failed}")
    visit.page.get_by_label("Reset it first").check()
    visit.page.get_by_role("textbox", name="Command", exact=True).fill("true")
    save(visit)
    changed = jobs_of(server, workflow_id)
    assert (changed["simulate_2"].command, changed["simulate_2"].status) == ("true", JobStatus.READY)
    assert changed["simulate_1"].status is JobStatus.COMPLETED
    assert changed["summarise"].status is JobStatus.BLOCKED


def preferred(server: Server, place: Place, visit: Visit) -> None:
    workflow_id = make_workflow(server, "many", 12)
    perform(visit, workflow_id, "set-priority?filter=job_00", says="10 jobs selected.", values={"Priority": "7"})
    priorities = [job.priority or 0 for job in jobs_of(server, workflow_id).values()]
    assert sorted(priorities) == [0] * 2 + [7] * 10


HERE: dict[str, Callable[[Server, Place, Visit], None]] = {
    "archive": archived_and_restored,
    "cancel": canceled,
    "edit-job": edited,
    "fail-jobs": decided,
    "initialize": initialized,
    "reinitialize": reinitialized,
    "reset": reset,
    "restore": archived_and_restored,
    "set-priority": preferred,
    "sync-status": synchronized,
}


@pytest.mark.parametrize("act", dict.fromkeys(HERE.values()), ids=lambda act: act.__name__)
def test_an_action_does_what_its_preview_says(
    act: Callable[[Server, Place, Visit], None], server: Server, place: Place, visit: Visit
):
    act(server, place, visit)
    assert visit.complaints == []


def test_each_action_has_a_test():
    assert sorted({*HERE, *ELSEWHERE}) == sorted(ACTIONS)
