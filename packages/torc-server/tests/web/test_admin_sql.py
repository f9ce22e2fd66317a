"""SQL statements of administrators, and the audit log."""

import asyncio
from typing import Any

import pytest

from torc_server.engine.administration import audit_log
from torc_server.engine.administration.sql import Policy

COUNT = {"sql": "SELECT COUNT(*) AS n FROM workflow"}


async def entries(api: Any, query: str = "") -> list[dict[str, Any]]:
    answer = await api.by("root", "GET", f"/admin/audit-log{query}")
    return [dict(each) for each in answer["items"]]


async def test_an_administrator_reads_rows(guarded: Any) -> None:
    await guarded.workflow_of("ann", name="first")
    await guarded.workflow_of("bob", name="second")
    answer = await guarded.by("root", "POST", "/admin/sql", {"sql": "SELECT id, name, id FROM workflow ORDER BY id"})
    assert answer == {
        "columns": ["id", "name", "id_2"],
        "items": [{"id": 1, "name": "first", "id_2": 1}, {"id": 2, "name": "second", "id_2": 2}],
        "committed": False,
    }
    answer = await guarded.by("root", "POST", "/admin/sql", {"sql": "SELECT id FROM workflow", "limit": 1})
    assert answer["items"] == [{"id": 1}]
    for limit in (0, -5):
        answer = await guarded.by("root", "POST", "/admin/sql", {"sql": "SELECT id FROM workflow", "limit": limit})
        assert len(answer["items"]) == 1


@pytest.mark.parametrize(
    ("body", "word", "message"),
    [
        ({"sql": "DELETE FROM job WHERE id = 1"}, "InvalidStatement", "use torc jobs update, reset-status or delete"),
        ({"sql": "UPDATE job SET name = 'x'", "write": True}, "InvalidStatement", "changed by its operations only"),
        ({"sql": "DROP TABLE job", "write": True}, "InvalidStatement", "a change of the schema would write"),
        ({"sql": "SELECT 1", "write": True}, "InvalidStatement", "send it without `write`"),
        ({"sql": "PRAGMA journal_mode"}, "InvalidStatement", "Send one statement that reads: SELECT, WITH or VALUES"),
        ({"sql": "SELECT * FROM nowhere"}, "QueryFailed", "no such table: nowhere"),
        ({"sql": ""}, "InvalidStatement", "it is not a query"),
    ],
)
async def test_other_statements_are_refused_with_the_reason_and_recorded(
    guarded: Any, body: Any, word: str, message: str
) -> None:
    reply = await guarded.call_by("root", "POST", "/admin/sql", body)
    assert (reply.status, reply.json["error"]["error"]) == (422, word)
    assert message in reply.message
    (entry,) = await entries(guarded)
    assert entry["sql_text"] == body["sql"]
    assert message in entry["error"]
    assert (entry["success"], entry["committed"], entry["is_write"]) == (False, False, body.get("write", False))


async def test_the_audit_log_has_every_statement_newest_first(guarded: Any) -> None:
    await guarded.by("root", "POST", "/admin/sql", {**COUNT, "allow_full_table": True})
    assert (await guarded.call_by("ann", "POST", "/admin/sql", {"sql": "SELECT 2"})).status == 403
    assert (await guarded.call_by(None, "POST", "/admin/sql", {"sql": "SELECT 3"})).status == 403
    found = await entries(guarded)
    assert [(each["user_name"], each["sql_text"], each["success"]) for each in found] == [
        ("anonymous", "SELECT 3", False),
        ("ann", "SELECT 2", False),
        ("root", COUNT["sql"], True),
    ]
    assert set(found[2]) == {
        "id", "user_name", "timestamp", "sql_text", "is_write", "allow_full_table", "committed", "success",
    }  # fmt: skip
    assert found[2]["allow_full_table"] is True
    assert "Only system administrators" in found[1]["error"]
    page = await guarded.by("root", "GET", "/admin/audit-log?limit=1&offset=1")
    assert (page["count"], page["total_count"], page["has_more"], page["offset"]) == (1, 3, True, 1)
    assert page["items"][0]["sql_text"] == "SELECT 2"


async def test_refused_callers_cannot_displace_the_entries_of_administrators(
    guarded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_log, "MOST_FORBIDDEN_ENTRIES", 2)
    await guarded.by("root", "POST", "/admin/sql", COUNT)
    for number in range(5):
        await guarded.call_by("ann", "POST", "/admin/sql", {"sql": f"SELECT {number}"})
    assert [each["sql_text"] for each in await entries(guarded)] == ["SELECT 4", "SELECT 3", COUNT["sql"]]


async def test_the_audit_log_has_a_maximum_size(guarded: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_log, "MOST_ENTRIES", 2)
    for number in range(4):
        await guarded.by("root", "POST", "/admin/sql", {"sql": f"SELECT {number}"})
    assert [each["sql_text"] for each in await entries(guarded)] == ["SELECT 3", "SELECT 2"]


@pytest.mark.parametrize(
    ("required", "enforced", "status"), [(True, False, 403), (False, True, 403), (False, False, 200)]
)
@pytest.mark.parametrize("path", ["/admin/sql", "/admin/audit-log", "/admin/api-stats", "/admin/api-events/stream"])
async def test_administrators_alone_where_users_prove_themselves(
    start: Any, path: str, required: bool, enforced: bool, status: int
) -> None:
    method = "POST" if path == "/admin/sql" else "GET"
    async with start(required=required, enforce_access=enforced) as api:
        body = COUNT if method == "POST" else None
        for user, expected in (("ann", status), ("root", 200)):
            if path.endswith("stream"):
                headers = api.headers_of(user)
                async with api.client.get(f"/torc-service/v1{path}", headers=headers) as response:
                    assert response.status == expected
            else:
                assert (await api.call_by(user, method, path, body)).status == expected


@pytest.mark.parametrize(
    ("settings", "body", "message"),
    [
        ({"admin_sql": Policy(is_disabled=True)}, COUNT, "--disable-admin-sql "),
        ({"admin_sql": Policy(are_writes_disabled=True)}, {**COUNT, "write": True}, "--disable-admin-sql-writes"),
        ({"admins_see_own_only": True}, COUNT, "--admins-see-own-only"),
    ],
)
async def test_settings_refuse_statements(start: Any, settings: Any, body: Any, message: str) -> None:
    async with start(**settings) as api:
        reply = await api.call_by("root", "POST", "/admin/sql", body)
        assert (reply.status, reply.json["error"]["error"]) == (403, "Forbidden")
        assert message in reply.message
        assert len(await entries(api)) == 1  # the log stays readable


async def test_reads_go_on_where_writes_are_disabled(start: Any) -> None:
    async with start(admin_sql=Policy(are_writes_disabled=True)) as api:
        assert (await api.by("root", "POST", "/admin/sql", COUNT))["items"] == [{"n": 0}]


async def test_the_secret_of_a_compute_node_is_not_read(guarded: Any) -> None:
    workflow_id = await guarded.workflow_of("ann")
    node = {"workflow_id": workflow_id, "hostname": "h", "pid": 1, "start_time": "t", "num_cpus": 1, "memory_gb": 1.0,
            "num_gpus": 0, "num_nodes": 1, "compute_node_type": "local"}  # fmt: skip
    await guarded.by("ann", "POST", "/compute_nodes", node)
    answer = await guarded.by("root", "POST", "/admin/sql", {"sql": "SELECT id, secret FROM compute_node"})
    assert answer["items"] == [{"id": 1, "secret": None}]


async def test_the_digest_of_a_token_is_not_read(guarded: Any) -> None:
    workflow_id = await guarded.workflow_of("ann")
    await guarded.by("ann", "POST", f"/workflows/{workflow_id}/tokens", {})
    answer = await guarded.by("root", "POST", "/admin/sql", {"sql": "SELECT id, user, digest FROM token"})
    assert answer["items"] == [{"id": 1, "user": "ann", "digest": None}]


async def test_a_slow_statement_keeps_no_other_caller_waiting(serve: Any) -> None:
    """Two endless statements and the reads of another caller: the readers are shared fairly."""
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT SUM(i) FROM n"
    async with serve() as api, asyncio.timeout(50):
        slow = [asyncio.create_task(api.call("POST", "/admin/sql", {"sql": endless})) for _ in range(6)]
        await asyncio.sleep(0)
        other = {"X-Torc-Client-User": "another"}
        for _ in range(5):
            assert (await api.call("GET", "/workflows", headers=other)).status == 200
        for each in slow:
            each.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
