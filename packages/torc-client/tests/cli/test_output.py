"""Tables, JSON and CSV on stdout, and messages on stderr."""

import csv
import io

import msgspec
import pytest

from torc_client.api.enums import JobStatus
from torc_client.cli.framework.output.table import as_table
from torc_client.cli.framework.results import Listing, Report


@pytest.fixture
def server(fake_server, make):
    fake_server.answer("get_workflow", make.workflow(7))
    return fake_server


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


async def test_csv_has_the_titles_of_columns_and_plain_values(torc, server, make):
    server.answer("list_jobs", make.jobs([make.job(1, name="a,b", status=JobStatus.READY), make.job(2)]))
    ended = await torc("-f", "csv", "jobs", "list", "7")
    assert (ended.code, ended.err) == (0, "")
    assert rows(ended.out) == [
        ["ID", "Name", "Status", "Command", "Priority", "Labels", "Compute Node ID"],
        ["1", "a,b", "ready", "echo 1", "", "", ""],
        ["2", "job2", "", "echo 2", "", "", ""],
    ]


async def test_csv_has_nested_values_as_json_and_booleans_as_words(torc, server, make):
    page = {"items": [make.user_data(1, data={"ä": [1]}, is_ephemeral=True)], "offset": 0, "max_limit": 10}
    server.answer("list_user_data", page | {"count": 1, "total_count": 1, "has_more": False})
    ended = await torc("-f", "csv", "user-data", "list", "7")
    assert rows(ended.out)[1] == ["1", "data1", "true", '{"ä": [1]}']


@pytest.mark.parametrize("name", ["=1+2", "+1", "-1", "@SUM(A1)"])
async def test_no_name_becomes_a_formula(torc, server, make, name):
    server.answer("list_jobs", make.jobs([make.job(1, name=name)]))
    assert rows((await torc("-f", "csv", "jobs", "list", "7")).out)[1][1] == f"'{name}"


async def test_an_empty_list_is_still_csv(torc, server, make):
    server.answer("list_jobs", make.jobs([]))
    ended = await torc("-f", "csv", "jobs", "list", "7")
    assert ended.out == "ID,Name,Status,Command,Priority,Labels,Compute Node ID\n"
    assert "torc jobs create" in ended.err


@pytest.mark.parametrize(
    "arguments",
    [["jobs", "get", "1"], ["workflows", "update", "7", "--name", "new"], ["jobs", "update", "1", "-n", "b"]],
)
async def test_csv_is_refused_for_a_single_record_before_anything_is_done(torc, server, arguments):
    ended = await torc("-f", "csv", *arguments)
    assert (ended.code, ended.out) == (1, "")
    ended.told()
    assert server.calls == []


async def test_columns_are_left_out_by_heading_or_member(torc, server, make):
    server.answer("list_jobs", make.jobs([make.job(1)]))
    ended = await torc("-f", "csv", "jobs", "list", "7", "-x", "COMMAND", "--exclude", "compute_node_id", "-x", "id")
    assert rows(ended.out)[0] == ["Name", "Status", "Priority", "Labels"]
    assert "echo" not in (await torc("jobs", "list", "7", "-x", "command")).out


async def test_an_unknown_column_is_a_mistake_that_names_the_others(torc, server):
    ended = await torc("jobs", "list", "7", "-x", "colour")
    assert ended.code == 2
    ended.told()
    assert server.calls == []


@pytest.mark.parametrize(
    ("group", "operation", "hint"),
    [
        ("jobs", "list_jobs", "torc jobs create"),
        ("files", "list_files", "torc files create"),
        ("user-data", "list_user_data", "torc user-data create"),
        ("resource-requirements", "list_resource_requirements", "torc resource-requirements create 7"),
        ("local-schedulers", "list_local_schedulers", "torc local-schedulers create 7"),
        ("results", "list_results", "torc run"),
        ("events", "list_events", "torc events monitor"),
        ("compute-nodes", "list_compute_nodes", "torc run"),
        ("ro-crate", "list_ro_crate_entities", "torc ro-crate add-dataset"),
        ("slurm", "list_slurm_schedulers", "torc slurm create"),
        ("scheduled-compute-nodes", "list_scheduled_compute_nodes", "asks a scheduler"),
    ],
)
async def test_an_empty_list_has_a_hint_on_stderr(torc, server, group, operation, hint):
    page = {"items": [], "offset": 0, "max_limit": 10, "count": 0, "total_count": 0, "has_more": False}
    server.answer("get_workflow_actions", [])
    server.answer(operation, page)
    ended = await torc(group, "list", "7")
    assert ended.code == 0
    assert ended.out.startswith("No ")
    assert ended.out.count("\n") == 1
    assert hint in ended.err
    assert "WORKFLOW_ID" not in ended.err
    assert (await torc("-f", "json", group, "list", "7")).err == ""


@pytest.mark.parametrize(
    ("options", "items", "last"),
    [
        ([], [1, 2], "Total: 2 jobs"),
        (["-l", "1"], [1], "Shown: 1 of 2 jobs"),
        (["-l", "0"], [1], "Shown: 0 of 2 jobs"),
        (["--offset", "9"], [], "Shown: 0 of 2 jobs"),
    ],
)
async def test_a_part_of_a_list_is_not_the_total(  # noqa: PLR0917 - three fixtures, and the members of a row
    torc, server, make, options, items, last
):
    page = {"offset": 0, "max_limit": 10, "count": len(items), "total_count": 2, "has_more": len(items) == 1}
    server.answer("list_jobs", {"items": [make.job(number) for number in items], **page})
    ended = await torc("jobs", "list", "7", *options)
    assert ended.out.splitlines()[-1] == last
    assert ended.err == ""


async def test_records_that_an_option_excludes_do_not_count(torc, server, make):
    results = [make.result(1, return_code=0), make.result(2, return_code=3)]
    page = {"offset": 0, "max_limit": 10, "count": 2, "total_count": 2, "has_more": False}
    server.answer("list_results", {"items": results, **page})
    assert (await torc("results", "list", "7", "--failed")).out.splitlines()[-1] == "Total: 1 result"


async def test_a_single_record_is_a_json_object(torc, server, make):
    server.answer("get_job", make.job(3))
    server.answer("delete_job", make.job(3))
    ended = await torc("-f", "json", "jobs", "delete", "3")
    assert ended.json == {
        "job_ids": [3], "items": [msgspec.to_builtins(make.job(3))], "status": "success", "message": "Deleted job 3.",
    }  # fmt: skip


def test_sentences_before_a_table_break_between_words():
    sentence = "  collect (job 5) was canceled: its dependency simulate_a_rather_long_name_of_a_job failed"
    result = Report(None, Listing([], [], "job", "jobs"), sentences=[sentence])
    (shown,) = as_table(result, 60)
    lines = shown.plain.split("\n")
    assert max(map(len, lines)) <= 60
    assert " ".join(line.strip() for line in lines) == sentence.strip()
