"""From a plan to requests: few, in order, and without records left behind when one fails."""

import asyncio
from itertools import count

import pytest

from torc_client import bulk_create
from torc_client.errors import ApiError, TorcError
from torc_client.spec import create
from torc_client.spec.plan import make_plan
from torc_client.testing import Refusal

DIAMOND = {
    "name": "diamond",
    "description": "two ways",
    "metadata": {"team": "wind"},
    "env": {"A": "1"},
    "jobs_sort_method": "none",
    "execution_config": {"timeout_exit_code": 124},
    "resource_monitor": {"enabled": True},
    "files": [{"name": "f", "path": "data/f"}],
    "user_data": [{"name": "d", "data": [1, {"a": None}], "is_ephemeral": True}],
    "resource_requirements": [{"name": "small", "num_cpus": 2, "memory": "1g"}],
    "jobs": [
        {"name": "end", "command": "true", "depends_on_regexes": ["^way_"], "env": {"B": "2"}},
        {"name": "way_{i}", "command": "cat ${files.input.f}", "parameters": {"i": "1:2"}, "depends_on": ["begin"]},
        {
            "name": "begin",
            "command": "touch ${files.output.f}",
            "input_user_data": ["d"],
            "resource_requirements": "small",
            "priority": 3,
        },
    ],
}


@pytest.fixture
def server(fake_server, make):
    numbers = count(100)

    def numbered(member):
        return lambda call: {member: [record | {"id": next(numbers)} for record in call.body[member]]}

    fake_server.answer("create_workflow", make.workflow(7))
    fake_server.answer("finish_creation", make.workflow(7))
    fake_server.answer("delete_workflow", make.workflow(7))
    fake_server.answer("create_resource_requirements", lambda call: call.body | {"id": 5})
    fake_server.answer("create_files", numbered("files"))
    fake_server.answer("create_user_data_list", numbered("user_data"))
    fake_server.answer("create_jobs", numbered("jobs"))
    return fake_server


@pytest.fixture
def plan():
    return make_plan("diamond.yaml", DIAMOND)


async def test_all_records_are_sent_with_their_dependencies(server, client, plan):
    assert await create(client, plan, user="ada") == 7
    (workflow,) = (call.body for call in server.calls_of("create_workflow"))
    for member in ("name", "description", "metadata", "env", "jobs_sort_method", "execution_config"):
        assert workflow[member] == DIAMOND[member]
    assert (workflow["user"], workflow["resource_monitor_config"]["enabled"]) == ("ada", True)
    assert server.calls_of("create_files")[0].body["files"] == [{"workflow_id": 7, "name": "f", "path": "data/f"}]
    (data,) = server.calls_of("create_user_data_list")[0].body["user_data"]
    assert (data["data"], data["is_ephemeral"]) == ([1, {"a": None}], True)
    assert server.calls_of("create_resource_requirements")[0].body["runtime"] == "PT1H"
    (call,) = server.calls_of("create_jobs")
    first, *ways, end = call.body["jobs"]
    assert (first["name"], first["command"], first["priority"]) == ("begin", "touch data/f", 3)
    assert (first["output_file_ids"], first["input_user_data_ids"], first["resource_requirements_id"]) == (
        [100],
        [101],
        5,
    )
    assert [way["name"] for way in ways] == ["way_1", "way_2"]
    assert all((way["waits_for_sets"], way["input_file_ids"]) == ([0], [100]) for way in ways)
    assert (end["waits_for_sets"], end["env"]) == ([1], {"B": "2"})
    assert call.body["dependency_sets"] == [{"positions": [0]}, {"positions": [1, 2]}]


async def test_labels_datasets_and_the_order_of_allocations_are_sent(server, client):
    server.answer("create_slurm_scheduler", lambda call: call.body | {"id": 4})
    server.answer("create_ro_crate_entity", lambda call: call.body | {"id": 1})
    spec = {
        "name": "w",
        "enable_ro_crate": True,
        "datasets": [{"name": "d", "path": "out/", "hash_mode": "content", "description": "all of it"}],
        "slurm_schedulers": [{"name": "s", "account": "a", "serialize_allocations": True}],
        "jobs": [
            {"name": "a", "command": "ls ${datasets.output.d}", "label": "big"},
            {"name": "b", "command": "true", "labels": ["gpu", "big"]},
            {"name": "c", "command": "true", "labels": []},
        ],
    }
    await create(client, make_plan("spec", spec))
    assert server.calls_of("create_slurm_scheduler")[0].body["serialize_allocations"] is True
    assert server.calls_of("create_files")[0].body["files"] == [{"workflow_id": 7, "name": "d", "path": "out/"}]
    (entity,) = (call.body for call in server.calls_of("create_ro_crate_entity"))
    assert (entity["entity_id"], entity["entity_type"], entity["file_id"]) == ("out/", "Dataset", 100)
    assert (entity["metadata"]["description"], entity["metadata"]["hashMode"]) == ("all of it", "content")
    job, *others = server.calls_of("create_jobs")[0].body["jobs"]
    assert (job["labels"], job["output_file_ids"], job["command"]) == (["big"], [100], "ls out/")
    assert [each.get("labels") for each in others] == [["gpu", "big"], None]


async def test_jobs_of_earlier_requests_are_referenced_by_id(server, client, plan, monkeypatch):
    monkeypatch.setattr(bulk_create, "RECORDS_PER_REQUEST", 2)
    await create(client, plan)
    first, second = (call.body for call in server.calls_of("create_jobs"))
    assert [job["name"] for job in first["jobs"]] == ["begin", "way_1"]
    assert first["dependency_sets"] == [{"positions": [0]}]
    assert [job["name"] for job in second["jobs"]] == ["way_2", "end"]
    # Begin and way_1 have the ids 102 and 103; way_2 is the first of its own request.
    assert second["dependency_sets"] == [{"job_ids": [102]}, {"job_ids": [103], "positions": [0]}]


async def test_an_error_in_a_later_request_deletes_the_workflow(server, client, plan, monkeypatch):
    monkeypatch.setattr(bulk_create, "RECORDS_PER_REQUEST", 1)
    server.script("create_jobs", [{"jobs": [{"id": 1, **job}]} for job in [JOB]] + [Refusal(422, "refused-by-stub")])
    with pytest.raises(ApiError, match="refused-by-stub"):
        await create(client, plan)
    assert [call.path["id"] for call in server.calls_of("delete_workflow")] == [7]


JOB = {"workflow_id": 7, "name": "begin", "command": "true"}


async def test_a_workflow_that_cannot_be_deleted_is_reported(server, client, plan):
    server.answer("create_files", Refusal(422, "refused-by-stub"))
    server.answer("delete_workflow", Refusal(403, "not yours"))
    with pytest.raises(TorcError, match="refused-by-stub") as raised:
        await create(client, plan)
    assert "torc workflows delete 7" in raised.value.hint


@pytest.mark.parametrize("operation", ["create_workflow", "create_jobs"])
async def test_an_interruption_deletes_the_workflow(server, client, plan, make, operation):
    may_answer = asyncio.Event()

    async def when_told(call):
        await may_answer.wait()
        return make.workflow(7) if operation == "create_workflow" else {"jobs": []}

    server.answer(operation, when_told)
    creating = asyncio.create_task(create(client, plan))
    await server.received(operation)
    creating.cancel()
    await asyncio.sleep(0)
    may_answer.set()
    with pytest.raises(asyncio.CancelledError):
        await creating
    assert [call.path["id"] for call in server.calls_of("delete_workflow")] == [7]
