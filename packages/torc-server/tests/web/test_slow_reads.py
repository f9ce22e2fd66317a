"""Reads that take long: their callers leave, reach the limit, and never keep others waiting."""

import asyncio
import sqlite3
from base64 import b64encode
from contextlib import closing
from typing import Any

import aiohttp
import pytest

import torc_server.store.read_pool
from torc_server.api.document import API_ROOT

# A list of this table never ends.
ENDLESS = """
ALTER TABLE ro_crate_entity RENAME TO stored_entity;
CREATE VIEW ro_crate_entity AS
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
SELECT i AS id, 1 AS workflow_id, NULL AS file_id, 'e' AS entity_id, 't' AS entity_type, '{}' AS metadata FROM n
"""
LIST = "/workflows/1/ro_crate_entities?limit=1&sort_by=entity_id"


def make_endless(api: Any) -> None:
    with closing(sqlite3.connect(api.path)) as connection:
        connection.executescript(ENDLESS)


async def leave(api: Any, count: int, **how: Any) -> None:
    """Send `count` requests for the endless list, and close their connections."""

    async def ask() -> None:
        async with aiohttp.ClientSession() as session:
            timeout = aiohttp.ClientTimeout(total=0.5)
            await session.get(api.client.make_url(API_ROOT + LIST), timeout=timeout, **how)

    for outcome in await asyncio.gather(*(ask() for _ in range(count)), return_exceptions=True):
        assert isinstance(outcome, TimeoutError)


async def test_reads_of_callers_that_left_are_ended(serve: Any) -> None:
    async with serve() as api, asyncio.timeout(50):
        await api.workflow()
        await asyncio.to_thread(make_endless, api)
        await leave(api, 40)
        for _ in range(8):
            assert (await api.call("GET", "/workflows/1/job_file_relationships")).status == 200
            await leave(api, 1)


async def test_a_read_beyond_the_limit_is_refused_with_the_remedy(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torc_server.store.read_pool, "LONGEST_READ_SECONDS", 0.2)
    async with serve() as api, asyncio.timeout(50):
        await api.workflow()
        await asyncio.to_thread(make_endless, api)
        reply = await api.call("GET", LIST)
        assert (reply.status, reply.headers["Retry-After"]) == (503, "5")
        assert "took longer than 0.2 seconds and was ended: ask for less, with a filter" in reply.message
        assert (await api.call("GET", "/workflows/1")).status == 200


async def test_the_slow_reads_of_one_user_do_not_stop_another(start: Any) -> None:
    async with start(enforce_access=False) as api, asyncio.timeout(50):
        await api.workflow_of("ann")
        await asyncio.to_thread(make_endless, api)
        ann = {"Authorization": "Basic " + b64encode(b"ann:ann").decode()}
        slow = [asyncio.create_task(api.call("GET", LIST, headers=ann)) for _ in range(20)]
        for _ in range(5):
            assert (await api.call_by("bob", "GET", "/workflows/1/status")).status == 200
        assert not any(each.done() for each in slow)
        for each in slow:
            each.cancel()
        await asyncio.gather(*slow, return_exceptions=True)


async def test_large_lists_do_not_delay_small_reads_of_callers_without_a_name(
    serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torc_server.store.read_pool, "LONGEST_READ_SECONDS", 0.2)
    async with serve() as api, asyncio.timeout(50):
        await api.workflow()
        await asyncio.to_thread(make_endless, api)
        slow = [asyncio.create_task(api.call("GET", LIST)) for _ in range(60)]
        await asyncio.wait(slow, return_when=asyncio.FIRST_COMPLETED)  # then all have arrived
        for path in ("/ping", "/workflows/1", "/workflows/1/status"):
            assert (await api.call("GET", path)).status == 200
        assert sum(each.done() for each in slow) < 40
        for each in slow:
            each.cancel()
        await asyncio.gather(*slow, return_exceptions=True)


async def test_a_page_of_huge_records_is_refused_with_the_limit_that_fits(
    api: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torc_server.resources.lists.LARGEST_PAGE_CHARACTERS", 1024**2)
    workflow_id = await api.workflow()
    for name in ("a", "b", "c"):
        await api.ok("POST", "/user_data", {"workflow_id": workflow_id, "name": name, "data": {"x": "y" * 400_000}})
    query = f"/user_data?workflow_id={workflow_id}"
    reply = await api.call("GET", query)
    assert (reply.status, reply.json["error"]["field"]) == (422, "limit")
    assert "larger than 1 MiB after 2 records; use a limit of at most 2" in reply.message
    assert len((await api.ok("GET", f"{query}&limit=2"))["items"]) == 2
