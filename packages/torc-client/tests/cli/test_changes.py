"""create, update, delete and delete-all of every type of record, derived from the document and the vocabulary."""

import re

import pytest

import cli_wording
from torc_client.cli.framework import vocabulary
from torc_client.cli.framework.output import ask
from torc_client.testing import Refusal

REQUIREMENT = {"id": 5, "workflow_id": 7, "name": "small", "num_cpus": 1, "memory": "1m", "runtime": "P0DT1M"}
SCHEDULER = {"id": 3, "workflow_id": 7, "name": "big", "account": "a", "nodes": 2, "walltime": "1:00:00"}
FILE = {"id": 4, "workflow_id": 7, "name": "in", "path": "in.csv"}


@pytest.fixture
def server(fake_server, make):
    fake_server.answer("get_workflow", make.workflow(7))
    return fake_server


def body_of(server, operation):
    (call,) = server.calls_of(operation)
    return call.body


async def test_creating_requirements_with_the_flags_of_old(torc, server):
    server.answer("create_resource_requirements", REQUIREMENT)
    flags = ["-n", "small", "--num-cpus", "4", "--num-gpus", "1", "--num-nodes", "1", "-m", "4g", "-r", "PT2H"]
    ended = await torc("-f", "json", "resource-requirements", "create", "7", *flags)
    assert ended.json["resource_requirement_id"] == 5
    assert body_of(server, "create_resource_requirements") == {
        "workflow_id": 7, "name": "small", "num_cpus": 4, "num_gpus": 1, "num_nodes": 1, "memory": "4g",
        "runtime": "PT2H",
    }  # fmt: skip


async def test_changing_keeps_what_was_not_given(torc, server):
    server.answer("get_resource_requirements", REQUIREMENT)
    server.answer("update_resource_requirements", lambda call: call.body | {"id": 5})
    ended = await torc("-f", "json", "resource-requirements", "update", "5", "--memory", "2g")
    assert ended.json == REQUIREMENT | {"memory": "2g"}


async def test_a_slurm_scheduler_has_defaults_and_other_flags_on_update(torc, server):
    server.answer("create_slurm_scheduler", SCHEDULER)
    server.answer("get_slurm_scheduler", SCHEDULER)
    server.answer("update_slurm_scheduler", lambda call: call.body | {"id": 3})
    await torc("slurm", "create", "7", "-n", "big", "-a", "a", "-g", "gpu:2", "-p", "gpu", "--serialize-allocations")
    assert body_of(server, "create_slurm_scheduler") == {
        "workflow_id": 7, "name": "big", "account": "a", "gres": "gpu:2", "partition": "gpu", "nodes": 1,
        "walltime": "04:00:00", "qos": "normal", "serialize_allocations": True,
    }  # fmt: skip
    ended = await torc("-f", "json", "slurm", "update", "3", "-N", "bigger", "-n", "4", "--walltime", "2:00:00")
    assert ended.json == SCHEDULER | {"name": "bigger", "nodes": 4, "walltime": "2:00:00"}


async def test_ids_are_members_in_small_letters(torc, server):
    server.answer("create_slurm_scheduler", SCHEDULER)
    created = await torc("-f", "json", "slurm", "create", "7", "-n", "big", "-a", "a")
    assert created.json["slurm_scheduler_id"] == 3
    server.answer("create_ro_crate_entity", lambda call: call.body | {"id": 4})
    words = ["7", "--entity-id", "data/", "--entity-type", "Dataset", "--metadata", "{}"]
    created = await torc("-f", "json", "ro-crate", "create", *words)
    assert created.json["ro_crate_entity_id"] == 4
    named = {each.id_name for each in vars(vocabulary).values() if isinstance(each, vocabulary.ResourceSpec)}
    assert [name for name in named if not re.fullmatch("[a-z_]+_id", name)] == []


async def test_creating_files_and_data(torc, server, make):
    server.answer("create_file", FILE)
    server.answer("create_user_data", make.user_data(6))
    (await torc("files", "create", "7", "-n", "in", "-p", "in.csv")).printed("file")
    assert body_of(server, "create_file") == {"workflow_id": 7, "name": "in", "path": "in.csv"}
    ended = await torc(
        "-f", "json", "user-data", "create", "7", "-n", "d", "-d", '{"a": 1}', "--ephemeral",
        "--consumer-job-id", "1", "--producer-job-id", "2",
    )  # fmt: skip
    assert ended.json["user_data_id"] == 6
    (call,) = server.calls_of("create_user_data")
    assert call.body == {"workflow_id": 7, "name": "d", "data": {"a": 1}, "is_ephemeral": True}
    assert call.query == {"consumer_job_id": 1, "producer_job_id": 2}


async def test_creating_an_event(torc, server):
    server.answer("create_event", {"id": 8, "workflow_id": 7, "timestamp": 1, "data": {"a": 1}})
    (await torc("events", "create", "7", "-d", '{"a": 1}')).printed()
    assert body_of(server, "create_event") == {"workflow_id": 7, "timestamp": 0, "data": {"a": 1}}


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["files", "create", "7", "-n", "x"], "missing option"),
        (["files", "update", "4"], "nothing to change"),
        (["jobs", "create", "7", "-n", "x", "-c", "true", "-b", "one"], "no ids"),
        (["jobs", "list", "7", "--status", "done"], "no such status"),
    ],
)
async def test_mistakes_are_reported_before_anything_is_sent(torc, server, arguments, error):
    ended = await torc(*arguments)
    assert (ended.code, ended.out) == (2, "")
    ended.told(error)
    assert server.calls == []


@pytest.mark.parametrize(
    ("second", "error"),
    [
        (Refusal(404, "There is no job 2."), "missing"),
        ("running", "running"),
        ("pending", "pending"),
    ],
)
async def test_several_records_are_deleted_together_or_none(torc, server, make, second, error):
    answer = second if isinstance(second, Refusal) else make.job(2, status=second)
    server.script("get_job", [make.job(1), answer])
    ended = await torc("jobs", "delete", "1", "2")
    assert (ended.code, ended.out) == (1, "")
    ended.told(error)
    assert server.calls_of("delete_job") == []


async def test_a_failed_deletion_of_several_records_reports_the_deleted_ones(torc, server, make):
    server.answer("get_job", lambda call: make.job(call.path["id"]))
    server.script("delete_job", [make.job(1), Refusal(404, "There is no job 2.")])
    ended = await torc("jobs", "delete", "1", "2", "1", "3")
    assert (ended.code, ended.out) == (1, "")
    ended.told("job 1 is deleted")
    server.answer("delete_job", make.job(1))
    (await torc("jobs", "delete", "4", "5", "4")).printed("each once")


@pytest.mark.parametrize(
    ("group", "operation"),
    [("jobs", "delete_jobs"), ("files", "delete_files"), ("user-data", "delete_all_user_data")],
)
async def test_deleting_all_asks_first(torc, server, monkeypatch, group, operation):
    server.answer(operation, {"count": 3})
    monkeypatch.setattr(ask, "is_possible", lambda: False)
    refused = await torc(group, "delete-all", "7")
    refused.told(group)
    as_json = await torc("-f", "json", group, "delete-all", "7")
    as_json.told(group, "json")
    questions = []
    monkeypatch.setattr(ask, "is_possible", lambda: True)
    monkeypatch.setattr(ask, "confirm", lambda question: bool(questions.append(question)))
    assert (await torc(group, "delete-all", "7")).out == cli_wording.NOTHING_DELETED
    assert questions[0].startswith(f"Delete all {group.replace('-', ' ')}")
    assert "workflow 7 (sweep)" in questions[0]
    assert server.calls_of(operation) == []
    assert (await torc("-f", "json", group, "delete-all", "7", "--no-prompts")).json["count"] == 3
    assert server.calls_of(operation)[0].query == {"workflow_id": 7}


@pytest.mark.parametrize(
    ("arguments", "operation", "query"),
    [
        (["files", "--produced-by-job-id", "3"], "list_files", {"produced_by_job_id": 3}),
        (["events", "-t", "job", "-o", "2", "-s", "id", "-r"], "list_events",
         {"category": "job", "offset": 2, "sort_by": "id", "reverse_sort": True}),
        (["results", "-j", "1", "-r", "2", "--return-code", "137", "-s", "failed", "--all-runs",
          "--compute-node", "4"], "list_results",
         {"job_id": 1, "run_id": 2, "return_code": 137, "status": "failed", "all_runs": True, "compute_node_id": 4}),
        (["compute-nodes", "-o", "1", "--scheduled-compute-node", "9"], "list_compute_nodes",
         {"offset": 1, "scheduled_compute_node_id": 9}),
        (["scheduled-compute-nodes", "--scheduler-id", "5", "--scheduler-config-id", "6", "--status", "active"],
         "list_scheduled_compute_nodes", {"scheduler_id": "5", "scheduler_config_id": "6", "status": "active"}),
        (["user-data", "--name", "a", "--is-ephemeral", "--producer-job-id", "2"], "list_user_data",
         {"name": "a", "is_ephemeral": True, "producer_job_id": 2}),
        (["user-data", "--is-ephemeral", "true"], "list_user_data", {"is_ephemeral": True}),
        (["user-data", "--is-ephemeral=False"], "list_user_data", {"is_ephemeral": False}),
        (["user-data", "--no-is-ephemeral"], "list_user_data", {"is_ephemeral": False}),
        (["jobs", "--upstream-job-id", "3", "--include-relationships"], "list_jobs",
         {"upstream_job_id": 3, "include_relationships": True}),
    ],
)  # fmt: skip
async def test_the_options_of_lists(torc, server, arguments, operation, query):
    page = {"items": [], "offset": 0, "max_limit": 10, "count": 0, "total_count": 0, "has_more": False}
    server.answer("get_workflow_actions", [])
    server.answer(operation, page)
    group, *flags = arguments
    assert (await torc(group, "list", "7", *flags)).code == 0
    assert server.calls_of(operation)[0].query == {"workflow_id": 7, "offset": 0} | query


async def test_which_files_and_data_should_be_there(torc, server, make):
    page = {"offset": 0, "max_limit": 10, "count": 2, "total_count": 2, "has_more": False}
    server.answer("list_files", page | {"items": [FILE, FILE | {"id": 5}]})
    server.answer("list_required_existing_files", {"files": [5]})
    server.answer("list_user_data", page | {"items": [make.user_data(1), make.user_data(2)]})
    server.answer("list_missing_user_data", {"user_data": [1]})
    listed = (await torc("-f", "json", "files", "list-required-existing", "7")).json["items"]
    assert [item["id"] for item in listed] == [5]
    listed = (await torc("-f", "json", "user-data", "list-missing", "7")).json["items"]
    assert [item["id"] for item in listed] == [1]
    server.answer("list_missing_user_data", {"user_data": []})
    (await torc("user-data", "list-missing", "7")).told("nothing is missing")


async def test_only_the_help_of_a_new_record_shows_defaults(torc):
    assert "[default: 1m]" in (await torc("resource-requirements", "create", "--help")).out
    assert "[default" not in (await torc("resource-requirements", "update", "--help")).out
