import pytest

from server_builders import World
from torc_server.engine.dependencies import graph
from torc_server.engine.dependencies.implied import awaited_by
from torc_server.engine.errors import RuleBroken


def count(world, table):
    return world.connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]  # noqa: S608 - the name of a table


def test_a_thousand_jobs_that_wait_for_a_thousand_need_two_thousand_rows(world):
    first = [world.job(f"a{number}") for number in range(1000)]
    world.connection.execute(
        "INSERT INTO job (workflow_id, name, command, resource_requirements_id)"
        " SELECT workflow_id, 'b' || name, command, resource_requirements_id FROM job"
    )
    second = [row[0] for row in world.connection.execute("SELECT id FROM job WHERE name LIKE 'b%' ORDER BY id")]
    graph.set_dependencies_of_new_jobs(world.tx, world.workflow_id, [(job_id, first) for job_id in second])
    assert count(world, "dependency_set") == 1
    assert count(world, "dependency_set_member") + count(world, "job_dependency_set") == 2000
    assert world.parents_of(second[:1]) == {second[0]: first}
    world.check()


def test_the_order_of_parents_does_not_matter(world):
    a, b, c, d = (world.job(name) for name in "abcd")
    graph.set_dependencies_of_new_jobs(world.tx, world.workflow_id, [(c, [a, b]), (d, [b, a, b])])
    assert count(world, "dependency_set") == 1


def test_dependencies_must_be_other_jobs_of_the_workflow(world, database, clock):
    a = world.job("a")
    stranger = World(database, clock).job("stranger")
    for parents in ([999], [stranger], [a]):
        with pytest.raises(RuleBroken) as refusal:
            graph.set_dependencies(world.tx, world.workflow_id, a, parents)
        assert refusal.value.field == "depends_on_job_ids"


def test_replaced_dependencies_are_deleted(world):
    a, b = world.job("a"), world.job("b")
    c = world.job("c", after=["a"])
    graph.set_dependencies(world.tx, world.workflow_id, c, [b])
    assert world.parents_of([c]) == {c: [b]}
    graph.set_dependencies(world.tx, world.workflow_id, c, [])
    assert world.parents_of([a, c]) == {a: [], c: []}
    assert count(world, "dependency_set") == 0
    assert world.column("c", "waiting_on") == 0


def test_all_jobs_can_be_deleted_at_once(world):
    world.job("a")
    world.job("b", after=["a"])
    graph.forget_all_jobs(world.tx, world.workflow_id)
    world.check()
    assert count(world, "dependency_set") == 0
    assert count(world, "job_dependency_set") == 0


def test_new_dependents_of_complete_jobs_do_not_wait(world):
    world.job("a")
    world.initialize()
    world.complete("a")
    world.job("b", after=["a"])
    assert world.column("b", "waiting_on") == 0


def test_files_imply_dependencies_and_are_shared(world):
    part, total = world.file("part"), world.file("total")
    writers = [world.job(f"w{number}", writes=[part]) for number in range(3)]
    readers = [world.job(f"r{number}", reads=[part], writes=[total]) for number in range(3)]
    last = world.job("last", reads=[total])
    world.initialize()
    assert world.parents_of([readers[0], last]) == {readers[0]: writers, last: readers}
    assert count(world, "dependency_set") == 2
    world.initialize()
    assert count(world, "dependency_set") == 2


def test_a_job_that_updates_a_file_does_not_wait_for_itself(world):
    shared = world.file("shared")
    world.job("make", writes=[shared])
    world.job("update", reads=[shared], writes=[shared])
    world.initialize()
    assert world.statuses() == {"make": "ready", "update": "blocked"}
    world.complete("make")
    assert world.status("update") == "ready"


def test_a_single_job_that_reads_and_writes_a_file_is_ready(world):
    shared = world.file("shared")
    world.job("update", reads=[shared], writes=[shared])
    world.initialize()
    assert world.status("update") == "ready"


def test_many_jobs_that_read_and_write_a_file_share_a_set():
    assert dict(awaited_by([1, 2, 3], [2, 3, 4])) == {2: [1, 2, 3], 3: [1, 2, 3], 4: [1, 2, 3]}
