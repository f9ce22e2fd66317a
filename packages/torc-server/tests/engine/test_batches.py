"""Many starts and completions in one call: each is judged separately, all are stored together."""

from itertools import groupby

import pytest

from server_builders import World
from torc_server.engine.errors import NotFound
from torc_server.engine.execution.complete import complete_jobs
from torc_server.engine.execution.start import Start, start_jobs
from torc_server.engine.ids import JobId, RunId, WorkflowId
from torc_server.engine.signals import JobsBecameReady, NodeHeard, WorkflowCompleted


@pytest.fixture
def diamond(world):
    world.job("top")
    for side in ("left", "right"):
        world.job(side, after=["top"])
    world.job("join", after=["left", "right"])
    world.initialize()
    world.told()
    return world


@pytest.fixture
def started(world):
    """Start jobs by name, on the node of the world or another one; return the error of each."""

    def start(*names, node_id=None, run_id=0):
        starts = [Start(world.ids[name], RunId(run_id), node_id or world.node_id) for name in names]
        refusals = start_jobs(world.tx, world.workflow_id, starts, now=world.clock.now)
        world.check()
        return [None if each is None else each.message for each in refusals]

    return start


def test_completions_of_a_batch_are_judged_separately(diamond):
    good = [diamond.completion(name) for name in ("top", "left", "right")]
    assert diamond.complete_many(*good, diamond.completion("top", 1)) == [
        *(None, None, None),
        "Job 'top' is already complete: it is completed",
    ]
    assert diamond.statuses() == {"top": "completed", "left": "completed", "right": "completed", "join": "ready"}
    assert diamond.told() == [JobsBecameReady(diamond.workflow_id)]


def test_a_report_repeated_in_a_batch_and_in_the_next_is_one_result(diamond):
    top = diamond.completion("top")
    assert diamond.complete_many(top, top, diamond.completion("left")) == [None, None, None]
    assert diamond.complete_many(top) == [None]
    assert diamond.connection.execute("SELECT COUNT(*) FROM result").fetchone()[0] == 2


def test_a_failure_cancels_the_dependents_of_the_batch(diamond):
    assert diamond.complete_many(diamond.completion("left"), diamond.completion("top", 1)) == [None, None]
    assert diamond.statuses() == {"top": "failed", "left": "completed", "right": "canceled", "join": "canceled"}
    assert diamond.told() == [WorkflowCompleted(diamond.workflow_id)]


def test_a_failure_cancels_later_jobs_of_its_batch(diamond):
    names = (("top", 1), ("left", 0), ("join", 0))
    refusals = diamond.complete_many(*(diamond.completion(name, code) for name, code in names))
    assert [refusal is None for refusal in refusals] == [True, False, False]
    assert diamond.statuses() == {"top": "failed", "left": "canceled", "right": "canceled", "join": "canceled"}


def test_reports_of_jobs_that_were_canceled_by_a_failure_are_refused_one_by_one(diamond):
    diamond.job("other")
    diamond.initialize(only_uninitialized=True)
    diamond.complete("top", 1)
    names = ("right", "other", "left", "join")
    refusals = diamond.complete_many(*(diamond.completion(name) for name in names))
    assert refusals == [
        "Job 'right' is already complete: it is canceled",
        None,
        "Job 'left' is already complete: it is canceled",
        "Job 'join' is already complete: it is canceled",
    ]
    assert diamond.statuses() == dict.fromkeys(("left", "right", "join"), "canceled") | {
        "top": "failed",
        "other": "completed",
    }


def test_the_completion_of_the_workflow_is_emitted_once(world):
    for name in "abc":
        world.job(name)
    world.initialize()
    world.told()
    world.complete_many(*map(world.completion, "abc"))
    assert world.told() == [WorkflowCompleted(world.workflow_id)]


def test_an_invalid_entry_does_not_affect_others(diamond, clock):
    other = World(diamond.connection, clock)
    other.job("strange")
    refusals = diamond.complete_many(
        diamond.completion("left", run_id=3),
        diamond.completion("right", node_id=other.node_id),
        diamond.completion("join", attempt_id=2),
        other.completion("strange"),
        diamond.completion("top"),
    )
    assert refusals == [
        "Workflow 1 is in run 0, not 3",
        f"Workflow 1 has no compute node {other.node_id}",
        "Job 'join' is at attempt 1, not 2",
        f"Workflow 1 has no job {other.ids['strange']}",
        None,
    ]
    assert diamond.statuses() == {"top": "completed", "left": "ready", "right": "ready", "join": "blocked"}
    diamond.ids["ghost"] = JobId(999)
    assert (
        start_jobs(diamond.tx, diamond.workflow_id, [Start(JobId(999), RunId(0), diamond.node_id)], now=clock.now)[
            0
        ].message
        == "Workflow 1 has no job 999"
    )
    with pytest.raises(NotFound):
        start_jobs(diamond.tx, WorkflowId(99), [], now=clock.now)


def test_starts_of_a_batch_are_judged_separately(world, started):
    for name in "abcd":
        world.job(name)
    world.initialize()
    world.claim(3)
    other = world.node()
    assert started("a", "b", "a", "d") == [
        *(None, None, None),
        "Job 'd' is ready; start needs a job that is pending",
    ]
    assert started("a", "c") == [None, None]
    assert started("a", node_id=other) == ["Job 'a' is running; start needs a job that is pending"]
    assert started("b", run_id=4) == ["Workflow 1 is in run 0, not 4"]
    assert world.statuses() == {"a": "running", "b": "running", "c": "running", "d": "ready"}
    assert NodeHeard(world.node_id) in world.tx.signals
    started_jobs = [each.data["job_name"] for each in world.announced() if each.event_type == "job_started"]
    assert started_jobs == ["a", "b", "c"]


def test_a_job_that_two_nodes_start_in_one_call(world):
    world.job("a")
    world.initialize()
    world.claim()
    starts = [Start(world.ids["a"], RunId(0), node_id) for node_id in (world.node_id, world.node())]
    refusals = start_jobs(world.tx, world.workflow_id, starts, now=world.clock.now)
    assert [each is None for each in refusals] == [True, False]
    assert world.column("a", "compute_node_id") == world.node_id


def test_the_number_of_statements_does_not_depend_on_the_batch(world):
    """A batch saves calls of SQLite. Many rows for one prepared statement count as one call."""
    counts = []
    for size in (2, 100):
        names = [f"{size}-{number}" for number in range(size)]
        for name in names:
            world.job(name)
        # Each has a dependent, and one of them fails.
        world.job(f"{size}-after", after=names, cancel_on_failure=False)
        world.initialize(only_uninitialized=True)
        world.claim(size)
        starts = [Start(world.ids[name], RunId(0), world.node_id) for name in names]
        completions = [world.completion(names[0], 1), *map(world.completion, names[1:])]
        statements: list[str] = []
        world.connection.set_trace_callback(statements.append)
        start_jobs(world.tx, world.workflow_id, starts, now=world.clock.now)
        complete_jobs(world.tx, world.workflow_id, completions, now=world.clock.now)
        world.connection.set_trace_callback(None)
        world.check()
        assert world.status(f"{size}-after") == "ready"
        # SQLite reports a statement again for each trigger that it fires.
        counts.append(len([text for text, _ in groupby(statements) if "INSERT INTO result" not in text]))
    assert counts[0] == counts[1] < 20
