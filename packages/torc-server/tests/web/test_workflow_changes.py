"""The stream of changed workflows: coalesced, and only of workflows that the caller may see."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from torc_server.api.document import API_ROOT
from torc_server.engine.errors import Conflict
from torc_server.engine.ids import WorkflowId
from torc_server.engine.signals import WorkflowChanged, WorkflowDeleted
from torc_server.live import workflow_changes
from torc_server.live.workflow_changes import IDS_MOST, WorkflowChanges

Next = Any


@asynccontextmanager
async def follow(api: Any, user: str | None = None, query: str = "") -> AsyncIterator[Next]:
    """Follow the changes; the value returns the next event, after the one that begins the stream."""
    headers = {"Authorization": "Basic " + b64encode(f"{user}:{user}".encode()).decode()} if user else {}
    path = f"{API_ROOT}/events/stream{query}"
    async with api.client.get(path, headers=headers) as response:
        assert response.status == 200, await response.text()

        async def next_event() -> Any:
            async with asyncio.timeout(60):
                while True:
                    line = (await response.content.readline()).decode()
                    if line.startswith("data: "):
                        return json.loads(line.removeprefix("data: "))

        assert await next_event() == {"workflow_ids": [], "everything": True}
        yield next_event


async def test_changes_of_a_workflow_are_told(api: Any) -> None:
    workflow_id = await api.workflow()
    await api.jobs(workflow_id, 2)
    async with follow(api) as following:
        await api.initialize(workflow_id)
        assert await following() == {"workflow_ids": [workflow_id], "everything": False}
        other = await api.workflow()
        assert await following() == {"workflow_ids": [other], "everything": False}
        await api.ok("POST", f"/workflows/{other}/archive", {"is_archived": True})
        assert await following() == {"workflow_ids": [other], "everything": False}
        await api.ok("DELETE", f"/workflows/{workflow_id}")
        assert await following() == {"workflow_ids": [], "everything": True}


async def test_only_workflows_of_an_owner_are_told(api: Any) -> None:
    async with follow(api, query="?user=ann") as following:
        await api.workflow(user="bob")
        mine = await api.workflow(user="ann")
        assert await following() == {"workflow_ids": [mine], "everything": False}


async def test_a_user_is_told_only_of_workflows_that_the_user_may_use(guarded: Any) -> None:
    shared = await guarded.workflow_of("bob", name="shared")
    group = await guarded.by("root", "POST", "/access_groups", {"name": "lab"})
    await guarded.by(
        "root",
        "POST",
        f"/access_groups/{group['id']}/members",
        {"user_name": "ann", "group_id": group["id"], "role": "member"},
    )
    await guarded.by("root", "POST", f"/workflows/{shared}/access_groups/{group['id']}")
    hidden = await guarded.workflow_of("bob", name="hidden")
    async with follow(guarded, "ann") as following:
        for workflow_id in (hidden, shared):
            await guarded.by("bob", "POST", f"/workflows/{workflow_id}/archive", {"is_archived": True})
        assert await following() == {"workflow_ids": [shared], "everything": False}


def test_many_changes_are_one_and_their_number_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    changes = WorkflowChanges()
    with changes.following() as follower:
        assert follower.take() == ([], True)
        changes.deliver([WorkflowChanged(WorkflowId(n)) for n in (5, 3, 5)])
        changes.deliver([WorkflowChanged(WorkflowId(3))])
        assert follower.take() == ([3, 5], False)
        changes.deliver([WorkflowChanged(WorkflowId(n)) for n in range(IDS_MOST + 1)])
        assert follower.take() == ([], True)
        changes.deliver([WorkflowDeleted(WorkflowId(3))])
        assert follower.take() == ([], True)
        assert follower.take() == ([], False)
        monkeypatch.setattr(workflow_changes, "FOLLOWERS_MOST", 1)
        with pytest.raises(Conflict), changes.following():
            pass
    assert changes.followers == 0
