"""The use case of recovery: its order, and the choice of causes."""

import pytest

from torc_client.api.enums import JobStatus
from torc_client.recovery.diagnosis import Cause
from torc_client.recovery.recover import NotRecoverableError, RecoveryOptions, recover

PAGE = {"offset": 0, "max_limit": 10_000, "has_more": False}
EMPTY = {"items": [], "count": 0, "total_count": 0, **PAGE}


@pytest.fixture
def server(fake_server, make):
    """One job failed with an unknown cause."""
    fake_server.answer("get_workflow", make.workflow(7))
    fake_server.answer("get_workflow_status", make.status(run_id=1))
    for listing in ("list_resource_requirements", "list_scheduled_compute_nodes", "list_compute_nodes"):
        fake_server.answer(listing, EMPTY)

    def failed(records):
        return lambda call: records if call.query.get("status") == "failed" else EMPTY

    fake_server.answer("list_jobs", failed(make.jobs([make.job(3, status=JobStatus.FAILED)])))
    result = make.result(3, return_code=5, status=JobStatus.FAILED)
    fake_server.answer("list_results", failed({**EMPTY, "items": [result], "count": 1, "total_count": 1}))
    fake_server.answer("list_files", EMPTY)
    fake_server.answer("create_event", {"id": 1, "workflow_id": 7, "data": {}, "timestamp": 0})
    fake_server.answer("restart_jobs", {"run_id": 2, "updated_count": 1})
    return fake_server


def changes(server) -> list[str]:
    return [call.operation for call in server.calls if not call.operation.startswith(("get_", "list_"))]


async def test_the_causes_are_chosen_from_the_findings(server, client):
    seen = []

    def choose(findings):
        seen.extend(findings)
        return {each.cause for each in findings}

    plan = await recover(client, 7, RecoveryOptions(), choose, report=seen.append)
    assert [(each.outcome.job_id, each.cause) for each in seen] == [(3, Cause.UNKNOWN)]
    assert plan.summary.jobs_to_retry == [3]
    assert changes(server) == ["restart_jobs", "create_event"]


async def test_the_plan_is_reported_before_it_is_carried_out(server, client):
    reported = []
    await recover(
        client, 7, RecoveryOptions(), lambda _: {Cause.UNKNOWN}, report=print,
        report_plan=lambda plan: reported.append((plan.summary.unknown_retried, changes(server))),
    )  # fmt: skip
    assert reported == [(1, [])]


async def test_without_chosen_causes_nothing_is_changed(server, client):
    plan = await recover(client, 7, RecoveryOptions(), lambda _: (), report=print)
    assert not plan.changes_something
    assert changes(server) == []


async def test_runners_are_awaited_before_the_workflow_is_judged(server, client, make):
    server.answer("get_workflow_status", make.status(run_id=1, active_compute_nodes=1))

    async def wait_for_runners():
        server.answer("get_workflow_status", make.status(run_id=1))

    with pytest.raises(NotRecoverableError, match="1 active runner"):
        await recover(client, 7, RecoveryOptions(), lambda _: (), report=print)
    await recover(client, 7, RecoveryOptions(), lambda _: (), report=print, wait_for_runners=wait_for_runners)
