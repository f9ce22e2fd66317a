"""Workflows of several kinds, from `torc submit` to their end on the cluster, and the count of their jobs."""

import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from slurm.scenarios import Site, Submitted, spec
from slurm.waiting import until

SMALL = "resource_requirements: [{name: small, num_cpus: 1, memory: 200m, runtime: PT2M}]"


def monitor(seconds: int) -> str:
    return f"resource_monitor: {{enabled: true, granularity: time_series, sample_interval_seconds: {seconds}}}"


def succeeded(work: Submitted) -> None:
    until(lambda: work.is_complete)
    assert set(work.statuses.values()) == {"completed"}, work.results
    assert {code for _, code in work.last.values()} == {0}
    work.await_left()


def test_a_chain_of_jobs(site: Site) -> None:
    chain = "".join(
        f"  - {{name: {name}, resource_requirements: one, depends_on: [{before}],\n"
        f"     command: 'echo Job {name} starting on $(hostname); sleep 2; echo Job {name} complete'}}\n"
        for name, before in (("a", ""), ("b", "a"), ("c", "b"))
    )
    text = f"resource_requirements: [{{name: one, num_cpus: 1, memory: 512m, runtime: PT2M}}]\njobs:\n{chain}"
    work = site.submit(spec(text, mode="direct"))
    succeeded(work)
    ends = [
        (each["completion_time"], name)
        for name, job in work.jobs.items()
        for each in work.results
        if each["job_id"] == job["id"]
    ]
    assert [name for _, name in sorted(ends)] == ["a", "b", "c"]
    for name in work.jobs:
        assert f"Job {name} complete" in work.stdout(name)
    site.count("1 single_node_basic", work)


BUSY = "timeout 3 sh -c 'while :; do :; done' & timeout 3 sh -c 'while :; do :; done' & wait"
STRESS = f"""
{monitor(2)}
execution_config: {{enable_cpu_bind: true}}
resource_requirements: [{{name: two, num_cpus: 2, memory: 200m, runtime: PT3M}}]
jobs:
  - name: stress_{{i}}
    parameters: {{i: "1:8"}}
    scheduler: main
    resource_requirements: two
    command: "echo Running on $(hostname); {BUSY}"
"""


def test_jobs_on_two_nodes_as_steps(site: Site) -> None:
    work = site.submit(spec(STRESS, mode="slurm", nodes=2, walltime="00:10:00"))
    succeeded(work)
    hosts = {re.findall(r"Running on (\S+)", work.stdout(name))[0] for name in work.jobs}
    assert len(hosts) == 2
    assert len(work.jobs) == 8
    until(lambda: len(site.place.torc("slurm", "stats", work.id)["items"]) == 8)
    summary = site.place.torc("slurm", "sacct", work.id)["summary"]
    assert len([row for row in summary if row["job_step"] and row["exit_code"] == "0:0"]) >= 8
    site.count("2 multi_node_parallel", work)


WORKERS = """
compute_node_wait_for_new_jobs_seconds: 1
resource_requirements: [{name: two, num_cpus: 2, memory: 100m, runtime: PT1M}]
jobs:
  - name: long
    priority: 10
    resource_requirements: two
    command: "echo on $(hostname); until [ -e go ]; do sleep 0.1; done"
  - name: short_{i}
    parameters: {i: "1:19"}
    resource_requirements: two
    command: "echo on $(hostname); sleep 0.5"
"""


def test_a_runner_on_each_node(site: Site) -> None:
    """The runner that finds no more work leaves first, and the job of the other one continues."""
    work = site.submit(spec(WORKERS, mode="direct", nodes=2, runners={"start_one_worker_per_node": True}))
    until(lambda: sorted(node["is_active"] for node in work.nodes) == [False, True])
    assert work.statuses["long"] == "running"
    (site.place.directory / "go").touch()
    succeeded(work)
    logs = [path.name for path in work.folder.glob("job_runner_slurm_*.log")]
    assert sorted(re.findall(r"_n\d_", " ".join(logs))) == ["_n0_", "_n1_"]
    assert len({work.stdout(name) for name in work.jobs}) == 2
    site.count("3 multi_node_direct", work)


MPI = """
resource_requirements: [{name: wide, num_cpus: 2, memory: 500m, runtime: PT2M, num_nodes: 2}]
jobs:
  - name: step
    resource_requirements: wide
    command: >-
      echo "Allocation node count: $SLURM_JOB_NUM_NODES"; echo "Step node count: $SLURM_STEP_NUM_NODES";
      echo "Multi-node step complete."
"""


def test_a_step_with_two_nodes(site: Site) -> None:
    work = site.submit(spec(MPI, mode="slurm", nodes=2))
    succeeded(work)
    said = set(work.stdout("step").splitlines())
    assert said == {"Allocation node count: 2", "Step node count: 2", "Multi-node step complete."}
    assert site.place.torc("slurm", "sacct", work.id)["summary"]
    # One task on each node is the same attempt.
    starts = site.place.directory / "starts"
    assert len(starts.read_text().splitlines()) == 2
    starts.write_text("\n".join(sorted(set(starts.read_text().splitlines()))))
    site.count("4 multi_node_mpi_step", work)


HOG = "python3 -c 'import time; held = bytearray({bytes}); held[::4096] = bytes(len(held[::4096])); time.sleep({s})'"
OOM = f"""
{monitor(1)}
{SMALL}
jobs:
  - {{name: normal, command: "sleep 5", resource_requirements: small}}
  - {{name: oom, command: "{HOG.format(bytes=600_000_000, s=10)}", resource_requirements: small}}
"""


def test_a_job_over_its_memory(site: Site) -> None:
    work = site.submit(spec(OOM, mode="slurm"))
    until(lambda: work.is_complete)
    work.await_left()
    assert work.last["normal"] == ("completed", 0)
    assert work.last["oom"] == ("failed", 137)
    found = site.place.torc("slurm", "parse-logs", "torc_output")
    assert "memory" in json.dumps(found).lower()
    analyzed = site.place.torc("logs", "analyze", "torc_output")
    assert "memory" in json.dumps(analyzed).lower()
    until(lambda: "0:9" in json.dumps(site.place.torc("slurm", "sacct", work.id)["summary"]))
    checked = site.place.torc("workflows", "check-resources", work.id, "--include-failed")
    assert "oom" in json.dumps(checked)
    site.count("5 oom_detection", work)


MONITORED = f"""
{monitor(2)}
resource_requirements: [{{name: two, num_cpus: 2, memory: 400m, runtime: PT2M}}]
jobs:
  - {{name: cpu_work, command: "{BUSY.replace("3", "6")}", resource_requirements: two}}
  - {{name: memory_work, command: "{HOG.format(bytes=100_000_000, s=6)}", resource_requirements: two}}
"""


@pytest.mark.parametrize(("scenario", "mode"), [("6 resource_monitoring", None), ("8 no_srun_basic", "direct")])
def test_jobs_are_measured(site: Site, scenario: str, mode: str | None) -> None:
    work = site.submit(spec(MONITORED, mode=mode))
    succeeded(work)
    results = {name: each for name, job in work.jobs.items() for each in work.results if each["job_id"] == job["id"]}
    assert results["cpu_work"]["avg_cpu_percent"] > 0
    assert results["memory_work"]["peak_memory_bytes"] >= 100_000_000
    if mode == "direct":
        assert list(work.folder.rglob(f"resource_metrics*wf{work.id}*.db"))
        (allocation,) = work.allocations
        which = f"--jobs={allocation['scheduler_id']}"
        steps = site.cluster.run("sacct", which, "--noheader", "--parsable2", "--format=JobID").split()
        assert {step.partition(".")[2] for step in steps} <= {"", "batch", "extern"}
    site.count(scenario, work)


RETRIED = f"""
{SMALL}
failure_handlers: [{{name: again, rules: [{{exit_codes: [42], max_retries: 2}}]}}]
jobs:
  - {{name: preprocess, command: "sleep 1", resource_requirements: small}}
  - name: work_{{i}}
    parameters: {{i: "1:5"}}
    depends_on: [preprocess]
    failure_handler: again
    resource_requirements: small
    command: "test {{i}} != 3 || test $TORC_ATTEMPT_ID != 1 || exit 42"
  - {{name: postprocess, command: "true", depends_on_regexes: ["work_.*"], resource_requirements: small}}
"""


def test_a_job_that_its_failure_handler_retries(site: Site) -> None:
    work = site.submit(spec(RETRIED, mode="direct"))
    code, said = work.watch("--auto-schedule")
    assert code == 0, said
    assert len(work.jobs) == 7
    succeeded(work)
    job = work.jobs["work_3"]["id"]
    codes = [(each["attempt_id"], each["return_code"]) for each in work.results if each["job_id"] == job]
    assert codes == [(1, 42), (2, 0)]
    site.count("7 failure_recovery", work)


ENDLESS = f"""
{SMALL}
jobs:
  - {{name: "job_{{i}}", parameters: {{i: "1:3"}}, command: "exec sleep 1800", resource_requirements: small}}
"""


def test_cancel(site: Site) -> None:
    work = site.submit(spec(ENDLESS, mode="direct", walltime="00:15:00"))
    work.await_running()
    answer = site.place.torc("cancel", work.id)
    assert (answer["status"], answer["errors"], len(answer["canceled_slurm_jobs"])) == ("success", None, 1)
    assert work.queue() == []
    assert set(work.statuses.values()) == {"canceled"}
    assert [node["is_active"] for node in work.nodes] == [False]
    assert site.place.torc("workflows", "is-complete", work.id)["is_canceled"]
    site.count("9 cancel_workflow", work)
    site.place.run("torc", "recover", work.id, "--dry-run")


@pytest.mark.parametrize("tracking", ["linuxproc", "pgid"])
def test_allocations_that_are_canceled_elsewhere(site: Site, tracking: str) -> None:
    with nullcontext() if tracking == "linuxproc" else site.cluster.reshaped(tracks_processes_by=tracking):
        work = site.submit(spec(ENDLESS, walltime="00:15:00"))
        work.await_running()
        for each in work.allocations:
            site.cluster.run("scancel", str(each["scheduler_id"]))
        # At once, while Slurm ends the processes, and after.
        work.sync("--dry-run")
        work.await_left()
        work.sync()
        assert work.sync()["orphans"] == []
        assert set(work.statuses.values()) == {"terminated"}
        assert [each["status"] for each in work.allocations] == ["canceled"]
        canceled = site.place.torc("cancel", work.id, "--no-prompts")
        assert canceled["canceled_slurm_jobs"] == []
        site.count(f"10 sync_status, {tracking}", work)


TIMEOUT = """
execution_config: {sigkill_headroom_seconds: 0}
resource_requirements: [{name: half, num_cpus: 2, memory: 200m, runtime: PT10S}]
jobs:
  - {name: job_fast, command: "sleep 5", resource_requirements: half}
  - {name: job_slow, command: "sleep 1200", resource_requirements: half}
"""


def test_the_end_of_the_time(site: Site) -> None:
    work = site.submit(spec(TIMEOUT, mode="slurm", walltime="00:02:00"))
    until(lambda: work.is_complete)
    work.await_left()
    assert work.last == {"job_fast": ("completed", 0), "job_slow": ("terminated", 152)}
    (allocation,) = work.allocations
    which = ("sacct", f"--jobs={allocation['scheduler_id']}", "--noheader", "--parsable2", "--format=JobName,State")
    step = f"wf{work.id}_j{work.jobs['job_slow']['id']}_r1_a1"
    until(lambda: f"{step}|TIMEOUT" in site.cluster.run(*which).split())
    site.count("11 timeout_detection", work)


CHECKPOINT = """
execution_config: {srun_termination_signal: TERM@30, sigkill_headroom_seconds: 0}
resource_requirements: [{name: half, num_cpus: 2, memory: 200m, runtime: PT10S}]
jobs:
  - name: saver
    resource_requirements: half
    command: |
      trap 'echo SIGTERM_RECEIVED; echo 1 > checkpoint; echo Graceful shutdown complete; exit 0' TERM
      echo SIGTERM handler registered
      while :; do echo beat; sleep 1; done
"""


def test_a_warning_before_the_end_of_a_step(site: Site) -> None:
    work = site.submit(spec(CHECKPOINT, mode="slurm", walltime="00:02:00"))
    succeeded(work)
    said = work.stdout("saver")
    for words in ("SIGTERM handler registered", "SIGTERM_RECEIVED", "Graceful shutdown complete"):
        assert words in said
    assert (site.place.directory / "checkpoint").exists()
    site.count("12 srun_termination_signal", work)


FOUR = f"""
{monitor(2)}
jobs:
  - {{name: "job_{{i}}", parameters: {{i: "1:4"}}, command: "{HOG.format(bytes=100_000_000, s=5)}"}}
"""


def most_at_once(results: Sequence[Mapping[str, Any]]) -> int:
    """Return how many jobs ran at the same time, apart from tenths of a second at their ends."""
    ends: list[float] = [datetime.fromisoformat(each["completion_time"]).timestamp() - 0.1 for each in results]
    starts: list[float] = [end + 0.1 - 60 * each["exec_time_minutes"] for end, each in zip(ends, results, strict=True)]
    return max(sum(start <= at < end for start, end in zip(starts, ends, strict=True)) for at in starts)


def test_no_more_jobs_than_allowed_at_once(site: Site) -> None:
    work = site.submit(spec(FOUR, mode="direct"), "--max-parallel-jobs", 2)
    until(lambda: work.is_complete)
    succeeded(work)
    assert most_at_once(work.results) == 2
    assert min(each["peak_memory_bytes"] for each in work.results) >= 100_000_000
    site.count("13 job_parallelism", work)


IN_MEMORY = """
resource_requirements: [{name: all, num_cpus: 4, memory: 800m, runtime: PT2M}]
jobs:
  - name: many
    resource_requirements: all
    command: torc -s --in-memory --snapshot-interval-seconds 1 exec -C commands.txt -j 4 -o inner
"""


def test_a_job_with_a_workflow_of_its_own_in_memory(site: Site) -> None:
    site.place.file("commands.txt", "sleep 1\n" * 12)
    work = site.submit(spec(IN_MEMORY, mode="direct"))
    succeeded(work)
    with sqlite3.connect(site.place.directory / "inner/torc.db") as database:
        statuses = [status for (status,) in database.execute("SELECT status FROM job")]
    assert statuses == [5] * 12
    site.count("14 in_memory_exec", work)


LACKING = f"""
resource_requirements: [{{name: small, num_cpus: 1, memory: 200m, runtime: PT4M}}]
jobs:
  - {{name: normal, command: "true", resource_requirements: small}}
  - {{name: hog, command: "{HOG.format(bytes=300_000_000, s=4)}", resource_requirements: small}}
"""


def test_a_watch_recovers_a_job_that_lacked_memory(site: Site) -> None:
    work = site.submit(spec(LACKING, mode="slurm", walltime="00:06:00"))
    code, said = work.watch("--recover", "--memory-multiplier", "2.0", "--partition", "debug")
    assert code == 0, said
    texts = ("Attempting automatic recovery", "Applied fixes: 1 OOM, 0 timeout", "Recovery initiated. Resuming")
    positions = [said.index(words) for words in texts]
    assert all(before < after for before, after in pairwise(positions))
    succeeded(work)
    hog = work.jobs["hog"]["id"]
    assert [each["return_code"] for each in work.results if each["job_id"] == hog] == [137, 0]
    site.count("15 watch_recover_oom", work)
