"""Access groups, and commands of administrators."""

import pytest

from torc_client.client import TorcClient

PAGE = {"offset": 0, "limit": 10, "has_more": False}
GROUP = {"id": 2, "name": "lab", "description": "us", "created_at": "2026-01-01T00:00:00Z"}
MEMBER = {"id": 1, "group_id": 2, "user_name": "grace", "role": "admin", "created_at": "2026-01-01T00:00:00Z"}
LINK = {"workflow_id": 7, "group_id": 2}


def page(*items):
    return PAGE | {"items": list(items), "total_count": len(items)}


@pytest.fixture
def server(fake_server, make):
    fake_server.answer("get_workflow", make.workflow(7))
    fake_server.answer("create_access_group", GROUP)
    fake_server.answer("get_access_group", GROUP)
    fake_server.answer("delete_access_group", GROUP)
    fake_server.answer("add_user_to_group", MEMBER)
    fake_server.answer("remove_user_from_group", MEMBER)
    fake_server.answer("add_workflow_to_group", LINK)
    fake_server.answer("remove_workflow_from_group", LINK)
    for listing in ("list_access_groups", "list_user_groups", "list_workflow_groups"):
        fake_server.answer(listing, page(GROUP))
    fake_server.answer("list_group_members", page(MEMBER))
    return fake_server


@pytest.mark.parametrize(
    ("arguments", "operation"),
    [
        (["create", "lab", "-d", "us"], "create_access_group"),
        (["delete", "2"], "delete_access_group"),
        (["add-user", "2", "grace", "-r", "admin"], "add_user_to_group"),
        (["add-user", "2", "grace"], "add_user_to_group"),
        (["remove-user", "2", "grace"], "remove_user_from_group"),
        (["add-workflow", "7", "2"], "add_workflow_to_group"),
        (["remove-workflow", "7", "2"], "remove_workflow_from_group"),
    ],
)
async def test_changes_are_reported(torc, server, arguments, operation):
    ended = await torc("access-groups", *arguments)
    assert ended.code == 0
    ended.printed(operation, arguments[-1])
    assert [call.operation for call in server.calls if call.operation != "get_version"] == [operation]


@pytest.mark.parametrize(
    "arguments",
    [["list"], ["list-user-groups", "grace"], ["list-workflow-groups", "7"], ["list", "-l", "5", "-o", "1"]],
)
async def test_groups_are_listed(torc, server, arguments):
    assert (await torc("-f", "json", "access-groups", *arguments)).json == {"items": [GROUP]}
    assert "lab" in (await torc("access-groups", *arguments)).out


async def test_members_are_listed(torc, server):
    assert (await torc("-f", "json", "access-groups", "list-members", "2")).json == {"items": [MEMBER]}
    server.answer("list_group_members", page())
    assert "torc access-groups add-user 2 USER" in (await torc("access-groups", "list-members", "2")).err


async def test_one_group(torc, server):
    assert (await torc("-f", "json", "access-groups", "get", "2")).json == GROUP


async def test_the_file_of_passwords_is_read_again(torc, server):
    server.answer("reload_auth", {"message": "Read 3 users.", "user_count": 3})
    ended = await torc("-f", "json", "admin", "reload-auth")
    assert ended.json == {"user_count": 3, "status": "success", "message": "Read 3 users."}


async def test_cookies_for_a_proxy(torc, server, monkeypatch):
    monkeypatch.setenv("TORC_COOKIE_HEADER", "session=1")
    await torc("ping")
    assert server.calls[-1].headers["Cookie"] == "session=1"
    await torc("--cookie-header", "session=2", "ping")
    assert server.calls[-1].headers["Cookie"] == "session=2"


async def test_how_busy_the_server_is(torc, server, monkeypatch):
    line = 'torc_requests_total{{operation="list_jobs",status="200"}} {}.0\n'
    answers = iter([line.format(5), line.format(5), line.format(9), ""])

    async def metrics(_client):
        return next(answers)

    monkeypatch.setattr(TorcClient, "metrics", metrics)
    (only,) = (await torc("-f", "json", "admin", "api-stats", "--by-operation")).json["items"]
    assert (only["operation"], only["requests"], only["per_second"]) == ("list_jobs", 5, None)
    (only,) = (await torc("-f", "json", "admin", "api-stats", "--by-operation", "--window", "0.01")).json["items"]
    assert (only["requests"], only["per_second"]) == (4, 400)
    assert "longer --window" in (await torc("admin", "api-stats", "--by-operation")).err


async def test_workers_do_not_start_with_a_server_that_ends_with_the_command(torc):
    ended = await torc("-s", "remote", "run", "7")
    assert (ended.code, ended.out) == (1, "")
    ended.told()
