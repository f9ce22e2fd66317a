"""Deleting jobs: what becomes of dependents, of actions, and of jobs that a runner holds."""

import pytest

from torc_server.engine.errors import Conflict
from torc_server.engine.ids import ActionId
from torc_server.engine.lifecycle import job_deletion
from torc_server.engine.signals import ActionsBecamePending, JobsBecameReady
from torc_server.engine.states import JobStatus


@pytest.mark.parametrize("first", ["a", "b"])
def test_a_dependent_is_released_when_its_last_incomplete_parent_is_deleted(world, first):
    world.job("a")
    world.job("b")
    world.job("c", after=["a", "b"])
    world.initialize()
    world.delete(first)
    assert world.status("c") == "blocked"
    world.told()
    world.delete("b" if first == "a" else "a")
    assert world.status("c") == "ready"
    assert JobsBecameReady(world.workflow_id) in world.told()


def test_a_dependent_that_waits_for_other_jobs_stays_blocked(world):
    world.job("a")
    world.job("b")
    world.job("c", after=["a"])
    world.job("d", after=["a", "b"])
    world.initialize()
    world.delete("a")
    assert world.statuses() == {"b": "ready", "c": "ready", "d": "blocked"}
    world.complete("b")
    assert world.status("d") == "ready"


def test_a_released_dependent_of_a_failed_job_is_canceled_with_its_own_dependents(world):
    world.job("failed")
    world.job("gone")
    world.job("child", after=["failed", "gone"])
    world.job("stubborn", after=["failed", "gone"], cancel_on_failure=False)
    world.job("grandchild", after=["child"])
    world.initialize()
    world.complete("failed", 1)
    world.delete("gone")
    assert world.statuses() == {
        "failed": "failed",
        "child": "canceled",
        "stubborn": "ready",
        "grandchild": "canceled",
    }


@pytest.mark.parametrize("end", [0, 1])
def test_deleting_a_complete_parent_changes_no_dependent(world, end):
    world.job("a")
    world.job("b")
    world.job("c", after=["a", "b"])
    world.job("d", after=["a"])
    world.initialize()
    world.complete("a", end)
    before = world.statuses()
    world.delete("a")
    before.pop("a")
    assert world.statuses() == before
    world.complete("b")
    assert world.status("c") == "ready"


def test_a_dependent_that_is_not_initialized_stays_so(world):
    world.job("a")
    world.job("b", after=["a"])
    world.delete("a")
    assert world.status("b") == "uninitialized"
    world.initialize()
    assert world.status("b") == "ready"


def test_a_dependent_of_jobs_that_were_canceled_with_the_workflow(world):
    world.job("a")
    world.job("b")
    world.job("c", after=["a", "b"])
    world.initialize()
    world.claim()
    world.cancel()
    world.delete("a")
    assert world.status("c") == "blocked"
    world.delete("b")
    assert world.status("c") == "ready"
    assert world.claim() == []


@pytest.mark.parametrize("status", ["pending", "running"])
def test_a_job_that_a_runner_holds_is_not_deleted(world, status):
    world.job("a")
    world.job("b", after=["a"])
    world.job("waits")
    world.initialize()
    world.claim(limit=1)
    if status == "running":
        world.start("a")
    message = f"Job 'a' is {status}, and cannot be deleted; wait for its end, or cancel the workflow first"
    with pytest.raises(Conflict, match=message):
        world.delete("a")
    with pytest.raises(Conflict, match=message):
        job_deletion.forget_all_jobs(world.tx, world.workflow_id)
    assert world.statuses() == {"a": status, "b": "blocked", "waits": "ready"}
    world.delete("waits")


def test_the_refusal_counts_further_jobs(world):
    for name in "abc":
        world.job(name)
    world.initialize()
    world.claim()
    with pytest.raises(Conflict, match="Job 'a' is pending and 2 more are active, and cannot be deleted"):
        job_deletion.forget_all_jobs(world.tx, world.workflow_id)


def action(world, *jobs, trigger="on_jobs_complete"):
    """Insert an action that follows these jobs, and return its id."""
    action_id = world.connection.execute(
        "INSERT INTO workflow_action (workflow_id, trigger_type, action_type, action_config, required_triggers)"
        " VALUES (?, ?, 'run_commands', '{}', ?)",
        (world.workflow_id, trigger, len(jobs)),
    ).lastrowid
    for job in jobs:
        world.connection.execute(
            "INSERT INTO workflow_action_job (job_id, action_id) VALUES (?, ?)", (world.ids[job], action_id)
        )
    return ActionId(action_id)


def counts(world):
    row = world.connection.execute("SELECT trigger_count, required_triggers FROM workflow_action").fetchone()
    return tuple(row)


def test_an_action_does_not_wait_for_a_deleted_job(world):
    world.job("a")
    world.job("b")
    action(world, "a", "b")
    world.initialize()
    world.complete("a")
    assert counts(world) == (1, 2)
    world.told()
    world.delete("b")
    assert counts(world) == (1, 1)
    assert ActionsBecamePending(world.workflow_id) in world.told()


def test_an_action_whose_jobs_are_all_deleted_is_not_due(world):
    world.job("a")
    action(world, "a")
    world.initialize()
    world.delete("a")
    assert counts(world) == (0, 1)


def test_the_next_initialization_counts_the_jobs_that_are_left(world):
    world.job("a")
    world.job("b")
    action(world, "a", "b")
    world.initialize()
    world.complete("a")
    world.delete("a")
    assert counts(world) == (1, 2)
    world.initialize()
    assert counts(world) == (0, 1)
    world.complete("b")
    assert counts(world) == (1, 1)


def test_a_job_of_an_action_that_is_released_counts_as_ready(world):
    world.job("a")
    world.job("b", after=["a"])
    action(world, "b", trigger="on_jobs_ready")
    world.initialize()
    assert counts(world) == (0, 1)
    world.delete("a")
    assert counts(world) == (1, 1)


def test_a_job_that_stays_blocked_by_a_deleted_one_is_found(world):
    world.job("a")
    world.job("b", after=["a"])
    world.initialize()
    world.set_by_hand = True
    world.delete("a")
    world.connection.execute("UPDATE job SET status = ? WHERE name = 'b'", (JobStatus.BLOCKED,))
    with pytest.raises(AssertionError, match="a job does not stay blocked by a deleted job: 2"):
        world.check()
