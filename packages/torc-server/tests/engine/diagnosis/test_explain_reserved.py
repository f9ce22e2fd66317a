"""Explanations name the job for which a node keeps its free resources."""

from server_builders import World
from torc_server.engine.claiming.packing import NodeOffer
from torc_server.engine.diagnosis.explain import explain
from torc_server.engine.diagnosis.reasons import Code
from torc_server.engine.ids import NodeId


def claimable(world: World, offer: NodeOffer | None = None) -> str:
    (message,) = (
        each.message for each in explain(world.tx, world.workflow_id, offer).reasons if each.code is Code.CLAIMABLE
    )
    return message


def held_back(world: World, node_id: NodeId, name: str, *, free: int) -> None:
    """Create a small job that is held back on the node, for a job that needs all of its 8 CPUs."""
    world.job(name, requirements_id=world.requirements(name, seconds=3600))
    world.job(
        f"wide {name}", requirements_id=world.requirements(f"wide {name}", cpus=8, memory_bytes=2**31), priority=10
    )
    world.initialize(only_uninitialized=True)
    assert world.claim_for(NodeOffer(free, 8 * 2**30), node_id=node_id) == []


def test_small_jobs_wait_for_a_node_that_is_reserved(world):
    nodes = (world.node_id, world.node())
    for number, node_id in enumerate(nodes):
        world.job(f"running {number}", priority=99)
        world.initialize(only_uninitialized=True)
        world.claim_for(NodeOffer(1, 2**30), node_id=node_id)
        world.start(f"running {number}", node_id=node_id)
    held_back(world, nodes[0], "a", free=7)
    assert claimable(world) == (
        "2 jobs are ready and fit a node; 1 of them waits until running jobs end, the others can be claimed. Job"
        " 'wide a' (priority 10) waits for 8 CPUs, 2.0 GiB of memory on node 1 on host; jobs of lower priority start"
        " there only if they do not delay it"
    )
    held_back(world, nodes[1], "b", free=7)
    assert claimable(world).startswith(
        "4 jobs are ready and fit a node, but the active nodes are full; they wait until running jobs end. Job 'wide a'"
    )
    assert claimable(world).endswith("do not delay it (1 other node is reserved, too)")
    assert claimable(world, NodeOffer(8, 8 * 2**30)) == "4 jobs are ready and fit a node and can be claimed"
