"""Triggers of actions are counted in the transaction that causes them."""

import json
from typing import Any

import pytest

from server_builders import World
from torc_server.engine import action_rules, actions
from torc_server.engine.errors import Conflict, NotFound, RuleBroken
from torc_server.engine.execution import complete
from torc_server.engine.ids import ActionId, NodeId, WorkflowId
from torc_server.engine.signals import ActionsBecamePending, JobsBecameReady, WorkflowCompleted
from torc_server.engine.states import JobStatus

ADD = "INSERT INTO workflow_action (workflow_id, trigger_type, action_type, action_config, job_ids, required_triggers, persistent, is_recovery) VALUES (?, ?, 'run_commands', '{}', ?, ?, ?, ?)"  # noqa: E501 - one statement


class Actions:
    """The actions of a world, by number."""

    def __init__(self, world: Any) -> None:
        self.world = world

    def add(self, trigger: str, *names: str, persistent: bool = False, is_recovery: bool = False) -> ActionId:
        job_ids = [self.world.ids[name] for name in names] if names else None
        required = action_rules.required_triggers(trigger, job_ids)
        values = (self.world.workflow_id, trigger, json.dumps(job_ids), required, persistent, is_recovery)
        action_id = ActionId(self.world.connection.execute(ADD, values).lastrowid)
        actions.count_from_now(self.world.tx, action_id, trigger, job_ids or [])
        return action_id

    def row(self, action_id: ActionId) -> Any:
        rows = self.world.connection.execute("SELECT * FROM workflow_action WHERE id = ?", (action_id,)).fetchall()
        return rows[0] if rows else None

    def count(self, action_id: ActionId) -> int:
        return int(self.row(action_id)["trigger_count"])

    def pending(self, *trigger_types: str) -> list[ActionId]:
        return actions.pending_action_ids(self.world.tx, self.world.workflow_id, trigger_types or None)

    def claim(self, action_id: ActionId, node_id: int | None = None) -> None:
        node = None if node_id is None else NodeId(node_id)
        actions.claim_action(self.world.tx, self.world.workflow_id, action_id, node, now=self.world.clock.now)


@pytest.fixture
def acts(world: Any) -> Actions:
    return Actions(world)


def test_initializing_makes_start_and_worker_actions_pending(world: Any, acts: Actions) -> None:
    world.job("a")
    start, first, last = (acts.add(f"on_{word}") for word in ("workflow_start", "worker_start", "worker_complete"))
    others = [acts.add(word) for word in ("on_workflow_complete", "on_jobs_ready", "on_jobs_complete", "on_full_moon")]
    assert acts.pending() == []
    world.initialize()
    assert acts.pending() == [start, first, last]
    assert acts.pending("on_worker_start", "on_workflow_start") == [start, first]
    assert acts.pending("on_full_moon") == []
    assert [acts.count(each) for each in others] == [0, 0, 0, 0]
    assert ActionsBecamePending(world.workflow_id) in world.told()


def test_jobs_that_become_ready_are_counted(world: Any, acts: Actions) -> None:
    for name in "abc":
        world.job(name, after=["a"] if name != "a" else [])
    roots, rest = acts.add("on_jobs_ready", "a"), acts.add("on_jobs_ready", "b", "c")
    world.initialize()
    assert acts.pending() == [roots]
    assert acts.count(rest) == 0
    world.told()
    world.complete("a")
    assert acts.count(rest) == 2
    assert acts.pending() == [roots, rest]
    assert world.told() == [ActionsBecamePending(world.workflow_id), JobsBecameReady(world.workflow_id)]


def test_jobs_that_end_are_counted_one_by_one_and_in_batches(world: Any, acts: Actions) -> None:
    for name in "abcd":
        world.job(name)
    two, three = acts.add("on_jobs_complete", "a", "b"), acts.add("on_jobs_complete", "b", "c", "d")
    world.initialize()
    world.told()
    world.complete("b", 1)
    assert (acts.count(two), acts.count(three)) == (1, 1)
    assert world.told() == []
    assert world.complete_many(*map(world.completion, "acd")) == [None, None, None]
    assert (acts.count(two), acts.count(three)) == (2, 3)
    # Emitted once for all of them.
    assert world.told() == [ActionsBecamePending(world.workflow_id), WorkflowCompleted(world.workflow_id)]


def test_the_completion_of_the_workflow_by_cascade_is_counted(world: Any, acts: Actions) -> None:
    for before, name in (("", "a"), ("a", "b"), ("b", "c")):
        world.job(name, after=[before] if before else [])
    over, jobs = acts.add("on_workflow_complete"), acts.add("on_jobs_complete", "a", "b", "c")
    world.initialize()
    world.told()
    world.complete("a", 1)
    assert set(world.statuses().values()) == {"failed", "canceled"}
    # Jobs canceled by cascade are complete too.
    assert acts.pending() == [over, jobs]
    assert acts.count(jobs) == 3
    assert world.told()[-1] == WorkflowCompleted(world.workflow_id)
    assert (acts.count(jobs), acts.count(over)) == (3, 1)


def test_a_workflow_that_continues_is_not_counted_as_complete(world: Any, acts: Actions) -> None:
    world.job("a")
    world.job("b", after=["a"])
    over = acts.add("on_workflow_complete")
    world.initialize()
    world.complete("a")
    assert acts.count(over) == 0
    world.complete("b", status=JobStatus.PENDING_FAILED, return_code=1)
    assert acts.count(over) == 0


def test_a_job_counts_once_until_the_workflow_is_initialized_again(world: Any, acts: Actions) -> None:
    world.job("a")
    world.job("b")
    both = acts.add("on_jobs_complete", "a", "b")
    world.initialize()
    world.complete("a", 1)
    world.retry("a")
    world.complete("a")
    assert acts.count(both) == 1, "the same job twice is still one of two"
    assert acts.pending() == []
    world.complete("b")
    assert acts.count(both) == 2

    world.reset_workflow()
    world.reset_jobs()
    world.initialize()
    assert acts.count(both) == 0
    world.complete("a")
    assert acts.count(both) == 1


def test_initializing_counts_the_current_statuses(world: Any, acts: Actions) -> None:
    for name in "abc":
        world.job(name, after=["b"] if name == "c" else [])
    ready, ended = acts.add("on_jobs_ready", "a", "b", "c"), acts.add("on_jobs_complete", "a", "b", "c")
    world.initialize()
    assert (acts.count(ready), acts.count(ended)) == (2, 0)
    world.complete("a")
    world.claim()
    world.start("b")
    # a is completed, b becomes ready, c waits for b.
    world.initialize()
    assert (acts.count(ready), acts.count(ended)) == (2, 1)
    world.complete("b")
    assert (acts.count(ready), acts.count(ended)) == (3, 2)


def test_initializing_resets_claims_and_deletes_recovery_actions(world: Any, acts: Actions) -> None:
    world.job("a")
    world.job("b", after=["a"])
    once, ready = acts.add("on_workflow_start"), acts.add("on_jobs_ready", "b")
    recovery = acts.add("on_jobs_ready", "a", is_recovery=True)
    assert acts.row(recovery) is not None
    world.initialize()
    assert acts.row(recovery) is None
    acts.claim(once, world.node_id)
    world.complete("a")
    acts.claim(ready, world.node_id)
    assert acts.pending() == []
    world.reset_workflow()
    world.reset_jobs()
    world.initialize()
    assert acts.pending() == [once]
    assert (acts.count(ready), acts.row(ready)["executed"], acts.row(ready)["executed_by"]) == (0, 0, None)
    world.complete("a")
    assert (acts.count(ready), acts.pending()) == (1, [once, ready])


def test_a_trigger_without_jobs_never_occurs_and_with_an_empty_list_occurs_at_once(world: Any, acts: Actions) -> None:
    assert action_rules.required_triggers("on_jobs_ready", None) == 1
    assert action_rules.required_triggers("on_jobs_complete", []) == 0
    assert action_rules.required_triggers("on_jobs_complete", [7, 7, 8]) == 2
    assert action_rules.required_triggers("on_workflow_start", [7, 8]) == 1
    world.job("a")
    null = acts.add("on_jobs_ready")
    world.initialize()
    world.complete("a")
    assert acts.count(null) == 0


def test_workflows_are_counted_separately(world: Any, acts: Actions) -> None:
    other = World(world.connection, world.clock)
    others = Actions(other)
    mine, theirs = acts.add("on_workflow_complete"), others.add("on_workflow_complete")
    for each in (world, other):
        each.job("a")
        each.initialize()
    world.complete("a")
    assert (acts.count(mine), others.count(theirs)) == (1, 0)


def test_claims(world: Any, acts: Actions) -> None:
    once, many = acts.add("on_workflow_start"), acts.add("on_worker_start", persistent=True)
    world.initialize()
    acts.claim(once, world.node_id)
    row = acts.row(once)
    assert (row["executed"], row["executed_by"], row["executed_at"]) == (1, world.node_id, world.clock.now.isoformat())
    with pytest.raises(Conflict, match=f"Action {once} is already claimed") as refused:
        acts.claim(once)
    assert refused.value.details == {"claimed": False}

    for minutes in (1, 2):
        world.clock.advance(minutes=minutes)
        acts.claim(many, world.node_id)
        row = acts.row(many)
        assert (row["executed"], row["executed_by"]) == (0, None)
        assert row["executed_at"] == world.clock.now.isoformat()
    assert acts.pending() == [many]

    with pytest.raises(NotFound, match="has no action 999"):
        acts.claim(ActionId(999))
    other = World(world.connection, world.clock)
    with pytest.raises(NotFound, match=f"Workflow {other.workflow_id} has no action"):
        actions.claim_action(world.tx, WorkflowId(other.workflow_id), many, None, now=world.clock.now)
    with pytest.raises(RuleBroken, match="has no compute node") as wrong:
        acts.claim(many, other.node_id)
    assert wrong.value.field == "compute_node_id"


def test_an_action_can_be_claimed_before_its_trigger(acts: Actions) -> None:
    early = acts.add("on_workflow_complete")
    acts.claim(early)
    assert acts.row(early)["executed"] == 1


def test_without_actions_counting_costs_one_lookup(world: Any) -> None:
    world.job("a")
    world.job("b", after=["a"])
    world.initialize()
    statements: list[str] = []
    world.connection.set_trace_callback(statements.append)
    complete.complete(
        world.tx,
        world.ids["a"],
        JobStatus.COMPLETED,
        world.run_id,
        world.report("a", JobStatus.COMPLETED, 0),
        now=world.clock.now,
    )
    world.connection.set_trace_callback(None)
    assert sum("workflow_action" in statement for statement in statements) == 1
