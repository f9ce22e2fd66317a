"""What the server packs into the nodes of an allocation, its runner can place on them."""

from hypothesis import given
from hypothesis import strategies as st

from torc_runner.machine.placement import AllocatedNodes, Resources
from torc_server.engine.claiming.node_packing import RemainingNodes
from torc_server.engine.claiming.packing import NodesAlike, ReadyClass

SIZES = st.lists(st.builds(Resources, st.integers(1, 8), st.integers(1, 8)), min_size=1, max_size=5)
NEEDS = st.builds(Resources, st.integers(1, 4), st.integers(0, 4), st.just(0), st.integers(1, 3))
CLASSES = st.lists(st.tuples(NEEDS, st.integers(1, 5)), max_size=6)


def ready(needs: Resources) -> ReadyClass:
    return ReadyClass(0, None, 0, needs.num_gpus, 60, needs.memory_bytes, needs.num_cpus, needs.num_nodes, 1)


def amounts(resources: Resources) -> tuple[int, int, int]:
    return (resources.num_cpus, resources.memory_bytes, resources.num_gpus)


def offered(nodes: AllocatedNodes) -> tuple[NodesAlike, ...]:
    return tuple(
        NodesAlike(group.size.num_nodes, amounts(group.size), amounts(group.free), group.only_whole)
        for group in nodes.alike()
    )


@given(SIZES, st.lists(NEEDS, max_size=4), CLASSES)
def test_a_runner_places_the_jobs_that_it_is_given(
    sizes: list[Resources], running: list[Resources], classes: list[tuple[Resources, int]]
):
    nodes = AllocatedNodes(sizes)
    for needs in running:
        if (numbers := nodes.place(needs)) is not None:
            nodes.take(numbers, needs)
    remaining = RemainingNodes(offered(nodes), 100)
    for needs, num_ready in classes:
        count = min(num_ready, remaining.for_jobs_of(ready(needs)))
        remaining.take(ready(needs), count)
        for _ in range(count):
            numbers = nodes.place(needs)
            assert numbers is not None
            nodes.take(numbers, needs)


@given(SIZES, st.lists(NEEDS, max_size=4), CLASSES)
def test_a_job_for_several_nodes_runs_when_the_running_jobs_have_ended(
    sizes: list[Resources], running: list[Resources], classes: list[tuple[Resources, int]]
):
    """Whatever jobs for one node are ready: no node that it waits for gets one of them."""
    nodes = AllocatedNodes(sizes)
    wide = Resources(1, 0, 0, num_nodes=len(sizes))
    held = []
    for needs in running:
        if (numbers := nodes.place(needs)) is not None:
            nodes.take(numbers, needs)
            held.append((numbers, needs))
    for _ in range(len(held) + 1):
        remaining = RemainingNodes(offered(nodes), 100)
        if wide.num_nodes > 1 and remaining.for_jobs_of(ready(wide)):
            assert nodes.place(wide) is not None
            return
        for needs, num_ready in classes:
            assert len(sizes) == 1 or min(num_ready, remaining.for_jobs_of(ready(needs))) == 0
        if held:
            nodes.release(*held.pop())
    assert len(sizes) == 1
