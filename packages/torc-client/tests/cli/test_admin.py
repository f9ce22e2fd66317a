"""torc admin and torc self."""

import json
import sys
from importlib import metadata

import pytest

from torc_client.api.records import ApiEvent, CapturedBody
from torc_client.cli.commands import self_update
from torc_client.client import TorcClient
from torc_client.event_stream import EventsMissed
from torc_client.testing import Refusal

ROWS = {
    "columns": ["id", "count(*)", "note"],
    "items": [{"id": 1, "count(*)": 2.5, "note": None}, {"id": 2, "count(*)": 0, "note": "a,b"}],
    "committed": False,
}


async def test_rows_of_a_statement_are_printed_in_every_format(torc, fake_server):
    fake_server.answer("admin_sql", ROWS)
    ended = await torc("admin", "sql", "SELECT 1", "--limit", "5")
    assert ended.code == 0
    assert "count(*)" in ended.out
    assert "a,b" in ended.out
    sent = fake_server.calls_of("admin_sql")[0].body
    assert (sent["sql"], sent["limit"], sent.get("write", False)) == ("SELECT 1", 5, False)
    assert (await torc("-f", "json", "admin", "sql", "SELECT 1")).json == ROWS
    assert (await torc("-f", "csv", "admin", "sql", "SELECT 1")).out == 'id,count(*),note\n1,2.5,\n2,0,"a,b"\n'


async def test_a_write_is_refused_by_the_server_with_its_reason(torc, fake_server):
    fake_server.answer("admin_sql", Refusal(422, "The statement was refused: use torc jobs update"))
    ended = await torc("admin", "sql", "UPDATE job SET name = 'x'", "--write", "--allow-full-table", "-y")
    assert (ended.code, ended.out) == (1, "")
    assert "use torc jobs update" in " ".join(ended.err.split())
    sent = fake_server.calls_of("admin_sql")[0].body
    assert (sent["write"], sent["allow_full_table"]) == (True, True)


async def test_the_audit_log_is_listed(torc, fake_server):
    entry = {
        "id": 4, "user_name": "root", "timestamp": 1_767_323_045_000, "sql_text": "DROP TABLE job", "is_write": True,
        "allow_full_table": False, "committed": False, "success": False, "error": "refused",
    }  # fmt: skip
    page = {"items": [entry], "offset": 2, "max_limit": 10, "count": 1, "total_count": 3, "has_more": False}
    fake_server.answer("list_admin_audit_log", page)
    ended = await torc("admin", "list-audit-log", "--offset", "2", "--limit", "1")
    assert "Showing 1 of 3 entries (offset 2)" in ended.out
    assert "DROP TABLE job" in ended.out
    assert fake_server.calls_of("list_admin_audit_log")[0].query == {"offset": 2, "limit": 1}
    assert (await torc("-f", "json", "admin", "list-audit-log")).json == page
    assert "DROP TABLE job" in (await torc("-f", "csv", "admin", "list-audit-log")).out
    fake_server.answer("list_admin_audit_log", {**page, "items": [], "count": 0, "total_count": 0, "offset": 0})
    (await torc("admin", "list-audit-log")).printed("no entries")


TOKEN = {
    "id": 7, "workflow_id": 3, "user": "ann", "submission_id": 5, "created_at": "2026-11-29T12:00:00+00:00",
    "expires_at": "2027-02-27T12:00:00+00:00",
}  # fmt: skip


async def test_tokens_are_listed(torc, fake_server):
    page = {"items": [TOKEN], "offset": 0, "max_limit": 10, "count": 1, "total_count": 1, "has_more": False}
    fake_server.answer("list_tokens", page)
    ended = await torc("admin", "tokens", "list", "3")
    assert ended.code == 0
    assert "ann" in ended.out
    assert fake_server.calls_of("list_tokens")[0].query["workflow_id"] == 3
    assert (await torc("-f", "json", "admin", "tokens", "list")).json["items"] == [TOKEN]
    assert "workflow_id" not in fake_server.calls_of("list_tokens")[1].query


async def test_tokens_are_revoked_each_once(torc, fake_server):
    fake_server.answer("revoke_token", {"message": "Revoked"})
    ended = await torc("-f", "json", "admin", "tokens", "revoke", "7", "8", "7")
    assert ended.json == {"status": "success", "message": "Revoked tokens 7 and 8", "token_ids": [7, 8]}
    assert [call.path["id"] for call in fake_server.calls_of("revoke_token")] == [7, 8]


async def test_an_unknown_token_is_named(torc, fake_server):
    fake_server.answer("revoke_token", Refusal(404, "There is no token 9"))
    ended = await torc("admin", "tokens", "revoke", "9")
    assert (ended.code, ended.out) == (1, "")
    ended.told()


async def test_an_expired_token_is_named_without_another_remedy(torc, fake_server):
    fake_server.answer("ping", Refusal(401, "Token 7 expired at 2026-11-29 12:00:00 UTC; submit again"))
    ended = await torc("--skip-version-check", "ping")
    assert (ended.code, ended.out) == (1, "")
    ended.told()
    assert "PASSWORD" not in ended.err


BUCKET = {"bytes_in": 5, "bytes_out": 70, "status_2xx": 3, "status_4xx": 1, "status_5xx": 0, "status_other": 0}


async def test_requests_are_listed_by_interval(torc, fake_server):
    empty = dict.fromkeys(BUCKET, 0)
    stats = {
        "now_ms": 1_767_323_050_000, "interval_seconds": 30, "window_seconds": 300,
        "buckets": [
            {"start_ms": 1_767_323_040_000, "request_count": 4, **BUCKET},
            {"start_ms": 1_767_323_010_000, "request_count": 0, **empty},
        ],
    }  # fmt: skip
    fake_server.answer("get_api_stats", stats)
    ended = await torc("admin", "api-stats", "--window", "300", "--interval", "30")
    assert "4 requests" in ended.out
    assert "2026-01-02 03:04:00" in ended.out
    assert "03:03:30" not in ended.out
    assert fake_server.calls_of("get_api_stats")[0].query == {"window_seconds": 300, "interval_seconds": 30}
    assert (await torc("-f", "json", "admin", "api-stats")).json == stats
    assert (await torc("admin", "api-stats", "--by-operation", "--interval", "5")).code == 2


@pytest.fixture
def requests(monkeypatch):
    asked = []

    async def follow(_client, *, include_bodies):
        asked.append(include_bodies)
        body = CapturedBody(bytes=9, truncated=True, text="a\x1b[31m\nb")
        yield ApiEvent(
            timestamp_ms=1_767_323_045_000, method="POST", path="/x", query="a=1", status=200, latency_ms=3,
            request_id="me", user="ann", request_body=body,
        )  # fmt: skip
        yield EventsMissed(dropped=3)
        yield ApiEvent(timestamp_ms=0, method="GET", path="/y", status=404, latency_ms=0)

    monkeypatch.setattr(TorcClient, "follow_requests", follow)
    return asked


async def test_requests_are_lines(torc, fake_server, requests):
    ended = await torc("admin", "tail-api", "--include-bodies")
    assert ended.out == (
        "2026-01-02 03:04:05Z  200  POST  /x?a=1  3ms  user=ann  span=me\n"
        "  request body: a\\u001b[31m b... (9 bytes)\n"
        "1970-01-01 00:00:00Z  404  GET  /y  0ms  user=-  span=-\n"
    )
    assert (ended.code, requests) == (1, [True])
    ended.told()


async def test_requests_are_lines_of_json(torc, fake_server, requests):
    ended = await torc("-f", "json", "admin", "tail-api")
    first, second = map(json.loads, ended.out.splitlines())
    assert first["request_body"] == {"bytes": 9, "truncated": True, "text": "a\x1b[31m\nb"}
    assert (second["path"], second["status"]) == ("/y", 404)
    assert requests == [False]


@pytest.mark.parametrize(
    ("prefix", "version", "command"),
    [
        ("/usr", None, "pip install --upgrade torc-client torc-server"),
        ("/usr", "v1.2.0", "pip install --upgrade torc-client==1.2.0 torc-server==1.2.0"),
        ("/home/a/.local/pipx/venvs/torc-client", None, "pipx upgrade torc-client"),
        ("/home/a/.local/pipx/venvs/torc-client", "1.2.0", "pipx install --force torc-client==1.2.0"),
        ("/home/a/.local/share/uv/tools/torc-client", None, "uv tool upgrade torc-client"),
        ("/home/a/.local/share/uv/tools/torc-client", "1.2.0", "uv tool install --force torc-client==1.2.0"),
    ],
)
async def test_an_update_is_a_command_of_the_installer(torc, monkeypatch, prefix, version, command):
    monkeypatch.setattr(sys, "prefix", prefix)
    monkeypatch.setattr(self_update, "_has", lambda name: name in {"pip", "torc-client", "torc-server"})
    monkeypatch.setattr(self_update, "_local_source", lambda _: None)
    ended = await torc("self", "update", *([version] if version else []), "--token", "unused")
    assert (ended.code, ended.out) == (1, "")
    ended.told(command)


async def test_an_installation_from_a_clone_is_updated_from_the_clone(torc, monkeypatch):
    """The package index has other distributions of the same name."""
    monkeypatch.setattr(self_update, "_has", lambda name: name in {"pip", "torc-client"})
    source = {"url": "file:///home/a/my%20torc/packages/torc-client", "dir_info": {}}
    monkeypatch.setattr(metadata.PathDistribution, "read_text", lambda *_: json.dumps(source))
    ended = await torc("self", "update")
    ended.told()
