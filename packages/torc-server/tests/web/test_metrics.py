"""``/metrics``, ``/healthz`` and ``/readyz``."""

import asyncio
import json
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from torc_server.store.backup import BackupHistory
from torc_server.store.errors import StoreFull
from torc_server.web import health
from torc_server.web.dispatch import WRITER
from torc_server.web.health import READINESS
from torc_server.web.metrics import COUNT_EVERY_SECONDS

Key = tuple[str, tuple[tuple[str, str], ...]]


async def read(api: Any, path: str) -> tuple[int, str]:
    async with api.client.get(path) as response:
        return response.status, await response.text()


async def numbers(api: Any) -> dict[Key, float]:
    async with api.client.get("/metrics") as response:
        text = await response.text()
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/plain; version=")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def named(name: str, **labels: str) -> Key:
    return name, tuple(sorted(labels.items()))


async def test_requests_are_counted_by_operation_and_status(api: Any):
    await api.workflow()
    await api.call("GET", "/workflows/9")
    await api.call("GET", "/no/such/route")
    found = await numbers(api)
    assert found[named("torc_requests_total", operation="create_workflow", status="200")] == 1
    assert found[named("torc_requests_total", operation="get_workflow", status="404")] == 1
    assert found[named("torc_requests_total", operation="unknown", status="404")] == 1
    assert found[named("torc_request_seconds_count", operation="get_workflow")] == 1
    again = await numbers(api)
    assert again[named("torc_requests_total", operation="metrics", status="200")] == 1


async def test_waiting_requests_are_counted_but_not_timed(api: Any, parked: Any):
    workflow_id = await api.workflow()
    await api.jobs(workflow_id, 1)
    path = f"/workflows/{workflow_id}/is_complete?wait_seconds=60"
    waiting = asyncio.ensure_future(api.call("GET", path))
    await parked(api, 1)
    assert (await numbers(api))[named("torc_long_polls")] == 1
    await api.ok("PUT", f"/workflows/{workflow_id}/cancel")
    assert (await waiting).status == 200
    found = await numbers(api)
    assert found[named("torc_long_polls")] == 0
    assert found[named("torc_requests_total", operation="is_workflow_complete", status="200")] == 1
    assert named("torc_request_seconds_count", operation="is_workflow_complete") not in found


async def test_jobs_are_counted_by_status_but_not_for_each_scrape(serve: Any):
    now = 0.0
    async with serve(clock=lambda: now) as api:
        workflow_id = await api.workflow()
        await api.jobs(workflow_id, 3)
        found = await numbers(api)
        assert found[named("torc_jobs", status="uninitialized")] == 3
        assert found[named("torc_jobs", status="ready")] == 0
        await api.initialize(workflow_id)
        now = COUNT_EVERY_SECONDS - 0.1
        assert (await numbers(api))[named("torc_jobs", status="ready")] == 0
        now = COUNT_EVERY_SECONDS
        assert (await numbers(api))[named("torc_jobs", status="ready")] == 3


async def test_metrics_show_commits_the_file_and_the_streams(api: Any):
    workflow_id = await api.workflow()
    async with api.client.get(f"/torc-service/v1/workflows/{workflow_id}/events/stream") as stream:
        assert stream.status == 200
        found = await numbers(api)
    assert found[named("torc_event_streams")] == 1
    assert found[named("torc_commit_seconds_count")] == found[named("torc_commit_units_count")] > 0
    assert found[named("torc_database_bytes")] > 0
    assert found[named("torc_database_wal_bytes")] > 0
    assert found[named("torc_database_writable")] == 1
    assert found[named("torc_writer_queue")] == 0
    assert any(name == "torc_server_info" and "version" in dict(labels) for name, labels in found)


async def test_metrics_show_backups(serve: Any):
    history = BackupHistory(succeeded=2, failed=1, last_success_seconds=7.5, last_size_bytes=9)
    async with serve(backups=history) as api:
        found = await numbers(api)
    assert found[named("torc_backups_succeeded")] == 2
    assert found[named("torc_backups_failed")] == 1
    assert found[named("torc_backup_last_success_seconds")] == 7.5
    assert found[named("torc_backup_last_bytes")] == 9


async def test_two_applications_share_no_numbers(serve: Any):
    async with serve() as one:
        await one.workflow()
    async with serve() as other:
        found = await numbers(other)
    assert named("torc_requests_total", operation="create_workflow", status="200") not in found


async def test_metrics_require_a_password_and_health_checks_do_not(start: Any):
    async with start(required=True) as api:
        assert await read(api, "/metrics") == (401, "Unauthorized")
        assert await read(api, "/healthz") == (200, "alive\n")
        assert await read(api, "/readyz") == (200, "ready\n")


def message(text: str) -> str:
    return str(json.loads(text)["error"]["message"])


async def test_a_stopping_server_is_alive_but_not_ready(api: Any):
    api.client.server.app[READINESS].is_stopping = True
    status, text = await read(api, "/readyz")
    assert (status, message(text)) == (503, "The server is stopping")
    assert (await read(api, "/healthz"))[0] == 200


async def test_a_missing_database_is_reported_until_it_is_back(api: Any):
    away = api.path.with_name("away")
    await asyncio.to_thread(api.path.rename, away)
    status, text = await read(api, "/readyz")
    assert status == 503
    assert "was removed or replaced" in message(text)
    await asyncio.to_thread(away.rename, api.path)
    assert (await read(api, "/readyz"))[0] == 200


async def test_after_a_failed_write_readiness_requires_a_write(api: Any):
    writer = api.client.server.app[WRITER]
    writer._failure = StoreFull("no room")
    assert (await numbers(api))[named("torc_database_writable")] == 0
    await writer.outside_transaction(lambda connection: connection.execute("PRAGMA query_only = ON").fetchone())
    status, text = await read(api, "/readyz")
    assert (status, "cannot be written" in message(text)) == (503, True)
    await writer.outside_transaction(lambda connection: connection.execute("PRAGMA query_only = OFF").fetchone())
    assert (await read(api, "/readyz"))[0] == 200
    assert writer.failure is None


async def test_readiness_does_not_wait_for_a_hanging_database(api: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0)
    status, text = await read(api, "/readyz")
    assert (status, message(text)) == (503, "The database did not answer within 0 seconds")
