"""Jobs as steps of Slurm: limits, ends, signals, and what the accounting measured."""

import os
import signal

from slurm.by_hand import OUTPUT, ByHand, processes_in, workflow_on
from slurm.cluster import Cluster
from slurm.waiting import until
from support.processes import PROGRAMS, Place, Reports

SIZES = """
  - {name: half, num_cpus: 2, memory: 200m, runtime: PT10S}
  - {name: wide, num_cpus: 2, memory: 100m, runtime: PT10S, num_nodes: 2}
  - {name: absurd, num_cpus: 1, memory: 100m, runtime: PT10S, num_gpus: 1}
"""
HOG = "python3 -c 'import time; held = bytearray(600_000_000); time.sleep(60)'"


def spec(*commands: str, size: str = "half", config: str = "") -> str:
    jobs = "".join(
        f"  - {{name: j{number}, resource_requirements: {size}, command: {command!r}}}\n"
        for number, command in enumerate(commands, start=1)
    )
    return (
        f"name: demo\nexecution_config: {{mode: slurm{config}}}\n"
        f"compute_node_wait_for_new_jobs_seconds: 1\nresource_requirements: {SIZES}jobs:\n{jobs}"
    )


def stdio(work: ByHand, job: int) -> tuple[str, str]:
    files = [work.place.directory / OUTPUT / f"job_stdio/job_wf1_j{job}_r1_a1.{stream}" for stream in "oe"]
    return files[0].read_text(), files[1].read_text()


def steps_of(cluster: Cluster, job: int) -> list[str]:
    """Return the steps of an allocation that run now, without the batch step."""
    listed = cluster.run("squeue", "--steps", "--noheader", f"--jobs={job}", "--format=%j").split()
    return [name for name in listed if name != "batch"]


def test_ends_and_limits_of_steps(place: Place, cluster: Cluster) -> None:
    """The job over its memory is ended by Slurm; no job has messages of srun in its stderr."""
    commands = (
        "echo $SLURM_CPUS_PER_TASK $TORC_JOB_NAME ${SLURM_STEP_ID:-none}; echo err >&2",
        "exit 7",
        "kill -SEGV $$",
        HOG,
        "sleep 1",
    )
    place.environment["TORC_PASSWORD"] = "hidden"
    with workflow_on(cluster, place, spec(*commands)) as work:
        job = work.request()
        work.await_end(job)
        assert work.results == {
            "j1": ("completed", 0), "j2": ("failed", 7), "j3": ("failed", 139), "j4": ("failed", 137),
            "j5": ("completed", 0),
        }, work.log  # fmt: skip
        out, err = stdio(work, 1)
        cpus, name, step = out.split()
        # The first steps start at the same time, so any of them can be step 0.
        assert (cpus, name, step.isdigit(), err) == ("2", "j1", True, "err\n")
        assert stdio(work, 2) == ("", "")
        assert "its limit is 200.0 MiB: raise the memory of its resource requirements" in stdio(work, 4)[1]
        statistics = {each["job_id"]: each for each in place.torc("slurm", "stats", work.workflow)["items"]}
        peaks = {
            each["job_id"]: each.get("peak_memory_bytes")
            for each in place.torc("results", "list", work.workflow)["items"]
        }
        assert set(statistics) == {1, 2, 3, 4, 5}
        assert {each["slurm_job_id"] for each in statistics.values()} == {str(job)}
        assert statistics[4]["max_rss_bytes"] > 200 << 20
        # The result of the job that was measured by Slurm alone has its peak, too.
        assert peaks[5] == statistics[5]["max_rss_bytes"] > 0
        assert peaks[4] > 200 << 20
        names = cluster.run("sacct", f"--jobs={job}", "--noheader", "--parsable2", "--format=JobName").split()
        assert {f"wf1_j{number}_r1_a1" for number in range(1, 6)} < set(names)


def test_a_job_of_several_nodes_runs_on_all_of_them(place: Place, cluster: Cluster) -> None:
    command = "echo $SLURM_STEP_NUM_NODES $SLURM_NTASKS $SLURM_PROCID $SLURMD_NODENAME"
    with workflow_on(cluster, place, spec(command, size="wide", config=", srun_tasks_per_node: 2")) as work:
        job = work.request("--nodes=2")
        work.await_end(job)
        assert work.results == {"j1": ("completed", 0)}, work.log
        lines = [line.split() for line in stdio(work, 1)[0].splitlines()]
    assert sorted(line[:3] for line in lines) == [["2", "4", str(task)] for task in range(4)]
    assert len({line[3] for line in lines}) == 2


def test_a_step_that_slurm_refuses_fails_with_its_words(place: Place, cluster: Cluster) -> None:
    with workflow_on(cluster, place, spec("true", size="absurd")) as work:
        # The runner assumes a GPU that Slurm does not have.
        runner = f"{PROGRAMS}/torc-runner {work.workflow} -o {OUTPUT} --num-gpus 1"
        script = place.file("job.sh", f"#!/bin/bash\nexec {runner}\n")
        place.run("sbatch", "--wait", "--time=5", "--cpus-per-task=4", "--mem=1000", script, status=3)
        assert work.results == {"j1": ("failed", 127)}, work.log
        assert stdio(work, 1)[1] == (
            "torc-runner could not start the command: Invalid generic resource (gres) specification\n"
        )


def test_canceling_a_workflow_ends_its_steps(place: Place, cluster: Cluster, reports: Reports) -> None:
    """TERM reaches the processes of a step, children of bash included; KILL leaves none."""
    commands = (
        "trap 'echo got TERM; exit 3' TERM; echo 1 > reports; while :; do sleep 0.05; done",
        "trap '' TERM; echo 2 > reports; sleep 1234 & wait; sleep 1234",
    )
    with workflow_on(cluster, place, spec(*commands)) as work:
        job = work.request()
        reports.next(2)
        assert len(steps_of(cluster, job)) == 2
        place.torc("workflows", "cancel", work.workflow)
        work.await_end(job)
        assert stdio(work, 1)[0] == "got TERM\n"
        assert set(work.jobs.values()) == {"canceled"}
    until(lambda: not processes_in(place, "sleep 1234"))


def test_a_canceled_step_does_not_run_again_by_itself(place: Place, cluster: Cluster, reports: Reports) -> None:
    with workflow_on(cluster, place, spec("echo ready > reports; sleep 1234")) as work:
        job = work.request()
        reports.next(1)
        (step,) = [
            line.split("|")[0]
            for line in cluster.run("squeue", "--steps", "--noheader", f"--jobs={job}", "--format=%i|%j").splitlines()
            if line.endswith("|wf1_j1_r1_a1")
        ]
        cluster.run("scancel", step)
        work.await_end(job)
        assert work.results == {"j1": ("terminated", 137)}, work.log


def test_steps_that_end_with_their_allocation_have_not_failed(place: Place, cluster: Cluster, reports: Reports) -> None:
    commands = ("echo gentle > reports; sleep 1234", "trap '' TERM; echo rude > reports; while :; do sleep 1; done")
    with workflow_on(cluster, place, spec(*commands)) as work:
        job = work.request()
        reports.next(2)
        cluster.run("scancel", str(job))
        work.await_end(job)
        # A step that ignores TERM ends when Slurm kills the runner, too: then the job runs again after the lease.
        assert work.results["j1"] == ("terminated", 143), work.log
        assert {status for status, _ in work.results.values()} == {"terminated"}, work.log
    until(lambda: not processes_in(place, "sleep 1234"))


def test_steps_end_with_a_runner_that_is_killed(place: Place, cluster: Cluster, reports: Reports) -> None:
    with workflow_on(cluster, place, spec("echo ready > reports; sleep 1234", size="wide")) as work:
        job = work.request("--nodes=2")
        reports.next(2)
        os.kill(work.nodes[0]["pid"], signal.SIGKILL)
        work.await_end(job)
    until(lambda: not processes_in(place, "sleep 1234"))


def test_a_controller_that_does_not_answer_costs_no_job(place: Place, cluster: Cluster, reports: Reports) -> None:
    """No step can be created meanwhile; srun itself waits."""
    with workflow_on(cluster, place, spec("echo 1 > reports; sleep 2", "true", "true", "true")) as work:
        job = work.request()
        reports.next(1)
        controller = cluster.pid("slurmctld")
        os.kill(controller, signal.SIGSTOP)
        try:
            until(lambda: bool(processes_in(place, "--job-name=wf1_j3_r1_a1")))
        finally:
            os.kill(controller, signal.SIGCONT)
        work.await_end(job)
        assert set(work.results.values()) == {("completed", 0)}, work.log
        assert len(work.results) == 4


def test_without_accounting_only_the_statistics_are_missing(place: Place, cluster: Cluster) -> None:
    """sacct answers as on a cluster without accounting."""
    fake = place.file(
        "bin/sacct", "#!/bin/bash\necho asked >> asked\necho 'Slurm accounting storage is disabled' >&2\nexit 1\n"
    )
    fake.chmod(0o755)
    with workflow_on(cluster, place, spec(*["sleep 1"] * 4)) as work:
        job = work.request(f"--export=ALL,PATH={fake.parent}:{cluster.environment['PATH']}")
        work.await_end(job)
        assert set(work.results.values()) == {("completed", 0)}, work.log
        assert place.torc("slurm", "stats", work.workflow)["items"] == []
    assert (place.directory / "asked").read_text() == "asked\n"
