"""`torc remote run`, `status` and `stop` on three real hosts."""

import os
from pathlib import Path

from support.remote_hosts import REMOTE_HOSTS, RemoteHost, RemoteHosts
from support.remote_workflow import RemoteWorkflow

pytestmark = REMOTE_HOSTS


def kill_there(host: RemoteHost, pid: int) -> None:
    host.run("kill", "-9", pid)
    while Path(f"/proc/{host.namespaces.init_pid}/root/proc/{pid}").exists():
        pass


def test_three_hosts_run_a_workflow_to_its_end(workflow: RemoteWorkflow, hosts: RemoteHosts):
    workflow.create([f"hostname > out{number}; sleep 1" for number in range(1, 10)])
    started, progress = workflow.remote("run", "--max-parallel-jobs", 1)
    for host in hosts.all:
        worker = started[host.destination]
        assert worker["outcome"] == "started"
        node = f"compute node {worker['compute_node_id']}"
        assert f"[OK] {host.destination}: Started (PID {worker['pid']}, {node})" in progress
    workflow.wait()
    assert {job["status"] for job in workflow.jobs().values()} == {"completed"}
    assert len(workflow.results()) == 9
    written = [path.read_text().strip() for host in hosts.all for path in host.home.glob("out*") if path.is_file()]
    assert len(written) == 9
    assert set(written) <= {"n1", "n2", "n3"}


def test_a_second_run_finds_the_workers_and_stop_ends_them(workflow: RemoteWorkflow, hosts: RemoteHosts):
    workflow.create(["sleep 1000"] * 3)
    first, _ = workflow.remote("run", "--max-parallel-jobs", 1)
    second, progress = workflow.remote("run", "--max-parallel-jobs", 1)
    assert {worker["outcome"] for worker in second.values()} == {"already running"}
    for name, worker in first.items():
        assert second[name]["pid"] == worker["pid"]
        assert f"[OK] {name}: Already running (PID {worker['pid']})" in progress
    status, _ = workflow.remote("status")
    for name, worker in first.items():
        row = status[name]
        assert row["state"] == "running"
        assert [row["pid"], row["compute_node_id"]] == [worker["pid"], worker["compute_node_id"]]
    assert "3/3 workers running" in workflow.text("status")

    stopped, progress = workflow.remote("stop")
    assert {worker["outcome"] for worker in stopped.values()} == {"stopped"}
    ended = sum(worker["jobs_ended"] + worker["jobs_returned"] for worker in stopped.values())
    assert ended == 3, progress
    status, _ = workflow.remote("status", status=1)
    assert {row["state"] for row in status.values()} == {"not running"}
    again, _ = workflow.remote("stop")
    assert {worker["outcome"] for worker in again.values()} == {"not running"}
    for host in hosts.all:
        state = [*(host.home / ".local/state/torc").rglob("token"), *(host.home / ".local/state/torc").rglob("ca")]
        assert not state


def test_a_killed_worker_is_reported_and_started_again(workflow: RemoteWorkflow, hosts: RemoteHosts):
    host = hosts[0]
    workflow.create(["test -e go || { echo $$ >> began; sleep 1000; }; echo done >> ended"], hosts=[host])
    started, _ = workflow.remote("run")
    began = host.home / "began"
    workflow.wait_for_file(began)
    kill_there(host, started[host.destination]["pid"])

    status, _ = workflow.remote("status", status=1)
    row = status[host.destination]
    assert row["state"] == "died"
    assert row["detail"].startswith("it was killed; the server has its compute node 1 with 1 running job")

    host.write("go", "")
    again, progress = workflow.remote("run")
    assert again[host.destination]["outcome"] == "started"
    assert "The former worker died; 1 job returned" in progress
    workflow.wait()
    assert len(began.read_text().split()) == 1
    assert (host.home / "ended").read_text() == "done\n"
    assert len(workflow.results()) == 1


def test_force_kills_and_returns_the_jobs_at_once(workflow: RemoteWorkflow, hosts: RemoteHosts):
    host = hosts[0]
    workflow.create(["trap '' TERM; echo $$ > pid; sleep 1000"], hosts=[host])
    workflow.remote("run")
    workflow.wait_for_file(host.home / "pid")
    stopped, progress = workflow.remote("stop", "--force")
    worker = stopped[host.destination]
    assert (worker["outcome"], worker["jobs_ended"], worker["jobs_returned"]) == ("killed", 0, 1), progress
    assert workflow.jobs()["job1"]["status"] == "ready"
    pid = (host.home / "pid").read_text().strip()
    assert host.run("sh", "-c", f"kill -0 {pid} 2>/dev/null && echo alive || echo gone") == "gone\n"
    assert not any(node["is_active"] for node in workflow.nodes())


def test_after_a_restart_of_its_host_a_worker_is_started_again(workflow: RemoteWorkflow, hosts: RemoteHosts):
    host = hosts[0]
    workflow.create(["test -e go || { echo began >> began; sleep 1000; }"], hosts=[host])
    workflow.remote("run")
    workflow.wait_for_file(host.home / "began")
    host.power_off()
    status, _ = workflow.remote("status", status=1)
    row = status[host.destination]
    assert row["state"] == "unreachable"
    assert row["detail"].endswith("the server has its compute node 1 with 1 running job")
    host.start()
    status, _ = workflow.remote("status", status=1)
    assert status[host.destination]["detail"].startswith("its host was restarted; the server has its compute node 1")
    host.write("go", "")
    again, _ = workflow.remote("run")
    assert again[host.destination]["outcome"] == "started"
    workflow.wait()
    assert [result["return_code"] for result in workflow.results()] == [0]


def test_nothing_is_started_while_one_host_has_no_torc(workflow: RemoteWorkflow, hosts: RemoteHosts):
    workflow.create(["true"] * 3)
    lacking = hosts[1]
    torc = (lacking.home / "bin/torc").read_text()
    lacking.remove_torc()
    started, progress = workflow.remote("run", status=1)
    assert {worker["outcome"] for name, worker in started.items() if name != lacking.destination} == {"not started"}
    assert f"[FAILED] {lacking.destination}: torc is not there (Linux" in progress
    assert "--torc-bin" in progress
    assert workflow.nodes() == []
    assert workflow.jobs()["job1"]["status"] == "uninitialized"

    lacking.write("apps/torc/bin/torc", torc, 0o755)
    lacking.write(".bashrc", "echo noise; echo more noise >&2\n")
    prologue = "test -n $BASH_VERSION && cat && echo loading && PATH=$PATH:$HOME/apps/torc/bin"
    started, _ = workflow.remote("run", "--prologue", prologue)
    assert started[lacking.destination]["outcome"] == "started"
    # Later commands need no option.
    workflow.remote("status", status=None)
    workflow.remote("stop")
    workflow.wait()


def test_hosts_with_another_version_are_named(workflow: RemoteWorkflow, hosts: RemoteHosts):
    host = hosts[0]
    workflow.create(["true"], hosts=hosts.all[:2])
    torc = (host.home / "bin/torc").read_text().replace("exec ", "")
    host.write("bin/torc", f'{torc.rstrip()} | sed \'s/"version":"[^"]*"/"version":"0.9"/\'\n', 0o755)
    started, progress = workflow.remote("run", status=1)
    assert f"[FAILED] {host.destination}: /" in progress
    assert " there is version 0.9, and this is 1.0" in progress
    assert "--install" in progress
    assert started[hosts[1].destination]["outcome"] == "not started"
    started, _ = workflow.remote("run", "--skip-version-check")
    assert {worker["outcome"] for worker in started.values()} == {"started"}
    workflow.wait()


def test_workers_of_a_file_run_in_a_chosen_folder(workflow: RemoteWorkflow, hosts: RemoteHosts):
    workflow.create(["pwd > where"], hosts=hosts.all[:1])
    workflow.place.run("torc", "remote", "remove-worker", hosts[0].destination, workflow.id)
    file = workflow.place.file("workers", f"# one host\n\n{hosts[1].destination}\n")
    _, progress = workflow.remote("run", "-w", file, "--chdir", "data", status=1)
    assert "the folder /home/ben/data does not exist there" in progress
    (hosts[1].home / "data").mkdir()
    os.chown(hosts[1].home / "data", hosts[1].user.uid, hosts[1].user.uid)
    started, _ = workflow.remote("run", "-w", file, "--chdir", "data", "-o", "logs", "--num-cpus", 1)
    assert [*started] == [hosts[1].destination]
    workflow.wait()
    assert (hosts[1].home / "data/where").read_text() == "/home/ben/data\n"
    assert started[hosts[1].destination]["log"].startswith("/home/ben/logs/torc_worker_wf1_")
    assert (hosts[1].home / "logs/job_stdio").is_dir()
