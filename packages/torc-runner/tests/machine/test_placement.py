"""Jobs are placed on nodes so that no node ever has more than it can take, in any order of starts and ends."""

from hypothesis import given
from hypothesis import strategies as st

from torc_runner.machine.placement import AllocatedNodes, NodeNumbers, Resources

SIZES = st.lists(st.builds(Resources, st.integers(1, 8), st.integers(1, 8), st.integers(0, 2)), min_size=1, max_size=5)
NEEDS = st.builds(Resources, st.integers(0, 8), st.integers(0, 8), st.integers(0, 2), st.integers(1, 4))
STEPS = st.lists(st.one_of(NEEDS, st.integers(0, 30)), max_size=30)
"""A job starts, or one of those that run ends."""

Held = list[tuple[NodeNumbers, Resources]]


def used(held: Held, number: int) -> Resources:
    """Return what the jobs that share a node use of it."""
    jobs = [needs for numbers, needs in held if number in numbers]
    return Resources(
        sum(job.num_cpus for job in jobs), sum(job.memory_bytes for job in jobs), sum(job.num_gpus for job in jobs)
    )


def follow(nodes: AllocatedNodes, steps: list[Resources | int]) -> Held:
    held: Held = []
    for step in steps:
        if isinstance(step, int):
            if held:
                nodes.release(*held.pop(step % len(held)))
        elif (numbers := nodes.place(step)) is not None:
            nodes.take(numbers, step)
            held.append((numbers, step))
    return held


@given(SIZES, STEPS, st.booleans())
def test_no_node_has_more_jobs_than_fit_it(sizes: list[Resources], steps: list[Resources | int], first_only: bool):
    nodes, held = AllocatedNodes(sizes, first_only=first_only), []
    for step in steps:
        if isinstance(step, int):
            if held:
                nodes.release(*held.pop(step % len(held)))
            continue
        numbers = nodes.place(step)
        if numbers is None:
            continue
        nodes.take(numbers, step)
        held.append((numbers, step))
        assert len(set(numbers)) == len(numbers) == step.num_nodes
        for number, size in enumerate(sizes):
            assert size.fits(used(held, number))
            jobs = [each for each in held if number in each[0]]
            assert len(jobs) == 1 or all(needs.num_nodes == 1 for _, needs in jobs)


@given(SIZES, STEPS, NEEDS)
def test_a_job_is_refused_only_if_it_fits_nowhere(sizes: list[Resources], steps: list[Resources | int], job: Resources):
    nodes = AllocatedNodes(sizes)
    held = follow(nodes, steps)
    busy = {number for numbers, _ in held for number in numbers}
    if job.num_nodes > 1:
        fits = sum(size.fits(job) for number, size in enumerate(sizes) if number not in busy) >= job.num_nodes
    else:
        whole = {number for numbers, needs in held if needs.num_nodes > 1 for number in numbers}
        fits = any(
            size.fits(used([*held, ((number,), job)], number))
            for number, size in enumerate(sizes)
            if number not in whole
        )
    assert (nodes.place(job) is not None) == fits


@given(SIZES, STEPS)
def test_when_all_jobs_have_ended_all_nodes_are_free(sizes: list[Resources], steps: list[Resources | int]):
    nodes = AllocatedNodes(sizes)
    for numbers, needs in follow(nodes, steps):
        nodes.release(numbers, needs)
    assert nodes.alike() == AllocatedNodes(sizes).alike()
    assert nodes.free_cpus() == sum(size.num_cpus for size in sizes)


@given(SIZES, STEPS, st.booleans())
def test_an_offer_names_each_node_once_with_what_is_free(
    sizes: list[Resources], steps: list[Resources | int], first_only: bool
):
    nodes = AllocatedNodes(sizes, first_only=first_only)
    follow(nodes, steps)
    offered = nodes.alike()
    assert sum(group.size.num_nodes for group in offered) == len(sizes)
    for group in offered:
        assert group.size.fits(group.free)
        job = Resources(group.free.num_cpus, group.free.memory_bytes, group.free.num_gpus)
        if group.free.num_cpus and not group.only_whole:
            assert nodes.place(job) is not None
