"""What Slurm reports to a process in an allocation."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from torc_client.batch.slurm.inside import SlurmAllocation
from torc_client.batch.slurm.programs import SlurmError
from torc_client.batch.surrounding import own_allocation, surrounding_allocation
from torc_client.batch.system import AllocationId

BATCH = {"SLURM_JOB_ID": "17", "SLURMD_NODENAME": "n1", "SLURM_CPUS_ON_NODE": "8"}
LATER = datetime(2027, 1, 1, 4, tzinfo=UTC)
LATER_SECONDS = int(LATER.timestamp())


def found(**variables: str) -> SlurmAllocation:
    return SlurmAllocation(BATCH | variables)


@pytest.mark.parametrize(
    ("variables", "cpus", "memory_mb"),
    [
        ({"SLURM_MEM_PER_NODE": "2000"}, 8, 2000),
        ({"SLURM_MEM_PER_CPU": "100"}, 8, 800),
        ({"TORC_SLURM_MEM_PER_CPU": "100"}, 8, 800),
        ({"TORC_SLURM_MEM_PER_CPU": ""}, 8, None),
        ({"SLURM_MEM_PER_NODE": "2000", "TORC_SLURM_MEM_PER_CPU": "100"}, 8, 2000),
        # --mem=0 asks for all memory of the node.
        ({"SLURM_MEM_PER_NODE": "0", "SLURM_MEM_PER_CPU": "100"}, 8, None),
        ({}, 8, None),
        ({"SLURM_CPUS_PER_TASK": "2", "SLURM_MEM_PER_CPU": "100"}, 8, 800),
        ({"SLURM_CPUS_PER_TASK": "2", "SLURM_MEM_PER_CPU": "100", "SLURM_STEP_ID": "0"}, 2, 200),
        ({"SLURM_CPUS_PER_TASK": "2", "SLURM_MEM_PER_NODE": "2000", "SLURM_STEP_ID": "0"}, 2, 500),
        ({"SLURM_CPUS_ON_NODE": "many", "SLURM_MEM_PER_NODE": "x"}, None, None),
    ],
)
def test_the_share_of_a_node(variables, cpus, memory_mb):
    share = found(**variables).share
    assert (share.num_cpus, share.memory_mb, share.gpu_ids) == (cpus, memory_mb, None)


@pytest.mark.parametrize(("text", "ids"), [("0,3", ("0", "3")), ("", ()), ("1", ("1",))])
def test_the_gpus_of_a_node(text, ids):
    assert found(SLURM_JOB_GPUS=text).share.gpu_ids == ids
    assert found(SLURM_JOB_GPUS="7", SLURM_STEP_GPUS=text, SLURM_STEP_ID="0").share.gpu_ids == ids


def test_a_task_of_srun_is_responsible_for_one_node():
    assert found(SLURM_JOB_NUM_NODES="3").num_nodes == 3
    assert found(SLURM_JOB_NUM_NODES="3", SLURM_STEP_ID="0").num_nodes == 1


@pytest.mark.parametrize("absent", ["SLURM_JOB_ID", "SLURMD_NODENAME"])
def test_a_shell_beside_an_allocation_is_not_on_its_nodes(absent):
    environment = {name: value for name, value in BATCH.items() if name != absent}
    assert own_allocation(environment) is None
    assert own_allocation(BATCH) is not None
    assert surrounding_allocation({}) is None
    ends = surrounding_allocation({"SLURM_JOB_END_TIME": str(LATER_SECONDS)})
    assert ends is not None
    assert ends.known_end == LATER


def test_the_record_has_the_names_of_1_0():
    record = {"type": "slurm", "slurm_job_id": 17, "slurm_node_id": "1", "slurm_task_pid": 4481}
    task = {"SLURM_NODEID": "1", "SLURM_TASK_PID": "4481"}
    assert found(**task).record == record
    assert (found(**task).allocation, found(**task).log_suffix) == (AllocationId("17"), "sl17_n1_pid4481")
    element = found(**task, SLURM_ARRAY_JOB_ID="15", SLURM_ARRAY_TASK_ID="2")
    assert element.record == record | {"slurm_array_job_id": 15, "slurm_array_task_id": 2}
    assert element.allocation == AllocationId("15", 2)


@pytest.mark.parametrize("text", [None, "soon", "9" * 30])
def test_an_end_in_the_environment(text):
    assert found(**({} if text is None else {"SLURM_JOB_END_TIME": text})).known_end is None
    assert found(SLURM_JOB_END_TIME=str(LATER_SECONDS)).known_end == LATER


def test_the_start_is_that_of_the_process_unless_slurm_sets_it():
    assert found(SLURM_JOB_START_TIME=str(LATER_SECONDS)).started_at == LATER
    now = datetime.now(UTC)
    assert now - timedelta(days=1) < found().started_at <= now + timedelta(seconds=1)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Return a function that puts a script with a name on the PATH."""

    def put(name: str, script: str) -> None:
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o700)

    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return put


ASKED = f'test "$SLURM_TIME_FORMAT $*" = "%s --noheader --jobs 17 --format %e" && echo {LATER_SECONDS}'
SHOWN = f'test "$SLURM_TIME_FORMAT" = %s && echo "JobId=17 EndTime={LATER_SECONDS} X=1"'


@pytest.mark.parametrize(
    ("squeue", "scontrol", "end"),
    [
        (ASKED, "exit 1", LATER),
        ("echo N/A", "exit 1", None),
        ("echo busy >&2; exit 1", SHOWN, LATER),
        ("exit 1", "echo JobId=17 EndTime=Unknown", None),
    ],
)
def test_the_end_comes_from_squeue_or_scontrol(program, squeue, scontrol, end):
    program("squeue", squeue)
    program("scontrol", scontrol)
    assert found().end() == end


def test_the_end_of_an_element_of_an_array_is_its_own(program):
    """The last element has the id of the array as its SLURM_JOB_ID, for which squeue shows all elements."""
    program("squeue", f'test "$3" = 17_3 && echo {LATER_SECONDS}')
    assert found(SLURM_ARRAY_JOB_ID="17", SLURM_ARRAY_TASK_ID="3").end() == LATER


@pytest.mark.parametrize("squeue", ["echo 2027-01-01T04:00:00", "echo nonsense; head -c 100000 /dev/zero"])
def test_an_end_that_is_not_a_time_is_an_error(program, squeue):
    program("squeue", squeue)
    with pytest.raises(SlurmError, match="is not a time"):
        found().end()


def test_without_an_answer_the_end_is_an_error(program):
    program("squeue", "exit 1")
    program("scontrol", "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1")
    with pytest.raises(SlurmError, match="Invalid job id specified"):
        found().end()


def test_the_time_between_term_and_kill(program):
    program("scontrol", "echo 'InactiveLimit = 0 sec'; echo 'KillWait                = 30 sec'")
    assert found().kill_wait_seconds() == 30
    program("scontrol", "echo 'InactiveLimit = 0 sec'")
    assert found().kill_wait_seconds() is None


@pytest.mark.parametrize(("count", "restarts", "is_queued"), [("", 0, False), ("", 1, True), ("1", 1, False)])
def test_an_allocation_that_starts_again_counts_another_restart(program, count, restarts, is_queued):
    program("scontrol", f'test "$*" = "--oneliner show job 17" && echo "JobId=17 Requeue=1 Restarts={restarts} X=1"')
    assert found(SLURM_RESTART_COUNT=count).is_queued_again() is is_queued
