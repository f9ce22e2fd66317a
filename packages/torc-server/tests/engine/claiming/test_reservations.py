"""A node keeps its resources for a job of high priority that needs more than is free."""

from collections.abc import Callable

import pytest

from server_builders import World
from torc_server.engine.claiming.claim import Prefetch, SortMethod, claim_for_node
from torc_server.engine.claiming.packing import NodeOffer
from torc_server.engine.ids import NodeId
from torc_server.engine.signals import JobsBecameReady
from torc_server.engine.states import JobStatus

GB = 2**30


def offer(cpus: int, **members: int) -> NodeOffer:
    return NodeOffer(cpus, 8 * GB, **members)


@pytest.fixture
def small(world: World) -> Callable[..., None]:
    """Return a function that creates jobs of one CPU."""

    def create(*names: str, seconds: int = 61, priority: int = 0) -> None:
        requirements_id = world.requirements(f"of {names[0]}", seconds=seconds)
        for name in names:
            world.job(name, requirements_id=requirements_id, priority=priority)

    return create


def wide(world: World, name: str, *, cpus: int = 2, priority: int = 10, seconds: int = 60) -> None:
    world.job(name, requirements_id=world.requirements(f"of {name}", cpus=cpus, seconds=seconds), priority=priority)


def node_of(world: World, cpus: int = 2) -> NodeId:
    node_id = world.node()
    world.connection.execute("UPDATE compute_node SET num_cpus = ? WHERE id = ?", (cpus, node_id))
    return node_id


def run(world: World, node_id: NodeId, free: int, *expected: str, limit: int = 1000, **members: int) -> None:
    """Claim for a node, compare the jobs, and start them."""
    assert world.claim_for(offer(free, **members), limit, node_id=node_id) == [*expected]
    world.start(*expected, node_id=node_id)


def busy(world: World, small: Callable[..., None], *, seconds: int = 60) -> NodeId:
    """Return a node of two CPUs that runs one job."""
    node_id = node_of(world)
    small("running", seconds=seconds, priority=99)
    world.initialize(only_uninitialized=True)
    run(world, node_id, 1, "running")
    return node_id


def test_a_wide_job_of_high_priority_runs_before_small_ones(world, small):
    node_id = busy(world, small)
    small("a", "b")
    wide(world, "wide")
    world.initialize(only_uninitialized=True)
    run(world, node_id, 1)
    world.complete("running", node_id=node_id)
    run(world, node_id, 2, "wide")
    world.complete("wide", node_id=node_id)
    run(world, node_id, 2, "a", "b")


def test_a_small_job_runs_before_if_it_ends_in_time(world, small):
    node_id = busy(world, small, seconds=600)
    small("short", "other", seconds=500)
    small("long", seconds=601)
    wide(world, "wide")
    world.initialize(only_uninitialized=True)
    run(world, node_id, 1, "short")
    world.complete("short", node_id=node_id)
    world.clock.advance(seconds=101)
    run(world, node_id, 1)


def test_a_small_job_runs_before_if_it_leaves_enough(world, small):
    node_id = node_of(world, 4)
    small("first", "second", priority=99)
    world.initialize(only_uninitialized=True)
    run(world, node_id, 2, "first", "second")
    small("a", "b", seconds=3600)
    wide(world, "wide", cpus=3)
    world.initialize(only_uninitialized=True)
    run(world, node_id, 2, "a")


def test_jobs_that_exceed_their_runtime_are_expected_to_end(world, small):
    node_id = busy(world, small)
    small("a", seconds=1)
    wide(world, "wide")
    world.initialize(only_uninitialized=True)
    world.clock.advance(seconds=3600)
    run(world, node_id, 1)


def test_a_job_waits_for_another_resource_and_leaves_the_rest(world, small):
    node_id = node_of(world, 4)
    world.connection.execute("UPDATE compute_node SET num_gpus = 1 WHERE id = ?", (node_id,))
    on_gpu = world.requirements("gpu", gpus=1)
    for name in ("g1", "g2"):
        world.job(name, requirements_id=on_gpu, priority=5)
    wide(world, "c1", cpus=3, priority=0, seconds=3600)
    world.initialize()
    run(world, node_id, 4, "g1", "c1", num_gpus=1)


@pytest.mark.parametrize("priority", [10, 11])
def test_jobs_of_the_same_or_a_higher_priority_are_not_held_back(world, small, priority):
    node_id = busy(world, small)
    small("a", priority=priority)
    small("low")
    wide(world, "wide")
    world.initialize(only_uninitialized=True)
    run(world, node_id, 1, "a")


def test_a_job_that_never_fits_the_node_holds_nothing_back(world, small):
    node_id = busy(world, small)
    small("a")
    wide(world, "too wide", cpus=3)
    world.initialize(only_uninitialized=True)
    run(world, node_id, 1, "a")


def test_a_node_with_too_little_time_for_the_job_is_not_reserved(world, small):
    node_id = busy(world, small)
    small("a")
    wide(world, "wide")
    world.initialize(only_uninitialized=True)
    run(world, node_id, 1, "a", time_limit_seconds=119)


def test_a_node_with_just_enough_time_is_reserved(world, small):
    node_id = busy(world, small)
    small("a")
    wide(world, "wide")
    world.initialize(only_uninitialized=True)
    run(world, node_id, 1, time_limit_seconds=120)


def test_an_idle_node_that_offers_less_than_it_registered_is_not_reserved(world, small):
    small("a")
    wide(world, "wide")
    world.initialize()
    run(world, node_of(world), 1, "a")


def test_claims_without_a_node_hold_nothing_back(world, small):
    small("a")
    wide(world, "wide")
    world.initialize()
    assert world.claim_for(offer(1)) == ["a"]


def test_what_the_claim_itself_takes_counts(world, small):
    node_id = node_of(world, 3)
    wide(world, "wide", seconds=60)
    wide(world, "next", seconds=60)
    small("a", "b", seconds=3600)
    world.initialize()
    run(world, node_id, 3, "wide", "a")


class TestSeveralNodes:
    def busy(self, world: World, small: Callable[..., None], *seconds: int) -> list[NodeId]:
        nodes = []
        for number, of_node in enumerate(seconds):
            nodes.append(node_of(world))
            small(f"running{number}", priority=99, seconds=of_node)
            world.initialize(only_uninitialized=True)
            run(world, nodes[-1], 1, f"running{number}")
        return nodes

    def test_one_node_is_reserved_for_one_job(self, world, small):
        first, second = self.busy(world, small, 60, 60)
        small("a", "b")
        wide(world, "wide")
        world.initialize(only_uninitialized=True)
        run(world, first, 1)
        run(world, second, 1, "a")
        run(world, first, 1)

    def test_two_jobs_reserve_two_nodes(self, world, small):
        first, second, third = self.busy(world, small, 60, 60, 60)
        small("a")
        requirements_id = world.requirements("both", cpus=2)
        for name in ("wide", "other"):
            world.job(name, requirements_id=requirements_id, priority=10)
        world.initialize(only_uninitialized=True)
        run(world, first, 1)
        run(world, second, 1)
        run(world, third, 1, "a")

    def test_a_job_of_less_priority_reserves_another_node(self, world, small):
        first, second = self.busy(world, small, 60, 60)
        small("a")
        wide(world, "wide")
        wide(world, "less", priority=5)
        world.initialize(only_uninitialized=True)
        run(world, first, 1)
        run(world, second, 1)

    def test_the_node_where_the_job_starts_first_is_reserved(self, world, small):
        late, soon = self.busy(world, small, 3600, 60)
        small("a", "b", seconds=3601)
        wide(world, "wide")
        world.initialize(only_uninitialized=True)
        run(world, late, 1)
        world.told()
        run(world, soon, 1)
        assert JobsBecameReady(world.workflow_id) in world.told(), "the other node can claim small jobs now"
        run(world, late, 1, "a")

    def test_another_node_that_fits_the_job_takes_it(self, world, small):
        first, _ = self.busy(world, small, 60, 60)
        small("a")
        wide(world, "wide")
        world.initialize(only_uninitialized=True)
        run(world, first, 1)
        world.told()
        run(world, node_of(world), 2, "wide")
        assert JobsBecameReady(world.workflow_id) in world.told()
        run(world, first, 1, "a")

    def test_the_reservation_of_a_stopped_node_does_not_count(self, world, small):
        first, second = self.busy(world, small, 60, 60)
        small("a")
        wide(world, "wide")
        world.initialize(only_uninitialized=True)
        run(world, first, 1)
        world.connection.execute("UPDATE compute_node SET is_active = 0 WHERE id = ?", (first,))
        run(world, second, 1)


class TestPrefetch:
    def claim(self, world: World, node_id: NodeId, free: int, limit: int) -> list[str]:
        claimed = claim_for_node(
            world.tx,
            world.workflow_id,
            offer(free),
            limit,
            sort_method=SortMethod.GPUS_RUNTIME_MEMORY,
            strict=False,
            claim_key=None,
            now=world.clock.now,
            node_id=node_id,
            prefetch=Prefetch(offer(2), 10),
        )
        return [world.name(job_id) for job_id in claimed.job_ids]

    def test_a_reserved_node_prefetches_nothing(self, world, small):
        node_id = busy(world, small, seconds=600)
        small("a", "b", "c")
        wide(world, "wide")
        world.initialize(only_uninitialized=True)
        assert self.claim(world, node_id, 1, 1) == ["a"]
        assert self.claim(world, node_id, 0, 0) == []

    def test_a_job_that_another_node_reserves_is_not_prefetched(self, world, small):
        node_id = busy(world, small)
        small("other", priority=99, seconds=60)
        world.initialize(only_uninitialized=True)
        run(world, other := node_of(world), 1, "other")
        small("a", "b", "c")
        wide(world, "wide")
        world.initialize(only_uninitialized=True)
        run(world, node_id, 1)
        assert self.claim(world, other, 1, 1) == ["a", "b", "c"]

    def test_a_node_prefetches_again_after_the_reserved_job_was_claimed(self, world, small):
        node_id = busy(world, small)
        small("a", "b", "c")
        wide(world, "wide")
        world.initialize(only_uninitialized=True)
        assert self.claim(world, node_id, 1, 1) == []
        world.complete("running", node_id=node_id)
        assert self.claim(world, node_id, 2, 2) == ["wide", "a", "b", "c"]

    def test_the_reservation_of_a_job_that_is_no_longer_ready_ends(self, world, small):
        node_id = busy(world, small)
        small("a", "b", "c")
        wide(world, "wide")
        world.initialize(only_uninitialized=True)
        assert self.claim(world, node_id, 1, 1) == []
        world.manage("wide", JobStatus.DISABLED)
        assert self.claim(world, node_id, 0, 0) == ["a", "b", "c"]
