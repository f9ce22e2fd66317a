"""Every operation of 1.0, called as its programs do, against a server of ours."""

import traceback
from collections.abc import Iterator

import pytest

from published.newest import jobs, records, workflows
from published.newest.client import OF_THE_SERVER, PYTHON, RUST, Client
from published.newest.contract import MODELS, OPERATIONS, members, takes_null
from support.processes import Place, Server

PASSWORD = "correct: horse"
SUBJECTS = (
    workflows.system, workflows.workflow_record, workflows.actions, workflows.tasks, workflows.remote_workers,
    workflows.access, records.records, records.events, records.ro_crate_entities, records.relationships,
    jobs.job_record, jobs.life, jobs.results, jobs.spawning,
)  # fmt: skip
# Members of bodies that the server sets.
READ_ONLY = OF_THE_SERVER | {"job_name", "compute_node_id", "origin", "start_time"}

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(params=["rust, open", "rust, enforced", "python, open"])
def client(request: pytest.FixtureRequest, place: Place) -> Iterator[Client]:
    """A client of a server that every caller may use, and of one with access control."""
    passwords = place.directory / "htpasswd"
    place.run("torc-htpasswd", "add", "-f", passwords, "tester", "-p", PASSWORD, "-c", "4")
    words = ["--auth-file", str(passwords), "--admin-user", "tester"]
    program, _, mode = request.param.partition(", ")
    headers = RUST if program == "rust" else PYTHON
    enforced = ["--require-auth", "--enforce-access-control"] if mode == "enforced" else []
    with Server(place, *words, *enforced) as server:
        yield Client(server.url, headers, "tester", PASSWORD) if enforced else Client(server.url, headers)


def test_each_operation_answers_as_its_models_say(client: Client):
    failures = []
    for subject in SUBJECTS:
        try:
            subject(client)
        except (AssertionError, LookupError, ValueError) as error:
            where = traceback.extract_tb(error.__traceback__)[1]
            failures.append(f"{subject.__name__}, line {where.lineno}, {where.line}: {error!r}")
    found = "\n".join([*failures, *client.faults])
    if found:
        pytest.fail(found, pytrace=False)
    assert sorted(client.called) == sorted(OPERATIONS)
    assert len(OPERATIONS) == 134
    unsent = {name: sorted(set(operation.parameters) - client.sent[name]) for name, operation in OPERATIONS.items()}
    assert {name: parameters for name, parameters in unsent.items() if parameters} == {}
    bodies = {model for model in client.sent if model in MODELS}
    unset = {model: sorted(set(members(model)) - client.sent[model] - READ_ONLY) for model in bodies}
    assert {model: names for model, names in unset.items() if names} == {}


def test_null_is_a_value_of_each_member_that_may_have_none(server: Server):
    """The Python client of 1.0 sends null where a script sets None."""
    client = Client(server.url, PYTHON)
    workflow_id = records.new_workflow(client, "nulls", **nulls("WorkflowModel"))
    of = {"workflow_id": workflow_id}
    for record in (*records.RECORDS, *records.OTHERS):
        model = OPERATIONS[f"create_{record.name}"].body
        assert model is not None
        required = {name: record.body[name] for name, kind in members(model).items() if name in record.body}
        client(f"create_{record.name}", body={**required, **nulls(model), **of})
    job = {"name": "a", "command": "true", **nulls("JobModel"), **of}
    (job_id,) = (each["id"] for each in client("create_jobs", body={"jobs": [job]})["jobs"])
    client("update_job", job_id, body=job)
    client("update_workflow", workflow_id, body={"name": "w", "user": "tester", **nulls("WorkflowModel")})
    assert client.faults == []


def nulls(model: str) -> dict[str, None]:
    """Return null for each member of a model that may have none."""
    return {name: None for name, kind in members(model).items() if takes_null(kind)}
