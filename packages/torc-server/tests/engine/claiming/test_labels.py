"""Nodes without labels claim jobs without labels; nodes with labels claim jobs whose labels they have all."""

import pytest

from torc_server.engine.claiming.packing import NodeOffer
from torc_server.engine.diagnosis.explain import explain
from torc_server.engine.diagnosis.reasons import Code
from torc_server.engine.diagnosis.shortfalls import BYTES_PER_GB
from torc_server.engine.execution.chained import chained_jobs
from torc_server.engine.labels import MOST_LISTED, NodeLabels, claimable_sets
from torc_server.engine.status import reports

# More labels than those of which every subset is listed.
MANY = tuple(f"other{number}" for number in range(MOST_LISTED))


def offer(*labels, cpus=8, scheduler=None, also=False):
    return NodeOffer(
        cpus, 8 * BYTES_PER_GB, scheduler_config_id=scheduler, labels=NodeLabels(tuple(sorted(set(labels))), also)
    )


def claim_by_resources(world, limit, *labels, also=False):
    return world.claim_for(offer(*labels, also=also), limit)


def claim_by_count(world, limit, *labels, also=False):
    return world.claim(limit, labels=labels, also_unlabeled=also)


either_claim = pytest.mark.parametrize("claim", [claim_by_resources, claim_by_count])
few_or_many = pytest.mark.parametrize("others", [(), MANY], ids=["few labels", "many labels"])


@either_claim
@few_or_many
def test_a_node_claims_the_jobs_whose_labels_it_has_all(world, claim, others):
    for name, labels in (
        ("none", ()),
        ("a", ["a"]),
        ("az", ["z", "a"]),
        ("az,z", ["az", "z"]),
        ("quoted", ['"z"', "ä b"]),
    ):
        world.job(name, labels=labels)
    world.initialize()
    assert claim(world, 9, "z", *others) == []
    assert claim(world, 9, "A", *others) == []
    assert claim(world, 9, "a", *others) == ["a"]
    assert claim(world, 9, "a", "z", *others) == ["az"]
    assert claim(world, 9, "a", "ä b", '"z"', *others) == ["quoted"]
    assert claim(world, 9, "z", "az", *others) == ["az,z"]
    assert claim(world, 9) == ["none"]


@either_claim
@few_or_many
def test_jobs_of_all_sets_are_ordered_by_priority(world, claim, others):
    for name, labels, priority in (
        ("b", ["x"], 1), ("c", ["x", "y"], 2), ("d", ["y"], 5), ("e", ["x"], 2), ("plain", (), 9),
    ):  # fmt: skip
        world.job(name, labels=labels, priority=priority)
    world.initialize()
    assert claim(world, 3, "x", "y", *others) == ["d", "c", "e"]
    assert claim(world, 9, "x", "y", *others) == ["b"]


@either_claim
def test_a_node_can_also_claim_jobs_without_labels_after_the_others(world, claim):
    for name, labels, priority in (("a", (), 9), ("b", ["x"], 1), ("c", ["x"], 2), ("e", (), 0)):
        world.job(name, labels=labels, priority=priority)
    world.initialize()
    assert claim(world, 3, "x", also=True) == ["c", "b", "a"]
    assert claim(world, 9, "y", also=True) == ["e"]


def test_labelled_and_other_jobs_share_the_offer(world):
    for number in range(6):
        world.job(f"x{number}", labels=["x"])
        world.job(f"p{number}")
    world.initialize()
    assert world.claim_for(offer("x", cpus=8, also=True)) == [f"x{number}" for number in range(6)] + ["p0", "p1"]


def test_the_classes_of_several_sets_are_read_in_pages(world, monkeypatch):
    """Each set has jobs of each class, and a page ends in the middle of the sets."""
    monkeypatch.setattr("torc_server.engine.claiming.ready_classes.CLASSES_AT_ONCE", 2)
    needs = [world.requirements(f"r{number}") for number in range(3)]
    names = []
    for priority in (1, 0):
        for requirements_id in needs:
            for labels in (["x"], ["y"], ["x", "y"]):
                names.append(f"{priority} {requirements_id} {labels}")
                world.job(names[-1], labels=labels, priority=priority, requirements_id=requirements_id)
    world.initialize()
    claimed = world.claim_for(offer("x", "y", cpus=len(names)))
    assert sorted(claimed) == sorted(names)
    assert [name[0] for name in claimed] == ["1"] * 9 + ["0"] * 9


def test_only_the_sets_of_ready_jobs_that_many_labels_have_are_read(world):
    for labels in ((), ["a"], ["a", "b"], ["c"], ["a", "b"]):
        world.job(str(len(world.ids)), labels=labels)
    world.initialize()
    assert claimable_sets(world.tx, world.workflow_id, NodeLabels(("a", "b", *MANY))) == [['["a","b"]', '["a"]']]


def test_labels_and_scheduler_configurations_apply_together(world):
    world.job("mine", labels=["x"], scheduler_id=1)
    world.job("theirs", labels=["x"], scheduler_id=2)
    world.initialize()
    assert world.claim_for(offer(scheduler=1)) == []
    assert world.claim_for(offer("x", scheduler=1)) == ["mine"]
    assert world.claim_for(offer("x", scheduler=1), strict=True) == []
    assert world.claim_for(offer("x", scheduler=1)) == ["theirs"]


def test_a_chained_job_needs_a_node_that_can_claim_it(world):
    world.job("first")
    world.job("second", after=["first"], labels=["x", "y"])
    world.job("third", after=["first"])
    world.initialize()
    world.claim()
    first, second, third = (world.ids[name] for name in ("first", "second", "third"))

    def chained(node):
        return chained_jobs(world.tx, world.workflow_id, [first], node, 9)

    assert chained(offer("y")) == []
    assert chained(offer()) == [(first, third)]
    assert chained(offer("y", "x", "z")) == [(first, second)]
    assert chained(offer("y", also=True)) == [(first, third)]


def explained(world, node=None):
    explanation = explain(world.tx, world.workflow_id, node)
    return [(reason.code, [job.job_name for job in reason.jobs]) for reason in explanation.reasons]


def test_the_explanation_names_the_missing_labels(world):
    large = world.requirements("large", cpus=64)
    world.job("a", labels=["fast"])
    world.job("b", labels=["big", "fast"], requirements_id=large)
    world.job("c")
    world.initialize()
    explanation = explain(world.tx, world.workflow_id, None)
    messages = {reason.message: reason.jobs[0].job_name for reason in explanation.reasons if reason.jobs}
    assert messages == {
        "1 job is ready for the label 'fast', which no node has; start a runner with this label": "a",
        (
            "1 job is ready for the labels 'big', 'fast', and no node has all of them; start a runner with these labels"
        ): "b",
    }
    assert explanation.is_claimable
    world.connection.execute("""UPDATE compute_node SET labels = '["big","fast"]'""")
    assert explained(world) == [(Code.CLAIMABLE, []), (Code.ONLY_LABELED_NODES, ["c"]), (Code.TOO_LARGE, ["b"])]
    assert explained(world, offer("big", "fast", cpus=99, also=True)) == [(Code.CLAIMABLE, [])]
    world.connection.execute("UPDATE compute_node SET also_unlabeled = 1")
    assert explained(world) == [(Code.CLAIMABLE, []), (Code.TOO_LARGE, ["b"])]


def test_without_nodes_no_label_is_lacking(world):
    world.job("a")
    world.initialize()
    world.connection.execute("UPDATE compute_node SET is_active = 0")
    explanation = explain(world.tx, world.workflow_id, None)
    assert [verdict.lacks_label for verdict in explanation.verdicts] == [False]
    assert [reason.code for reason in explanation.reasons] == [Code.NO_ACTIVE_NODES]


def test_a_smaller_node_with_other_labels_is_a_candidate(world):
    world.job("a", labels=["x"])
    world.job("b")
    world.initialize()
    world.connection.execute("""UPDATE compute_node SET labels = '["x"]', num_cpus = 1""")
    larger = world.node()
    world.connection.execute("UPDATE compute_node SET num_cpus = 64, memory_gb = 64 WHERE id = ?", (larger,))
    assert explained(world) == [(Code.CLAIMABLE, [])]
    world.connection.execute("""UPDATE compute_node SET labels = '["x"]' WHERE id = ?""", (larger,))
    world.connection.execute("UPDATE compute_node SET also_unlabeled = 1 WHERE id <> ?", (larger,))
    assert explained(world) == [(Code.CLAIMABLE, [])]


def test_the_sum_of_requirements_includes_labelled_jobs(world):
    world.job("a")
    world.job("b", labels=["x"])
    world.initialize()
    needed = reports.ready_requirements(world.tx, world.workflow_id, None)
    assert (needed.num_jobs, needed.num_cpus) == (2, 2)
