import pytest

from torc_server.engine.access import permissions
from torc_server.engine.access.permissions import Caller
from torc_server.engine.errors import Forbidden, NotFound, RuleBroken
from torc_server.engine.execution.start import start
from torc_server.engine.lifecycle.cancel import cancel_workflow
from torc_server.engine.lifecycle.initialize import initialize_jobs
from torc_server.engine.lifecycle.reset import reset_job_status
from torc_server.engine.signals import AttemptsFenced, JobsBecameReady, WorkflowCanceled
from torc_server.engine.states import JobStatus
from torc_server.engine.status import progress


@pytest.fixture
def pair(world):
    world.job("a")
    world.job("b", after=["a"])
    world.initialize()
    world.told()
    return world


def test_a_repeated_start_on_the_same_node_is_one_start(pair):
    with pytest.raises(RuleBroken, match="start needs a job that is pending"):
        pair.start("a")
    pair.claim()
    pair.start("a")
    began = pair.column("a", "start_time")
    pair.clock.advance(minutes=1)
    pair.start("a")
    assert pair.column("a", "start_time") == began
    with pytest.raises(RuleBroken):
        start(pair.tx, pair.ids["a"], pair.run_id, pair.node(), now=pair.clock.now)
    with pytest.raises(RuleBroken, match="run 0, not 4"):
        start(pair.tx, pair.ids["a"], 4, pair.node_id, now=pair.clock.now)
    with pytest.raises(NotFound):
        start(pair.tx, 999, pair.run_id, pair.node_id, now=pair.clock.now)


def test_an_unregistered_node_is_not_an_active_node(pair):
    pair.claim()
    start(pair.tx, pair.ids["a"], pair.run_id, 999, now=pair.clock.now)
    pair.check()
    assert (pair.column("a", "compute_node_id"), pair.column("a", "active_compute_node_id")) == (999, None)


def test_a_retry_needs_an_attempt_that_is_left(pair):
    with pytest.raises(RuleBroken, match="retry needs"):
        pair.retry("a")
    pair.claim()
    pair.start("a")
    pair.retry("a", max_retries=2)
    assert (pair.status("a"), pair.column("a", "attempt_id"), pair.column("a", "origin")) == ("ready", 2, "retry")
    assert pair.told() == [JobsBecameReady(pair.workflow_id), AttemptsFenced(pair.workflow_id)]
    pair.complete("a", 1)
    with pytest.raises(RuleBroken, match="no retry is left"):
        pair.retry("a", max_retries=2)


def test_cancel_ends_pending_and_running_jobs_only(pair):
    pair.job("c")
    pair.initialize()
    pair.claim(1)
    pair.start("a")
    pair.told()
    pair.cancel()
    assert pair.statuses() == {"a": "canceled", "b": "blocked", "c": "ready"}
    assert pair.told() == [WorkflowCanceled(pair.workflow_id)]
    assert pair.claim() == []
    assert progress.is_complete(pair.tx, pair.workflow_id) == progress.WorkflowProgress(
        is_canceled=True, is_complete=True, run_id=pair.run_id
    )
    with pytest.raises(RuleBroken, match="already complete"):
        pair.complete("a", 1)
    pair.cancel()


def test_a_workflow_runs_again_after_a_reset(pair):
    pair.complete("a")
    pair.complete("b")
    pair.reset_workflow()
    assert pair.reset_jobs() == 2
    assert progress.is_uninitialized(pair.tx, pair.workflow_id)
    pair.initialize()
    assert pair.statuses() == {"a": "ready", "b": "blocked"}
    pair.complete("a")
    pair.complete("b")
    assert pair.connection.execute("SELECT COUNT(*) FROM result").fetchone()[0] == 4


def test_failed_only_resets_failed_jobs_and_their_dependents(world):
    for name in ("good", "bad"):
        world.job(name)
    world.job("after_bad", after=["bad"], cancel_on_failure=False)
    world.job("last", after=["after_bad"])
    world.initialize()
    world.complete("good")
    world.complete("bad", 1)
    world.complete("after_bad")
    assert world.reset_jobs(failed_only=True) == 1
    assert world.statuses() == {
        "good": "completed",
        "bad": "uninitialized",
        "after_bad": "uninitialized",
        "last": "uninitialized",
    }


def test_a_reset_of_the_workflow_is_refused_while_jobs_run(pair):
    pair.claim()
    with pytest.raises(RuleBroken, match="pending or running"):
        pair.reset_workflow()
    pair.reset_workflow(force=True)
    assert pair.run_id == 1
    pair.connection.execute("UPDATE workflow SET is_archived = 1")
    with pytest.raises(RuleBroken, match="Cannot reset archived"):
        pair.reset_workflow(force=True)


def test_initialize_keeps_complete_and_disabled_jobs(world):
    for name in ("done", "off", "ended"):
        world.job(name)
    world.job("behind_off", after=["off"])
    world.connection.execute("UPDATE job SET status = 9 WHERE name = 'off'")
    world.initialize()
    world.complete("done")
    world.complete("ended", 143, status=8)
    world.initialize()
    assert world.statuses() == {"done": "completed", "off": "disabled", "ended": "ready", "behind_off": "blocked"}
    assert world.column("done", "current_result_id") is not None
    assert world.column("ended", "current_result_id") is None


def test_initialize_again_blocks_the_dependents_of_a_terminated_job(pair):
    pair.complete("a", 143, status=8)
    assert pair.status("b") == "canceled"
    pair.initialize()
    assert pair.statuses() == {"a": "ready", "b": "blocked"}


def test_only_uninitialized_includes_dependents(pair):
    pair.complete("a")
    pair.complete("b")
    pair.connection.execute("UPDATE job SET status = 0 WHERE name = 'a'")
    pair.connection.execute("UPDATE dependency_set SET remaining = 1")
    pair.connection.execute("UPDATE job SET waiting_on = 1 WHERE name = 'b'")
    pair.initialize(only_uninitialized=True)
    assert pair.statuses() == {"a": "ready", "b": "blocked"}


def test_ephemeral_user_data_that_a_job_writes_is_cleared_on_request(world):
    world.job("a")
    for name, ephemeral in (("made", 1), ("given", 1), ("kept", 0)):
        world.connection.execute(
            "INSERT INTO user_data (workflow_id, name, is_ephemeral, data) VALUES (?, ?, ?, '1')",
            (world.workflow_id, name, ephemeral),
        )
    world.connection.execute("INSERT INTO job_output_user_data VALUES (1, 1), (1, 3)")
    initialize_jobs(world.tx, world.workflow_id, only_uninitialized=False, clear_ephemeral_user_data=True)
    assert [row[0] for row in world.connection.execute("SELECT data FROM user_data ORDER BY id")] == [None, "1", "1"]


def test_a_summary_has_counts(pair):
    pair.claim()
    pair.start("a")
    pair.complete("a")
    found = progress.summary(pair.tx, pair.workflow_id)
    assert (found.total_jobs, found.jobs_by_status["completed"], found.jobs_by_status["ready"]) == (2, 1, 1)
    assert (found.total_exec_time_minutes, found.walltime_seconds, found.active_compute_nodes) == (0.5, 60.0, 1)
    assert not found.is_complete


def test_missing_workflows_are_not_found(tx):
    for call in (
        lambda: progress.is_complete(tx, 9),
        lambda: progress.is_uninitialized(tx, 9),
        lambda: progress.summary(tx, 9),
        lambda: cancel_workflow(tx, 9),
        lambda: reset_job_status(tx, 9, failed_only=False),
        lambda: initialize_jobs(tx, 9, only_uninitialized=False, clear_ephemeral_user_data=False),
        lambda: permissions.require_workflow(tx, Caller("ada", enforced=False), 9),
    ):
        with pytest.raises(NotFound):
            call()


def test_only_the_owner_has_access(world):
    tx, workflow_id = world.tx, world.workflow_id
    assert permissions.may_use(tx, Caller("ada"), workflow_id)
    assert not permissions.may_use(tx, Caller(None), workflow_id)
    permissions.require_workflow(tx, Caller(None, enforced=False), workflow_id)
    permissions.require_workflow(tx, Caller("ada"), workflow_id)
    for user in (None, "eve"):
        with pytest.raises(Forbidden):
            permissions.require_workflow(tx, Caller(user), workflow_id)
    listed = f"SELECT id FROM workflow WHERE {permissions.ACCESSIBLE_WORKFLOWS}"  # noqa: S608 - a declared condition
    assert [len(world.connection.execute(listed, {"identity": user}).fetchall()) for user in ("ada", None)] == [1, 0]


@pytest.mark.parametrize("way", ["cancel", "reset_jobs", "initialize", "manage"])
def test_a_job_that_is_no_longer_pending_has_no_claimant(pair, way):
    pair.claim(node_id=pair.node())
    match way:
        case "cancel":
            pair.cancel()
        case "reset_jobs":
            pair.reset_jobs()
        case "initialize":
            pair.initialize()
        case "manage":
            pair.manage("a", JobStatus.READY)
    assert pair.column("a", "claimed_by_node_id") is None


def test_another_node_can_start_a_job_that_was_claimed_before_the_workflow_was_canceled(pair):
    pair.claim(node_id=pair.node())
    pair.cancel()
    pair.reset_jobs()
    pair.reset_workflow()
    pair.initialize()
    pair.manage("a", JobStatus.PENDING)
    pair.start("a", node_id=pair.node())
    assert pair.status("a") == "running"


def test_the_times_of_a_summary_follow_changed_and_deleted_results(world):
    for name in ("a", "b", "c"):
        world.job(name)
    world.initialize()
    world.claim(limit=3)
    for name in ("a", "b", "c"):
        world.clock.advance(minutes=1)
        world.start(name)
        world.complete(name)
        world.check()
    assert progress.summary(world.tx, world.workflow_id).total_exec_time_minutes == 1.5
    first = world.column("a", "current_result_id")
    world.connection.execute("UPDATE result SET exec_time_minutes = 7 WHERE id = ?", (first,))
    world.check()
    assert progress.summary(world.tx, world.workflow_id).total_exec_time_minutes == 8.0
    world.connection.execute("DELETE FROM result WHERE id = ?", (first,))
    world.check()
    assert progress.summary(world.tx, world.workflow_id).total_exec_time_minutes == 1.0
