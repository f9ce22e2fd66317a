"""`torc-server db check` finds each promise that is broken in the database."""

import pytest

import server_builders as builders
from torc_server.engine import invariants


@pytest.fixture
def world() -> builders.World:
    world = builders.World(builders.database_in_memory(), builders.Clock())
    world.job("a")
    world.job("b", after=["a"])
    world.job("c")
    world.initialize()
    world.claim(1, node_id=world.node_id)
    world.start("a")
    world.complete("a", 3)
    world.claim(1, node_id=world.node_id)
    world.connection.executescript("""
        INSERT INTO workflow (name, user, timestamp) VALUES ('other', 'u', 't');
        INSERT INTO submission (
            workflow_id, scheduler_config_id, scheduler_type, num_allocations, folder, mark, status, created_at
        ) VALUES (1, 1, 'slurm', 1, '/o', 'm', 'submitting', 't');
        INSERT INTO scheduled_compute_node (
            workflow_id, scheduler_id, scheduler_config_id, scheduler_type, status, submission_id
        ) VALUES (1, 0, 1, 'slurm', 'submitting', 1);
        INSERT INTO token (workflow_id, user, is_login, digest, created_at, expires_at, submission_id)
        VALUES (1, 'u', 1, x'00', 't', 't', 1);
    """)
    return world


def found(world: builders.World) -> list[str]:
    return [text for text in invariants.check_running(world.tx) if "tally" not in text]


def test_a_whole_database_has_no_broken_promise(world: builders.World):
    assert (world.status("a"), world.status("b"), world.status("c")) == ("failed", "canceled", "pending")
    assert found(world) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("UPDATE compute_node SET is_active = 0", "the compute node that claimed a pending job is active: 3"),
        ("UPDATE result SET run_id = 7", "a result is of a run and an attempt that began: result 1"),
        ("UPDATE result SET attempt_id = 2", "a result is of a run and an attempt that began: result 1"),
        (
            "UPDATE job SET status = 5, canceled_by_cascade = 0, ended_badly = 0 WHERE name = 'b'",
            "a completed job has no failed dependency, unless it runs after failures: 2",
        ),
        (
            "UPDATE job SET status = 4, start_time = 't', claimed_by_node_id = NULL WHERE name = 'c'",
            "a running job has an active compute node: 3",
        ),
        (
            "UPDATE job SET status = 2, ended_badly = 0 WHERE name = 'a'",
            "a job that runs, or can run, has no result for its run and attempt: 1",
        ),
        (
            "UPDATE token SET workflow_id = 2",
            "allocations and tokens are of the workflow of their submission: token 1",
        ),
        (
            "UPDATE scheduled_compute_node SET workflow_id = 2",
            "allocations and tokens are of the workflow of their submission: allocation 1",
        ),
    ],
)
def test_a_broken_promise_is_found(world: builders.World, change: str, sentence: str):
    world.connection.execute(change)
    assert any(text.endswith(sentence) for text in found(world)), found(world)
