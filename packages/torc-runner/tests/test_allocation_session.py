"""A runner as part of an allocation."""

from datetime import UTC, datetime, timedelta

import pytest

from fake_allocation import FakeAllocation
from fake_workflow import page
from torc_client.api.records import ExecutionConfig, WorkflowModel
from torc_client.batch.system import AllocationId, BatchError
from torc_client.client import TorcClient
from torc_client.testing import Refusal
from torc_runner.allocation_session import (
    AllocationSession,
    first_contact_seconds,
    report_queued_again,
    startup_delay,
    write_variables,
)
from torc_runner.connection.scheduled_node import ScheduledNode

START = datetime(2027, 1, 1, tzinfo=UTC)


def fake(**members):
    return FakeAllocation(**{"started_at": START, **members})


def test_runners_start_at_different_times_of_the_window():
    delays = []
    for number in range(50):
        allocation = fake()
        allocation.identity = f"n{number} sl17_n{number}_pid5"
        delays.append(startup_delay(allocation, 10))
        assert startup_delay(allocation, 0) == 0
    assert len(set(delays)) == 50
    assert 0 <= min(delays) < 3
    assert 7 < max(delays) < 10


@pytest.mark.parametrize(
    ("end_after_seconds", "expected"), [(None, 1200), (3600, 1200), (300, 300), (-5, 1200)],
    ids=["unknown end", "long", "short", "end of an earlier allocation"],
)  # fmt: skip
def test_a_server_that_is_away_is_waited_for_until_the_end(end_after_seconds, expected):
    end = None if end_after_seconds is None else START + timedelta(seconds=end_after_seconds)
    assert first_contact_seconds(fake(known_end=end), 1200, START) == expected


def test_variables_that_may_be_secret_are_not_written(tmp_path):
    kept = {"SLURM_JOB_ID": "17", "SLURM_CONF": "/etc/slurm.conf"}
    secret = {"SLURM_JWT": "hidden", "MY_SLURM_PASSWORD": "hidden", "SLURM_token": "hidden"}
    for _ in range(2):
        write_variables(fake(variables=kept | secret), tmp_path, 7)
    written = (tmp_path / "fake_env_wf7_sl17_n0_pid5.log").read_text()
    assert written == "SLURM_JOB_ID=17\nSLURM_CONF=/etc/slurm.conf\n"


@pytest.mark.parametrize(
    ("walltime_seconds", "config", "warned_seconds_before"),
    [(3600, None, 160), (60, None, 85), (3600, ExecutionConfig(sigterm_lead_seconds=300), 430)],
)
def test_a_warning_may_come_a_minute_early(walltime_seconds, config, warned_seconds_before):
    end = START + timedelta(seconds=walltime_seconds)
    session = AllocationSession(allocation=fake(), scheduled=ScheduledNode(None, 7, fake()), end=None, chosen_end=None)
    workflow = WorkflowModel(name="w", user="ann", execution_config=config)
    assert session.warned_from(workflow) is None
    assert session.ending(end).warned_from(workflow) == end - timedelta(seconds=warned_seconds_before)


def again(answer):
    allocation = fake()

    def is_queued_again():
        if isinstance(answer, Exception):
            raise answer
        return answer

    allocation.is_queued_again = is_queued_again
    return allocation


@pytest.mark.parametrize(
    ("answer", "status"), [(True, ["pending"]), (False, []), (BatchError("scontrol did not answer in 30 s"), [])]
)
@pytest.mark.parametrize("is_refused", [False, True])
async def test_the_server_learns_that_an_allocation_starts_again(server, answer, status, is_refused):
    record = {"id": 1, "workflow_id": 7, "scheduler_config_id": 1, "scheduler_id": 17, "scheduler_type": "fake"}
    server.answer("list_scheduled_compute_nodes", page([{**record, "status": "active"}]))
    server.answer("update_scheduled_compute_node", Refusal(404, "gone") if is_refused else lambda call: call.body)
    async with TorcClient(server.url) as client:
        allocation = again(answer)
        assert allocation.allocation == AllocationId("17")
        scheduled = ScheduledNode(client, 7, allocation)
        await scheduled.begin()
        session = AllocationSession(allocation=allocation, scheduled=scheduled, end=None, chosen_end=None)
        assert session.scheduler_config_id == 1
        await report_queued_again(session)
    assert [call.body["status"] for call in server.calls_of("update_scheduled_compute_node")] == status
