"""Files of remote workers: their logs, the inputs and outputs of jobs, and the installation of Torc."""

import os
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from support import needs
from support.remote_hosts import REMOTE_HOSTS, RemoteHosts
from support.remote_workflow import RemoteWorkflow
from torc_client.log_files import folder_databases
from torc_client.remote.own_wheels import make_wheels, with_dependencies
from torc_client.version import __version__

PYTHON = Path(sys.executable).resolve()
pytestmark = [*REMOTE_HOSTS, needs.programs("rsync")]


def names_in(worker: dict[str, Any], folder: Path) -> list[str]:
    with tarfile.open(folder / worker["archive"]) as archive:
        return archive.getnames()


def test_logs_of_all_workers_are_collected_and_deleted(workflow: RemoteWorkflow, hosts: RemoteHosts):
    here = workflow.place.directory
    workflow.create([f"echo hello from job {number}" for number in range(1, 7)])
    workflow.remote("run", "--max-parallel-jobs", 1)
    workflow.wait()
    for host in hosts.all:
        host.write("torc_output/notes_wf1.txt", "of the user")
        host.write("torc_output/job_stdio/job_wf2_j1_r1_a1.o", "of another workflow")
    collected, progress = workflow.remote("collect-logs")
    output: list[str] = []
    for host in hosts.all:
        worker = collected[host.destination]
        assert worker["archive"] == f"remote_logs/torc_logs_{workflow.id}_{host.destination}.tar.gz"
        assert worker["output_dir"] == f"/home/{host.user.name}/torc_output"
        assert f"[OK] {host.destination}: {worker['files']} files in {worker['archive']}" in progress
        names = names_in(worker, here)
        assert not [name for name in names if "notes" in name or "wf2" in name]
        with tarfile.open(here / worker["archive"]) as archive:
            texts = [archive.extractfile(name) for name in names if name.endswith(".o")]
            output += [text.read().decode().strip() for text in texts if text is not None]
    assert sorted(output) == [f"hello from job {number}" for number in range(1, 7)]
    analyzed = workflow.place.run("torc", "logs", "analyze", collected[hosts[0].destination]["archive"])
    assert "parsed with" in analyzed.stdout

    workflow.remote("stop")
    late = workflow.place.run("torc", "logs", "show", 1, status=1)
    assert f"torc remote collect-logs {workflow.id}" in late.stderr
    collected, _ = workflow.remote("collect-logs", "--delete")
    assert all(worker["deleted_files"] for worker in collected.values())
    for host in hosts.all:
        left = {path.name for path in (host.home / "torc_output").rglob("*") if path.is_file()}
        assert left - {folder_databases.FILE} == {"job_wf2_j1_r1_a1.o", "notes_wf1.txt"}
    again, progress = workflow.remote("delete-logs")
    assert {worker["deleted_files"] for worker in again.values()} == {0}
    assert f"no files of workflow {workflow.id} in /home/" in progress


def test_logs_stay_while_a_worker_runs_and_a_host_that_is_away_is_a_failure(
    workflow: RemoteWorkflow, hosts: RemoteHosts
):
    workflow.create(["echo begun > begun; sleep 1000"], hosts=hosts.all[:1])
    workflow.remote("run", "-o", "out/here")
    workflow.wait_for_file(hosts[0].home / "begun")
    name = hosts[0].destination
    deleted, progress = workflow.remote("delete-logs", status=1)
    assert not deleted[name]["is_done"]
    assert "and runs (PID " in progress
    assert "torc remote stop" in progress
    collected, _ = workflow.remote("collect-logs", "--delete", status=1)
    assert names_in(collected[name], workflow.place.directory)
    assert "were not deleted there: the worker" in collected[name]["detail"]
    assert [*(hosts[0].home / "out/here/job_stdio").glob("*.o")]

    shown = workflow.place.run("torc", "logs", "show", 1, "--stream", "stdout")
    assert f"{hosts[0].name}:/home/ada/out/here/job_stdio/" in shown.stderr
    workflow.remote("stop", "--force")
    hosts[0].stop_sshd()
    for command in ("collect-logs", "delete-logs"):
        failed, progress = workflow.remote(command, status=1)
        assert failed[name]["detail"].startswith("the connection was refused")
        assert f"[FAILED] {name}: the connection was refused" in progress
    hosts[0].start_sshd()
    workflow.remote("delete-logs", "--remote-output-dir", "/", status=1)
    assert workflow.remote("delete-logs")[0][name]["deleted_files"] >= 2


def test_files_are_copied_in_before_jobs_run_and_their_outputs_out(workflow: RemoteWorkflow, hosts: RemoteHosts):
    here = workflow.place.directory
    odd = 'it\'s a "name" *'
    workflow.create(
        [f"mkdir -p results; cat 'data/in put' > results/$(hostname)-{number}; sleep 1" for number in (1, 2)]
    )
    (here / "data" / odd).mkdir(parents=True)
    (here / "data/in put").write_text("input\n")
    (here / "data" / odd / "deep").write_text("deep\n")
    (here / "data/secret").symlink_to("/etc/hostname")
    missing = workflow.place.run("torc", "remote", "run", workflow.id, "--sync-in", "nothing", status=1)
    assert "nothing does not exist" in missing.stderr
    started, progress = workflow.remote("run", "--sync-in", "data", "--max-parallel-jobs", 1)
    assert {worker["outcome"] for worker in started.values()} == {"started"}
    assert "2 files (11 B) copied to ada@" in progress
    assert "1 link left out, because of targets outside" in progress
    for host in hosts.all:
        assert (host.home / "data" / odd / "deep").read_text() == "deep\n"
        assert not (host.home / "data/secret").is_symlink()
    workflow.wait()
    synced, _ = workflow.remote("sync-out", "results")
    assert sum(worker["files"] for worker in synced.values()) == 2
    assert [path.read_text() for path in (here / "results").iterdir()] == ["input\n"] * 2

    hosts[0].write("shared", "one")
    hosts[1].write("shared", "two")
    os.utime(hosts[1].home / "shared", (1, 1))
    workflow.remote("sync-out", "shared", "-l", "merged")
    assert (here / "merged/shared").read_text() == "one"
    workflow.remote("sync-out", "shared", "-l", "apart", "--separate")
    assert sorted(path.read_text() for path in (here / "apart").glob("*/shared")) == ["one", "two"]
    hosts[0].write("a b;1.txt", "matched")
    hosts[0].write("a b;[.txt", "matched")
    hosts[1].write(".hidden", "matched")
    synced, _ = workflow.remote("sync-out", "a b;[1[]*", ".h*", "-l", "matched")
    assert sorted(path.name for path in (here / "matched").iterdir()) == [".hidden", "a b;1.txt", "a b;[.txt"]
    assert synced[hosts[1].destination]["missing"] == ["a b;[1[]*"]
    nowhere = workflow.place.run("torc", "remote", "sync-out", workflow.id, "shared", "no*such", status=1)
    assert "no*such: No worker has it in its home folder." in nowhere.stderr
    for path in ("../x", "/etc/passwd", "~/x"):
        assert workflow.place.run("torc", "remote", "sync-out", workflow.id, path, status=1).stdout == ""


@pytest.mark.timeout(600)  # pip installs 20 wheels
def test_torc_is_installed_where_it_is_missing_and_used(workflow: RemoteWorkflow, hosts: RemoteHosts, tmp_path: Path):
    host = hosts[0]
    workflow.create(["echo $TORC_JOB_ID > ran"], hosts=[host])
    host.remove_torc()
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    make_wheels(wheels, with_dependencies())
    refused = workflow.place.run("torc", "remote", "run", workflow.id, "--wheels", wheels, status=2)
    assert "Add --install" in refused.stderr
    started, progress = workflow.remote("run", "--install", "--wheels", wheels, "--python", PYTHON)
    program = f"/home/{host.user.name}/.local/share/torc/{__version__}/bin/torc"
    assert f"[OK] {host.destination}: torc {__version__} installed as {program}" in progress
    assert started[host.destination]["outcome"] == "started"
    workflow.wait()
    assert (host.home / "ran").read_text() == "1\n"
    installed, progress = workflow.remote("install", "--wheels", wheels, "--python", PYTHON)
    assert installed[host.destination]["was_there"]
    workflow.remote("status", status=None)
    failed, _ = workflow.remote("install", "--python", "/usr/bin/python2", status=1)
    assert "is not a Python 3.11 or newer" in failed[host.destination]["detail"]
