"""Deciding that pending_failed jobs failed."""

import pytest

from torc_server.engine.errors import RuleBroken
from torc_server.engine.execution.fail import fail_jobs
from torc_server.engine.signals import WorkflowCompleted
from torc_server.engine.states import JobStatus


@pytest.fixture
def held(world):
    """`a` and `b` are pending_failed. `canceled` and `last` wait for `a`, `stubborn` for both."""
    world.job("a")
    world.job("b")
    world.job("canceled", after=["a"])
    world.job("last", after=["canceled"])
    world.job("stubborn", after=["a", "b"], cancel_on_failure=False)
    world.initialize()
    world.claim()
    world.start("a", "b")
    for name in "ab":
        world.complete(name, 3, status=JobStatus.PENDING_FAILED)
    world.told()
    return world


def fail(world, *names):
    failed = fail_jobs(world.tx, world.workflow_id, [world.ids[name] for name in names] or None)
    world.check()
    return [world.name(job_id) for job_id in failed]


def test_the_dependents_of_a_failed_job_are_released(held):
    assert fail(held, "a") == ["a"]
    assert held.statuses() == {
        "a": "failed",
        "b": "pending_failed",
        "canceled": "canceled",
        "last": "canceled",
        "stubborn": "blocked",
    }
    assert fail(held, "b") == ["b"]
    assert held.status("stubborn") == "ready"
    rows = held.connection.execute("SELECT status, return_code FROM result ORDER BY id").fetchall()
    assert [tuple(row) for row in rows] == [(JobStatus.FAILED, 3), (JobStatus.FAILED, 3)]


def test_without_jobs_all_fail(held):
    assert fail(held) == ["a", "b"]
    assert fail(held) == []
    held.complete("stubborn")
    assert WorkflowCompleted(held.workflow_id) in held.told()


@pytest.mark.parametrize(("name", "why"), [("stubborn", "is blocked; fail_jobs needs"), ("done", "is failed already")])
def test_one_job_that_cannot_fail_refuses_all(held, name, why):
    held.job("done")
    held.initialize(only_uninitialized=True)
    held.manage("a", JobStatus.PENDING_FAILED)
    held.manage("b", JobStatus.PENDING_FAILED)
    held.complete("done", 1)
    before = held.statuses()
    with pytest.raises(RuleBroken, match=why):
        fail(held, "a", name)
    with pytest.raises(RuleBroken, match="has no job 999"):
        fail_jobs(held.tx, held.workflow_id, [held.ids["a"], 999])
    assert held.statuses() == before


def test_a_status_that_was_set_by_hand_fails_without_a_result(held):
    held.job("by hand")
    held.job("waits", after=["by hand"])
    held.initialize()
    held.manage("by hand", JobStatus.PENDING_FAILED)
    fail(held, "by hand")
    assert (held.status("by hand"), held.status("waits")) == ("failed", "canceled")
