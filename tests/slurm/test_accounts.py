"""What Slurm's accounting has about allocations of a workflow, and what is found in their output."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from slurm.cluster import Cluster
from slurm.waiting import until
from support.processes import Place, Server
from torc_client import Torc
from torc_client.api.records import ScheduledComputeNodesModel

SPEC = """
name: demo
slurm_schedulers: [{name: two, account: root, nodes: 2, walltime: "00:05:00"}]
jobs: [{name: first, command: "true"}]
"""
TWO_NODES = """#!/bin/bash
srun --ntasks=2 --job-name='with | bar' sleep 1
srun --nodes=1 --ntasks=1 --job-name=wf1_j1_r1_a1 bash -c 'exit 3'
echo 'slurmstepd: error: Exceeded job memory limit' >&2
"""


class Submitted:
    """A workflow whose allocations were requested by hand."""

    def __init__(self, place: Place, server: Server, cluster: Cluster) -> None:
        self.place, self.cluster = place, cluster
        self.client = Torc(server.url, username="tester")
        place.file("w.yaml", SPEC)
        self.id: int = place.torc("create", "w.yaml")["workflow_id"]
        (self.scheduler,) = self.client.slurm_schedulers.list_slurm_schedulers(workflow_id=self.id).items

    def allocations(self, request: str, number: int = 1) -> None:
        for _ in range(number):
            node = ScheduledComputeNodesModel(
                workflow_id=self.id, scheduler_id=int(request), scheduler_config_id=self.scheduler.id or 0,
                scheduler_type="slurm", status="pending",
            )  # fmt: skip
            self.client.scheduled_compute_nodes.create_scheduled_compute_node(node)

    def sbatch(self, *options: str, script: str = "#!/bin/bash\nsleep 1\n") -> str:
        path = self.place.file("script.sh", script)
        place = f"--output=torc_output/slurm_output_wf{self.id}_sl%j"
        (self.place.directory / "torc_output").mkdir(exist_ok=True)
        words = ("sbatch", "--parsable", "--account=root", f"{place}.o", f"{place.replace('output=', 'error=', 1)}.e")
        return self.place.run(*words, *options, path).stdout.strip()

    def accounted(self, is_done: Callable[[Any], bool]) -> Any:
        """Wait until the accounting, which is some seconds late, has the state."""
        found: list[Any] = []

        def is_there() -> bool:
            found.append(self.place.torc("slurm", "sacct", str(self.id)))
            return is_done(found[-1])

        until(is_there)
        return found[-1]


@pytest.fixture
def submitted(place: Place, cluster: Cluster) -> Iterator[Submitted]:
    place.environment["SLURM_CONF"] = cluster.environment["SLURM_CONF"]
    with Server(place) as server:
        yield Submitted(place, server, cluster)
    cluster.end_allocations()


def ended(found: Any) -> bool:
    states = {row["state"].split()[0] for row in found["summary"]}
    return bool(states) and states.isdisjoint({"PENDING", "RUNNING", "COMPLETING"})


def test_steps_of_two_nodes_are_listed_and_summed(submitted: Submitted) -> None:
    request = submitted.sbatch("--nodes=2", script=TWO_NODES)
    submitted.allocations(request)
    found = submitted.accounted(lambda found: ended(found) and len(found["summary"]) == 3)
    assert (found["workflow_id"], found["total_slurm_jobs"], found["errors"]) == (submitted.id, 1, [])
    rows = {row["job_step"]: row for row in found["summary"]}
    assert rows.keys() == {"batch", "with | bar", "wf1_j1_r1_a1"}
    assert (rows["wf1_j1_r1_a1"]["state"], rows["wf1_j1_r1_a1"]["exit_code"]) == ("FAILED", "3:0")
    assert rows["with | bar"]["slurm_job_id"] == request
    assert rows["with | bar"]["elapsed"] == f"{rows['with | bar']['elapsed_seconds']}s"
    assert rows["with | bar"]["elapsed_seconds"] >= 1
    first, second, _ = submitted.cluster.shape.names
    assert rows["with | bar"]["nodes"] == f"{first[:-1]}[{first[-1]}-{second[-1]}]"
    usage = submitted.place.torc("slurm", "usage", str(submitted.id))
    assert (usage["total_slurm_jobs"], usage["total_nodes"]) == (1, 2)
    assert usage["total_node_time"] == f"{usage['total_node_time_seconds']}s"
    assert usage["total_node_time_seconds"] >= 2
    assert "unknown_node_count_allocations" not in usage
    table = submitted.place.run("torc", "slurm", "sacct", str(submitted.id)).stdout
    assert "with | bar" in table
    issues = submitted.place.torc("slurm", "parse-logs", "torc_output")
    assert (issues["slurm_jobs_count"], issues["files_scanned"]) == (1, 2)
    by_text = {issue["line"]: issue for issue in issues["issues"]}
    found_memory = by_text["slurmstepd: error: Exceeded job memory limit"]
    assert (found_memory["slurm_job_id"], found_memory["severity"]) == (request, "error")
    (exited,) = [issue for issue in issues["issues"] if "srun: error" in issue["line"]]
    assert exited["node"] in submitted.cluster.shape.names


def test_the_elements_of_an_array_are_rows_of_their_own(submitted: Submitted) -> None:
    request = submitted.sbatch("--array=1-3")
    submitted.allocations(request, 3)
    found = submitted.accounted(lambda found: ended(found) and len(found["summary"]) == 3)
    assert found["total_slurm_jobs"] == 3
    assert sorted(row["slurm_job_id"] for row in found["summary"]) == [f"{request}_{number}" for number in (1, 2, 3)]
    usage = submitted.place.torc("slurm", "usage", str(submitted.id))
    assert (usage["total_slurm_jobs"], usage["total_nodes"]) == (3, 3)
    assert usage["total_node_time_seconds"] >= 3


def test_everything_that_sacct_has_is_written_for_each_id(submitted: Submitted) -> None:
    held, array = submitted.sbatch("--hold"), submitted.sbatch("--array=1-2", "--hold")
    for request in (held, array, "99999"):
        submitted.allocations(request)
    found = submitted.accounted(lambda found: {row["slurm_job_id"] for row in found["summary"]} >= {held, array})
    assert {(row["slurm_job_id"], row["job_step"], row["state"], row["nodes"]) for row in found["summary"]} == {
        (held, "", "PENDING", ""), (array, "", "PENDING", ""),
    }  # fmt: skip
    assert found["errors"] == ["Slurm's accounting here does not have 1 allocation of it: 99999."]
    folder = submitted.place.directory / "out"
    written = submitted.place.torc("slurm", "sacct", str(submitted.id), "--save-json", "-o", "out")["files"]
    assert {f"out/{path.name}" for path in folder.iterdir()} == set(written)
    document = json.loads((folder / f"sacct_{held}.json").read_text())
    assert [str(job["job_id"]) for job in document["jobs"]] == [held]
    assert not (folder / "sacct_99999.json").exists()
    usage = submitted.place.torc("slurm", "usage", str(submitted.id))
    assert (usage["total_slurm_jobs"], usage["total_nodes"], usage["total_node_time"]) == (3, 0, "0s")
