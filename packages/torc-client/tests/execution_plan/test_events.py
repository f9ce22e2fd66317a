"""Which event lets which jobs run."""

import json

import pytest

from torc_client.errors import TorcError
from torc_client.execution_plan.events import Allocation, Step, events_of
from torc_client.execution_plan.rendering import record_of, text_of


def told(steps, allocations=()):
    """Events as (id, awaited, ready, after, unlocks), jobs by name."""
    names = [step.name for step in steps]
    return [
        (
            event.id,
            "".join(names[place] for place in event.completed),
            "".join(names[place] for place in event.ready),
            event.depends_on,
            event.unlocks,
        )
        for event in events_of(steps, allocations)
    ]


def test_a_diamond_has_three_events():
    assert told([Step("a"), Step("b", (0,)), Step("c", (0,)), Step("d", (1, 2))]) == [
        ("start", "", "a", [], ["after_a"]),
        ("after_a", "a", "bc", ["start"], ["after_b_c"]),
        ("after_b_c", "bc", "d", ["after_a"], []),
    ]


def test_a_reader_waits_for_all_writers_except_itself():
    steps = [
        Step("a", writes=("f",)),
        Step("b", writes=("f",)),
        Step("c", reads=("f",)),
        Step("d", (0,), ("g",), ("g",)),
    ]
    assert [(awaited, ready) for _, awaited, ready, _, _ in told(steps)] == [("", "ab"), ("a", "d"), ("ab", "c")]


def test_jobs_far_behind_wait_for_all_their_events():
    steps = [Step("a"), Step("b", (0,)), Step("c", (0, 1))]
    assert told(steps)[-1] == ("after_a_b", "ab", "c", ["start", "after_a"], [])


@pytest.mark.parametrize(
    "steps",
    [[Step("a", (1,)), Step("b", (0,))], [Step("x", reads=("f",), writes=("g",)), Step("y", (), ("g",), ("f",))]],
)
def test_a_ring_is_refused(steps):
    with pytest.raises(TorcError, match="have a cycle"):
        events_of(steps)


def test_every_event_has_an_id_of_its_own():
    steps = [Step(name) for name in ("a_b", "a", "b", "c", "d")]
    steps += [Step("x", (0,)), Step("y", (1, 2)), Step("z", (0, 1, 2, 3, 4))]
    assert [event.id for event in events_of(steps)] == ["start", "after_a_b", "after_a_b_2", "after_a_b_and_4_more"]


def test_the_jobs_of_a_trigger_are_also_where_1_0_has_them():
    steps = [Step("a"), Step("b", (0,))]
    record = record_of("database", "w", steps, events_of(steps), workflow_id=7)
    assert record["workflow_id"] == 7
    assert record["events"][1]["trigger"] == {"type": "jobs_complete", "data": {"jobs": ["a"]}, "jobs": ["a"]}


def test_nodes_are_asked_for_where_they_are_needed():
    steps = [Step("a"), Step("b", (0,)), Step("c", (1,))]
    allocations = [
        Allocation("on_workflow_start", "s", "slurm", 1),
        Allocation("on_jobs_ready", "r", "slurm", 2, (2, 0)),
        Allocation("on_jobs_complete", "e", "slurm", 1, (2, 0)),
        Allocation("on_workflow_complete", "z", "local", 1),
    ]
    events = events_of(steps, allocations)
    assert [(event.id, [each.scheduler for each in event.allocations]) for event in events] == [
        ("start", ["s"]), ("after_a", []), ("after_b", ["r"]), ("after_a_c", ["e", "z"]),
    ]  # fmt: skip
    record = record_of("spec_file", "w", steps, events)
    assert (record["total_events"], record["root_events"], record["leaf_events"]) == (4, ["start"], ["after_a_c"])
    assert record["events"][2]["scheduler_allocations"] == [
        {"scheduler": "r", "scheduler_type": "slurm", "num_allocations": 2, "job_names": ["c", "a"]}
    ]
    json.dumps(record)
    assert "    requests 2 allocations of slurm 'r'\n    1 job can run: c\n" in text_of("w", steps, events)


def test_wide_layers_are_short_and_fast():
    width = 2000
    everyone = tuple(range(width))
    steps = [*(Step(f"a{n}") for n in range(width)), *(Step(f"b{n}", everyone) for n in range(width))]
    text = text_of("wide", steps, events_of(steps))
    assert "2000 jobs can run: a0, a1, a2, a3, a4, a5, a6, a7, a8, a9 and 1990 more\n" in text
    assert len(text) < 1000
