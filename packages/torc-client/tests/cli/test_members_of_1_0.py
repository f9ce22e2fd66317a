"""JSON output has the members that programs for Torc 1.0 read, in addition to its own."""

import csv
import io

import pytest

EVENT = {"id": 8, "workflow_id": 7, "timestamp": 1_800_000_000_123, "data": {"a": 1}}
NEEDS = {"id": 9, "workflow_id": 7, "name": "small", "num_cpus": 1, "memory": "1g", "runtime": "PT1M"}
FILE = {"id": 4, "workflow_id": 7, "name": "in", "path": "in.csv"}


def page(*items):
    counts = {"count": len(items), "total_count": len(items)}
    return {"items": list(items), "offset": 0, "max_limit": 1000, "has_more": False, **counts}


@pytest.fixture
def server(fake_server, make):
    fake_server.answer("get_workflow", make.workflow(7))
    return fake_server


@pytest.fixture
def printed(torc):
    """Run a command with -f json, and return what it printed."""

    async def run(*arguments):
        ended = await torc("-f", "json", *arguments)
        assert ended.code == 0, ended.err
        return ended.json

    return run


@pytest.mark.parametrize(
    ("operation", "record", "arguments"),
    [
        ("create_file", FILE, ["files", "create", "7", "-n", "in", "-p", "in.csv"]),
        ("create_resource_requirements", NEEDS, ["resource-requirements", "create", "7", "-n", "small"]),
        ("create_event", EVENT, ["events", "create", "7", "-d", "{}"]),
        ("create_workflow", {"id": 7, "name": "w", "user": "me"}, ["workflows", "new", "-n", "w"]),
    ],
)
async def test_a_created_record_is_printed(printed, server, operation, record, arguments):
    server.answer(operation, record)
    answer = await printed(*arguments)
    assert record.items() <= answer.items()
    assert (answer["status"], answer["message"][:8]) == ("success", "Created ")


async def test_the_status_of_a_created_job_is_that_of_the_job(printed, server, make):
    server.answer("create_job", make.job(9, status="uninitialized"))
    assert (await printed("jobs", "create", "7", "-n", "a", "-c", "true"))["status"] == "uninitialized"


async def test_a_deleted_record_is_printed(printed, server, make):
    for one in ("get_file", "delete_file"):
        server.answer(one, lambda call: FILE | {"id": call.path["id"]})
    one = await printed("files", "delete", "4")
    assert (one["id"], one["path"], one["file_ids"], one["items"]) == (4, "in.csv", [4], [FILE])
    two = await printed("files", "delete", "4", "5")
    assert ([each["id"] for each in two["items"]], two["file_ids"], "id" in two) == ([4, 5], [4, 5], False)


async def test_deleted_jobs_are_a_list(printed, server, make):
    for one in ("get_job", "delete_job"):
        server.answer(one, lambda call: make.job(call.path["id"]))
    assert [each["id"] for each in (await printed("jobs", "delete", "3"))["items"]] == [3]


async def test_events_have_their_time_as_text(printed, server):
    server.answer("list_events", page(EVENT))
    server.answer("get_event", EVENT)
    shown = [
        (await printed("events", "list", "7"))["items"][0],
        await printed("events", "get-latest-event", "7"),
        await printed("events", "get", "8"),
    ]
    assert {event["timestamp_formatted"] for event in shown} == {"2027-01-15 08:00:00Z"}
    server.answer("list_events", page())
    assert await printed("events", "get-latest-event", "7") is None


async def test_the_requirements_of_jobs_are_a_bare_list(printed, server, make):
    server.answer("list_jobs", page(make.job(1, resource_requirements_id=9)))
    server.answer("list_resource_requirements", page(NEEDS))
    (row,) = await printed("jobs", "list-resource-requirements", "7")
    assert (row["job_id"], row["workflow_id"], row["rr_id"], row["rr_name"]) == (1, 7, 9, "small")


async def test_missing_files_and_data_are_lists_of_ids(printed, server, make):
    server.answer("list_required_existing_files", {"files": [4]})
    server.answer("list_files", page(FILE))
    server.answer("list_missing_user_data", {"user_data": []})
    assert await printed("files", "list-required-existing", "7") == {"items": [FILE], "files": [4]}
    assert await printed("user-data", "list-missing", "7") == {"items": [], "user_data": []}


async def test_actions_have_whether_they_were_executed(printed, server):
    action = {"id": 3, "workflow_id": 7, "trigger_type": "on_workflow_start", "action_type": "run_commands"}
    server.answer("get_workflow_actions", [action | {"action_config": {}, "executed": True, "trigger_count": 1}])
    answer = await printed("workflows", "list-actions", "7")
    assert answer["actions"] == answer["items"]
    assert [(each["id"], each["workflow_id"], each["executed"]) for each in answer["actions"]] == [(3, 7, True)]


async def test_csv_has_the_titles_of_1_0(torc, server, make):
    server.answer("list_results", page(make.result(1)))
    titles = (await torc("-f", "csv", "results", "list", "7")).out.splitlines()[0].split(",")
    assert titles[:3] == ["ID", "Job ID", "Job Name"]
    assert {"Status", "Run ID", "Return Code", "Exec Time", "Peak Mem", "Completion Time"} <= {*titles}


async def test_workflows_and_nodes_have_the_columns_of_1_0(torc, server, make):
    server.answer("list_workflows", page({"id": 7, "name": "w", "user": "me"}))
    titles = (await torc("-f", "csv", "workflows", "list")).out.splitlines()[0].split(",")
    assert titles[-7:-3] == ["Run", "Canceled", "Archived", "Metadata"]
    assert "Archived" not in (await torc("workflows", "list")).out
    server.answer("list_workflows", page({"id": 7, "name": "w", "user": "me", "is_archived": True}))
    shown = (await torc("workflows", "list", "--include-archived")).out
    assert ("Archived" in shown, "Metadata" in shown) == (True, False)
    node = {
        "id": 3, "workflow_id": 7, "hostname": "n1", "pid": 1, "start_time": "2027-01-15T08:00:00Z", "num_cpus": 4,
        "memory_gb": 8.0, "num_gpus": 0, "num_nodes": 1, "compute_node_type": "slurm", "peak_cpu_percent": 250.0,
        "scheduler": {"type": "slurm", "slurm_job_id": 991, "scheduler_id": 2},
    }  # fmt: skip
    server.answer("list_compute_nodes", page(node))
    (row,) = csv.DictReader(io.StringIO((await torc("-f", "csv", "compute-nodes", "list", "7")).out))
    assert (row["Hostname"], row["Scheduler Job ID"], row["Peak CPU %"], row["Avg Mem"]) == ("n1", "991", "250.0", "")


async def test_the_status_has_its_times_as_text(printed, server, make):
    server.answer("get_workflow_status", make.status(total_exec_time_minutes=150.25, walltime_seconds=11_742.4))
    answer = await printed("status", "7")
    assert (answer["total_exec_time_formatted"], answer["walltime_formatted"]) == ("2h 30m 15s", "3h 15m 42s")
    server.answer("get_workflow_status", make.status(total_exec_time_minutes=0.0))
    answer = await printed("status", "7")
    assert (answer["total_exec_time_formatted"], "walltime_formatted" in answer) == ("0s", False)


async def test_an_initialization_without_a_task_has_the_members_of_a_task(printed, server):
    server.answer("is_workflow_uninitialized", {"is_uninitialized": True})
    server.answer("list_files", page())
    server.answer("list_missing_user_data", {"user_data": []})
    server.answer("start_run", {"is_started": True, "run_id": 1})
    answer = await printed("init", "7")
    assert {name: answer[name] for name in ("task_id", "task_status", "task_operation", "error")} == {
        "task_id": None, "task_status": "succeeded", "task_operation": None, "error": None,
    }  # fmt: skip
