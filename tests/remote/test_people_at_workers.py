"""What `torc remote` prints when a user removes, stops and starts workers at unusual moments."""

import json

from support.processes import Output
from support.remote_hosts import REMOTE_HOSTS, RemoteHosts
from support.remote_workflow import RemoteWorkflow

pytestmark = REMOTE_HOSTS


def test_a_worker_is_removed_while_it_runs_and_stopped_later(workflow: RemoteWorkflow, hosts: RemoteHosts):
    host = hosts[0]
    workflow.create(["echo started >> begun; sleep 1000"], hosts=[host])
    started, _ = workflow.remote("run")
    worker = started[host.destination]
    workflow.wait_for_file(host.home / "begun")
    assert workflow.text("run").startswith("Started 0/1 workers, 1 running before")
    removed = workflow.place.run("torc", "remote", "remove-worker", host.destination, workflow.id).stdout
    assert f"still runs jobs (compute node {worker['compute_node_id']})" in removed
    assert f"torc remote stop {workflow.id}" in removed

    workflow.place.torc("remote", "add-workers", workflow.id, host.destination)
    stopped, _ = workflow.remote("stop", "--wait", 0)
    assert stopped[host.destination]["outcome"] in {"stopped", "killed"}
    assert stopped[host.destination]["pid"] == worker["pid"]
    assert stopped[host.destination]["jobs_ended"] + stopped[host.destination]["jobs_returned"] == 1
    assert workflow.text("stop").startswith("No worker was running")


def no_worker_is_started(workflow: RemoteWorkflow, reason: str) -> None:
    ended = workflow.place.run("torc", "-f", "json", "remote", "run", workflow.id, status=1)
    assert f"Workflow {workflow.id} {reason}; no worker was started." in json.loads(ended.stderr)["message"]


def test_no_worker_is_started_if_the_workflow_has_no_job_left(workflow: RemoteWorkflow, hosts: RemoteHosts):
    workflow.create(["true"], hosts=[hosts[0]])
    workflow.remote("run")
    workflow.wait()
    no_worker_is_started(workflow, "has no job left to run")
    assert len(workflow.nodes()) == 1


def test_no_worker_is_started_for_a_canceled_workflow(workflow: RemoteWorkflow, hosts: RemoteHosts):
    workflow.create(["true"], hosts=[hosts[0]])
    workflow.place.run("torc", "workflows", "init", workflow.id)
    workflow.place.run("torc", "workflows", "cancel", workflow.id, status=None)
    no_worker_is_started(workflow, "is canceled")
    assert not workflow.nodes()


def test_a_host_that_is_off_is_named_with_its_jobs_and_can_be_removed(workflow: RemoteWorkflow, hosts: RemoteHosts):
    off, other = hosts[0], hosts[1]
    workflow.create(["echo started >> begun; sleep 1000"], hosts=[off])
    workflow.remote("run")
    workflow.wait_for_file(off.home / "begun")
    workflow.place.torc("remote", "add-workers", workflow.id, other.destination)
    off.power_off()
    stopped, _ = workflow.remote("stop", status=1)
    assert "with 1 running job until the lease expires" in stopped[off.destination]["detail"]
    started = workflow.text("run", status=1)
    assert f"remove these: torc remote remove-worker {off.destination} {workflow.id}" in started
    workflow.place.run("torc", "remote", "remove-worker", off.destination, workflow.id)
    workflow.remote("run")
    assert workflow.text("stop").startswith("Stopped 1/1 workers\n")


def test_jobs_that_the_last_worker_terminates_can_run_again(workflow: RemoteWorkflow, hosts: RemoteHosts):
    workflow.create(["test -e begun && exit; echo started >> begun; sleep 1000"], hosts=[hosts[0]])
    workflow.remote("run")
    workflow.wait_for_file(hosts[0].home / "begun")
    command = f"torc jobs reset-status --workflow-id {workflow.id} --status terminated"
    assert f"1 job is terminated. To run terminated jobs again: {command}" in workflow.text("stop")
    workflow.place.run(*command.split(), "--no-prompts")
    workflow.remote("run")
    workflow.wait()
    assert workflow.jobs()["job1"]["status"] == "completed"


def test_running_jobs_may_end_before_their_worker_is_stopped(workflow: RemoteWorkflow, hosts: RemoteHosts):
    home = hosts[0].home
    wait = "echo begun > begun{0}; until [ -e go{0} ]; do sleep 0.1; done"
    workflow.create([wait.format(number) for number in range(2)], hosts=[hosts[0]])
    workflow.remote("run", "--max-parallel-jobs", 1)
    workflow.wait_for_file(home / "begun0")
    with workflow.place.start("torc", "remote", "stop", workflow.id, "--drain", 600, "--wait", 0) as stop:
        output = Output(stop.stderr)
        assert "with 1 running job; stop in" in output.wait_for("Draining (PID ")
        (home / "go0").touch()
        assert stop.wait() == 0
        assert "1 job ended" in output.finish()
    assert sorted(job["status"] for job in workflow.jobs().values()) == ["completed", "ready"]
    assert not (home / "begun1").exists()

    workflow.remote("run")
    workflow.wait_for_file(home / "begun1")
    stopped, _ = workflow.remote("stop", "--drain", 1)
    assert [stopped[hosts[0].destination][name] for name in ("outcome", "jobs_terminated")] == ["stopped", 1]
