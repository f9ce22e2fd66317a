"""Explanations agree with claims, for any jobs and offers."""

from hypothesis import given, settings
from hypothesis import strategies as st

from server_builders import Clock, World, database_in_memory
from torc_server.engine.claiming import claim
from torc_server.engine.claiming.packing import NodeOffer, SortMethod
from torc_server.engine.diagnosis.explain import explain
from torc_server.engine.diagnosis.shortfalls import BYTES_PER_GB, Candidate, Quantity, largest


def offer(*, cpus=8, gb=8.0, gpus=0, nodes=1, seconds=None, scheduler=None):
    return NodeOffer(cpus, int(gb * BYTES_PER_GB), gpus, nodes, seconds, scheduler)


OFFERS = st.builds(
    offer,
    cpus=st.integers(0, 3),
    gb=st.sampled_from([0.5, 1.0, 2.0]),
    gpus=st.integers(0, 1),
    nodes=st.integers(0, 2),
    seconds=st.sampled_from([None, 60, 120]),
    scheduler=st.sampled_from([None, 1, 2]),
)
NEEDS = st.tuples(
    st.integers(1, 3),
    st.sampled_from([0.5, 1.0, 2.0]),
    st.integers(0, 1),
    st.integers(1, 2),
    st.sampled_from([60, 120]),
)


@settings(deadline=None)  # a world takes most of the time, not the explanation
@given(st.lists(st.tuples(NEEDS, st.sampled_from([None, 1, 2])), min_size=1, max_size=4), OFFERS)
def test_claimable_means_that_a_claim_returns_a_job(jobs, wanted):
    world = World(database_in_memory(), Clock())
    for number, ((cpus, gb, gpus, nodes, seconds), scheduler_id) in enumerate(jobs):
        requirements_id = world.requirements(
            f"r{number}", cpus=cpus, gpus=gpus, nodes=nodes, memory_bytes=int(gb * BYTES_PER_GB), seconds=seconds
        )
        world.job(f"job{number}", requirements_id=requirements_id, scheduler_id=scheduler_id)
    world.initialize()
    explanation = explain(world.tx, world.workflow_id, wanted)
    claimed = claim.claim_for_node(
        world.tx,
        world.workflow_id,
        wanted,
        1,
        sort_method=SortMethod.NONE,
        strict=False,
        claim_key=None,
        now=world.clock.now,
    )
    assert explanation.is_claimable == bool(claimed.job_ids)
    world.connection.close()


@given(st.lists(OFFERS, min_size=1, max_size=8), OFFERS)
def test_the_largest_candidates_represent_all(offers, needed):
    def fits(candidate):
        return all(
            candidate.amount(quantity) is None
            or (
                needed_candidate.amount(quantity) is not None
                and candidate.amount(quantity) >= needed_candidate.amount(quantity)
            )
            for quantity in Quantity
        )

    needed_candidate = Candidate(needed)
    candidates = [Candidate(each) for each in offers]
    kept = largest(candidates)
    assert any(map(fits, kept)) == any(map(fits, candidates))
    assert set(kept) <= set(candidates)
