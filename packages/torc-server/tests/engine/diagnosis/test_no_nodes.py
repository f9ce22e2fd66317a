"""Explanations of ready jobs while no compute node is active."""

from torc_server.engine.diagnosis.explain import explain
from torc_server.engine.diagnosis.reasons import Code
from torc_server.engine.quantities import BYTES_PER_GB


def messages(world):
    reasons = explain(world.tx, world.workflow_id, None).reasons
    return {reason.code: reason.message for reason in reasons}


def end_nodes(world):
    world.connection.execute("UPDATE compute_node SET is_active = 0")


def test_a_job_that_no_earlier_node_could_run_needs_a_larger_one(world):
    world.job("a", requirements_id=world.requirements("huge", cpus=4096, memory_bytes=1024 * BYTES_PER_GB))
    world.initialize()
    world.node()
    world.connection.execute("UPDATE compute_node SET num_cpus = 2, memory_gb = 4 WHERE id = last_insert_rowid()")
    end_nodes(world)
    assert messages(world)[Code.NO_ACTIVE_NODES] == (
        "1 job is ready, but no compute node is active; start a runner on a larger node."
        " 1 ready job (huge) needs 4096 CPUs and 1024 GiB of memory, but no earlier node offered more than"
        " 8 CPUs and 8 GiB of memory"
    )


def test_some_of_the_ready_jobs_fit_an_earlier_node(world):
    world.job("a", requirements_id=world.requirements("huge", gpus=1))
    world.job("b")
    world.initialize()
    end_nodes(world)
    assert messages(world)[Code.NO_ACTIVE_NODES] == (
        "2 jobs are ready, but no compute node is active; start a runner."
        " 1 ready job (huge) needs 1 GPU, but no earlier node offered more than 0 GPUs"
    )


def test_earlier_nodes_of_which_each_lacks_something(world):
    world.job("a", requirements_id=world.requirements("both", cpus=4, gpus=1))
    world.initialize()
    world.node()
    world.connection.execute("UPDATE compute_node SET num_cpus = 2, num_gpus = 4 WHERE id = last_insert_rowid()")
    end_nodes(world)
    message = messages(world)[Code.NO_ACTIVE_NODES]
    assert "No earlier node offered everything that 1 ready job (both) needs: for example, node" in message
    assert "had only 0 GPUs of 1 GPU" in message


def test_a_node_that_registered_long_ago_with_enough_counts(world):
    world.job("a", requirements_id=world.requirements("large", cpus=5))
    world.initialize()
    for _ in range(3):
        world.node()
    world.connection.execute("UPDATE compute_node SET num_cpus = 2 WHERE id > (SELECT MIN(id) FROM compute_node)")
    end_nodes(world)
    assert messages(world)[Code.NO_ACTIVE_NODES].endswith("no compute node is active; start a runner")


def test_a_canceled_workflow_needs_its_recovery_and_no_runner(world):
    world.job("a", requirements_id=world.requirements("huge", cpus=4096))
    world.initialize()
    end_nodes(world)
    world.connection.execute("UPDATE workflow SET is_canceled = 1")
    found = messages(world)
    assert found[Code.WORKFLOW_CANCELED] == (
        "The workflow is canceled, so no job can be claimed;"
        f" withdraw the cancellation: `torc recover {world.workflow_id}`"
    )
    assert found[Code.NO_ACTIVE_NODES] == "1 job is ready, but no compute node is active"
