"""Results that arrive late: after the workflow was canceled, and after the node of the attempt lost its lease."""

import pytest

from torc_server.engine.claiming import leases
from torc_server.engine.errors import RuleBroken, Stale
from torc_server.engine.states import JobStatus


@pytest.fixture
def canceled(world):
    """A workflow that was canceled while `a` and `b` ran. `both` waits for both of them, `one` for `a`."""
    world.job("a")
    world.job("b")
    world.job("both", after=["a", "b"])
    world.job("one", after=["a"])
    world.initialize()
    world.claim()
    world.start("a", "b")
    world.cancel()
    return world


@pytest.fixture
def lost(world):
    """A job `a` that was given back because its node, `world.lost_id`, lost its lease."""
    world.job("a")
    world.job("b", after=["a"])
    world.initialize()
    world.lost_id = world.node(lease_seconds=30)
    world.claim(node_id=world.lost_id)
    world.start("a", node_id=world.lost_id)
    assert leases.give_up(world.tx, world.lost_id, now=world.clock.now) == 1
    world.check()
    return world


def test_a_success_from_before_the_cancellation_is_taken(canceled):
    canceled.complete("a")
    assert canceled.statuses() == {"a": "completed", "b": "canceled", "both": "blocked", "one": "ready"}
    assert canceled.column("a", "current_result_id")
    canceled.complete("a")  # the same report again
    canceled.complete("b")
    assert canceled.statuses() == {"a": "completed", "b": "completed", "both": "ready", "one": "ready"}
    assert canceled.claim() == []


@pytest.mark.parametrize(
    ("status", "return_code"),
    [
        (JobStatus.FAILED, 1),
        (JobStatus.TERMINATED, -15),
        (JobStatus.TERMINATED, 0),
        (JobStatus.CANCELED, 0),
        (JobStatus.COMPLETED, 1),
    ],
)
def test_other_ends_do_not_change_a_canceled_job(canceled, status, return_code):
    with pytest.raises(RuleBroken, match="already complete: it is canceled"):
        canceled.complete("a", return_code, status=status)
    assert canceled.statuses() == {"a": "canceled", "b": "canceled", "both": "blocked", "one": "blocked"}


def test_a_success_of_a_batch_is_taken_after_the_cancellation(canceled):
    refusals = canceled.complete_many(*(canceled.completion(name) for name in ("b", "a", "b")))
    assert refusals == [None, None, None]
    assert canceled.statuses() == {"a": "completed", "b": "completed", "both": "ready", "one": "ready"}


def test_a_job_that_was_reported_as_canceled_has_its_result(world):
    world.job("a")
    world.initialize()
    world.complete("a", status=JobStatus.CANCELED)
    with pytest.raises(RuleBroken, match="already complete: it is canceled"):
        world.complete("a")


def test_a_success_of_a_lost_attempt_is_taken_while_no_node_claims_the_next(lost):
    lost.complete("a", attempt_id=1, node_id=lost.lost_id)
    assert lost.statuses() == {"a": "completed", "b": "ready"}
    assert (lost.column("a", "attempt_id"), lost.column("a", "compute_node_id")) == (1, lost.lost_id)
    lost.complete("a", attempt_id=1, node_id=lost.lost_id)  # the same report again
    with pytest.raises(RuleBroken, match="already complete"):
        lost.complete("a", attempt_id=2)


def test_a_success_of_a_lost_attempt_is_taken_after_a_cancellation(lost):
    lost.cancel()
    lost.complete("a", attempt_id=1, node_id=lost.lost_id)
    assert lost.status("a") == "completed"


@pytest.mark.parametrize("return_code", [1, -9])
def test_a_failure_of_a_lost_attempt_is_stale(lost, return_code):
    with pytest.raises(Stale, match="Attempt 1 of job 'a' is no longer current; the current one is 2"):
        lost.complete("a", return_code, attempt_id=1, node_id=lost.lost_id)
    assert lost.status("a") == "ready"


def test_a_success_of_a_lost_attempt_is_stale_from_another_node(lost):
    with pytest.raises(Stale, match="no longer current"):
        lost.complete("a", attempt_id=1)


def begin_next(world):
    world.claim()


def begin_and_lose_next(world):
    """Another node claims the job and loses its lease too."""
    other = world.node(lease_seconds=30)
    world.claim(node_id=other)
    world.start("a", node_id=other)
    leases.give_up(world.tx, other, now=world.clock.now)


def reset(world):
    world.reset_jobs()
    world.initialize()


def reset_by_hand(world):
    world.manage("a", JobStatus.UNINITIALIZED)
    world.manage("a", JobStatus.READY)


@pytest.mark.parametrize("happens", [begin_next, begin_and_lose_next, reset, reset_by_hand])
def test_a_success_of_a_lost_attempt_is_stale_once_the_job_begins_again(lost, happens):
    happens(lost)
    before = lost.status("a")
    with pytest.raises(Stale, match="no longer current"):
        lost.complete("a", attempt_id=1, node_id=lost.lost_id)
    assert lost.status("a") == before


def test_a_success_of_a_retried_attempt_is_stale(world):
    world.job("a")
    world.initialize()
    world.claim()
    world.start("a")
    world.retry("a")
    with pytest.raises(Stale, match="no longer current"):
        world.complete("a", attempt_id=1)


def test_a_node_does_not_complete_a_job_that_another_claimed(world):
    world.job("a")
    world.initialize()
    other = world.node()
    world.claim(node_id=other)
    with pytest.raises(Stale, match=f"Job 'a' was claimed by compute node {other}, not {world.node_id}"):
        world.complete("a")
    world.complete("a", node_id=other)
    assert world.status("a") == "completed"
