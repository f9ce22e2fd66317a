"""Jobs of a node that was asked to stop: another node runs them again, if there is one."""

from typing import Any

import pytest


class Stopped:
    """A job with a dependent, and the report of its end on the node that stopped."""

    def __init__(self, api: Any, make_result: Any) -> None:
        self.api = api
        self._make_result = make_result

    async def prepare(self, **members: Any) -> None:
        api = self.api
        self.workflow_id = await api.workflow()
        (self.job_id,) = await api.jobs(self.workflow_id, 1)
        (self.dependent_id,) = await api.jobs(self.workflow_id, 1, depends_on_job_ids=[self.job_id])
        await api.initialize(self.workflow_id)
        self.node_id = await api.node(self.workflow_id, lease_seconds=60)
        if members:
            self.other_id = await api.node(self.workflow_id, **members)
        await api.claim(self.workflow_id, 1)
        await api.ok("PUT", f"/jobs/{self.job_id}/start_job/0/{self.node_id}")

    async def report(
        self, *, status: str = "terminated", return_code: int = -15, attempt_id: int = 1, **members: Any
    ) -> Any:
        result = self._make_result(
            self.workflow_id, self.job_id, self.node_id, status=status, return_code=return_code, attempt_id=attempt_id
        )
        completion = {
            "job_id": self.job_id, "run_id": 0, "status": status, "result": result,
            "return_if_others": status == "terminated", **members,
        }  # fmt: skip
        body = {"compute_node_id": self.node_id, "run_id": 0, "completions": [completion]}
        answer = await self.api.ok("POST", f"/workflows/{self.workflow_id}/report_and_claim", body)
        assert answer["errors"] == []
        assert await self.api.broken_promises() == []
        return answer.get("returned", [])

    async def jobs(self) -> list[tuple[str, int]]:
        both = [await self.api.ok("GET", f"/jobs/{job_id}") for job_id in (self.job_id, self.dependent_id)]
        return [(job["status"], job["attempt_id"]) for job in both]


@pytest.fixture
def stopped(api: Any, make_result: Any) -> Stopped:
    return Stopped(api, make_result)


async def test_with_another_active_node_the_job_has_another_attempt(stopped: Stopped, api: Any) -> None:
    await stopped.prepare(lease_seconds=60)
    assert await stopped.report() == [stopped.job_id]
    assert await stopped.jobs() == [("ready", 2), ("blocked", 1)]
    # The answer was lost, and the other node has left meanwhile.
    await api.ok("POST", f"/compute_nodes/{stopped.other_id}/give_up", {})
    assert await stopped.report() == [stopped.job_id]
    assert await stopped.jobs() == [("ready", 2), ("blocked", 1)]


@pytest.mark.parametrize(
    "other", [{}, {"lease_seconds": 60, "is_active": False}, {"is_active": True}], ids=["none", "inactive", "no lease"]
)
async def test_without_another_active_node_the_job_ends(stopped: Stopped, other: dict[str, Any]) -> None:
    await stopped.prepare(**other)
    assert await stopped.report() == []
    assert await stopped.jobs() == [("terminated", 1), ("canceled", 1)]


@pytest.mark.parametrize("is_own", [True, False])
async def test_runners_that_were_started_by_the_stopped_one_do_not_count(stopped: Stopped, is_own: bool) -> None:
    await stopped.prepare()
    started_by = stopped.node_id if is_own else 1000
    await stopped.api.node(stopped.workflow_id, lease_seconds=60, scheduler={"started_by_node_id": started_by})
    assert await stopped.report() == ([] if is_own else [stopped.job_id])


@pytest.mark.parametrize("is_same", [True, False])
async def test_runners_of_the_same_allocation_stop_together(stopped: Stopped, api: Any, *, is_same: bool) -> None:
    await stopped.prepare(lease_seconds=60, scheduler={"scheduler_id": 1 if is_same else 2})
    own = await api.ok("GET", f"/compute_nodes/{stopped.node_id}")
    await api.ok("PUT", f"/compute_nodes/{stopped.node_id}", {**own, "scheduler": {"scheduler_id": 1}})
    assert await stopped.report() == ([] if is_same else [stopped.job_id])


async def test_a_node_of_another_workflow_is_no_other_node(stopped: Stopped, api: Any) -> None:
    await stopped.prepare()
    await api.node(await api.workflow(), lease_seconds=60)
    assert await stopped.report() == []
    assert await stopped.jobs() == [("terminated", 1), ("canceled", 1)]


async def test_a_report_without_the_wish_ends_the_job(stopped: Stopped) -> None:
    await stopped.prepare(lease_seconds=60)
    assert await stopped.report(return_if_others=None) == []
    assert await stopped.jobs() == [("terminated", 1), ("canceled", 1)]


async def test_the_attempts_of_jobs_of_another_workflow_are_not_shown(
    stopped: Stopped, api: Any, make_result: Any
) -> None:
    await stopped.prepare(lease_seconds=60)
    assert await stopped.report() == [stopped.job_id]
    other = await api.workflow()
    node_id = await api.node(other)
    end = {
        "job_id": stopped.job_id,
        "run_id": 0,
        "status": "terminated",
        "result": make_result(other, stopped.job_id, node_id, status="terminated"),
        "return_if_others": True,
    }
    body = {"compute_node_id": node_id, "run_id": 0, "completions": [end]}
    answer = await api.ok("POST", f"/workflows/{other}/report_and_claim", body)
    assert [each["job_id"] for each in answer["errors"]] == [stopped.job_id]
    assert "returned" not in answer


@pytest.mark.parametrize(
    ("status", "is_returned"), [("pending", True), ("submitting", True), ("active", False), ("complete", False)]
)
async def test_an_allocation_that_is_queued_will_run_the_job(
    stopped: Stopped, api: Any, status: str, *, is_returned: bool
) -> None:
    await stopped.prepare()
    await api.ok(
        "POST",
        "/scheduled_compute_nodes",
        {"workflow_id": stopped.workflow_id, "scheduler_config_id": 1, "scheduler_id": 17, "scheduler_type": "slurm",
         "status": status},
    )  # fmt: skip
    assert await stopped.report() == ([stopped.job_id] if is_returned else [])
    assert (await stopped.jobs())[0] == (("ready", 2) if is_returned else ("terminated", 1))


async def test_a_returned_attempt_uses_no_retry_of_a_failure_handler(stopped: Stopped, api: Any) -> None:
    await stopped.prepare(lease_seconds=60)
    assert await stopped.report() == [stopped.job_id]
    for attempt_id, status in ((2, "ready"), (3, "failed")):
        await api.claim(stopped.workflow_id, 1)
        await api.ok("PUT", f"/jobs/{stopped.job_id}/start_job/0/{stopped.node_id}")
        await stopped.report(attempt_id=attempt_id, status="failed", return_code=42, max_attempts=2)
        assert (await stopped.jobs())[0] == (status, 3)
