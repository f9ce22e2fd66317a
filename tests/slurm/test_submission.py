"""Requests for allocations on a real cluster: the script, unclear answers, and what Slurm reports afterwards."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from slurm.cluster import Cluster
from slurm.waiting import until
from torc_client.batch.slurm.slurm import Slurm
from torc_client.batch.system import AllocationId, AllocationRequest, AllocationState, RejectedError


@pytest.fixture
def slurm(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[Slurm]:
    for name in ("SLURM_CONF", "PATH"):
        monkeypatch.setenv(name, cluster.environment[name])
    yield Slurm(seconds_between_tries=0.2)
    cluster.end_allocations()


def request(folder: Path, *command: str, **changes: object) -> AllocationRequest:
    values: dict[str, object] = {
        "name": "torc-test", "mark": f"torc:{os.urandom(6).hex()}", "options": {"time": "5", "mem": "200"},
        "folder": folder, "output": "out_%j.o", "error": "out_%j.e", "command": command,
    }  # fmt: skip
    return AllocationRequest(**{**values, **changes})  # type: ignore[arg-type]


def submitted(slurm: Slurm, wanted: AllocationRequest) -> str:
    script = wanted.folder / "script.sh"
    script.write_text(slurm.script(wanted))
    return slurm.submit(script, wanted.mark)


def state(slurm: Slurm, job: str) -> AllocationState:
    return slurm.seen([job])[AllocationId(job)].state


@pytest.mark.parametrize("name", ["plain", "with blanks", """quotes ' and " and #""", "ünïcode $HOME `x`"])
def test_a_folder_of_any_name(slurm: Slurm, tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    wanted = request(folder, "bash", "-c", 'pwd > here; printf "%s|" "$@" > given', "bash", name, "a  b", "$x")
    job = submitted(slurm, wanted)
    until(lambda: state(slurm, job) is AllocationState.ENDED)
    assert (folder / "here").read_text() == f"{folder}\n"
    assert (folder / "given").read_text() == f"{name}|a  b|$x|"
    assert (folder / f"out_{job}.o").exists()


@pytest.mark.parametrize("name", ["100%j", "back\\slash"])
def test_a_folder_to_which_slurm_cannot_write_is_refused(slurm: Slurm, tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(RejectedError, match="Slurm cannot write output"):
        submitted(slurm, request(tmp_path / name, "true"))


def test_several_allocations_are_one_array(slurm: Slurm, tmp_path: Path) -> None:
    wanted = request(
        tmp_path, "bash", "-c", "touch job_$SLURM_ARRAY_TASK_ID", count=3, name="a name of 25 | characters"
    )
    job = submitted(slurm, wanted)
    ids = [AllocationId(job, number) for number in (1, 2, 3)]
    until(lambda: all(slurm.seen([job])[each].state is AllocationState.ENDED for each in ids))
    assert sorted(path.name for path in tmp_path.glob("job_*")) == ["job_1", "job_2", "job_3"]
    assert sorted(path.name.partition("_")[2].partition("_")[2] for path in tmp_path.glob("out_*.e")) == [
        f"{job}_{number}.e" for number in (1, 2, 3)
    ]
    assert set(slurm.seen([job])) == set(ids)
    assert [AllocationId.parsed(str(each)) for each in ids] == ids


def test_allocations_that_run_one_at_a_time(slurm: Slurm, tmp_path: Path) -> None:
    command = ("bash", "-c", "echo start >> log; sleep 1; echo end >> log")
    jobs = [submitted(slurm, request(tmp_path, *command, count=2, one_at_a_time=True)) for _ in range(2)]
    until(lambda: all(each.state is AllocationState.ENDED for each in slurm.seen(jobs).values()))
    assert (tmp_path / "log").read_text().split() == ["start", "end"] * 4


def test_a_rejection_has_the_words_of_slurm_and_is_not_repeated(slurm: Slurm, tmp_path: Path) -> None:
    wanted = request(tmp_path, "true", options={"time": "5", "nodes": "9"})
    with pytest.raises(RejectedError, match=r"sbatch: Batch job submission failed: .*[Nn]ode"):
        submitted(slurm, wanted)
    with pytest.raises(RejectedError, match=r"[Ii]nvalid partition"):
        submitted(slurm, request(tmp_path, "true", options={"time": "5", "partition": "none"}))


def test_an_unclear_answer_is_looked_up_before_it_is_repeated(slurm: Slurm, cluster: Cluster, tmp_path: Path) -> None:
    """The controller gets the request, and sends its answer too late: the next try finds the request by its mark."""
    wanted = request(tmp_path, "sleep", "1")
    script = tmp_path / "script.sh"
    script.write_text(slurm.script(wanted))
    (tmp_path / "bin").mkdir()
    # The first sbatch works, but reports that it did not get an answer.
    fake = tmp_path / "bin/sbatch"
    real = cluster.run("sh", "-c", "command -v sbatch").strip()
    fake.write_text(
        f'#!/bin/bash\nif [ -e {tmp_path}/tried ]; then exec {real} "$@"; fi\ntouch {tmp_path}/tried\n{real} "$@" >&2\n'
        "echo 'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation' >&2\nexit 1\n"
    )
    fake.chmod(0o755)
    os.environ["PATH"] = f"{fake.parent}:{os.environ['PATH']}"
    job = slurm.submit(script, wanted.mark)
    listed = cluster.run("squeue", "--noheader", "--states=all", "--format=%A %k").splitlines()
    assert [line for line in listed if line.endswith(wanted.mark)] == [f"{job} {wanted.mark}"]


def test_a_frozen_controller_is_waited_for(slurm: Slurm, cluster: Cluster, tmp_path: Path) -> None:
    controller = cluster.pid("slurmctld")
    os.kill(controller, signal.SIGSTOP)
    thaw = threading.Timer(3, os.kill, (controller, signal.SIGCONT))
    thaw.start()
    try:
        job = submitted(slurm, request(tmp_path, "true"))
    finally:
        thaw.cancel()
        os.kill(controller, signal.SIGCONT)
    until(lambda: state(slurm, job) is AllocationState.ENDED)


def test_the_life_of_an_allocation(slurm: Slurm, cluster: Cluster, tmp_path: Path) -> None:
    job = submitted(slurm, request(tmp_path, "sleep", "1000"))
    until(lambda: state(slurm, job) is AllocationState.RUNNING)
    cluster.run("scontrol", "suspend", job)
    assert slurm.seen([job])[AllocationId(job)].word == "SUSPENDED"
    assert state(slurm, job) is AllocationState.RUNNING
    cluster.run("scontrol", "resume", job)
    cluster.run("scontrol", "requeue", job)
    until(lambda: state(slurm, job) is AllocationState.QUEUED)
    assert slurm.seen([job])[AllocationId(job)].reason
    slurm.cancel([AllocationId(job)])
    until(lambda: state(slurm, job) is AllocationState.ENDED)
    slurm.cancel([AllocationId(job)])
    assert slurm.seen(["999999"]) == {}
    assert slurm.seen([job, "999999"])[AllocationId(job)].word.startswith("CANCELLED")


def test_a_queued_allocation_has_the_reason_of_slurm(slurm: Slurm, tmp_path: Path) -> None:
    running = submitted(
        slurm, request(tmp_path, "sleep", "1000", options={"time": "60", "nodes": "3", "ntasks-per-node": "4"})
    )
    until(lambda: state(slurm, running) is AllocationState.RUNNING)
    waiting = submitted(slurm, request(tmp_path, "true", options={"time": "5", "nodes": "3", "ntasks-per-node": "4"}))
    until(lambda: slurm.seen([waiting])[AllocationId(waiting)].reason in {"Resources", "Priority"})
    until(lambda: bool(slurm.seen([waiting])[AllocationId(waiting)].starts_at))


def test_a_node_that_fails_at_the_start_ends_no_runner_of_another_node(
    slurm: Slurm, cluster: Cluster, tmp_path: Path
) -> None:
    """The slurmd of the second node is killed when the allocation has begun. Each node has its own command."""
    first, second = cluster.shape.names[:2]
    command = ("bash", "-c", 'hostname > "began_$SLURMD_NODENAME"; sleep 2; touch "ended_$SLURMD_NODENAME"')
    job = submitted(
        slurm,
        request(
            tmp_path,
            *command,
            options={"time": "5", "mem": "200", "nodes": "2", "nodelist": f"{first},{second}"},
            one_command_per_node=True,
            prologue=("touch ready; until [ -e go ]; do sleep 0.1; done",),
        ),
    )
    until((tmp_path / "ready").exists)
    os.kill(cluster.pid(f"slurmd-{second}"), signal.SIGKILL)
    try:
        (tmp_path / "go").touch()
        until((tmp_path / f"ended_{first}").exists)
        assert not (tmp_path / f"began_{second}").exists()
    finally:
        cluster.start_node(1)
    until(lambda: state(slurm, job) is AllocationState.ENDED)
    until(lambda: len(cluster.run("sinfo", "-hN", "-tidle", "-pdebug", "-o%N").split()) == 3)


def test_a_node_that_fails_meanwhile_ends_no_runner_of_another_node(
    slurm: Slurm, cluster: Cluster, tmp_path: Path
) -> None:
    first, second = cluster.shape.names[:2]
    command = (
        "bash",
        "-c",
        'touch "began_$SLURMD_NODENAME"; until [ -e go ]; do sleep 0.1; done; touch "$SLURMD_NODENAME"',
    )
    wanted = request(
        tmp_path, *command, one_command_per_node=True,
        options={"time": "5", "mem": "200", "nodes": "2", "nodelist": f"{first},{second}"},
    )  # fmt: skip
    job = submitted(slurm, wanted)
    until(lambda: len(list(tmp_path.glob("began_*"))) == 2)
    cluster.run("scontrol", "update", f"nodename={second}", "state=down", "reason=test")
    until(lambda: cluster.run("squeue", "-h", "-j", job, "-o%N").strip() == first)
    (tmp_path / "go").touch()
    until((tmp_path / first).exists)
    until(lambda: state(slurm, job) is AllocationState.ENDED)
    assert not (tmp_path / second).exists()
    # Slurm uses the node again by itself.
    until(lambda: len(cluster.run("sinfo", "-hN", "-tidle", "-pdebug", "-o%N").split()) == 3)


def test_one_command_on_each_node_gets_the_signal_of_the_allocation(
    slurm: Slurm, cluster: Cluster, tmp_path: Path
) -> None:
    on_signal = 'touch "signal_$SLURMD_NODENAME"; exit 3'
    command = ("bash", "-c", f"trap '{on_signal}' USR1; touch began_$SLURMD_NODENAME; while :; do sleep 0.1; done")
    wanted = request(tmp_path, *command, options={"time": "5", "mem": "200", "nodes": "2"}, one_command_per_node=True)
    job = submitted(slurm, wanted)
    until(lambda: len(list(tmp_path.glob("began_*"))) == 2)
    cluster.run("scancel", "--batch", "--signal=USR1", job)
    until(lambda: state(slurm, job) is AllocationState.ENDED)
    assert len(list(tmp_path.glob("signal_*"))) == 2
    until(lambda: "3:0" in cluster.run("sacct", "-n", "-X", "-j", job, "-o", "ExitCode"))
