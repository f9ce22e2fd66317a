"""A submission whose command gets a signal, or whose workflow is canceled, while sbatch waits for Slurm."""

import os
import signal
import subprocess

import pytest

from slurm.cluster import Cluster
from slurm.scenarios import Site
from slurm.waiting import until
from support.processes import Place

SPEC = """
name: demo
slurm_schedulers: [{{name: main, account: root, mem: 600m, walltime: "00:05:00", {more}}}]
jobs: [{{name: one, command: "true"}}]
actions:
- {{trigger_type: on_workflow_start, action_type: schedule_nodes, scheduler_type: slurm, scheduler: main,
   num_allocations: 2}}
"""


def begin(place: Place, cluster: Cluster, before: str) -> tuple[int, "subprocess.Popen[str]"]:
    """Begin to submit a workflow, and wait until sbatch runs. The script of sbatch does something `before`."""
    real = cluster.run("sh", "-c", "command -v sbatch").strip()
    marker = place.directory / "began"
    place.file("bin/sbatch", f'#!/bin/sh\n{before}\n: > "{marker}"\nexec {real} "$@"\n').chmod(0o755)
    place.environment["PATH"] = f"{place.directory}/bin:{place.environment['PATH']}"
    place.file("w.yaml", SPEC.format(more="nodes: 1"))
    workflow = place.torc("create", "w.yaml")["workflow_id"]
    process = place.start("torc", "submit", workflow, start_new_session=True)
    until(lambda: marker.exists() or process.poll() is not None)
    return workflow, process


def requests_in_queue(cluster: Cluster, place: Place) -> set[str]:
    names = ",".join(path.stem for path in (place.directory / "torc_output").glob("wf*.sh"))
    return set(cluster.run("squeue", "--noheader", "--states=all", f"--name={names}", "--format=%F").split())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_all_processes_of_the_command_loses_no_request(
    site: Site, place: Place, cluster: Cluster, number: signal.Signals
) -> None:
    controller = cluster.pid("slurmctld")
    workflow, process = begin(place, cluster, f"kill -STOP {controller}")
    try:
        os.killpg(process.pid, number)
    finally:
        os.kill(controller, signal.SIGCONT)
    _, messages = process.communicate()
    assert process.returncode == 128 + number, messages
    work = site.existing(workflow)
    allocations = work.allocations
    (request,) = {str(each["scheduler_id"]) for each in allocations}
    assert len(allocations) == 2
    assert requests_in_queue(cluster, place) == {request}
    until(lambda: work.is_complete)


def test_a_workflow_that_is_canceled_meanwhile_is_not_called_submitted(
    site: Site, place: Place, cluster: Cluster
) -> None:
    gate = place.directory / "gate"
    os.mkfifo(gate)
    workflow, process = begin(place, cluster, f': > "{place.directory}/began"; read -r line < "{gate}"')
    canceled = place.run("torc", "cancel", workflow, status=1)
    assert "another command may be submitting it at this moment" in canceled.stdout
    gate.write_text("go\n")
    out, messages = process.communicate()
    assert (process.returncode, out) == (1, ""), messages
    (request,) = requests_in_queue(cluster, place)
    sentence = f"Slurm accepted the request as {request}, and it was canceled, since workflow {workflow} was canceled"
    assert sentence in " ".join(messages.split())
    work = site.existing(workflow)
    until(lambda: states(cluster, request) <= {"CANCELLED", "COMPLETED"})
    work.sync()
    assert {each["status"] for each in work.allocations} <= {"canceled", "complete"}


def states(cluster: Cluster, request: str) -> set[str]:
    return set(
        cluster.run("squeue", "--noheader", "--states=all", "--array", f"--jobs={request}", "--format=%T").split()
    )
