"""Bodies at and beyond the limit, and unknown members."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from torc_server.api.document import API_ROOT


async def test_a_body_with_a_too_large_content_length_is_refused_unread(serve: Any) -> None:
    async with serve(body_max_bytes=1024**2) as api:
        host, port = api.client.host, api.client.port
        reader, writer = await asyncio.open_connection(host, port)
        head = f"POST /torc-service/v1/jobs HTTP/1.1\r\nHost: {host}\r\nContent-Length: {2 * 1024**3}\r\n\r\n"
        writer.write(head.encode())
        answer = await reader.readuntil(b"}}")
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert b"larger than 1 MiB" in answer
        writer.close()
        await writer.wait_closed()


async def test_a_body_without_a_length_is_refused_at_the_limit(serve: Any) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b" " * 64 * 1024

    async with serve(body_max_bytes=1024**2) as api, api.client.post(API_ROOT + "/jobs", data=endless()) as response:
        assert response.status == 413
        assert "larger than 1 MiB" in (await response.json())["error"]["message"]


async def test_unknown_members_are_ignored_and_listed(api: Any) -> None:
    reply = await api.call("POST", "/workflows", {"name": "w", "user": "u", "colour": "red", 'q"\r\nX: é': 1})
    assert reply.status == 200
    assert "colour" in reply.headers["Warning"]
    assert "X" not in reply.headers
    assert "colour" not in reply.json
    jobs = [{"workflow_id": reply.json["id"], "name": "j", "command": "c", "shade": 1}]
    assert "jobs[].shade" in (await api.call("POST", "/bulk_jobs", {"jobs": jobs})).headers["Warning"]


async def test_unused_bodies_are_ignored(api: Any) -> None:
    workflow_id = await api.workflow()
    for body in (b"", b"{}", b"{not json", b'{"a": 1}'):
        await api.ok("POST", f"/workflows/{workflow_id}/initialize_jobs", body)
        await api.ok("PUT", f"/workflows/{workflow_id}/cancel", body)


async def test_a_hundred_thousand_jobs_in_one_call_keep_their_order(api: Any) -> None:
    workflow_id = await api.workflow()
    names = [f"job{number}" for number in range(100_001)]
    jobs = [{"workflow_id": workflow_id, "name": name, "command": "true"} for name in names]
    created = (await api.ok("POST", "/bulk_jobs", {"jobs": jobs}))["jobs"]
    assert [each["name"] for each in created] == names
    page = await api.ok("GET", "/jobs", params={"workflow_id": workflow_id})
    assert (page["count"], page["total_count"], page["max_limit"], page["has_more"]) == (10_000, 100_001, 100_000, True)
