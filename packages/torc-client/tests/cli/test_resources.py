"""list, get, create and update of records."""

import msgspec
import pytest

from torc_client.api.enums import JobStatus


@pytest.fixture
def server(fake_server, make):
    fake_server.answer("get_workflow", make.workflow(7))
    return fake_server


async def test_a_table_with_title_and_count(torc, server, make):
    server.answer("list_jobs", make.jobs([make.job(1, status=JobStatus.READY), make.job(2)]))
    ended = await torc("jobs", "list", "7")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0] == "Jobs of workflow 7 (sweep)"
    assert lines[-1] == "Total: 2 jobs"
    assert "ready" in ended.out
    assert "echo 2" in ended.out


async def test_a_list_in_json(torc, server, make):
    server.answer("list_jobs", make.jobs([make.job(1)]))
    ended = await torc("-f", "json", "jobs", "list", "7")
    assert ended.json == {"items": [{"id": 1, "workflow_id": 7, "name": "job1", "command": "echo 1"}]}


async def test_an_empty_list_is_a_sentence(torc, server, make):
    server.answer("list_jobs", make.jobs([]))
    (await torc("jobs", "list", "7")).printed()
    assert (await torc("-f", "json", "jobs", "list", "7")).json == {"items": []}


async def test_an_empty_list_has_a_hint(torc, server, make):
    server.answer("list_jobs", make.jobs([]))
    (await torc("jobs", "list", "7")).told("all")
    narrowed = await torc("jobs", "list", "7", "--status", "failed", "--sort-by", "name")
    narrowed.told("narrowed")


async def test_options_become_the_query(torc, server, make):
    server.answer("list_jobs", make.jobs([]))
    await torc("jobs", "list", "7", "-s", "failed", "-l", "5", "--offset", "2", "--sort-by", "name", "--reverse-sort")
    query = server.calls_of("list_jobs")[0].query
    assert query == {
        "workflow_id": 7, "status": "failed", "limit": 5, "offset": 2, "sort_by": "name", "reverse_sort": True,
    }  # fmt: skip


async def test_a_list_is_everything_page_after_page(torc, server, make):
    pages = [make.jobs([make.job(1)], 0, 2), make.jobs([make.job(2)], 1, 2)]
    server.script("list_jobs", pages)
    assert (await torc("jobs", "list", "7")).out.splitlines()[-1] == "Total: 2 jobs"


async def test_failed_results_with_a_limit(torc, server, make):
    results = [make.result(1), make.result(2, return_code=1), make.result(3, return_code=2)]
    page = {"items": results, "offset": 0, "max_limit": 10, "count": 3, "total_count": 3, "has_more": False}
    server.answer("list_results", page)
    ended = await torc("-f", "json", "results", "list", "7", "--failed", "-l", "1")
    assert [item["id"] for item in ended.json["items"]] == [2]


async def test_one_record(torc, server, make):
    server.answer("get_job", make.job(3, env={"A": "1"}))
    table = (await torc("jobs", "get", "3")).out
    assert "Job 3" in table
    assert '{"A": "1"}' in table
    assert (await torc("-f", "json", "jobs", "get", "3")).json["env"] == {"A": "1"}


async def test_names_cannot_steer_the_terminal(torc, server, make):
    server.answer("list_jobs", make.jobs([make.job(1, name="\x1b[31mred\x07 [bold]x[/bold]")]))
    out = (await torc("jobs", "list", "7")).out
    assert "\x1b" not in out
    assert "\x07" not in out
    assert r"\u001b[31mred\u0007 [bold]x[/bold]" in out


async def test_creating_a_job(torc, server, make):
    server.answer("create_job", make.job(9))
    ended = await torc("-f", "json", "jobs", "create", "7", "-n", "a", "-c", "echo", "-b", "1", "-b", "2", "-i", "3")
    assert ended.json == msgspec.to_builtins(make.job(9)) | {
        "job_id": 9, "status": "success", "message": "Created job 9 in workflow 7.",
    }  # fmt: skip
    assert server.calls_of("create_job")[0].body == {
        "workflow_id": 7, "name": "a", "command": "echo", "depends_on_job_ids": [1, 2], "input_file_ids": [3],
    }  # fmt: skip


async def test_changing_user_data_keeps_the_rest(torc, server, make):
    server.answer("get_user_data", make.user_data(4, data={"old": 1}))
    server.answer("update_user_data", lambda call: call.body)
    ended = await torc("-f", "json", "user-data", "update", "4", "-d", '{"new": [1]}')
    assert ended.json["data"] == {"new": [1]}
    assert server.calls_of("update_user_data")[0].body["name"] == "data4"


@pytest.mark.parametrize(
    ("flags", "value"),
    [
        (["--ephemeral"], True),
        (["--ephemeral", "true"], True),
        (["--ephemeral", "false"], False),
        (["--no-ephemeral"], False),
    ],
)
async def test_user_data_becomes_ephemeral_by_a_flag_or_a_value(torc, server, make, flags, value):
    server.answer("get_user_data", make.user_data(4, is_ephemeral=not value))
    server.answer("update_user_data", lambda call: call.body)
    assert (await torc("user-data", "update", *flags, "4")).code == 0
    assert server.calls_of("update_user_data")[0].body["is_ephemeral"] is value


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (["-d", "{"], 1, "no JSON"),
        pytest.param(["-d", "[" * 100_000], 1, "too deep", id="deep"),
        ([], 2, "nothing to change"),
    ],
)
async def test_changing_user_data_with_mistakes(torc, server, arguments, code, error):
    ended = await torc("user-data", "update", "4", *arguments)
    assert ended.code == code
    ended.told(error)
    assert server.calls_of("update_user_data") == []
