import pytest

from server_builders import World
from torc_server.engine.claiming.claim import NodeOffer, SortMethod, claim_next
from torc_server.engine.claiming.ready_classes import CLASSES_AT_ONCE
from torc_server.engine.errors import Conflict, NotFound

NODE = NodeOffer(num_cpus=8, memory_bytes=8192, num_gpus=2, num_nodes=1)


def test_each_job_is_claimed_once_in_order_of_priority(world):
    world.job("low")
    world.job("high", priority=5)
    world.job("late")
    world.initialize()
    assert world.claim(2) == ["high", "low"]
    assert world.claim(2) == ["late"]
    assert world.claim(2) == []


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one_claims_no_jobs(world, limit):
    world.job("a")
    world.initialize()
    assert world.claim(limit) == []
    assert world.claim_for(NODE, limit) == []


def test_claimed_jobs_fit_the_offer_together(world):
    big = world.requirements("big", cpus=5)
    for name in ("a", "b"):
        world.job(name, requirements_id=big)
    for number in range(5):
        world.job(f"small{number}")
    world.initialize()
    assert world.claim_for(NODE) == ["a", "small0", "small1", "small2"]


@pytest.mark.parametrize(
    "demand", [{"cpus": 9}, {"gpus": 3}, {"nodes": 2}, {"memory_bytes": 8193}, {"seconds": 61}], ids=str
)
def test_jobs_that_do_not_fit_are_not_claimed(world, demand):
    world.job("a", requirements_id=world.requirements("r", **demand))
    world.initialize()
    assert world.claim_for(NodeOffer(8, 8192, 2, 1, time_limit_seconds=60)) == []


def test_a_job_that_fits_exactly_is_claimed(world):
    world.job("a", requirements_id=world.requirements("r", cpus=8, gpus=2, memory_bytes=8192, seconds=60))
    world.initialize()
    assert world.claim_for(NodeOffer(8, 8192, 2, 1, time_limit_seconds=60)) == ["a"]


def test_only_jobs_for_several_nodes_use_up_nodes(world):
    wide = world.requirements("wide", nodes=2)
    for name in ("w1", "w2", "s1", "s2"):
        world.job(name, requirements_id=wide if name.startswith("w") else None)
    world.initialize()
    assert sorted(world.claim_for(NodeOffer(8, 8192, 0, 3))) == ["s1", "s2", "w1"]


@pytest.mark.parametrize(
    ("method", "order"),
    [
        (SortMethod.GPUS_RUNTIME_MEMORY, ["urgent", "gpu", "long", "large"]),
        (SortMethod.GPUS_MEMORY_RUNTIME, ["urgent", "gpu", "large", "long"]),
        (SortMethod.NONE, ["urgent", "long", "large", "gpu"]),
    ],
)
def test_the_sort_method_orders_within_a_priority(world, method, order):
    world.job("long", requirements_id=world.requirements("long", seconds=900))
    world.job("large", requirements_id=world.requirements("large", memory_bytes=4096))
    world.job("gpu", requirements_id=world.requirements("gpu", gpus=1))
    world.job("urgent", priority=1)
    world.initialize()
    assert world.claim_for(NODE, sort_method=method) == order


def test_jobs_of_another_scheduler_are_claimed_last(world):
    world.job("free")
    world.job("mine", scheduler_id=1)
    world.job("theirs", scheduler_id=2)
    world.initialize()
    mine = NodeOffer(8, 8192, scheduler_config_id=1)
    assert world.claim_for(mine) == ["free", "mine"]
    assert world.claim_for(mine, strict=True) == []
    assert world.claim_for(mine) == ["theirs"]


def test_jobs_of_another_scheduler_are_claimed_only_if_no_other_job_fits(world):
    world.job("theirs", scheduler_id=2)
    world.job("wide", requirements_id=world.requirements("wide", nodes=1, cpus=8))
    world.initialize()
    # "wide" fits the offer, so that no job of another scheduler is claimed even if "wide" is not.
    assert world.claim_for(NODE) == ["wide"]


def test_more_classes_than_are_read_at_once(world):
    big = world.requirements("big", memory_bytes=10**9)
    for number in range(CLASSES_AT_ONCE * 2 + 20):
        world.job(f"j{number}", priority=number, requirements_id=big if number % 2 else None)
    world.initialize()
    claimed = world.claim_for(NodeOffer(1000, 10**6), 1000)
    assert claimed == [f"j{number}" for number in reversed(range(CLASSES_AT_ONCE * 2 + 20)) if number % 2 == 0]


def test_a_repeated_key_returns_the_same_jobs(world):
    for name in "abcd":
        world.job(name)
    world.initialize()
    assert world.claim(2, claim_key="k") == ["a", "b"]
    assert world.claim(2, claim_key="k") == ["a", "b"]
    world.start("a")
    assert world.claim(2, claim_key="k") == ["b"]
    world.clock.advance(hours=2)
    assert world.claim(1, claim_key="k") == ["c"]
    assert world.connection.execute("SELECT COUNT(*) FROM claim_reply").fetchone()[0] == 1


def test_a_key_that_claimed_no_job_can_claim_jobs_later(world):
    world.job("a")
    assert world.claim(claim_key="k") == []
    world.initialize()
    assert world.claim(claim_key="k") == ["a"]


def test_a_key_belongs_to_one_workflow(world, database, clock):
    world.job("a")
    world.initialize()
    world.claim(claim_key="k")
    with pytest.raises(Conflict):
        World(database, clock).claim(claim_key="k")


def test_a_claim_reports_that_no_job_is_left(world):
    world.job("a")
    world.initialize()
    world.claim()

    def ask():
        return claim_next(world.tx, world.workflow_id, 1, claim_key=None, now=world.clock.now)

    assert not ask().over
    world.complete("a")
    assert ask().over
    world.cancel()
    assert (ask().over, ask().reason) == (True, "Workflow is canceled")


def test_a_claim_for_a_missing_workflow(tx, clock):
    with pytest.raises(NotFound):
        claim_next(tx, 9, 1, claim_key=None, now=clock.now)
