"""Names of user data in the commands of jobs."""

import pytest


@pytest.fixture
def server(fake_server):
    records = [{"id": 4, "workflow_id": 7, "name": "best_of_all"}, {"id": 5, "workflow_id": 7, "name": "best"}]
    fake_server.answer(
        "list_user_data",
        {"items": records, "count": 2, "offset": 0, "total_count": 2, "has_more": False, "max_limit": 10000},
    )
    fake_server.answer("get_user_data", lambda call: records[call.path["id"] - 4])
    fake_server.answer("update_user_data", lambda call: {"id": 5, **call.body})
    return fake_server


@pytest.fixture
def in_job(monkeypatch):
    monkeypatch.setenv("TORC_WORKFLOW_ID", "7")
    monkeypatch.setenv("TORC_JOB_ID", "1")


@pytest.mark.usefixtures("in_job")
async def test_a_job_changes_and_reads_the_record_of_its_workflow(torc, server):
    ended = await torc("user-data", "update", "best", "--data", "[1]")
    assert ended.code == 0
    (listed,) = server.calls_of("list_user_data")
    assert listed.query["workflow_id"] == 7
    (changed,) = server.calls_of("update_user_data")
    assert (changed.body["name"], changed.body["data"]) == ("best", [1])
    assert (await torc("-f", "json", "user-data", "get", "best")).json["id"] == 5
    assert (await torc("-f", "json", "user-data", "get", "4")).json["id"] == 4


@pytest.mark.usefixtures("in_job")
async def test_an_unknown_name_changes_nothing(torc, server):
    ended = await torc("user-data", "update", "bset", "--data", "[1]")
    assert (ended.code, ended.out) == (1, "")
    ended.told("bset")
    assert not server.calls_of("update_user_data")


async def test_outside_of_jobs_a_name_is_no_id(torc, server):
    ended = await torc("user-data", "update", "best", "--data", "[1]")
    assert (ended.code, ended.out) == (2, "")
    ended.told("best")
    assert not server.calls_of("update_user_data")


@pytest.mark.usefixtures("in_job")
async def test_a_number_that_is_the_name_of_another_record_changes_nothing(torc, server):
    records = [{"id": 5, "workflow_id": 7, "name": "4"}]
    page = {"items": records, "count": 1, "offset": 0, "total_count": 1, "has_more": False, "max_limit": 10000}
    server.answer("list_user_data", page)
    ended = await torc("user-data", "update", "4", "--data", "[1]")
    assert (ended.code, ended.out) == (1, "")
    ended.told("name of another record")
    assert not server.calls_of("update_user_data")
    assert (await torc("user-data", "update", "5", "--data", "[1]")).code == 0
