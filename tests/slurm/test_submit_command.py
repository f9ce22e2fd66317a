"""`torc submit` and `torc slurm schedule-nodes` on a real cluster: folders, rejections, answers that do not come."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from slurm.asking import is_complete, items
from slurm.cluster import Cluster
from slurm.configuration import HEAD
from slurm.scenarios import Site
from slurm.waiting import until
from support.processes import SERVICE, Place, Server

SPEC: dict[str, Any] = {
    "name": "demo",
    "resource_requirements": [{"name": "half", "num_cpus": 2, "memory": "400m", "runtime": "PT30S"}],
    "jobs": [{"name": "job_{i}", "command": "hostname", "parameters": {"i": "1:4"}, "resource_requirements": "half"}],
    "slurm_defaults": {"cpus-per-task": 4},
    "slurm_schedulers": [{"name": "main", "account": "root", "nodes": 1, "mem": "1000m", "walltime": "00:05:00"}],
    "actions": [
        {
            "trigger_type": "on_workflow_start", "action_type": "schedule_nodes", "scheduler": "main",
            "scheduler_type": "slurm", "num_allocations": 1,
        }
    ],
}  # fmt: skip


@pytest.fixture
def site(tmp_path: Path, cluster: Cluster) -> Iterator[Place]:
    """A folder with blanks and quotes in its name, with a server that the nodes reach. Runners need their tokens."""
    place = Place(tmp_path / 'it\'s a "folder"')
    place.environment |= {"SLURM_CONF": cluster.environment["SLURM_CONF"]}
    place.environment["PATH"] += f":{cluster.environment['PATH']}"
    place.run("torc-htpasswd", "add", "--allow-weak", "-f", "users", "tester", "-p", "pfirsich-21", "-c", "4")
    place.environment["TORC_PASSWORD"] = "pfirsich-21"
    users = str(place.directory / "users")
    with Server(place, "--host", HEAD, "--auth-file", users, "--require-auth", "--enforce-access-control") as server:
        place.environment["TORC_API_URL"] = f"http://{HEAD}:{server.port}{SERVICE}"
        yield place
        cluster.end_allocations()


def spec(place: Place, **scheduler: object) -> Path:
    changed = {**SPEC, "slurm_schedulers": [{**SPEC["slurm_schedulers"][0], **scheduler}]}
    return place.file("demo.json", json.dumps(changed))


def statuses(place: Place, workflow: int) -> set[str]:
    return {job["status"] for job in items(place, "jobs", workflow_id=workflow)}


def allocations(place: Place, workflow: int) -> list[dict[str, Any]]:
    return items(place, "scheduled_compute_nodes", workflow_id=workflow)


def test_a_spec_is_submitted_and_runs(site: Place, cluster: Cluster, request: pytest.FixtureRequest) -> None:
    counting = Site(site, cluster, request)
    ended = site.run("torc", "-f", "json", "submit", spec(site), "-o", "out put")
    workflow = json.loads(ended.stdout)["workflow_id"]
    assert json.loads(ended.stdout)["message"] == f"Successfully submitted workflow {workflow} (1 allocation(s))"
    (allocation,) = allocations(site, workflow)
    assert f"with ID={allocation['scheduler_id']} (scheduled_compute_node_id={allocation['id']})" in ended.stderr
    until(lambda: is_complete(site, workflow))
    assert statuses(site, workflow) == {"completed"}
    output = site.directory / "out put"
    assert (output / f"slurm_output_wf{workflow}_sl{allocation['scheduler_id']}.o").exists()
    assert list((output / "job_stdio").iterdir())
    assert [path.stat().st_mode & 0o777 for path in output.glob("*.sh")] == [0o700]
    counting.count("21 folder with blanks and quotes", counting.existing(workflow))


def test_a_site_that_gives_no_environment_to_allocations(site: Place) -> None:
    site.environment["SBATCH_EXPORT"] = "NIL"
    workflow = site.torc("submit", spec(site))["workflow_id"]
    until(lambda: is_complete(site, workflow))
    assert statuses(site, workflow) == {"completed"}


@pytest.mark.parametrize(
    ("scheduler", "words"),
    [
        ({"nodes": 9}, "More processors requested than permitted"),
        ({"partition": "none"}, "Invalid partition name specified"),
        ({"partition": "short"}, "Requested time limit is invalid"),
        ({"gres": "gpu:4"}, "Invalid generic resource (gres) specification"),
    ],
)
def test_what_slurm_refuses_can_be_corrected_and_submitted(site: Place, scheduler: dict[str, Any], words: str) -> None:
    ended = site.run("torc", "submit", "--skip-checks", spec(site, **scheduler), status=1)
    assert ended.stdout == ""
    assert words in ended.stderr
    (workflow,) = [each["id"] for each in site.torc("workflows", "list")["items"]]
    assert allocations(site, workflow) == []
    (action,) = site.torc("workflows", "list-actions", workflow)["items"]
    assert action["executed"] is False
    assert not list((site.directory / "torc_output").iterdir())
    (record,) = site.torc("slurm", "list", workflow)["items"]
    (name,) = scheduler
    site.torc("slurm", "update", record["id"], f"--{name}", {"nodes": "1", "partition": "debug", "gres": ""}[name])
    assert site.torc("submit", workflow)["workflow_id"] == workflow
    until(lambda: is_complete(site, workflow))


def test_nothing_is_created_without_sbatch(site: Place) -> None:
    site.environment["PATH"] = site.environment["PATH"].split(":")[0]
    ended = site.run("torc", "submit", spec(site), status=1)
    assert "sbatch was not found: Slurm is not installed here, or not in PATH; nothing was submitted" in ended.stderr
    assert site.torc("workflows", "list")["items"] == []
    assert not (site.directory / "torc_output").exists()


def test_a_request_without_an_answer_is_found_by_the_next_command(site: Place, cluster: Cluster) -> None:
    """Slurm gets the request and does not answer, and its queue cannot be read for a while."""
    real = cluster.run("sh", "-c", "command -v sbatch").strip()
    silent = "echo 'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation' >&2; exit 1"
    tried = site.directory / "tried"
    site.file(
        "bin/sbatch", f'#!/bin/sh\n[ -e "{_quoted(tried)}" ] || {real} "$@" >&2\n: > "{_quoted(tried)}"\n{silent}\n'
    )
    site.file("bin/squeue", f"#!/bin/sh\n{silent}\n")
    for program in (site.directory / "bin").iterdir():
        program.chmod(0o755)
    path = site.environment["PATH"]
    site.environment["PATH"] = f"{site.directory}/bin:{path}"
    ended = site.run("torc", "submit", spec(site), status=1)
    assert "Slurm did not answer, so it is not known whether it has the request" in ended.stderr
    (workflow,) = [each["id"] for each in site.torc("workflows", "list")["items"]]
    site.environment["PATH"] = path
    ended = site.run("torc", "submit", workflow, status=None)
    assert "was accepted as" in ended.stderr or allocations(site, workflow)[0]["scheduler_id"], ended.stderr
    until(lambda: is_complete(site, workflow))
    marked = cluster.run("squeue", "--noheader", "--states=all", f"--name={_names(site)}", "--format=%A").split()
    assert [str(each["scheduler_id"]) for each in allocations(site, workflow)] == marked


def _quoted(path: Path) -> str:
    return str(path).replace('"', '\\"')


def _names(place: Place) -> str:
    return ",".join(path.stem for path in (place.directory / "torc_output").glob("*.sh"))


def test_several_allocations_are_one_request(site: Place, cluster: Cluster) -> None:
    workflow = site.torc("create", spec(site))["workflow_id"]
    ended = site.torc("slurm", "schedule-nodes", workflow, "-n", 3, "-j", "more_", "--suppress-actions")
    assert ended["message"] == "Successfully running 3 Slurm job(s)"
    found = allocations(site, workflow)
    (request,) = {each["scheduler_id"] for each in found}
    assert ended["allocation_ids"] == [f"{request}_{number}" for number in (1, 2, 3)]
    assert [each["task"] for each in found] == [1, 2, 3]
    names = cluster.run("squeue", "--noheader", "--states=all", "--array", f"--jobs={request}", "--format=%j").split()
    assert len(names) == 3
    assert {name[: len(f"more_wf{workflow}_")] for name in names} == {f"more_wf{workflow}_"}
    until(lambda: is_complete(site, workflow))
    (action,) = site.torc("workflows", "list-actions", workflow)["items"]
    assert action["executed"] is True
    assert len(allocations(site, workflow)) == 3


def test_chained_allocations_run_one_at_a_time(site: Place, cluster: Cluster) -> None:
    chained = {**SPEC["slurm_schedulers"][0], "serialize_allocations": True}
    job = {"name": "long", "command": "sleep 1000"}
    site.file("chain.json", json.dumps({**SPEC, "jobs": [job], "slurm_schedulers": [chained]}))
    workflow = site.torc("create", "chain.json")["workflow_id"]
    requests = {
        each.partition("_")[0]
        for _ in range(2)
        for each in site.torc("slurm", "schedule-nodes", workflow, "-n", 2, "--suppress-actions")["allocation_ids"]
    }
    (scheduler,) = site.torc("slurm", "list", workflow)["items"]
    which = ("squeue", "--noheader", "--array", f"--jobs={','.join(requests)}")
    until(lambda: "RUNNING" in cluster.run(*which, "--format=%T"))
    lines = [line.split() for line in cluster.run(*which, "--format=%j %T").splitlines()]
    name = f"torc-wf{workflow}-sched{scheduler['id']}"
    assert sorted(lines) == [[name, "PENDING"]] * 3 + [[name, "RUNNING"]]
    refused = site.run("torc", "slurm", "schedule-nodes", workflow, "-j", "x", status=1)
    assert "run one at a time" in refused.stderr


def test_an_action_of_a_runner_uses_the_folder_of_the_submission(
    site: Place, cluster: Cluster, request: pytest.FixtureRequest
) -> None:
    counting = Site(site, cluster, request)
    later = {**SPEC["actions"][0], "trigger_type": "on_jobs_complete", "jobs": ["job_1"]}
    jobs = [{"name": "job_1", "command": "true"}, {"name": "job_2", "command": "sleep 3", "depends_on": ["job_1"]}]
    site.file("two.json", json.dumps({**SPEC, "jobs": jobs, "actions": [*SPEC["actions"], later]}))
    workflow = site.torc("submit", "two.json", "-o", "out act")["workflow_id"]
    until(lambda: is_complete(site, workflow))
    first, second = allocations(site, workflow)
    assert first["folder"] == second["folder"] == str(site.directory / "out act")
    assert first["scheduler_id"] != second["scheduler_id"] > 0
    assert len(list((site.directory / "out act").glob("wf*.sh"))) == 2
    assert not (site.directory / "torc_output").exists()
    (log,) = (site.directory / "out act").glob(f"job_runner_slurm_wf{workflow}_sl{first['scheduler_id']}_*.log")
    assert f"with ID={second['scheduler_id']} (scheduled_compute_node_id={second['id']})" in log.read_text()
    counting.count("28 action of a worker", counting.existing(workflow))
