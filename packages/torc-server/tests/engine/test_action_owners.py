"""Actions that a node owns until it reports their end."""

import pytest

from torc_server.engine import actions
from torc_server.engine.claiming import leases
from torc_server.engine.errors import Conflict, NotFound, Stale
from torc_server.engine.ids import ActionId
from torc_server.engine.signals import ActionsBecamePending


@pytest.fixture
def world(world):
    """A workflow with a job and an action at its start, and two nodes with leases."""
    world.job("a")
    world.action = world.connection.execute(
        "INSERT INTO workflow_action (workflow_id, trigger_type, action_type, action_config)"
        " VALUES (?, 'on_workflow_start', 'run_commands', '{}')",
        (world.workflow_id,),
    ).lastrowid
    world.initialize()
    world.one, world.two = (world.node(lease_seconds=30) for _ in range(2))
    world.told()
    return world


def claim(world, node_id, *, reports_end=True):
    action_id = ActionId(world.action)
    actions.claim_action(world.tx, world.workflow_id, action_id, node_id, now=world.clock.now, reports_end=reports_end)
    world.check()


def complete(world, node_id):
    actions.complete_action(world.tx, world.workflow_id, ActionId(world.action), node_id)
    world.check()


def pending(world):
    listed = actions.pending_action_ids(world.tx, world.workflow_id)
    assert actions.has_pending_actions(world.tx, world.workflow_id) is bool(listed)
    return listed


def lose(world, node_id):
    leases.give_up(world.tx, node_id, now=world.clock.now)
    world.check()


def stop(world, node_id):
    leases.change_lease(world.tx, node_id, 30, is_active=False)
    world.connection.execute("UPDATE compute_node SET is_active = 0 WHERE id = ?", (node_id,))
    world.check()


@pytest.mark.parametrize("end", [lose, stop])
def test_an_unfinished_action_of_a_node_that_ends_is_claimed_again(world, end):
    claim(world, world.one)
    assert pending(world) == []
    with pytest.raises(Conflict, match="already claimed"):
        claim(world, world.two)
    end(world, world.one)
    assert ActionsBecamePending(world.workflow_id) in world.told()
    assert pending(world) == [world.action]
    with pytest.raises(Stale, match="does not carry out action"):
        complete(world, world.one)
    claim(world, world.two)
    complete(world, world.two)
    lose(world, world.two)
    assert pending(world) == []


@pytest.mark.parametrize("end", [lose, stop])
def test_a_finished_action_is_not_repeated(world, end):
    claim(world, world.one)
    complete(world, world.one)
    complete(world, world.one)  # the same report again
    end(world, world.one)
    assert pending(world) == []
    with pytest.raises(Conflict, match="already claimed"):
        claim(world, world.two)


@pytest.mark.parametrize(("has_lease", "reports_end"), [(True, False), (False, True), (False, False)])
def test_other_claims_count_as_the_end(world, has_lease, reports_end):
    node_id = world.one if has_lease else world.node()
    claim(world, node_id, reports_end=reports_end)
    lose(world, world.one)
    assert pending(world) == []
    with pytest.raises(Conflict, match="already claimed"):
        claim(world, node_id if not has_lease else world.two, reports_end=reports_end)


def test_the_owner_can_repeat_its_claim(world):
    claim(world, world.one)
    claim(world, world.one)
    with pytest.raises(Stale, match="does not carry out action"):
        complete(world, world.two)
    with pytest.raises(NotFound):
        actions.complete_action(world.tx, world.workflow_id, ActionId(999), world.one)


def test_an_action_that_runs_during_an_initialization_is_claimed_again_after_its_end(world):
    claim(world, world.one)
    world.initialize()
    assert pending(world) == []
    with pytest.raises(Conflict, match="already claimed"):
        claim(world, world.two)
    world.told()
    complete(world, world.one)
    assert world.told() == [ActionsBecamePending(world.workflow_id)]
    assert pending(world) == [world.action]


def test_an_owner_that_is_not_active_is_found(world):
    claim(world, world.one)
    world.connection.execute("UPDATE compute_node SET is_active = 0 WHERE id = ?", (world.one,))
    with pytest.raises(AssertionError, match="the owner of an unfinished action is an active node"):
        world.check()
