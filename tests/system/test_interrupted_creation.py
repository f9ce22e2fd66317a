"""The creation of a workflow by several requests, killed after each of them."""

import sys

import pytest

from support.interruption import Killed, call
from support.processes import Place, Server

# Every type of record that a creation sends in a request of its own.
SPEC = """
name: interrupted
files: [{name: f, path: f.txt}]
user_data: [{name: d, data: {x: 1}}]
resource_requirements: [{name: small, num_cpus: 1, memory: 50m, runtime: PT1M}]
failure_handlers: [{name: again, rules: [{exit_codes: [7], max_retries: 1}]}]
jobs:
  - {name: a, command: "echo a > f.txt", output_files: [f], resource_requirements: small, failure_handler: again}
  - {name: b, command: "true", input_files: [f], input_user_data: [d]}
actions: [{trigger_type: on_workflow_complete, action_type: run_commands, commands: ["true"]}]
"""
SCRIPT = """
from torc_client import Torc
from torc_client.api.records import ResourceRequirementsModel
needs = ResourceRequirementsModel(workflow_id=0, name="small", num_cpus=1, memory="50m", runtime="PT1M")
print(Torc().create_workflow_from_commands("interrupted", ["true"], requirements=needs).id)
"""


@pytest.fixture
def killed(place: Place, server: Server) -> Killed:
    place.file("spec.yaml", SPEC)
    place.file("script.py", SCRIPT)
    place.run("torc", "create", "spec.yaml")
    place.run("torc", "-f", "json", "workflows", "export", "1", "-o", "exported.json")
    place.run("torc", "workflows", "delete", "1", "--no-prompts")
    return Killed(place, server)


def assert_whole(server: Server, workflow_id: int, jobs: int) -> None:
    assert len(call(server, "GET", f"/jobs?workflow_id={workflow_id}")[1]["items"]) == jobs
    assert len(call(server, "GET", f"/workflows/{workflow_id}/actions")[1]) == (jobs == 2)


@pytest.mark.parametrize(
    ("words", "jobs", "least"),
    [
        (("torc", "-f", "json", "create", "spec.yaml"), 2, 7),
        (("torc", "-f", "json", "workflows", "import", "exported.json"), 2, 7),
        ((sys.executable, "script.py"), 1, 3),
    ],
    ids=["create", "import", "script"],
)
def test_a_killed_creation_leaves_nothing_that_is_listed_or_runs(
    killed: Killed, words: tuple[str, ...], jobs: int, least: int
):
    place, server = killed.place, killed.server
    after = drafts = 0
    while (out := killed.run(after + 1, *words)) is None:
        after += 1
        workflow_id = 1 + after  # the first workflow was exported, and each killed creation made one
        if call(server, "GET", "/workflows")[1]["items"]:  # killed after the last request of the creation
            assert_whole(server, workflow_id, jobs)
            call(server, "DELETE", f"/workflows/{workflow_id}")
            continue
        drafts += 1
        for operation in ("initialize_jobs", "initialize_jobs?async=true", "start_run", "claim_next_jobs"):
            status, answer = call(server, "POST", f"/workflows/{workflow_id}/{operation}")
            assert (status, "its creation has not ended" in answer["error"]["message"]) == (422, True)
    assert drafts >= least
    ended = place.run("torc", "run", "2", status=1)
    assert "Workflow 2 is not complete: its creation has not ended" in ended.stderr
    (made,) = call(server, "GET", "/workflows")[1]["items"]
    assert str(made["id"]) in out
    assert_whole(server, made["id"], jobs)
    place.run("torc", "run", str(made["id"]))
