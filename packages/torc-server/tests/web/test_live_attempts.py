"""The effect of every operation of the API on a pending and on a running job.

An operation that is not in `CHANGED` must keep both attempts. A new operation is called automatically.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest

import documented_calls as documented
from torc_server.api.document import build
from torc_server.engine.states import ACTIVE, TRANSITIONS, Cause, JobStatus, LiveAttempt

DOCUMENT = documented.Document(build())
WRITING = [each for each in DOCUMENT.operations if each.method != "GET"]
KEPT, FENCED, ENDED, RETURNED = LiveAttempt.KEPT, LiveAttempt.FENCED, LiveAttempt.ENDED, LiveAttempt.RETURNED
GONE = "deleted with its workflow"

# Of a call with the required members only: the outcome for a pending and for a running job.
CHANGED: dict[str, tuple[Any, Any]] = {
    "initialize_jobs": (FENCED, FENCED),
    "reset_job_status": (FENCED, FENCED),
    "cancel_workflow": (ENDED, ENDED),
    "update_workflow_status": (FENCED, FENCED),
    "complete_job": (KEPT, ENDED),
    "batch_complete_jobs": (KEPT, ENDED),
    "retry_job": (KEPT, FENCED),
    "give_up_compute_node": (FENCED, FENCED),
    "delete_compute_node": (FENCED, FENCED),
    "delete_compute_nodes": (FENCED, FENCED),
    "delete_workflow": (GONE, GONE),
}


@dataclass(frozen=True)
class Live:
    """A workflow with a pending and a running job on one node, and a failed job with a job that depends on it."""

    api: Any
    workflow_id: int
    node_id: int
    pending: int
    running: int
    failed: int
    behind: int

    def rows(self) -> dict[int, tuple[JobStatus, int]]:
        """Return the status and the attempt of each job."""
        with closing(sqlite3.connect(self.api.path)) as connection:
            found = connection.execute("SELECT id, status, attempt_id FROM job").fetchall()
        return {job_id: (JobStatus(status), attempt_id) for job_id, status, attempt_id in found}

    def outcome(self, job_id: int) -> Any:
        """Return what happened to the first attempt of a job."""
        rows = self.rows()
        if job_id not in rows:
            return GONE
        status, attempt_id = rows[job_id]
        if attempt_id > 1:
            assert status not in ACTIVE
            return FENCED
        if status in ACTIVE:
            return KEPT
        return RETURNED if status is JobStatus.READY else ENDED

    @property
    def outcomes(self) -> tuple[Any, Any]:
        return self.outcome(self.pending), self.outcome(self.running)

    async def post(self, path: str, body: Any = None, *, method: str = "POST") -> Any:
        return await self.api.ok(method, path, body)

    async def of_workflow(self, path: str, body: Any = None, *, method: str = "POST") -> Any:
        return await self.post(f"/workflows/{self.workflow_id}/{path}", body, method=method)


@pytest.fixture
async def live(api: Any) -> Live:
    workflow_id = await api.workflow()
    failed, running, pending = await api.jobs(workflow_id, 3)
    (behind,) = await api.jobs(workflow_id, 1, depends_on_job_ids=[failed])
    await api.initialize(workflow_id)
    node_id = await api.node(workflow_id, lease_seconds=600)
    claimed = await api.claim(workflow_id, 4, f"?compute_node_id={node_id}")
    assert {each["id"] for each in claimed["jobs"]} == {pending, running, failed}
    await api.finish(workflow_id, failed, node_id, "failed", 1)
    await api.ok("PUT", f"/jobs/{running}/start_job/0/{node_id}")
    made = Live(api, workflow_id, node_id, pending, running, failed, behind)
    assert made.outcomes == (KEPT, KEPT)
    return made


@pytest.mark.parametrize("operation", WRITING, ids=lambda each: str(each.id))
async def test_every_operation_keeps_live_attempts_or_is_listed(live: Live, operation: Any) -> None:
    records = {"workflows": live.workflow_id, "jobs": live.running, "compute_nodes": live.node_id}
    request = DOCUMENT.request(operation, records, "live")
    if "workflow_id" in {each["name"] for each in operation.parameters}:
        request.query["workflow_id"] = live.workflow_id
    if operation.id == "update_workflow_status":
        request.body["run_id"] = 7
    if operation.id == "retry_job":
        request.query["max_retries"] = 7
    query = {name: str(value) for name, value in request.query.items()}
    await live.api.call(operation.method, request.path, request.body, params=query)
    assert live.outcomes == CHANGED.get(operation.id, (KEPT, KEPT))


async def test_partial_operations_keep_live_attempts(live: Live) -> None:
    await live.of_workflow("initialize_jobs?only_uninitialized=true")
    await live.of_workflow("process_changed_job_inputs")
    await live.of_workflow("reset_job_status?failed_only=true")
    await live.of_workflow("initialize_jobs?only_uninitialized=true")
    await live.api.jobs(live.workflow_id, 1)
    await live.of_workflow("initialize_jobs?only_uninitialized=true")
    assert live.outcomes == (KEPT, KEPT)
    assert live.rows()[live.failed] == (JobStatus.READY, 2)


async def test_live_dependents_of_a_reset_job_keep_their_attempts(live: Live) -> None:
    await live.post(f"/jobs/{live.behind}/manage_status_change/ready/0", method="PUT")
    await live.api.claim(live.workflow_id, 4, f"?compute_node_id={live.node_id}")
    await live.post(f"/jobs/{live.behind}/start_job/0/{live.node_id}", method="PUT")
    await live.of_workflow("reset_job_status?failed_only=true")
    await live.of_workflow("initialize_jobs?only_uninitialized=true")
    assert live.rows()[live.behind] == (JobStatus.RUNNING, 1)


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        ("reset_status?force=true", FENCED),
        ("start_run?force=true", FENCED),
        ("initialize_jobs", FENCED),
        ("reset_job_status", FENCED),
        ("start_run?only_if_uninitialized=true", KEPT),
    ],
)
async def test_the_attempts_that_a_forced_operation_replaces_are_refused(live: Live, path: str, outcome: Any) -> None:
    fences = (await live.of_workflow("is_complete?known_fences=0", method="GET"))["fences"]
    await live.of_workflow(path)
    assert live.outcomes == (outcome, outcome)
    now = (await live.of_workflow("is_complete?known_fences=0", method="GET"))["fences"]
    assert (now > fences) == (outcome is FENCED)
    if outcome is KEPT:
        return
    run_id = (await live.of_workflow("status", method="GET"))["run_id"]
    starts = [{"job_id": job_id, "attempt_id": 1} for job_id in (live.pending, live.running)]
    exchange = {"compute_node_id": live.node_id, "run_id": run_id, "started": starts}
    refused = (await live.of_workflow("report_and_claim", exchange))["errors"]
    assert [each["job_id"] for each in refused] == [live.pending, live.running]
    late = {
        "job_id": live.running,
        "run_id": run_id,
        "status": "completed",
        "result": {
            "workflow_id": live.workflow_id,
            "job_id": live.running,
            "run_id": run_id,
            "attempt_id": 1,
            "compute_node_id": live.node_id,
            "return_code": 0,
            "exec_time_minutes": 1.0,
            "completion_time": "2026-01-01T00:01:00Z",
            "status": "completed",
        },
    }
    reply = await live.api.call("POST", f"/jobs/{live.running}/complete_job/completed/{run_id}", late["result"])
    assert (reply.status, "no longer current" in reply.message) == (409, True)


@pytest.mark.parametrize("status", ["uninitialized", "ready", "pending", "running", "pending_failed"])
async def test_setting_a_status_by_hand_fences_a_live_attempt(live: Live, status: str) -> None:
    for job_id in (live.pending, live.running):
        await live.post(f"/jobs/{job_id}/manage_status_change/{status}/0", method="PUT")
    attempts = [live.rows()[job_id] for job_id in (live.pending, live.running)]
    # A pending job that is set to running has started. The same status again changes nothing.
    kept = {"pending": (1, 2), "running": (1, 1)}.get(status, (2, 2))
    assert attempts == [(JobStatus.from_word(status), attempt_id) for attempt_id in kept]


async def test_a_node_returns_a_job_whose_end_was_refused(live: Live) -> None:
    returned = [{"job_id": job_id, "attempt_id": 1} for job_id in (live.pending, live.running)]
    other = await live.api.node(live.workflow_id, lease_seconds=600)
    await live.of_workflow("report_and_claim", {"compute_node_id": other, "run_id": 0, "returned": returned[1:]})
    assert live.outcomes == (KEPT, KEPT)
    await live.of_workflow("report_and_claim", {"compute_node_id": live.node_id, "run_id": 0, "returned": returned})
    assert live.outcomes == (RETURNED, FENCED)
    assert live.rows()[live.running] == (JobStatus.READY, 2)


async def test_the_table_names_what_the_operations_do(live: Live) -> None:
    del live
    possible = {cause for cause, row in TRANSITIONS.items() if row.from_statuses & ACTIVE}
    assert {cause for cause, row in TRANSITIONS.items() if row.live_attempt is not LiveAttempt.NONE} == possible
    fencing = {cause for cause, row in TRANSITIONS.items() if row.live_attempt is FENCED}
    assert fencing == {
        Cause.REINITIALIZE_ALL,
        Cause.RESET_ALL,
        Cause.MANAGE,
        Cause.RETRY,
        Cause.GIVE_BACK,
    }
