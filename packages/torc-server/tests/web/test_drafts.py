"""Drafts: workflows that a client creates by several requests."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server_builders import Stage
from torc_server.background.drafts import LOOK_EVERY_SECONDS, delete_drafts
from torc_server.background.supervisor import supervised
from torc_server.web.dispatch import LONG_OPERATIONS, WRITER

OFFER = {"num_cpus": 4, "memory_gb": 8.0, "num_gpus": 0, "num_nodes": 1}


async def listed(api: Any, query: str = "") -> list[int]:
    return [each["id"] for each in (await api.ok("GET", f"/workflows{query}"))["items"]]


async def test_a_draft_is_not_listed_until_its_creation_ends(api: Any) -> None:
    draft_id, other_id = await api.workflow(is_draft=True), await api.workflow()
    assert await listed(api) == [other_id]
    assert await listed(api, "?is_draft=false") == [other_id]
    assert await listed(api, "?is_draft=true") == [draft_id]
    assert (await api.ok("GET", f"/workflows/{draft_id}"))["is_draft"] is True
    for _ in range(2):
        assert "is_draft" not in await api.ok("POST", f"/workflows/{draft_id}/finish_creation")
        assert await listed(api) == [draft_id, other_id]
    assert "is_draft" not in await api.ok("POST", f"/workflows/{other_id}/finish_creation")


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("initialize_jobs", None),
        ("initialize_jobs?only_uninitialized=true", None),
        ("initialize_jobs?async=true", None),
        ("start_run?force=true", None),
        ("claim_next_jobs", None),
        ("claim_jobs_based_on_resources/1", OFFER),
        ("report_and_claim", {"compute_node_id": 1, "run_id": 0, "claim": {"limit": 1, "offer": OFFER}}),
    ],
)
async def test_a_draft_cannot_run(api: Any, operation: str, body: Any) -> None:
    workflow_id = await api.workflow(is_draft=True)
    await api.jobs(workflow_id, 1)
    refused = await api.call("POST", f"/workflows/{workflow_id}/{operation}", body)
    assert (refused.status, "its creation has not ended" in refused.message) == (422, True)
    await api.ok("POST", f"/workflows/{workflow_id}/finish_creation")
    await api.initialize(workflow_id)
    assert len((await api.claim(workflow_id))["jobs"]) == 1


async def test_an_update_does_not_change_whether_a_workflow_is_a_draft(api: Any) -> None:
    draft_id, other_id = await api.workflow(is_draft=True), await api.workflow()
    for workflow_id, is_draft in ((draft_id, False), (other_id, True)):
        await api.ok("PUT", f"/workflows/{workflow_id}", {"name": "w", "user": "u", "is_draft": is_draft})
    assert await listed(api) == [other_id]


async def test_drafts_are_deleted_a_day_after_the_last_addition(api: Any) -> None:
    old_id, other_id = await api.workflow(is_draft=True), await api.workflow()
    await api.jobs(old_id, 3)
    time, app = Stage(), api.client.app
    began = time.clock()
    now = datetime.now(UTC)

    def clock() -> datetime:
        return now + timedelta(seconds=time.clock() - began)

    def work() -> Any:
        return delete_drafts(app[WRITER], app[LONG_OPERATIONS], sleep=time.sleep, clock=clock)

    async with supervised({"drafts": work}):
        for _ in range(23):
            await time.jump(LOOK_EVERY_SECONDS)
        # The time counts from the last record that was added.
        await api.jobs(old_id, 1)
        for _ in range(23):
            await time.jump(LOOK_EVERY_SECONDS)
        assert await listed(api, "?is_draft=true") == [old_id]
        await time.jump(3 * LOOK_EVERY_SECONDS)
        assert await listed(api, "?is_draft=true") == []
        assert await listed(api) == [other_id]
    assert (await api.call("GET", f"/workflows/{old_id}")).status == 404
    assert await api.broken_promises() == []
