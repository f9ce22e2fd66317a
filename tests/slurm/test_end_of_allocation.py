"""A runner in an allocation: its record, and what it does when Slurm ends the allocation."""

import os
import signal
import time

from slurm.asking import ask
from slurm.by_hand import OUTPUT, processes_in, workflow_on
from slurm.cluster import Cluster
from slurm.waiting import until
from support.processes import Place, Reports

SIZE = "{name: one, num_cpus: 1, memory: 100m, runtime: PT10S}"


def spec(*commands: str, more: str = "") -> str:
    jobs = "".join(
        f"  - {{name: j{number}, resource_requirements: one, command: {command!r}}}\n"
        for number, command in enumerate(commands, start=1)
    )
    return f"name: demo\n{more}\nresource_requirements: [{SIZE}]\njobs:\n{jobs}"


def test_the_server_gets_to_know_the_allocation(place: Place, cluster: Cluster) -> None:
    place.environment["MY_SLURM_TOKEN"] = "hidden"
    with workflow_on(cluster, place, spec("echo hello", "exit 3")) as work:
        job = work.request()
        work.await_end(job)
        assert (work.recorded, work.output(job)) == ({job: "complete"}, "")
        (node,) = work.nodes
    assert (node["compute_node_type"], node["num_cpus"], node["is_active"]) == ("slurm", 4, False)
    pid = node["scheduler"].pop("slurm_task_pid")
    assert node["scheduler"] == {"scheduler_id": 1, "type": "slurm", "slurm_job_id": job, "slurm_node_id": "0"}
    names = {path.name for path in (place.directory / OUTPUT).glob("*.log")}
    assert names == {f"{kind}_wf1_sl{job}_n0_pid{pid}.log" for kind in ("job_runner_slurm", "slurm_env")}
    variables = (place.directory / OUTPUT / f"slurm_env_wf1_sl{job}_n0_pid{pid}.log").read_text()
    assert f"SLURM_JOB_ID={job}\n" in variables
    assert "hidden" not in variables


def test_scancel_ends_the_jobs_and_they_have_not_failed(place: Place, cluster: Cluster, reports: Reports) -> None:
    """Slurm sends TERM to the jobs, too, and KILL after 3 seconds. A failure handler has nothing to retry."""
    handlers = "failure_handlers: [{name: again, rules: [{match_all_exit_codes: true, max_retries: 3}]}]"
    jobs = ["echo gentle > reports; sleep 300", "trap '' TERM; echo rude > reports; while :; do sleep 1; done"]
    text = spec(*jobs, more=handlers).replace("resource_requirements: one,", "resource_requirements: one, "
                                               "failure_handler: again,")  # fmt: skip
    with workflow_on(cluster, place, text) as work:
        job = work.request()
        assert sorted(reports.next(2)) == ["gentle", "rude"]
        cluster.run("scancel", str(job))
        work.await_end(job)
        assert work.results == {"j1": ("terminated", 143), "j2": ("terminated", 137)}, work.log
        assert not work.nodes[0]["is_active"]
        assert len(place.torc("results", "list", work.workflow, "--all-runs")["items"]) == 2


def test_scancel_leaves_no_interrupted_script_complete_and_starts_no_job(
    place: Place, cluster: Cluster, reports: Reports
) -> None:
    """Slurm sends TERM to the command of a script first. The script then goes on and may end with 0."""
    # The subshell ignores TERM as a script does that ends before TERM reaches it.
    script = "echo started > reports; trap '' TERM; (trap - TERM; sleep 300); echo end"
    with workflow_on(cluster, place, spec(*[script] * 6)) as work:
        job = work.request()
        assert len(reports.next(4)) == 4
        time.sleep(2)  # only the end of a job of more than a second is in doubt
        cluster.run("scancel", str(job))
        work.await_end(job)
        assert {status for status, _ in work.results.values()} == {"terminated"}, work.log
        lines = work.log.splitlines()
        asked = next(number for number, line in enumerate(lines) if "Asked to stop" in line)
        assert not [line for line in lines[asked:] if "Job started" in line]


def test_a_short_allocation_runs_short_jobs_and_ends_the_others(place: Place, cluster: Cluster) -> None:
    """One minute, with a warning that Slurm sends too early: at the start."""
    with workflow_on(cluster, place, spec("sleep 1", "sleep 300")) as work:
        job = work.request("--partition=short", "--time=1", "--signal=B:USR1@15")
        work.await_end(job)
        assert work.results == {"j1": ("completed", 0), "j2": ("terminated", 152)}, work.log
        assert work.recorded == {job: "complete"}
        assert "Warning of the end of the allocation received: it is known" in work.log


def test_jobs_of_a_runner_that_was_killed_run_again_once(place: Place, cluster: Cluster, reports: Reports) -> None:
    command = "echo start $$ > reports; [ $TORC_ATTEMPT_ID = 2 ] || sleep 300; echo end >> ended"
    with workflow_on(cluster, place, spec(command)) as work:
        job = work.request(runner="--lease-seconds 3")
        first = reports.next(1)
        os.kill(work.nodes[0]["pid"], signal.SIGKILL)
        work.await_end(job)
        until(lambda: not processes_in(place, "echo end >> ended"))
        second = work.request()
        assert reports.next(1) != first
        work.await_end(second)
        assert work.results == {"j1": ("completed", 0)}
        assert (place.directory / "ended").read_text() == "end\n"
        assert work.recorded == {job: "active", second: "complete"}


def test_queued_allocations_are_canceled_when_nothing_is_left(place: Place, cluster: Cluster) -> None:
    with workflow_on(cluster, place, spec("true")) as work:
        queued = [work.request("--begin=now+1hour") for _ in range(2)]
        job = work.request()
        work.await_end(job)
        until(lambda: not cluster.run("squeue", "--noheader", "--format=%A").strip())
        assert work.recorded == {job: "complete", queued[0]: "canceled", queued[1]: "canceled"}
        events = place.torc("events", "list", work.workflow)["items"]
        (event,) = [each["data"] for each in events if each["data"].get("category") == "scheduler"]
        assert (event["action"], event["num_canceled"]) == ("cancel_unneeded_pending_allocations", 2)


def test_queued_allocations_stay_for_jobs_that_are_left(place: Place, cluster: Cluster) -> None:
    big = spec("true").replace(SIZE, f"{SIZE}, {{name: big, num_cpus: 4, memory: 1900m, runtime: PT10S}}")
    text = big + "  - {name: later, resource_requirements: big, command: 'true'}\n"
    with workflow_on(cluster, place, text + "compute_node_wait_for_new_jobs_seconds: 1\n") as work:
        queued = work.request("--begin=now+1hour", "--mem=2000")
        job = work.request()
        work.await_end(job)
        assert work.jobs == {"j1": "completed", "later": "ready"}
        assert work.recorded == {job: "complete", queued: "pending"}


def test_each_element_of_an_array_has_its_own_record(place: Place, cluster: Cluster) -> None:
    """Slurm gives the id of the array to its last element. The runners accept the submission."""
    with workflow_on(cluster, place, spec(*["sleep 2"] * 9)) as work:
        submission = ask(
            place,
            f"workflows/{work.workflow}/submissions",
            {"scheduler_config_id": work.scheduler, "num_allocations": 3, "folder": str(place.directory)},
        )
        job = work.request("--array=1-3", runner=f"--submission {submission['id']}", is_recorded=False)
        work.await_end(job)
        records = place.torc("scheduled-compute-nodes", "list", work.workflow)["items"]
        assert set(work.jobs.values()) == {"completed"}
        assert [(each["scheduler_id"], each["task"], each["status"]) for each in records] == [
            (job, number, "complete") for number in (1, 2, 3)
        ]
        tasks = {each["id"]: each["task"] for each in records}
        schedulers = [node["scheduler"] for node in work.nodes]
    assert sorted(tasks[each["scheduler_id"]] for each in schedulers) == [1, 2, 3]
    assert all(each["slurm_array_task_id"] == tasks[each["scheduler_id"]] for each in schedulers)
    assert {each["slurm_array_job_id"] for each in schedulers} == {job}


def test_a_runner_that_the_server_refuses_prints_one_sentence(place: Place, cluster: Cluster) -> None:
    with workflow_on(cluster, place, spec("true")) as work:
        workflow, work.workflow = work.workflow, 99
        job = work.request(is_recorded=False)
        work.await_end(job)
        assert work.output(job).startswith("Error: ")
        assert len(work.output(job).splitlines()) <= 2
        assert "Traceback" not in work.output(job)
        work.workflow = workflow
        assert work.jobs == {"j1": "ready"}


def test_jobs_of_an_allocation_that_is_queued_again_run_when_it_starts(
    place: Place, cluster: Cluster, reports: Reports
) -> None:
    """As after a preemption. The job that was ended has used no retry of its failure handler."""
    handlers = "failure_handlers: [{name: again, rules: [{exit_codes: [7], max_retries: 2}]}]"
    command = "echo $TORC_ATTEMPT_ID > reports; case $TORC_ATTEMPT_ID in 1) sleep 300;; 2) exit 7;; esac"
    text = spec(command, more=handlers).replace("one, command", "one, failure_handler: again, command")
    with workflow_on(cluster, place, text) as work:
        job = work.request()
        assert reports.next(1) == ["1"]
        cluster.run("scontrol", "requeue", str(job))
        until(lambda: work.recorded == {job: "pending"})
        assert work.jobs == {"j1": "ready"}
        # Slurm waits two minutes before it starts a job again. In the second of its end, the node would refuse it.
        until(lambda: cluster.run("squeue", "--noheader", "--format=%T", f"--jobs={job}").strip() == "PENDING")
        cluster.run("scontrol", "update", f"JobId={job}", "StartTime=now+3")
        assert reports.next(2) == ["2", "3"]
        work.await_end(job)
        assert work.results == {"j1": ("completed", 0)}, work.log
        assert work.recorded == {job: "complete"}


def test_the_runners_of_an_allocation_stop_together(place: Place, cluster: Cluster, reports: Reports) -> None:
    more = """
slurm_schedulers: [{name: pair, account: root, nodes: 2, walltime: "00:05:00", mem: "1000"}]
slurm_defaults: {cpus-per-task: 4}
actions:
  - {trigger_type: on_workflow_start, action_type: schedule_nodes, scheduler_type: slurm, scheduler: pair,
     start_one_worker_per_node: true}
"""
    with workflow_on(cluster, place, spec(*["echo $SLURMD_NODENAME > reports; sleep 300"] * 8, more=more)) as work:
        place.torc("submit", work.workflow, "-o", OUTPUT, "-p", "1")
        assert len(set(reports.next(8))) == 2
        (job,) = work.recorded
        cluster.run("scancel", str(job))
        work.await_end(job)
        assert set(work.results.values()) == {("terminated", 143)}, work.log
        assert set(work.jobs.values()) == {"terminated"}
        assert [node["is_active"] for node in work.nodes] == [False, False]
