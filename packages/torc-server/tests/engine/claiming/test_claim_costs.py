"""A claim costs the same with any number of ready jobs of the same kind, and of jobs with labels of other nodes."""

from collections.abc import Callable

import pytest

from server_builders import World
from torc_server.engine.claiming.packing import NodeOffer
from torc_server.engine.claiming.ready_classes import CLASSES_AT_ONCE
from torc_server.engine.labels import MOST_LISTED, NodeLabels

FEW, MANY = 20, 2000
ADD_READY_JOBS = """
WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < :count)
INSERT INTO job (workflow_id, name, command, resource_requirements_id, status, labels)
SELECT :workflow_id, n, 'true', :requirements_id, 2,
    CASE n % 4 WHEN 0 THEN NULL WHEN 1 THEN '["a"]' WHEN 2 THEN '["a","b"]' ELSE json_array('host' || n) END
FROM number
"""
SETS = [(), ("a",), ("a", "b"), ("a", "b", *(f"other{number}" for number in range(MOST_LISTED)))]


def steps(world: World, claim: Callable[[], list[str]], *, claimed: int) -> int:
    """Return the number of instructions of SQLite for a claim of this number of jobs."""
    number = 0

    def count() -> int:
        nonlocal number
        number += 1
        return 0

    world.connection.set_progress_handler(count, 1)
    try:
        assert len(claim()) == claimed
    finally:
        world.connection.set_progress_handler(None, 0)
    return number


def steps_of_claim(world: World, labels: tuple[str, ...]) -> int:
    """Return the number of instructions of SQLite for a claim of one job by resources, and one by count."""
    offer = NodeOffer(1, 2**30, labels=NodeLabels(labels))
    by_resources = steps(world, lambda: world.claim_for(offer, 1), claimed=1)
    return by_resources + steps(world, lambda: world.claim(1, labels=labels), claimed=1)


ADD_DIFFERENT_JOBS = (
    """
WITH RECURSIVE number (n) AS (SELECT :first UNION ALL SELECT n + 1 FROM number WHERE n < :last)
INSERT INTO resource_requirements (id, workflow_id, name, num_cpus, num_gpus, num_nodes, memory, memory_bytes, runtime,
    runtime_seconds)
SELECT 1000 + n, :workflow_id, 'r' || n, 1, 0, 1, 'm', n, 'PT1M', 60 FROM number
""",
    """
INSERT INTO job (workflow_id, name, command, resource_requirements_id, status)
SELECT workflow_id, name, 'true', id, 2 FROM resource_requirements WHERE id > 1000 + :already
""",
)


def test_a_claim_costs_the_same_with_many_different_jobs(world, monkeypatch):
    monkeypatch.setattr(type(world), "check", lambda _: None)
    costs, already = [], 0
    for count in (CLASSES_AT_ONCE * 2, CLASSES_AT_ONCE * 20):
        names = {"workflow_id": world.workflow_id, "first": already + 1, "last": count, "already": already}
        for statement in ADD_DIFFERENT_JOBS:
            world.connection.execute(statement, names)
        already = count
        costs.append(steps_of_claim(world, ()))
    assert costs[1] < 1.5 * costs[0]


@pytest.mark.parametrize("labels", SETS, ids=["no label", "one label", "two labels", "many labels"])
def test_a_claim_costs_the_same_with_many_ready_jobs(world, monkeypatch, labels):
    monkeypatch.setattr(type(world), "check", lambda _: None)
    costs = []
    for count in (FEW, MANY):
        names = {"workflow_id": world.workflow_id, "requirements_id": world.requirements_id, "count": count}
        world.connection.execute(ADD_READY_JOBS, names)
        costs.append(steps_of_claim(world, labels))
    assert costs[1] < 1.5 * costs[0]


ADD_BLOCKED_JOBS = """
WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < :count)
INSERT INTO job (workflow_id, name, command, resource_requirements_id, status, priority)
SELECT :workflow_id, n, 'true', CASE n % 2 WHEN 0 THEN :wide_id ELSE :requirements_id END, 2, 1 - n % 2
FROM number
"""


def test_a_claim_costs_the_same_with_many_jobs_that_wait_for_the_node(world, monkeypatch):
    monkeypatch.setattr(type(world), "check", lambda _: None)
    wide_id = world.requirements("wide", cpus=2)
    world.job("running", requirements_id=world.requirements("shorter", seconds=59))
    world.initialize()
    world.connection.execute("UPDATE compute_node SET num_cpus = 2")
    assert world.claim_for(NodeOffer(2, 2**30), node_id=world.node_id) == ["running"]
    world.start("running")
    costs = []
    for count in (FEW, MANY):
        names = {"workflow_id": world.workflow_id, "requirements_id": world.requirements_id, "wide_id": wide_id}
        world.connection.execute(ADD_BLOCKED_JOBS, {**names, "count": count})
        costs.append(steps(world, lambda: world.claim_for(NodeOffer(1, 2**30), node_id=world.node_id), claimed=0))
    assert costs[1] < 1.5 * costs[0]
