import json

import pytest

from torc_server.engine import events
from torc_server.engine.errors import RuleBroken
from torc_server.engine.signals import Severity
from torc_server.engine.states import JobStatus


def test_the_time_of_an_event_is_stored_in_milliseconds(world):
    events.record(world.tx, world.workflow_id, {"category": "ü"}, now=world.clock.now)
    (row,) = world.connection.execute("SELECT * FROM event").fetchall()
    assert row["workflow_id"] == world.workflow_id
    assert row["timestamp"] == 1767323045000
    assert json.loads(row["data"]) == {"category": "ü"}


def test_a_repeated_step_is_announced_once(world):
    world.job("a")
    world.initialize()
    world.claim()
    world.announced()
    for _ in range(2):
        world.start("a")
    assert [each.event_type for each in world.announced()] == ["job_started"]
    for _ in range(2):
        world.complete("a")
    assert [each.event_type for each in world.announced()] == ["job_completed"]


def test_a_cascade_announces_each_job_that_it_cancels(world):
    world.job("a")
    world.job("b", after=["a"])
    world.job("c", after=["b"])
    world.job("d", after=["a"], cancel_on_failure=False)
    world.initialize()
    world.claim()
    world.announced()
    world.complete("a", 1)
    told = world.announced()
    assert [(each.event_type, each.severity, each.data["job_name"]) for each in told] == [
        ("job_started", Severity.INFO, "a"),  # it was claimed, and ended before its start was reported
        ("job_failed", Severity.ERROR, "a"),
        ("job_canceled", Severity.WARNING, "b"),
        ("job_canceled", Severity.WARNING, "c"),
    ]


def test_each_completion_of_a_batch_is_announced(world):
    for name in "abc":
        world.job(name)
    world.initialize()
    world.claim()
    world.announced()
    refusals = world.complete_many(
        world.completion("a"),
        world.completion("b", 1, status=JobStatus.TERMINATED),
        world.completion("c", status=JobStatus.RUNNING),
    )
    assert [refusal is None for refusal in refusals] == [True, True, False]
    assert [each.event_type for each in world.announced()] == [
        *("job_started", "job_completed"),
        *("job_started", "job_terminated"),
    ]


def test_only_running_and_pending_jobs_are_canceled_with_the_workflow(world):
    for name in ("a", "b"):
        world.job(name)
    world.job("c", after=["a"])
    world.initialize()
    world.claim(1)
    world.announced()
    world.cancel()
    assert [each.data["job_name"] for each in world.announced()] == ["a"]
    world.cancel()
    assert world.announced() == []


def test_long_names_are_cut_in_announcements(world):
    world.job("x" * 5000)
    world.initialize()
    world.claim()
    world.announced()
    world.start("x" * 5000)
    (told,) = world.announced()
    assert told.data["job_name"] == "x" * events.LONGEST_NAME


def test_announcements_need_no_sql(world):
    world.job("a")
    statements: list[str] = []
    world.connection.set_trace_callback(statements.append)
    events.announce_job_started(world.tx, world.workflow_id, 1, "a", node_id=1, run_id=0)
    events.announce_job_ended(world.tx, world.workflow_id, 1, "a", JobStatus.FAILED, return_code=1)
    events.announce_workflow_started(world.tx, world.workflow_id, user="u", anew=True)
    node = {"workflow_id": world.workflow_id, "hostname": "h"}
    events.announce_compute_node_started(world.tx, 1, node)
    events.announce_compute_node_stopped(world.tx, 1, node)
    events.announce_scheduler_node_created(world.tx, 1, {**node, "scheduler_id": 5, "status": "pending"})
    world.connection.set_trace_callback(None)
    assert statements == []
    created = world.announced()[-1]
    assert created.event_type == "scheduler_node_created"
    assert created.data == {
        "category": "scheduler",
        "scheduled_compute_node_id": 1,
        "scheduler_id": 5,
        "scheduler_config_id": None,
        "scheduler_type": None,
        "status": "pending",
    }


def test_a_refused_retry_stores_no_event(world):
    world.job("a")
    world.initialize()
    with pytest.raises(RuleBroken):
        world.retry("a")
    assert world.connection.execute("SELECT COUNT(*) FROM event").fetchone()[0] == 0
