"""Chains of short jobs: every job runs once, after its predecessor, on any runner."""

import json
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.processes import Place, Server, ended_after

CHAINS, LENGTH = 6, 25


def chains(directory: Path) -> str:
    """Write a spec of chains in which each job requires a file of its predecessor."""
    jobs = []
    for chain in range(CHAINS):
        before = ""
        for link in range(LENGTH):
            name = f"c{chain}_{link}"
            demand = f"test -s ran/{before} && " if before else ""
            after = {"depends_on": [before]} if before else {}
            jobs.append({"name": name, "command": f"{demand}echo $$ >> ran/{name}", **after})
            before = name
    (directory / "ran").mkdir()
    return json.dumps({"name": "chains", "jobs": jobs})


@pytest.mark.parametrize("runners", [1, 2])
def test_each_job_runs_once_after_its_predecessor(place: Place, server: Server, runners: int):
    created = place.torc("workflows", "create", place.file("chains.json", chains(place.directory)))
    workflow_id = str(created["workflow_id"])
    place.run("torc", "workflows", "initialize", workflow_id)
    with ExitStack() as stack:
        started = [
            stack.enter_context(
                ended_after(place.start("torc", "run", workflow_id, "--num-cpus", "3", "-o", f"output_{number}"))
            )
            for number in range(runners)
        ]
        for process in started:
            _, err = process.communicate()
            assert process.returncode == 0, err
    ran = {path.name: len(path.read_text().splitlines()) for path in (place.directory / "ran").iterdir()}
    assert ran == {f"c{chain}_{link}": 1 for chain in range(CHAINS) for link in range(LENGTH)}
    jobs = place.torc("jobs", "list", workflow_id)["items"]
    assert Counter(job["status"] for job in jobs) == {"completed": CHAINS * LENGTH}
    assert all(job["start_time"] and job["compute_node_id"] for job in jobs)
    results = place.torc("results", "list", workflow_id, "--all-runs")["items"]
    assert Counter(result["job_id"] for result in results) == {job["id"]: 1 for job in jobs}


def test_a_failure_ends_its_chain(place: Place, server: Server):
    spec = json.loads(chains(place.directory))
    spec["jobs"][10]["command"] = "exit 3"
    workflow_id = str(place.torc("workflows", "create", place.file("chains.json", json.dumps(spec)))["workflow_id"])
    place.run("torc", "run", workflow_id, status=3)
    jobs = {job["name"]: job["status"] for job in place.torc("jobs", "list", workflow_id)["items"]}
    assert [jobs[f"c0_{link}"] for link in range(9, 13)] == ["completed", "failed", "canceled", "canceled"]
    assert not (place.directory / "ran" / "c0_11").exists()
    assert Counter(jobs.values()) == {"completed": CHAINS * LENGTH - 15, "failed": 1, "canceled": 14}
