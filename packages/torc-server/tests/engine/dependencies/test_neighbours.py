"""The jobs near one job: what is found, what is counted, and what is first."""

import pytest

from torc_server.engine.dependencies import graph, neighbours
from torc_server.engine.errors import NotFound
from torc_server.engine.states import JobStatus


def near(world, name, *, steps=1, limit=10):
    return neighbours.neighbours(world.tx, world.ids[name], steps=steps, limit=limit)


def by_step(found):
    steps = {}
    for each in found.jobs:
        steps.setdefault(each.step, []).append(each.name)
    return steps


def names_of(found):
    names = {each.job_id: each.name for each in found.jobs}
    return sorted((names[source], names[target]) for source, target in found.edges)


@pytest.fixture
def chain(world):
    """a -> b -> c -> d -> e, and a -> c."""
    world.ids = {}
    for name, after in (("a", []), ("b", ["a"]), ("c", ["a", "b"]), ("d", ["c"]), ("e", ["d"])):
        world.ids[name] = world.job(name, after=after)
    return world


def test_one_and_two_steps(chain):
    assert by_step(near(chain, "c")) == {0: ["c"], -1: ["a", "b"], 1: ["d"]}
    assert by_step(near(chain, "d", steps=2)) == {0: ["d"], -1: ["c"], -2: ["a", "b"], 1: ["e"]}
    assert names_of(near(chain, "d", steps=2)) == [("a", "b"), ("a", "c"), ("b", "c"), ("c", "d"), ("d", "e")]
    assert by_step(near(chain, "a", steps=2)) == {0: ["a"], 1: ["b", "c"], 2: ["d"]}


def test_jobs_beyond_the_limit_are_counted(world):
    world.ids = {"first": world.job("first")}
    many = [world.job(f"m{number}") for number in range(30)]
    graph.set_dependencies_of_new_jobs(world.tx, world.workflow_id, [(each, [world.ids["first"]]) for each in many])
    world.ids["last"] = world.job("last")
    graph.set_dependencies(world.tx, world.workflow_id, world.ids["last"], many)
    found = near(world, "first", steps=2, limit=4)
    assert [(each.step, each.num_jobs, each.is_exact, each.shown) for each in found.steps] == [
        (1, 30, True, 4), (2, 1, True, 1),
    ]  # fmt: skip
    found = near(world, "last", limit=4)
    assert [(each.num_jobs, each.shown) for each in found.steps] == [(30, 4)]
    assert by_step(found)[-1] == ["m0", "m1", "m2", "m3"]


def test_sets_take_turns(world):
    world.ids = {}
    for number in range(6):
        world.ids[f"x{number}"] = world.job(f"x{number}")
    world.ids["y"] = world.job("y")
    world.ids["last"] = world.job("last")
    graph.let_wait(
        world.tx,
        world.workflow_id,
        [
            (world.ids["last"], tuple(world.ids[f"x{number}"] for number in range(6))),
            (world.ids["last"], (world.ids["y"],)),
        ],
    )
    found = near(world, "last", limit=2)
    assert by_step(found)[-1] == ["x0", "y"]
    assert [(each.num_jobs, each.is_exact) for each in found.steps] == [(7, True)]


def test_what_keeps_a_job_waiting_is_first(world):
    world.ids = {}
    many = [world.job(f"m{number}") for number in range(30)]
    world.ids["last"] = world.job("last")
    graph.set_dependencies(world.tx, world.workflow_id, world.ids["last"], many)
    change = "UPDATE job SET status = ? WHERE name = ?"
    world.connection.execute("UPDATE job SET status = ? WHERE name LIKE 'm%'", (JobStatus.COMPLETED,))
    world.connection.execute(change, (JobStatus.FAILED, "m20"))
    world.connection.execute(change, (JobStatus.RUNNING, "m10"))
    world.connection.execute(change, (JobStatus.BLOCKED, "last"))
    found = near(world, "last", limit=3)
    assert [(each.name, each.status) for each in found.jobs if each.step] == [
        ("m20", JobStatus.FAILED), ("m10", JobStatus.RUNNING), ("m0", JobStatus.COMPLETED),
    ]  # fmt: skip
    assert ("m20", "last") in names_of(found)


def test_many_sets_are_not_all_followed(world, monkeypatch):
    monkeypatch.setattr(neighbours, "MOST_SETS", 3)
    world.ids = {}
    many = [world.job(f"m{number}") for number in range(8)]
    world.ids["last"] = world.job("last")
    graph.let_wait(world.tx, world.workflow_id, [(world.ids["last"], (each,)) for each in many])
    found = near(world, "last", limit=10)
    assert by_step(found)[-1] == ["m0", "m1", "m2"]
    assert [(each.num_jobs, each.is_exact, each.shown) for each in found.steps] == [(8, True, 3)]


def test_jobs_that_wait_for_each_other(world):
    world.ids = {"a": world.job("a"), "b": world.job("b", after=["a"])}
    graph.set_dependencies(world.tx, world.workflow_id, world.ids["a"], [world.ids["b"]])
    found = near(world, "a", steps=2)
    assert by_step(found) == {0: ["a"], -1: ["b"]}
    assert names_of(found) == [("a", "b"), ("b", "a")]


def test_an_unknown_job_is_not_found(world):
    with pytest.raises(NotFound):
        neighbours.neighbours(world.tx, 77, steps=1, limit=1)
