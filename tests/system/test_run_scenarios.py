"""The scenarios of the runner tests with a real server: the fake server must not differ from it."""

import json

import pytest

from support.processes import Place, Server
from support.run_scenarios import RUN_SCENARIOS, RunScenario


@pytest.mark.parametrize("scenario", RUN_SCENARIOS.values(), ids=RUN_SCENARIOS)
def test_a_run_ends_as_against_the_fake_server(place: Place, server: Server, scenario: RunScenario):
    jobs = [{"name": f"job{number}", **job} for number, job in enumerate(scenario.jobs, start=1)]
    spec = {"name": "wf", **scenario.workflow, "jobs": jobs}
    created = place.torc("workflows", "create", place.file("spec.json", json.dumps(spec)))
    workflow_id = str(created["workflow_id"])
    place.run("torc", "run", workflow_id, "--num-cpus", "4", status=scenario.exit_code)
    names = {job["id"]: job["name"] for job in place.torc("jobs", "list", workflow_id)["items"]}
    results = {names[each["job_id"]]: each for each in place.torc("results", "list", workflow_id)["items"]}
    ends = [(results[job["name"]]["status"], results[job["name"]]["return_code"]) for job in jobs]
    assert ends == list(scenario.ends)
