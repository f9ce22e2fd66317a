"""Followers: one for each workflow, shared by all watchers, with an honest state."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from torc_client.changed_kinds import kinds_of
from torc_client.errors import NotFoundError, ServerUnreachableError
from torc_client.event_stream import Event, EventsMissed
from torc_dash.live.changes import JOBS_MOST, Changes, FollowerState
from torc_dash.live.hub import Hub


class Feed:
    """The events of all workflows, as a test sends them; an exception ends a stream."""

    def __init__(self) -> None:
        self.opened: list[int] = []
        self.ended: list[int] = []
        self.an_end = asyncio.Event()
        self.queues: dict[int, asyncio.Queue[Event | EventsMissed | Exception]] = {}

    def queue(self, workflow_id: int) -> asyncio.Queue[Event | EventsMissed | Exception]:
        return self.queues.setdefault(workflow_id, asyncio.Queue())

    def send(self, workflow_id: int, event_type: str, **data: object) -> None:
        event = Event(workflow_id=workflow_id, timestamp=0, event_type=event_type, severity="info", data=data)
        self.queue(workflow_id).put_nowait(event)

    async def taken(self, workflow_id: int) -> None:
        """Wait until the follower has all events."""
        await self.queue(workflow_id).join()

    async def follow(self, workflow_id: int) -> AsyncIterator[Event | EventsMissed]:
        self.opened.append(workflow_id)
        try:
            yield EventsMissed()
            while True:
                item = await self.queue(workflow_id).get()
                if isinstance(item, Exception):
                    raise item
                yield item
                self.queue(workflow_id).task_done()
        finally:
            self.ended.append(workflow_id)
            self.an_end.set()


@pytest.fixture
async def feed() -> Feed:
    return Feed()


@pytest.fixture
async def hub(feed: Feed) -> AsyncIterator[Hub]:
    hub = Hub(feed.follow, linger_seconds=0)
    yield hub
    hub.close()


async def test_many_pages_share_one_follower(feed: Feed, hub: Hub):
    with hub.watch([3]) as one, hub.watch([3, 4]) as other:
        for watcher in (one, other):
            assert (await watcher.fetch())[0].everything
        feed.send(3, "job_completed", job_id=7)
        for watcher in (one, other):
            found = await watcher.fetch()
            while not found[0].job_ids:
                found = await watcher.fetch()
            assert {"jobs", "results", "status"} <= found[0].kinds
            assert found[0].job_ids == {7}
            assert found[0].state is FollowerState.OPEN
        assert sorted(feed.opened) == [3, 4]
        assert hub.watching == 2
    assert hub.watching == 0


async def test_changes_are_collected_until_they_are_fetched(feed: Feed, hub: Hub):
    with hub.watch([3]) as watcher:
        await watcher.fetch()
        for number in range(JOBS_MOST + 5):
            feed.send(3, "job_started", job_id=number)
        await feed.taken(3)
        (changes,) = await watcher.fetch()
        assert len(changes.job_ids) == JOBS_MOST
        assert changes.message()["more_jobs"] is True


async def test_a_follower_ends_with_its_last_page(feed: Feed, hub: Hub):
    with hub.watch([3]) as watcher:
        await watcher.fetch()
    await asyncio.wait_for(feed.an_end.wait(), 60)
    assert feed.ended == [3]
    assert hub.followed == frozenset()


async def test_a_page_that_opens_soon_takes_over_the_follower(feed: Feed):
    hub = Hub(feed.follow, linger_seconds=60)
    with hub.watch([3]) as watcher:
        await watcher.fetch()
    with hub.watch([3]) as watcher:
        assert (await watcher.fetch())[0].state is FollowerState.OPEN
    assert feed.opened == [3]
    hub.close()


async def test_an_outage_is_reported_and_then_everything_may_have_changed(feed: Feed, hub: Hub):
    with hub.watch([3]) as watcher:
        await watcher.fetch()
        feed.queue(3).put_nowait(ServerUnreachableError("http://away", "refused"))
        (changes,) = await watcher.fetch()
        assert (changes.state, changes.everything) == (FollowerState.AWAY, False)
        (changes,) = await watcher.fetch()
        assert (changes.state, changes.everything) == (FollowerState.OPEN, True)


async def test_a_deleted_workflow_is_followed_no_longer(feed: Feed, hub: Hub):
    with hub.watch([3]) as watcher:
        await watcher.fetch()
        feed.queue(3).put_nowait(NotFoundError(404, "gone"))
        (changes,) = await watcher.fetch()
        assert changes.state is FollowerState.GONE
    assert feed.opened == [3]


async def test_a_closed_hub_ends_its_pages(feed: Feed, hub: Hub):
    with hub.watch([3]) as watcher:
        await watcher.fetch()
        hub.close()
        assert await watcher.fetch() == []


@pytest.mark.parametrize(
    ("event_type", "kinds"),
    [
        ("job_started", {"events", "status", "jobs"}),
        ("job_failed", {"events", "status", "jobs", "results"}),
        ("compute_node_lost", {"events", "status", "nodes"}),
        ("scheduler_node_created", {"events", "status", "nodes"}),
        ("workflow_reinitialized", {"events", "status", "jobs", "workflow"}),
        ("something_new", {"events"}),
    ],
)
def test_events_change_kinds_of_data(event_type: str, kinds: set[str]):
    assert kinds_of(event_type) == kinds


def test_an_event_with_a_strange_job_is_no_job():
    changes = Changes(1)
    changes.add(Event(workflow_id=1, timestamp=0, event_type="job_failed", severity="error", data={"job_id": "<b>"}))
    assert changes.message()["jobs"] == []
