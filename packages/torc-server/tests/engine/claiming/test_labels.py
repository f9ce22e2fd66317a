"""Only nodes with the label of a job claim it."""

import pytest

from torc_server.engine.claiming.packing import NodeOffer
from torc_server.engine.diagnosis.explain import explain
from torc_server.engine.diagnosis.reasons import Code
from torc_server.engine.diagnosis.shortfalls import BYTES_PER_GB
from torc_server.engine.execution.chained import chained_jobs
from torc_server.engine.status import reports


def offer(*labels, cpus=8, scheduler=None):
    return NodeOffer(cpus, 8 * BYTES_PER_GB, scheduler_config_id=scheduler, labels=labels)


def test_only_nodes_with_the_label_claim_labelled_jobs(world):
    for name, label in (("plain", None), ("fast", "fast disk"), ("licensed", "license")):
        world.job(name, label=label)
    world.initialize()
    assert world.claim_for(offer()) == ["plain"]
    assert world.claim_for(offer("FAST DISK", "")) == []
    assert world.claim_for(offer("fast disk")) == ["fast"]
    assert world.claim(labels=["none"]) == []
    assert world.claim(labels=["none", "license"]) == ["licensed"]


def claim_by_resources(world, limit, *labels):
    return world.claim_for(offer(*labels), limit)


def claim_by_count(world, limit, *labels):
    return world.claim(limit, labels=labels)


@pytest.mark.parametrize("claim", [claim_by_resources, claim_by_count])
def test_nodes_claim_labelled_jobs_first_and_then_by_priority(world, claim):
    for name, label, priority in (("a", None, 9), ("b", "x", 1), ("c", "x", 2), ("d", "y", 5), ("e", None, 0)):
        world.job(name, label=label, priority=priority)
    world.initialize()
    assert claim(world, 3, "x", "y", "x") == ["c", "b", "d"]
    assert claim(world, 9, "x", "y") == ["a", "e"]


def test_labelled_and_other_jobs_share_the_offer(world):
    for number in range(6):
        world.job(f"x{number}", label="x")
        world.job(f"p{number}")
    world.initialize()
    assert world.claim_for(offer("x", cpus=8)) == [f"x{number}" for number in range(6)] + ["p0", "p1"]


def test_labels_and_scheduler_configurations_apply_together(world):
    world.job("mine", label="x", scheduler_id=1)
    world.job("theirs", label="x", scheduler_id=2)
    world.initialize()
    assert world.claim_for(offer(scheduler=1)) == []
    assert world.claim_for(offer("x", scheduler=1)) == ["mine"]
    assert world.claim_for(offer("x", scheduler=1), strict=True) == []
    assert world.claim_for(offer("x", scheduler=1)) == ["theirs"]


def test_a_chained_job_needs_the_label_of_the_node(world):
    world.job("first")
    world.job("second", after=["first"], label="x")
    world.initialize()
    world.claim()
    first, second = world.ids["first"], world.ids["second"]
    assert chained_jobs(world.tx, world.workflow_id, [first], offer("y"), 9) == []
    assert chained_jobs(world.tx, world.workflow_id, [first], offer("y", "x"), 9) == [(first, second)]


def test_the_explanation_names_the_missing_label(world):
    large = world.requirements("large", cpus=64)
    for name, requirements_id in (("a", None), ("b", large)):
        world.job(name, label="fast", requirements_id=requirements_id)
    world.job("c")
    world.initialize()
    explanation = explain(world.tx, world.workflow_id, None)
    reasons = [reason for reason in explanation.reasons if reason.code is Code.NO_SUCH_LABEL]
    assert [[job.job_name for job in reason.jobs] for reason in reasons] == [["a"], ["b"]]
    assert reasons[0].message == (
        "1 job is ready for the label 'fast', which no node has; start a runner with this label"
    )
    assert explanation.is_claimable
    world.connection.execute("""UPDATE compute_node SET labels = '["slow", "fast"]'""")
    codes = [reason.code for reason in explain(world.tx, world.workflow_id, None).reasons]
    assert codes == [Code.CLAIMABLE, Code.TOO_LARGE]
    codes = [reason.code for reason in explain(world.tx, world.workflow_id, offer("fast", cpus=99)).reasons]
    assert codes == [Code.CLAIMABLE]


def test_a_smaller_node_with_a_label_is_a_candidate(world):
    world.job("a", label="x")
    world.initialize()
    world.connection.execute("""UPDATE compute_node SET labels = '["x"]', num_cpus = 1""")
    world.connection.execute("UPDATE compute_node SET num_cpus = 64, memory_gb = 64 WHERE id = ?", (world.node(),))
    assert explain(world.tx, world.workflow_id, None).is_claimable


def test_the_sum_of_requirements_includes_labelled_jobs(world):
    world.job("a")
    world.job("b", label="x")
    world.initialize()
    needed = reports.ready_requirements(world.tx, world.workflow_id, None)
    assert (needed.num_jobs, needed.num_cpus) == (2, 2)
