"""Exported and imported workflows are the same."""

import asyncio
import json
from typing import Any

from hypothesis import HealthCheck, given, reject, settings

from support.processes import Place, Server
from torc_client import spec
from torc_client.api.records import FileModel, JobModel
from torc_client.client import TorcClient, current_user
from torc_client.portable.exporting import export
from torc_client.portable.importing import create_from
from torc_client.portable.reading import read
from torc_client.spec.plan import Plan, make_plan
from torc_client.testing.specs import specs

DIAMOND = """
name: diamond
access_groups: []
files: [{name: seed, path: seed.txt}, {name: sum, path: sum.txt}]
user_data: [{name: limit, data: {low: 1}}]
resource_requirements: [{name: small, num_cpus: 1, memory: 1g, runtime: PT1M}]
failure_handlers: [{name: again, rules: [{exit_codes: [3], max_retries: 1}]}]
slurm_schedulers: [{name: short, account: lab, nodes: 1}]
jobs:
  - {name: split, command: "true", input_user_data: [limit], resource_requirements: small}
  - {name: left, command: "true", depends_on: [split], failure_handler: again}
  - {name: right, command: "exit 3", depends_on: [split], scheduler: short}
  - {name: join, command: "cat seed.txt > sum.txt", depends_on: [left, right], input_files: [seed],
     output_files: [sum], cancel_on_blocking_job_failure: false}
actions:
  - {trigger_type: on_jobs_complete, action_type: run_commands, jobs: [join], commands: ["echo done"]}
  - {trigger_type: on_workflow_start, action_type: schedule_nodes, scheduler: short, scheduler_type: slurm,
     num_allocations: 2}
"""


def same(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document without its time. An empty script means none: exports of others have it in every job."""
    for job in document["jobs"]:
        if job.get("invocation_script") == "":
            del job["invocation_script"]
    return {name: value for name, value in document.items() if name != "exported_at"}


def plan_of(document: dict[str, Any]) -> Plan | None:
    try:
        return make_plan("spec", document)
    except spec.SpecError:
        return None


def test_an_imported_workflow_equals_the_exported_one(server: Server):
    async def there_and_back(plan: Plan) -> tuple[dict[str, Any], dict[str, Any]]:
        async with TorcClient(server.url) as client:
            first_id = await spec.create(client, plan, user=current_user())
            first = await export(client, first_id)
            again_id = await create_from(client, read("document", json.dumps(first)))
            again = await export(client, again_id)
            for one in (first_id, again_id):
                await client.workflows.delete_workflow(one)
            return first, again

    @settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
    @given(specs())
    def holds(document: dict[str, Any]) -> None:
        document.pop("access_groups", None)  # nobody made them on this server
        plan = plan_of(document)
        if plan is None:
            reject()
        first, again = asyncio.run(there_and_back(plan))
        assert same(again) == same(first)

    holds()


def test_a_finished_workflow_is_moved_to_another_server(place: Place, server: Server):
    place.file("seed.txt", "1\n")
    created = place.torc("workflows", "create", place.file("diamond.yaml", DIAMOND))
    place.run("torc", "run", str(created["workflow_id"]), "--num-cpus", "2", "--memory-gb", "4", status=3)
    told = place.torc(
        "workflows", "export", str(created["workflow_id"]), "-o", "diamond.json", "--include-results",
        "--include-events",
    )  # fmt: skip
    assert told["job_count"] == 4
    first = json.loads((place.directory / "diamond.json").read_text())
    assert [result["return_code"] for result in first["results"]].count(3) >= 1
    assert first["events"]

    with Server(place, database="other.db") as other:
        place.environment["TORC_API_URL"] = other.url
        place.torc("workflows", "new", "-n", "first, so that ids differ")
        imported = place.torc("workflows", "import", "diamond.json", "--name", "copy")
        assert imported["name"] == "copy"
        assert imported["workflow_id"] == 2
        jobs = place.torc("jobs", "list", "2")["items"]
        assert {job["status"] for job in jobs} == {"uninitialized"}
        again = json.loads(place.run("torc", "workflows", "export", "2", "--include-results").stdout)
        assert again["workflow"]["name"] == "copy"
        for kind in set(again) - {"workflow", "exported_at"}:
            assert again[kind] == first[kind], kind
        (schedule,) = (each for each in again["workflow_actions"] if each["action_type"] == "schedule_nodes")
        assert schedule["action_config"]["scheduler_id"] == again["slurm_schedulers"][0]["id"]
        place.run("torc", "run", "2", "--num-cpus", "2", "--memory-gb", "4", status=3)
        ended = {job["name"]: job["status"] for job in place.torc("jobs", "list", "2")["items"]}
        assert ended["join"] == "completed"
        without = place.torc("workflows", "import", "diamond.json", "--skip-results", "--skip-events")
        assert place.torc("results", "list", str(without["workflow_id"]), "--all-runs")["items"] == []


def test_records_with_the_same_name_are_moved(server: Server):
    """A call that creates several records needs distinct names, but calls for one record do not."""

    async def moved() -> list[list[str]]:
        async with TorcClient(server.url) as client:
            plan = make_plan("spec", {"name": "w", "jobs": [{"name": "a", "command": "true"}]})
            first_id = await spec.create(client, plan, user=current_user())
            for name in ("a", "b"):
                await client.jobs.create_job(JobModel(workflow_id=first_id, name=name, command="true"))
                for path in ("x", "y"):
                    await client.files.create_file(FileModel(workflow_id=first_id, name=name, path=path))
            again_id = await create_from(client, read("document", json.dumps(await export(client, first_id))))
            jobs = (await client.jobs.list_jobs(workflow_id=again_id)).items
            files = (await client.files.list_files(workflow_id=again_id)).items
            return [[job.name for job in jobs], [f"{file.name} {file.path}" for file in files]]

    assert asyncio.run(moved()) == [["a", "a", "b"], ["a x", "a y", "b x", "b y"]]


def test_a_refused_import_creates_nothing(place: Place, server: Server):
    document = json.loads(
        place.run(
            "torc", "workflows", "export",
            str(place.torc("workflows", "create", place.file("diamond.yaml", DIAMOND))["workflow_id"]),
        ).stdout
    )  # fmt: skip
    left, join = document["jobs"][1], document["jobs"][3]

    def refused(text: str) -> str:
        place.file("bad.json", text)
        ended = place.run("torc", "workflows", "import", "bad.json", status=1)
        assert ended.stdout == ""
        assert len(place.torc("workflows", "list")["items"]) == 1
        return ended.stderr

    assert "bad.json is not valid JSON" in refused("{")
    assert "bad.json is nested too deeply" in refused("[" * 100_000)
    assert "bad.json is not an exported workflow" in refused("[]")
    assert "export version 2.0" in refused(json.dumps({**document, "export_version": "2.0"}))
    lost = {**document, "files": []}
    assert "jobs[3].input_file_ids is 1, but files has no record with this id" in refused(json.dumps(lost))
    mistyped = {**document, "jobs": [{**left, "command": 7}]}
    assert "jobs[0]: Expected `str`, got `int` - at `$.command`" in refused(json.dumps(mistyped))
    ring = [*document["jobs"][:1], {**left, "depends_on_job_ids": [join["id"]]}, *document["jobs"][2:]]
    assert "depend on each other in a cycle" in refused(json.dumps({**document, "jobs": ring}))
    twice = {**document, "jobs": [*document["jobs"], left]}
    assert "two with the same" in refused(json.dumps(twice))
    missing = place.run("torc", "workflows", "import", "none.json", status=1)
    assert "Cannot read none.json: No such file or directory" in missing.stderr


def test_the_crate_of_an_imported_workflow_names_its_own_jobs(place: Place, server: Server):
    place.file("seed.txt", "1\n")
    place.torc("workflows", "create", place.file("diamond.yaml", DIAMOND))
    jobs = {job["name"]: job["id"] for job in place.torc("jobs", "list", "1")["items"]}
    place.torc("ro-crate", "add-dataset", "1", "--name", "seed", "--path", "seed.txt", "-j", str(jobs["join"]))
    place.torc("workflows", "export", "1", "-o", "diamond.json")
    place.torc("workflows", "import", "diamond.json")
    new_jobs = {job["name"]: job["id"] for job in place.torc("jobs", "list", "2")["items"]}
    assert new_jobs["join"] != jobs["join"]
    entities = {each["entity_id"]: each["metadata"] for each in place.torc("ro-crate", "list", "2")["items"]}
    new_id = f"#job-{new_jobs['join']}-attempt-1"
    assert entities["seed.txt"]["prov:wasGeneratedBy"] == {"@id": new_id}
    assert entities[new_id]["result"] == [{"@id": "seed.txt"}]


def test_a_comma_in_a_label_of_an_earlier_export_separates_labels(server: Server):
    async def labels() -> tuple[Any, Any]:
        async with TorcClient(server.url) as client:
            plan = make_plan("spec", {"name": "w", "jobs": [{"name": "one", "command": "true"}]})
            document = await export(client, await spec.create(client, plan, user=current_user()))
            document["jobs"][0]["label"] = "gpu, big,,gpu"
            again = await export(client, await create_from(client, read("document", json.dumps(document))))
            return again["jobs"][0].get("label"), again["jobs"][0]["labels"]

    assert asyncio.run(labels()) == (None, ["big", "gpu"])
