"""Explanations of worlds with a known answer, and compared with the result of claims."""

from itertools import pairwise

import pytest

from torc_server.engine.claiming.packing import NodeOffer
from torc_server.engine.dependencies import cycles
from torc_server.engine.diagnosis import obstacles
from torc_server.engine.diagnosis.explain import explain
from torc_server.engine.diagnosis.reasons import Code
from torc_server.engine.diagnosis.shortfalls import BYTES_PER_GB, Quantity
from torc_server.engine.errors import NotFound
from torc_server.engine.lifecycle import cancel, tasks
from torc_server.engine.remote_workers import add_workers
from torc_server.engine.states import JobStatus


def why(world, offer=None):
    """Return the reasons by code. Each code occurs once, except for kinds of jobs."""
    explanation = explain(world.tx, world.workflow_id, offer)
    return explanation, {reason.code: reason for reason in explanation.reasons}


def offer(*, cpus=8, gb=8.0, gpus=0, nodes=1, seconds=None, scheduler=None):
    return NodeOffer(cpus, int(gb * BYTES_PER_GB), gpus, nodes, seconds, scheduler)


def test_a_workflow_without_jobs(world):
    explanation, reasons = why(world)
    assert (explanation.is_claimable, explanation.active_compute_nodes, set(reasons)) == (False, 1, {Code.NO_JOBS})
    assert explanation.jobs_by_status == dict.fromkeys((status.word for status in JobStatus), 0)
    with pytest.raises(NotFound, match="no workflow 77"):
        explain(world.tx, 77, None)


def test_uninitialized_jobs(world):
    names = [f"job{number}" for number in range(8)]
    for name in names:
        world.job(name)
    explanation, reasons = why(world)
    assert not explanation.is_claimable
    assert set(reasons) == {Code.UNINITIALIZED}
    reason = reasons[Code.UNINITIALIZED]
    assert reason.message == ("8 jobs are uninitialized; initialize the workflow")
    assert (reason.count, [job.job_name for job in reason.jobs]) == (8, names[:5])


def test_ready_jobs_that_fit(world):
    world.job("a")
    world.initialize()
    explanation, reasons = why(world)
    assert explanation.is_claimable
    assert set(reasons) == {Code.CLAIMABLE}
    assert reasons[Code.CLAIMABLE].message == "1 job is ready and fits a node and can be claimed"
    (verdict,) = explanation.verdicts
    assert (verdict.need.num_jobs, verdict.fits, verdict.shortfalls) == (1, True, ())


def test_a_job_must_fit_each_node_of_a_runner_with_several(world):
    """The record of such a runner has the resources of all its nodes together."""
    world.job("a", requirements_id=world.requirements("fits", cpus=4, memory_bytes=4 * BYTES_PER_GB, nodes=2))
    world.job("b", requirements_id=world.requirements("large", cpus=5))
    world.initialize()
    world.connection.execute("UPDATE compute_node SET num_cpus = 8, memory_gb = 8, num_nodes = 2")
    explanation, _ = why(world)
    assert {verdict.need.requirements_name: verdict.fits for verdict in explanation.verdicts} == {
        "fits": True,
        "large": False,
    }


def test_no_active_node(world):
    world.job("a")
    world.initialize()
    world.connection.execute("UPDATE compute_node SET is_active = 0")
    explanation, reasons = why(world)
    assert not explanation.is_claimable
    assert reasons[Code.NO_ACTIVE_NODES].message == "1 job is ready, but no compute node is active; start a runner"
    explanation, reasons = why(world, offer())
    assert explanation.is_claimable


def test_no_active_node_and_requested_allocations(world):
    world.job("a")
    world.initialize()
    world.connection.execute("UPDATE compute_node SET is_active = 0")
    for status in ("pending", "submitting", "complete"):
        world.connection.execute(
            "INSERT INTO scheduled_compute_node"
            " (workflow_id, scheduler_id, scheduler_config_id, scheduler_type, status) VALUES (?, 1, 1, 'slurm', ?)",
            (world.workflow_id, status),
        )
    _, reasons = why(world)
    assert reasons[Code.NO_ACTIVE_NODES].message == (
        "1 job is ready, but no compute node is active; 2 allocations that were requested can start one"
    )


def test_no_active_node_and_remote_workers(world):
    world.job("a")
    world.initialize()
    world.connection.execute("UPDATE compute_node SET is_active = 0")
    add_workers(world.tx, world.workflow_id, ["user@one", "two"])
    _, reasons = why(world)
    assert reasons[Code.NO_ACTIVE_NODES].message == (
        "1 job is ready, but no compute node is active;"
        f" start the runners of its 2 remote workers: `torc remote run {world.workflow_id}`"
    )


def test_ready_jobs_wait_while_the_nodes_are_full(world):
    half = world.requirements("half", cpus=5)
    for name in ("a", "b"):
        world.job(name, requirements_id=half)
    world.initialize()
    _, reasons = why(world)
    assert reasons[Code.CLAIMABLE].message == "2 jobs are ready and fit a node and can be claimed"
    world.claim_for(offer(), limit=1, node_id=world.node_id)
    explanation, reasons = why(world)
    assert reasons[Code.CLAIMABLE].message == (
        "1 job is ready and fits a node, but the active nodes are full; it waits until running jobs end"
    )
    assert explanation.is_claimable, "by a node that is empty"
    _, reasons = why(world, offer())
    assert reasons[Code.CLAIMABLE].message == "1 job is ready and fits a node and can be claimed"
    world.job("small")
    world.connection.execute("UPDATE job SET status = ? WHERE name = 'small'", (JobStatus.READY,))
    _, reasons = why(world)
    assert reasons[Code.CLAIMABLE].message == (
        "2 jobs are ready and fit a node; 1 of them waits until running jobs end, the others can be claimed"
    )
    world.node()
    _, reasons = why(world)
    assert reasons[Code.CLAIMABLE].message == "2 jobs are ready and fit a node and can be claimed"


def test_quantities_of_which_no_node_has_enough(world):
    large = world.requirements("large", cpus=64, gpus=1, memory_bytes=4 * BYTES_PER_GB, seconds=7200)
    world.job("a", requirements_id=large)
    world.job("b", requirements_id=large)
    world.job("small")
    world.initialize()
    explanation, reasons = why(world)
    assert explanation.is_claimable
    reason = reasons[Code.TOO_LARGE]
    assert reason.message == (
        "2 ready jobs (large) need 64 CPUs and 1 GPU each, but no node offers more than 8 CPUs and 0 GPUs"
    )
    assert (reason.count, [job.job_name for job in reason.jobs]) == (2, ["a", "b"])
    verdict = next(each for each in explanation.verdicts if not each.fits)
    assert [(each.quantity, each.needed, each.offered) for each in verdict.shortfalls] == [
        (Quantity.NUM_CPUS, 64, 8),
        (Quantity.NUM_GPUS, 1, 0),
    ]
    assert {each.candidate.node_id for each in verdict.shortfalls} == {world.node_id}


def test_no_node_has_enough_of_everything(world):
    world.connection.execute("DELETE FROM compute_node")
    for cpus, gpus in ((64, 0), (64, 0), (4, 8), (2, 2)):
        world.node()
        world.connection.execute(
            "UPDATE compute_node SET num_cpus = ?, num_gpus = ? WHERE id = last_insert_rowid()", (cpus, gpus)
        )
    both = world.requirements("both", cpus=32, gpus=2)
    world.job("a", requirements_id=both)
    world.initialize()
    explanation, reasons = why(world)
    assert reasons[Code.TOO_LARGE].message.startswith(
        "No node offers everything that 1 ready job (both) needs: for example, node"
    )
    (verdict,) = explanation.verdicts
    # Another node is larger than the smallest one in every quantity; two nodes are equal.
    assert [(each.candidate.nodes_alike, each.quantity, each.offered) for each in verdict.shortfalls] == [
        (2, Quantity.NUM_GPUS, 0),
        (1, Quantity.NUM_CPUS, 4),
    ]


@pytest.mark.parametrize(
    ("made", "says"),
    [
        ({"cpus": 9}, "needs 9 CPUs, but no node offers more than 8 CPUs"),
        ({"memory_bytes": 17 * BYTES_PER_GB // 2}, "needs 8.5 GiB of memory, but no node offers more than 8 GiB"),
        ({"memory_bytes": 2**33 + 123_456_789}, "needs 8.11 GiB of memory, but no node offers more than 8 GiB"),
        ({"gpus": 1}, "needs 1 GPU, but no node offers more than 0 GPUs"),
        ({"nodes": 2}, "needs 2 nodes, but no node offers more than 1 node"),
        ({"seconds": 5400}, "needs 1 h 30 min of time, but no node offers more than 1 h of time"),
    ],
)
def test_the_message_names_the_quantity(world, made, says):
    world.job("a", requirements_id=world.requirements("r", **made))
    world.initialize()
    explanation, reasons = why(world, offer(seconds=3600))
    assert not explanation.is_claimable
    assert says in reasons[Code.TOO_LARGE].message


def test_jobs_bound_to_another_scheduler(world):
    world.job("a", scheduler_id=5)
    world.initialize()
    explanation, reasons = why(world)
    assert explanation.is_claimable
    assert "ready for nodes of scheduler configuration 5; other nodes claim them only" in (
        reasons[Code.OTHER_SCHEDULER].message
    )
    assert Code.OTHER_SCHEDULER not in why(world, offer(scheduler=5))[1]


def test_pending_and_running_jobs(world):
    for name in ("a", "b"):
        world.job(name)
    world.initialize()
    world.claim()
    world.start("b")
    explanation, reasons = why(world)
    assert not explanation.is_claimable
    reason = reasons[Code.PENDING_OR_RUNNING]
    assert reason.message == "2 jobs are claimed or running: 1 running, 1 claimed but not started"
    assert [job.job_name for job in reason.jobs] == ["b", "a"]


def test_blocked_jobs_with_their_dependencies(world):
    world.job("first")
    world.job("second", after=["first"])
    world.job("third", after=["second"])
    world.initialize()
    world.claim()
    _, reasons = why(world)
    assert set(reasons) == {Code.PENDING_OR_RUNNING, Code.BLOCKED}
    assert reasons[Code.BLOCKED].message == (
        "2 jobs are blocked by other jobs: 'second' waits for 'first', which is pending;"
        " 'third' waits for 'second', which is blocked"
    )


def test_a_job_that_is_blocked_by_a_job_that_was_canceled_with_the_workflow(world, told):
    world.job("first")
    world.job("second", after=["first"])
    world.initialize()
    world.claim()
    world.start("first")
    cancel.cancel_workflow(world.tx, world.workflow_id)
    told(why(world)[1][Code.BLOCKED].message, "blocked")


def test_blocked_jobs_that_wait_for_the_same_job(world):
    world.job("first")
    for number in range(2):
        world.job(f"after{number}", after=["first"])
    world.initialize()
    _, reasons = why(world)
    expected = "2 jobs are blocked by other jobs: 'after0' and 'after1' wait for 'first', which is ready"
    assert reasons[Code.BLOCKED].message == expected
    for number in range(2, 9):
        world.job(f"after{number}", after=["first"])
    world.initialize()
    _, reasons = why(world)
    expected = "9 jobs are blocked by other jobs: 'after0' and others wait for 'first', which is ready"
    assert reasons[Code.BLOCKED].message == expected


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        (JobStatus.DISABLED, Code.BEHIND_DISABLED, "is disabled; reset its status to run it"),
        (JobStatus.PENDING_FAILED, Code.BEHIND_PENDING_FAILED, "is pending_failed; decide that it failed"),
        (JobStatus.UNINITIALIZED, Code.BEHIND_UNINITIALIZED, "is uninitialized; initialize"),
    ],
)
def test_jobs_that_block_dependents_permanently(world, status, code, says):
    world.job("holder")
    world.job("held", after=["holder"])
    world.initialize()
    world.connection.execute("UPDATE job SET status = ? WHERE name = 'holder'", (status,))
    explanation, reasons = why(world)
    assert not explanation.is_claimable
    assert f"'holder' {says}" in reasons[code].message
    assert reasons[code].message.endswith("'held' waits for it")
    assert [job.job_name for job in reasons[code].jobs] == ["holder"]
    assert Code.CYCLE not in reasons


def ring_of(world, *names):
    """Create jobs, each of which reads the file that the next one writes."""
    files = {name: world.file(name) for name in names}
    for name, awaited in zip(names, (*names[1:], names[0]), strict=True):
        world.job(name, reads=[files[awaited]], writes=[files[name]])


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize("length", [2, 3, 8])
def test_a_cycle_of_jobs(world, monkeypatch, length, is_large):
    if is_large:  # larger than the limit of a complete search
        monkeypatch.setattr(cycles, "LINKS_SEARCHED", 1)
    names = [f"job{number}" for number in range(length)]
    ring_of(world, *names)
    world.job("behind", after=["job0"])
    world.initialize()
    explanation, reasons = why(world)
    assert not explanation.is_claimable
    reason = reasons[Code.CYCLE]
    assert reason.count == length
    assert f"{length} jobs wait for each other in a cycle and can never run: 'job" in reason.message
    shown = [job.job_name for job in reason.jobs]
    for name, awaited in pairwise(shown):
        assert names.index(awaited) == (names.index(name) + 1) % length
    assert ("-> ...;" in reason.message) == (length > 5)


def test_a_cycle_next_to_running_jobs(world):
    ring_of(world, "a", "b")
    world.job("free")
    world.initialize()
    _, reasons = why(world)
    assert {Code.CYCLE, Code.CLAIMABLE} <= set(reasons)


def test_two_jobs_that_read_and_write_a_file_form_a_cycle(world):
    file = world.file("f")
    for name in ("a", "b"):
        world.job(name, reads=[file], writes=[file])
    world.initialize()
    _, reasons = why(world)
    assert reasons[Code.CYCLE].count in (1, 2)


def test_jobs_canceled_because_a_dependency_failed(world):
    world.job("bad")
    world.job("after", after=["bad"])
    world.job("last", after=["after"])
    world.initialize()
    world.complete("bad", 1)
    explanation, reasons = why(world)
    assert set(reasons) == {Code.ALL_OVER, Code.CANCELED_BY_FAILURE}
    reason = reasons[Code.CANCELED_BY_FAILURE]
    assert reason.message == "2 jobs were canceled because a dependency failed: 'bad'; retry or reset the failed jobs"
    assert [job.job_name for job in reason.jobs] == ["after", "last"]
    assert not explanation.is_claimable
    assert reasons[Code.ALL_OVER].message == (
        f"No job is left to run: 1 job failed, 2 jobs were canceled; run the unsuccessful jobs again: `torc run "
        f"{world.workflow_id} --retry-failed`, or `torc recover {world.workflow_id}` if memory or time was too short"
    )


def test_only_failed_jobs_that_a_canceled_job_depends_on_are_named(world):
    world.job("bad")
    world.job("alone")
    world.job("after", after=["bad"])
    world.initialize()
    world.complete("alone", 1)
    world.complete("bad", 1)
    assert why(world)[1][Code.CANCELED_BY_FAILURE].message == (
        "1 job was canceled because a dependency failed: 'bad'; retry or reset the failed jobs"
    )


def test_a_workflow_whose_jobs_all_succeeded(world):
    world.job("a")
    world.initialize()
    world.complete("a", 0)
    message = why(world)[1][Code.ALL_OVER].message
    assert message == "Every job is complete or disabled; there is no job left to run"


@pytest.mark.parametrize(("status", "ends"), [(JobStatus.TERMINATED, "were terminated"), (JobStatus.FAILED, "failed")])
def test_a_workflow_without_jobs_left_says_how_they_ended(world, status, ends):
    world.job("a")
    world.job("b")
    world.connection.execute("UPDATE job SET status = ?", (status,))
    assert f"2 jobs {ends}; run the unsuccessful jobs again: `torc run " in why(world)[1][Code.ALL_OVER].message


def test_canceled_and_archived_workflows_and_unfinished_tasks(world):
    world.job("a")
    world.initialize()
    world.connection.execute("UPDATE workflow SET is_archived = 1")
    explanation, reasons = why(world)
    assert (explanation.is_claimable, set(reasons)) == (True, {Code.CLAIMABLE, Code.WORKFLOW_ARCHIVED})
    task_id = tasks.queue(world.tx, world.workflow_id, "initialize_jobs", {}, now=world.clock.now)
    assert why(world)[1][Code.TASK_UNFINISHED].message.startswith(f"Task {task_id} is still changing")
    world.cancel()
    explanation, reasons = why(world)
    assert not explanation.is_claimable
    assert explanation.reasons[0].code is Code.WORKFLOW_CANCELED


def test_messages_are_bounded_for_long_names_and_many_jobs(world, monkeypatch):
    monkeypatch.setattr(obstacles, "LOOKED_AT", 3)
    for number in range(6):
        world.job(f"{number}" * 5000)
        world.job(f"behind{number}", after=[f"{number}" * 5000])
    world.initialize()
    world.connection.execute("UPDATE job SET status = 9 WHERE status = 2")
    explanation, reasons = why(world)
    assert reasons[Code.BEHIND_DISABLED].count == 3
    assert reasons[Code.BEHIND_DISABLED].message.startswith("At least 3 jobs that other jobs wait for are disabled")
    assert all(len(reason.message) < 2000 for reason in explanation.reasons)
    assert all(len(job.job_name) < 250 for reason in explanation.reasons for job in reason.jobs)
