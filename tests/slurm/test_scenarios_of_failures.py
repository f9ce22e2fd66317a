"""Workflows whose allocations Slurm refuses, suspends, ends or never starts, from `torc submit` to their end."""

import os
import signal
from datetime import datetime
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from slurm.scenarios import PASSWORD, Site, Submitted, spec
from slurm.waiting import until
from torc_client import Torc, TorcError
from torc_client.api.enums import JobStatus
from torc_client.api.records import ResultModel

WHOLE = "resource_requirements: [{name: whole, num_cpus: 4, memory: 200m, runtime: PT10S}]"
SMALL = "resource_requirements: [{name: small, num_cpus: 1, memory: 200m, runtime: PT10S}]"
# Jobs that end when the test says so.
WAITING = "until [ -e go ]; do sleep 0.1; done"
PATIENT = f"""
{SMALL}
jobs: [{{name: "job_{{i}}", parameters: {{i: "1:2"}}, command: "{WAITING}", resource_requirements: small}}]
"""


def _is_written(path: Path) -> bool:
    return path.exists() and bool(path.read_text().strip())


def go(work: Submitted) -> None:
    """Let the jobs end, and wait until the workflow has succeeded."""
    (work.place.directory / "go").touch()
    until(lambda: work.is_complete)
    assert set(work.statuses.values()) == {"completed"}, work.results
    work.await_left()


def test_a_request_that_slurm_refuses(site: Site) -> None:
    path = site.place.file("w.json", spec(PATIENT, nodes=9))
    refused = site.place.run("torc", "submit", "--skip-checks", path, status=1)
    assert "More processors requested than permitted" in refused.stderr
    (workflow,) = [each["id"] for each in site.place.torc("workflows", "list")["items"]]
    assert site.place.torc("scheduled-compute-nodes", "list", workflow)["items"] == []
    (action,) = site.place.torc("workflows", "list-actions", workflow)["items"]
    assert action["executed"] is False
    assert site.cluster.run("squeue", "--noheader") == ""
    (scheduler,) = site.place.torc("slurm", "list", workflow)["items"]
    site.place.torc("slurm", "update", scheduler["id"], "--nodes", 1)
    work = site.resubmit(workflow)
    go(work)
    site.count("16 sbatch rejected", work)


def test_a_controller_that_does_not_answer(site: Site) -> None:
    work = site.submit(spec(PATIENT))
    work.await_running()
    controller = site.cluster.pid("slurmctld")
    os.kill(controller, signal.SIGSTOP)
    try:
        answer = work.sync(status=1)
        (sentence,) = answer["not_checked"]
        assert f"Slurm was not asked about allocation {work.allocations[0]['scheduler_id']}" in sentence
        assert answer["orphans"] == []
        assert set(work.statuses.values()) == {"running"}
    finally:
        os.kill(controller, signal.SIGCONT)
    answer = work.sync()
    assert (answer["orphans"], answer["not_checked"]) == ([], [])
    assert [each["status"] for each in work.allocations] == ["active"]
    go(work)
    site.count("17 controller dead", work)


def test_an_allocation_that_is_suspended(site: Site) -> None:
    work = site.submit(spec(PATIENT))
    work.await_running()
    (allocation,) = work.allocations
    job = str(allocation["scheduler_id"])
    site.cluster.run("scontrol", "suspend", job)
    until(lambda: work.states()[job] == "SUSPENDED")
    answer = work.sync()
    assert answer["orphans"] == []
    assert set(work.statuses.values()) == {"running"}
    site.cluster.run("scontrol", "resume", job)
    go(work)
    site.count("18 suspended allocation", work)


def test_the_jobs_of_a_runner_that_is_killed(site: Site) -> None:
    """The allocation of the other runner gets them when the lease is over. A result of the first attempt is refused."""
    site.place.environment["TORC_LEASE_SECONDS"] = "15"
    text = f"{WHOLE}\njobs: [{{name: job, command: '{WAITING}', resource_requirements: whole}}]"
    work = site.submit(spec(text, runners={"num_allocations": 2}))
    work.await_running()
    until(lambda: len(work.nodes) == 2)
    job = work.jobs["job"]
    (runner,) = [node for node in work.nodes if node["id"] == job["compute_node_id"]]
    os.kill(runner["pid"], signal.SIGKILL)
    until(lambda: len((site.place.directory / "starts").read_text().splitlines()) == 2)
    late = ResultModel(
        job_id=job["id"], workflow_id=work.id, run_id=1, attempt_id=1, compute_node_id=runner["id"], return_code=0,
        exec_time_minutes=0.1, completion_time="2030-01-01T00:00:00Z", status=JobStatus.COMPLETED,
    )  # fmt: skip
    client = Torc(site.place.environment["TORC_API_URL"], username="tester", password=PASSWORD)
    with client, pytest.raises(TorcError, match="Attempt 1 of job 'job' is no longer current"):
        client.jobs.complete_job(job["id"], JobStatus.COMPLETED, 1, late)
    assert work.statuses == {"job": "running"}
    go(work)
    (result,) = work.results
    assert (result["attempt_id"], result["return_code"]) == (2, 0)
    assert result["compute_node_id"] != runner["id"]
    site.count("19 runner killed", work)


def test_chained_allocations(site: Site) -> None:
    """The first two are ended from outside while the job runs. scancel does not know elements by SLURM_JOB_ID."""
    command = f"echo ${{SLURM_ARRAY_JOB_ID}}_$SLURM_ARRAY_TASK_ID > at_$TORC_ATTEMPT_ID; {WAITING}"
    text = f"{WHOLE}\njobs: [{{name: job, command: '{command}', resource_requirements: whole}}]"
    work = site.submit(spec(text, serialize_allocations=True, runners={"num_allocations": 3}))
    for attempt in (1, 2, 3):
        at = site.place.directory / f"at_{attempt}"
        until(partial(_is_written, at))
        assert list(work.states("--states=RUNNING,COMPLETING,PENDING").values()).count("RUNNING") == 1
        if attempt < 3:
            site.cluster.run("scancel", at.read_text().strip())
    go(work)
    assert work.last == {"job": ("completed", 0)}
    work.sync()
    assert [each["status"] for each in work.allocations] == ["canceled", "canceled", "complete"]
    (request,) = {each["scheduler_id"] for each in work.allocations}
    which = (f"--jobs={request}", "--allocations", "--noheader", "--parsable2", "--format=Start,End")
    until(lambda: "Unknown" not in site.cluster.run("sacct", *which))
    times = sorted(
        tuple(datetime.fromisoformat(each) for each in line.split("|"))
        for line in site.cluster.run("sacct", *which).splitlines()
    )
    assert len(times) == 3
    assert all(end <= begin for (_, end), (begin, _) in pairwise(times))
    site.count("22 chained", work)


def test_allocations_that_are_not_needed(site: Site) -> None:
    """The cluster has three nodes. While a job is blocked, the other allocations wait in the queue."""
    text = f"""
{WHOLE}
jobs:
  - {{name: first, command: "{WAITING}", resource_requirements: whole}}
  - {{name: second, command: "true", depends_on: [first], resource_requirements: whole}}
"""
    work = site.submit(spec(text, runners={"num_allocations": 10}))
    work.await_running("first")
    until(lambda: sorted(work.queue("%T")) == ["PENDING"] * 7 + ["RUNNING"] * 3)
    assert work.statuses["second"] == "blocked"
    assert work.sync()["orphans"] == []
    assert "canceled" not in {each["status"] for each in work.allocations}
    go(work)
    statuses = [each["status"] for each in work.allocations]
    assert (statuses.count("canceled"), statuses.count("complete")) == (7, 3)
    site.count("23 ten allocations", work)


def test_a_long_name_of_allocations(site: Site) -> None:
    workflow = site.place.torc("create", site.place.file("w.json", spec(PATIENT)))["workflow_id"]
    prefix = "a-prefix-of-more-than-twenty-characters-"
    site.place.torc("slurm", "schedule-nodes", workflow, "-j", prefix, "--suppress-actions")
    work = site.existing(workflow)
    work.await_running()
    assert [name[: len(prefix)] for name in work.queue("%j")] == [prefix]
    assert work.sync()["orphans"] == []
    assert [each["status"] for each in work.allocations] == ["active"]
    go(work)
    site.count("24 long name", work)


def test_an_allocation_of_one_minute(site: Site) -> None:
    text = f"""
{SMALL}
jobs:
  - {{name: brief, command: "sleep 1", resource_requirements: small}}
  - {{name: endless, command: "sleep 1800", resource_requirements: small}}
"""
    work = site.submit(spec(text, mode="direct", partition="short", walltime="00:01:00"))
    work.await_running()
    work.await_left()
    assert work.last == {"brief": ("completed", 0), "endless": ("terminated", 152)}
    assert [each["status"] for each in work.allocations] == ["complete"]
    site.count("25 walltime 1 min", work)


def test_a_node_that_does_not_start_its_runner(site: Site) -> None:
    first, second = site.cluster.shape.names[:2]
    text = f"""
{WHOLE}
compute_node_wait_for_new_jobs_seconds: 1
jobs: [{{name: "job_{{i}}", parameters: {{i: "1:3"}}, command: "sleep 1", resource_requirements: whole}}]
"""
    os.kill(site.cluster.pid(f"slurmd-{second}"), signal.SIGKILL)
    try:
        runners = {"start_one_worker_per_node": True}
        allocation = {"nodes": 2, "extra": f"--nodelist={first},{second}"}
        work = site.submit(spec(text, mode="direct", runners=runners, **allocation))
        until(lambda: work.is_complete)
        assert set(work.statuses.values()) == {"completed"}
        assert {node["hostname"] for node in work.nodes} == {first}
    finally:
        site.cluster.start_node(1)
    work.await_left()
    until(lambda: len(site.cluster.run("sinfo", "-hN", "-tidle", "-pdebug", "-o%N").split()) == 3)
    site.count("26 node without slurmd", work)


def test_a_cluster_without_accounting(site: Site) -> None:
    text = f"""
{SMALL}
jobs: [{{name: "job_{{i}}", parameters: {{i: "1:12"}}, command: "sleep 1", resource_requirements: small}}]
"""
    with site.cluster.reshaped(has_accounting=False):
        work = site.submit(spec(text, mode="slurm"))
        go(work)
        assert site.place.torc("slurm", "stats", work.id)["items"] == []
        site.count("27 no sacct", work)


def test_elements_of_an_array_and_their_records(site: Site) -> None:
    text = f"""
{WHOLE}
jobs:
  - name: job_{{i}}
    parameters: {{i: "1:3"}}
    resource_requirements: whole
    command: "echo $SLURM_ARRAY_JOB_ID $SLURM_ARRAY_TASK_ID; {WAITING}"
"""
    work = site.submit(spec(text, runners={"num_allocations": 3}))
    work.await_running()
    records = {each["id"]: (each["scheduler_id"], each["task"]) for each in work.allocations}
    assert {each["status"] for each in work.allocations} == {"active"}
    go(work)
    nodes = {node["id"]: records[node["scheduler"]["scheduler_id"]] for node in work.nodes}
    assert sorted(nodes.values()) == sorted(records.values())
    ids = {job["id"]: name for name, job in work.jobs.items()}
    for result in work.results:
        said = work.stdout(ids[result["job_id"]])
        assert said.split() == [str(number) for number in nodes[result["compute_node_id"]]]
    assert {each["status"] for each in work.allocations} == {"complete"}
    site.count("29 array elements", work)
