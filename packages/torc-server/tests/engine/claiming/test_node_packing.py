"""Claims of a runner with several nodes: what fits each of them, and nodes kept free for jobs that need several."""

from server_builders import World
from torc_server.engine.claiming.node_packing import largest_offer
from torc_server.engine.claiming.packing import NodesAlike

GB = 2**30


def node(free_cpus: int, *, count: int = 1, cpus: int = 4, gpus: int = 0, only_whole: bool = False) -> NodesAlike:
    return NodesAlike(count, (cpus, 8 * GB, gpus), (free_cpus, 8 * GB, gpus), only_whole)


def claim(world: World, *nodes: NodesAlike, limit: int = 10) -> list[str]:
    return world.claim_for(largest_offer(nodes), limit)


def jobs(world: World, *names: str, **needs: int) -> None:
    requirements_id = world.requirements(f"r{names[0]}", **needs)
    for name in names:
        world.job(name, requirements_id=requirements_id)


def test_each_job_fits_a_node(world):
    jobs(world, "a", "b", "c", cpus=3)
    jobs(world, "small", cpus=1)
    world.initialize()
    assert claim(world, node(4, count=2)) == ["a", "b", "small"], "three jobs of 3 CPUs would fit 8 CPUs, but not 4 + 4"


def test_free_parts_of_different_nodes_are_used(world):
    jobs(world, "three", cpus=3)
    jobs(world, "two", "other", cpus=2)
    world.initialize()
    assert claim(world, node(0), node(2), node(3)) == ["three", "two"]


def test_a_job_for_several_nodes_gets_idle_ones(world):
    jobs(world, "wide", cpus=4, nodes=2)
    jobs(world, "a", "b", "c", cpus=2)
    world.initialize()
    assert claim(world, node(2), node(4, count=2)) == ["wide", "a"]


def test_nodes_are_kept_free_for_the_first_job_that_needs_several(world):
    jobs(world, "wide", cpus=4, nodes=2)
    jobs(world, "a", "b", "c", cpus=1)
    world.initialize()
    assert claim(world, node(1), node(2), node(4)) == ["a"], "the emptiest two wait for the other job"
    assert claim(world, node(0), node(4, count=2)) == ["wide"]
    assert claim(world, node(0), node(0, count=2)) == []
    assert claim(world, node(4, count=3)) == ["b", "c"]


def test_jobs_of_higher_priority_use_all_nodes(world):
    jobs(world, "wide", cpus=4, nodes=2)
    world.job("urgent", requirements_id=world.requirements("r", cpus=1), priority=1)
    world.initialize()
    assert claim(world, node(0), node(1)) == ["urgent"]


def test_no_node_is_kept_for_a_job_that_never_fits(world):
    jobs(world, "wide", cpus=4, nodes=3)
    jobs(world, "larger", cpus=8, nodes=2)
    jobs(world, "a", "b", cpus=1)
    world.initialize()
    assert claim(world, node(1), node(1)) == ["a", "b"]


def test_nodes_for_whole_jobs_get_no_others(world):
    jobs(world, "a", "b", cpus=4)
    world.initialize()
    assert claim(world, node(4), node(4, only_whole=True)) == ["a"]


def test_a_job_for_several_nodes_gets_nodes_for_whole_jobs(world):
    jobs(world, "wide", cpus=4, nodes=2)
    jobs(world, "small", cpus=1)
    world.initialize()
    assert claim(world, node(4), node(4, only_whole=True)) == ["wide"]


def test_jobs_without_gpus_leave_gpus_free(world):
    jobs(world, "gpu", cpus=4, gpus=1)
    jobs(world, "plain", cpus=4)
    world.initialize()
    assert claim(world, node(4), node(4, gpus=1)) == ["gpu", "plain"]
