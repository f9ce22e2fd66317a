from dataclasses import replace
from itertools import pairwise

import pytest

from torc_server.engine.dependencies import graph
from torc_server.engine.errors import NotFound, RuleBroken, Stale
from torc_server.engine.execution.complete import complete
from torc_server.engine.signals import JobsBecameReady, WorkflowCompleted
from torc_server.engine.states import JobStatus


@pytest.fixture
def diamond(world):
    world.job("top")
    world.job("left", after=["top"])
    world.job("right", after=["top"])
    world.job("join", after=["left", "right"])
    world.initialize()
    world.told()
    return world


def test_the_last_dependency_releases(diamond):
    diamond.complete("top")
    assert diamond.told() == [JobsBecameReady(diamond.workflow_id)]
    diamond.complete("left")
    assert diamond.status("join") == "blocked"
    assert diamond.told() == []
    diamond.complete("right")
    assert diamond.status("join") == "ready"
    diamond.told()
    diamond.complete("join")
    assert diamond.told() == [WorkflowCompleted(diamond.workflow_id)]


def test_a_failure_cancels_indirect_dependents(diamond):
    diamond.complete("top", 1)
    assert diamond.statuses() == {"top": "failed", "left": "canceled", "right": "canceled", "join": "canceled"}
    assert diamond.told() == [WorkflowCompleted(diamond.workflow_id)]


def test_without_the_flag_dependents_run_after_a_failure(world):
    world.job("a")
    world.job("b", after=["a"], cancel_on_failure=False)
    world.job("c", after=["b"])
    world.initialize()
    world.complete("a", 1)
    assert world.statuses() == {"a": "failed", "b": "ready", "c": "blocked"}


@pytest.mark.parametrize(
    ("status", "return_code", "dependent"),
    [
        (JobStatus.FAILED, 0, "ready"),
        (JobStatus.COMPLETED, 1, "ready"),
        (JobStatus.TERMINATED, 143, "canceled"),
        (JobStatus.CANCELED, 1, "canceled"),
        (JobStatus.PENDING_FAILED, 1, "blocked"),
    ],
)
def test_status_and_return_code_together_mark_failure(world, status, return_code, dependent):
    world.job("a")
    world.job("b", after=["a"])
    world.initialize()
    world.complete("a", return_code, status=status)
    assert world.status("b") == dependent


def test_a_chain_of_ten_thousand_is_canceled(world):
    connection = world.connection
    connection.execute(
        """
        WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 10000)
        INSERT INTO job (workflow_id, name, command, resource_requirements_id) SELECT ?, 'j' || value, 'true', ? FROM n
        """,
        (world.workflow_id, world.requirements_id),
    )
    ids = [row[0] for row in connection.execute("SELECT id FROM job ORDER BY id")]
    graph.set_dependencies_of_new_jobs(
        world.tx, world.workflow_id, [(child, [parent]) for parent, child in pairwise(ids)]
    )
    world.initialize()
    world.ids["j1"] = ids[0]
    world.complete("j1", 1)
    assert connection.execute("SELECT COUNT(*) FROM job WHERE status = 7").fetchone()[0] == 9999


@pytest.mark.parametrize("status", [JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.PENDING_FAILED])
def test_dependents_canceled_by_cascade_take_no_report(diamond, status):
    diamond.complete("top", 1)
    canceled = {"top": "failed", "left": "canceled", "right": "canceled", "join": "canceled"}
    assert diamond.statuses() == canceled
    for name in ("left", "join"):
        with pytest.raises(RuleBroken, match="already complete: it is canceled"):
            diamond.complete(name, int(status is not JobStatus.COMPLETED), status=status)
    assert diamond.statuses() == canceled
    assert diamond.connection.execute("SELECT COUNT(*) FROM result").fetchone()[0] == 1


@pytest.mark.parametrize("attempt_id", [1, 2])
def test_pending_failed_and_disabled_jobs_cannot_be_completed(diamond, attempt_id):
    diamond.complete("top", 1, status=JobStatus.PENDING_FAILED)
    with pytest.raises(RuleBroken, match="is pending_failed"):
        diamond.complete("top", attempt_id=attempt_id)
    diamond.complete("top", 1, status=JobStatus.PENDING_FAILED)  # the same report again
    diamond.connection.execute("UPDATE job SET status = 9 WHERE name = 'left'")
    with pytest.raises(RuleBroken, match="is disabled"):
        diamond.complete("left", attempt_id=attempt_id)


def test_the_same_report_twice_is_one_result(diamond):
    diamond.complete("top")
    diamond.complete("top")
    assert diamond.connection.execute("SELECT COUNT(*) FROM result").fetchone()[0] == 1
    with pytest.raises(RuleBroken, match="already complete"):
        diamond.complete("top", 1)


def test_a_report_of_an_old_attempt_is_stale(diamond):
    diamond.claim()
    diamond.start("top")
    diamond.retry("top")
    with pytest.raises(Stale):
        diamond.complete("top", attempt_id=1)
    with pytest.raises(RuleBroken, match="attempt 2, not 3"):
        diamond.complete("top", attempt_id=3)
    diamond.complete("top", attempt_id=2)
    assert diamond.status("left") == "ready"


def test_refused_reports_write_nothing(diamond):
    good = diamond.report("top", JobStatus.COMPLETED, 0)
    top, now = diamond.ids["top"], diamond.clock.now
    cases = [
        (top, JobStatus.RUNNING, 0, good, RuleBroken),
        (top, JobStatus.COMPLETED, 7, good, RuleBroken),
        (top, JobStatus.COMPLETED, 0, replace(good, run_id=5), RuleBroken),
        (top, JobStatus.COMPLETED, 0, replace(good, node_id=999), RuleBroken),
        (top, JobStatus.COMPLETED, 0, replace(good, job_id=diamond.ids["left"]), RuleBroken),
        (999, JobStatus.COMPLETED, 0, replace(good, job_id=999), NotFound),
    ]
    before = list(diamond.connection.iterdump())
    for job_id, status, run_id, report, error in cases:
        with pytest.raises(error):
            complete(diamond.tx, job_id, status, run_id, report, now=now)
    assert list(diamond.connection.iterdump()) == before


def test_a_retry_blocks_the_dependents_that_the_failure_canceled(diamond):
    diamond.complete("top", 1)
    diamond.retry("top")
    assert diamond.statuses() == {"top": "ready", "left": "blocked", "right": "blocked", "join": "blocked"}
    diamond.complete("top")
    assert diamond.status("left") == "ready"


def test_failures_of_an_earlier_run_cancel_dependents_as_well(world):
    for name in ("old", "new"):
        world.job(name)
    world.job("both", after=["old", "new"])
    world.initialize()
    world.complete("old", 1)
    world.reset_workflow()
    world.complete("new")
    assert world.status("both") == "canceled"
