"""Digests of inputs, and the effects of statuses set by hand."""

import pytest

from torc_server.engine.dependencies import graph
from torc_server.engine.errors import NotFound, RuleBroken
from torc_server.engine.ids import WorkflowId
from torc_server.engine.lifecycle import inputs
from torc_server.engine.signals import JobsBecameReady, WorkflowCompleted
from torc_server.engine.states import JobStatus


@pytest.fixture
def chain(world):
    for before, name in (("", "a"), ("a", "b"), ("b", "c")):
        world.job(name, after=[before] if before else [])
    world.initialize()
    world.told()
    return world


def change(world, sql, *values):
    world.connection.execute(sql, values)


def test_running_a_job_does_not_change_its_digest(chain):
    for name in "abc":
        chain.complete(name)
    assert chain.process_changed() == []
    chain.reset_jobs()
    chain.initialize()
    assert chain.process_changed() == []


def test_the_digest_covers_command_and_script(chain):
    change(chain, "UPDATE job SET command = 'false' WHERE name = 'a'")
    change(chain, "UPDATE job SET invocation_script = 'sh' WHERE name = 'c'")
    change(chain, "UPDATE job SET priority = 3, name = 'B' WHERE name = 'b'")
    assert chain.process_changed(dry_run=True) == ["a", "c"]
    assert chain.status("a") == "ready"
    assert chain.process_changed() == ["a", "c"]
    chain.initialize(only_uninitialized=True)
    assert chain.process_changed() == []


@pytest.mark.parametrize("kind", ["file", "user_data"])
@pytest.mark.parametrize("way", ["input", "output"])
def test_the_digest_covers_files_and_user_data(chain, kind, way):
    thing = chain.file("f")
    change(chain, "INSERT INTO user_data (id, workflow_id, name) VALUES (?, ?, 'd')", thing, chain.workflow_id)
    change(chain, f"INSERT INTO job_{way}_{kind} VALUES (?, ?)", chain.ids["b"], thing)  # noqa: S608 - names of tables
    assert chain.process_changed() == ["b"]


def test_the_digest_covers_dependencies_of_which_some_were_deleted(chain):
    chain.job("d", after=["a", "b"])
    chain.job("e", after=["a", "b", "c"])
    chain.initialize()
    graph.set_dependencies(chain.tx, chain.workflow_id, chain.ids["e"], [chain.ids["a"]])
    chain.delete("b")
    assert chain.process_changed(dry_run=True) == ["c", "d", "e"]


def test_the_order_of_files_does_not_matter(world):
    things = [world.file(str(number)) for number in range(12)]
    world.job("a", reads=things)
    world.initialize()
    change(world, "DELETE FROM job_input_file")
    for thing in reversed(things):
        change(world, "INSERT INTO job_input_file VALUES (?, ?)", world.ids["a"], thing)
    assert world.process_changed() == []


def test_new_actions_count_from_their_creation(chain):
    chain.complete("a", 1)
    assert chain.statuses() == {"a": "failed", "b": "canceled", "c": "canceled"}
    change(chain, "UPDATE job SET command = 'false' WHERE name = 'a'")
    assert chain.process_changed() == ["a"]
    assert chain.statuses() == {"a": "uninitialized", "b": "blocked", "c": "blocked"}
    with pytest.raises(NotFound):
        inputs.process_changed(chain.tx, WorkflowId(99), dry_run=True)


def test_a_status_set_by_hand_emits_signals(chain):
    chain.manage("b", JobStatus.READY)
    assert chain.told() == [JobsBecameReady(chain.workflow_id)]
    for name in "ab":
        chain.complete(name)
    chain.told()
    chain.manage("c", JobStatus.DISABLED)
    assert set(chain.told()) == {JobsBecameReady(chain.workflow_id), WorkflowCompleted(chain.workflow_id)}
    chain.manage("c", JobStatus.DISABLED, run_id=7)
    assert chain.told() == []


def test_a_running_job_loses_its_node(chain):
    chain.claim()
    chain.start("a")
    chain.manage("a", JobStatus.PENDING_FAILED)
    assert (chain.column("a", "active_compute_node_id"), chain.column("a", "compute_node_id")) == (None, chain.node_id)
    chain.manage("a", JobStatus.UNINITIALIZED)
    assert chain.column("a", "compute_node_id") is None
    chain.manage("a", JobStatus.RUNNING)
    assert chain.column("a", "start_time") == chain.clock.now.isoformat()


def test_a_reset_by_hand_resets_direct_dependents_only(chain):
    for name in "abc":
        chain.complete(name)
    chain.manage("a", JobStatus.UNINITIALIZED)
    assert chain.statuses() == {"a": "uninitialized", "b": "uninitialized", "c": "completed"}
    with pytest.raises(RuleBroken, match="use complete_job"):
        chain.manage("a", JobStatus.COMPLETED)
    with pytest.raises(RuleBroken, match="run 0, not 1"):
        chain.manage("a", JobStatus.READY, run_id=1)


def test_other_statuses_than_uninitialized_reset_no_dependents(chain):
    for name in "ab":
        chain.complete(name)
    chain.manage("a", JobStatus.PENDING_FAILED)
    assert chain.statuses() == {"a": "pending_failed", "b": "completed", "c": "ready"}
