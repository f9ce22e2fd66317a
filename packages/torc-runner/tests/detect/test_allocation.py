"""What a runner learns about its allocation, from the environment and from the batch system."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta

import pytest

from fake_allocation import FakeAllocation
from torc_client.batch.margins import Margins
from torc_client.batch.system import BatchError
from torc_runner.detect import allocation as asking
from torc_runner.detect.allocation import AllocationWatch, allocation_end, provisional_end
from torc_runner.settings import Settings

NOW = datetime(2027, 1, 1, tzinfo=UTC)
LATER = datetime(2027, 1, 1, 4, tzinfo=UTC)
BUSY = BatchError("squeue did not answer in 30 s")


def fake(**members):
    return FakeAllocation(**{"started_at": NOW, **members})


@pytest.mark.parametrize(
    ("members", "end"),
    [
        ({"known_end": LATER, "ends": [BUSY]}, LATER),
        ({"ends": [LATER]}, LATER),
        ({"ends": [None]}, None),
        ({"ends": [BUSY]}, None),
        # The environment is that of an earlier allocation.
        ({"known_end": NOW - timedelta(seconds=1)}, None),
    ],
)
async def test_the_end_comes_from_the_environment_or_from_the_batch_system(members, end):
    assert await allocation_end(fake(**members), NOW) == end


async def test_a_batch_system_that_does_not_answer_is_not_waited_for():
    answer = threading.Event()
    try:
        assert await allocation_end(fake(ends=[answer.wait]), NOW, patience_seconds=0.05) is None
    finally:
        answer.set()


def test_the_requested_walltime_counts_from_the_start():
    assert provisional_end(fake(), 3600) == NOW + timedelta(hours=1)
    assert provisional_end(fake(), None) is None


async def learned(allocation, count, monkeypatch, limit=None):
    """Return the first events of a watch."""
    for name in ("FIRST_PAUSE_SECONDS", "LONGEST_PAUSE_SECONDS"):
        monkeypatch.setattr(asking, name, 0.001)
    posted: asyncio.Queue = asyncio.Queue()
    watch = AllocationWatch(allocation, limit=limit, margins_before=lambda _: Margins(30, 60), post=posted.put_nowait)
    task = asyncio.create_task(watch.watch())
    events = [await posted.get() for _ in range(count)]
    task.cancel()
    return events


async def test_the_batch_system_is_asked_until_it_answers(monkeypatch):
    end = datetime.now(UTC) + timedelta(hours=1)
    allocation = fake(ends=[BUSY, BUSY, end], kill_waits=[BUSY, 30.0])
    events = await learned(allocation, 2, monkeypatch)
    (kill_wait,) = [each for each in events if each.kill_wait_seconds is not None]
    (known,) = [each for each in events if each.end_at is not None]
    assert kill_wait.kill_wait_seconds == 30
    assert (known.lead_seconds, known.headroom_seconds) == (30, 60)
    assert 3500 < known.end_at - asyncio.get_running_loop().time() <= 3600


async def test_the_end_that_was_chosen_counts_if_it_is_earlier(monkeypatch):
    now = datetime.now(UTC)
    allocation = fake(ends=[now + timedelta(hours=2)])
    (known,) = await learned(allocation, 1, monkeypatch, limit=now + timedelta(hours=1))
    assert known.end_at - asyncio.get_running_loop().time() <= 3600


async def test_an_end_that_was_moved_is_learned_before_jobs_are_stopped(monkeypatch):
    now = datetime.now(UTC)
    allocation = fake(ends=[now + timedelta(seconds=150), now + timedelta(hours=1)])
    first, second = await learned(allocation, 2, monkeypatch)
    assert second.end_at - first.end_at > 3000


@pytest.mark.parametrize(
    ("chosen", "end", "left_seconds"),
    [(None, None, None), (LATER, None, 14400), (None, LATER, 14400), (NOW, LATER, 0), (LATER, NOW, 0)],
)
def test_a_runner_ends_with_its_allocation_or_before(chosen, end, left_seconds):
    assert Settings(end_time=chosen).until(end).time_left_seconds(NOW) == left_seconds
