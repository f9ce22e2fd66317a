"""The ssh of a command is killed: the worker goes on, and the next command finds it."""

import json
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress

from support.processes import processes_with
from support.remote_hosts import REMOTE_HOSTS, RemoteHost, RemoteHosts
from support.remote_workflow import RemoteWorkflow

pytestmark = REMOTE_HOSTS


def kill_ssh_when(hosts: RemoteHosts, is_due: Callable[[], bool]) -> None:
    """Wait until it is due, and kill every ssh that runs."""
    while not is_due():
        time.sleep(0.02)
    kill_ssh(hosts)


def kill_ssh(hosts: RemoteHosts) -> None:
    for pid in processes_with(str(hosts.folder / "ssh.conf")):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def has_process(host: RemoteHost) -> bool:
    found = [*(host.home / ".local/state/torc/workers").rglob("worker.json")]
    return bool(found) and json.loads(found[0].read_text())["process"] is not None


def test_a_worker_starts_although_its_ssh_was_killed(workflow: RemoteWorkflow, hosts: RemoteHosts):
    host = hosts[0]
    workflow.create(["echo began >> began"] * 2, hosts=[host])
    with workflow.place.start("torc", "remote", "run", workflow.id, "--max-parallel-jobs", "1") as run:
        kill_ssh_when(hosts, lambda: has_process(host))
        _, progress = run.communicate()
        assert run.returncode == 1
        assert f"[FAILED] {host.destination}: the connection was lost while the command ran" in progress
    workflow.wait()
    assert (host.home / "began").read_text() == "began\n" * 2
    assert len(workflow.nodes()) == 1


def test_a_worker_is_asked_once_although_the_ssh_of_stop_was_killed(workflow: RemoteWorkflow, hosts: RemoteHosts):
    host = hosts[0]
    workflow.create(["trap 'echo TERM >> terms' TERM; echo began >> began; while true; do sleep 1; done"], hosts=[host])
    workflow.remote("run")
    workflow.wait_for_file(host.home / "began")
    terms = host.home / "terms"
    with workflow.place.start("torc", "remote", "stop", workflow.id) as stop:
        while not terms.exists():
            time.sleep(0.02)
        while stop.poll() is None:
            kill_ssh(hosts)
        _, progress = stop.communicate()
        assert stop.returncode == 1, progress
        assert f"[FAILED] {host.destination}: " in progress
    stopped, _ = workflow.remote("stop")
    worker = stopped[host.destination]
    assert worker["outcome"] == "stopped"
    # A second request would have killed the job at once, without the time to end.
    log = next((host.home / "torc_output").glob("job_runner_*.log")).read_text()
    assert log.count("Asked to stop") == 1
    assert [each["return_code"] for each in workflow.results()] != [0]
