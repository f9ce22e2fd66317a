"""Signals of a batch system."""

import asyncio
import os
import signal
from datetime import UTC, datetime, timedelta

import pytest

from torc_runner import allocation_session
from torc_runner.stop_requests import StopRequests


async def after(stops, *numbers):
    """Send signals to this process, and return the notices that were passed on."""
    notices = []
    with stops.handled(), stops.passed_to(lambda: None, lambda: notices.append(1)):
        for number in numbers:
            os.kill(os.getpid(), number)
            for _ in range(5):  # the signal is handled in one of the next turns of the event loop
                await asyncio.sleep(0)
    return len(notices)


@pytest.mark.parametrize(("merge_seconds", "count"), [(0.0, 2), (60.0, 1)])
async def test_several_term_at_once_are_one_request_of_a_batch_system(merge_seconds, count):
    stops = StopRequests(merge_seconds=merge_seconds)
    await after(stops, signal.SIGTERM, signal.SIGTERM)
    assert stops.count == count


@pytest.mark.parametrize(("ends", "count"), [(False, 2), (True, 1)])
async def test_several_term_of_the_threads_of_a_killed_parent_are_one_request(monkeypatch, ends, count):
    monkeypatch.setattr(allocation_session, "ends_with_parent", lambda: ends)
    stops = allocation_session.stop_requests(None)
    await after(stops, signal.SIGTERM, signal.SIGTERM)
    assert stops.count == count


@pytest.mark.parametrize(("warned_from_seconds", "is_leaving"), [(None, True), (3600, True), (-1, False)])
async def test_a_notice_near_the_known_end_is_only_a_warning(warned_from_seconds, is_leaving):
    stops = StopRequests()
    if warned_from_seconds is not None:
        stops.warned_from = datetime.now(UTC) + timedelta(seconds=warned_from_seconds)
    assert await after(stops, signal.SIGUSR1) == is_leaving
    assert (stops.is_node_leaving, stops.ends_run) == (is_leaving, is_leaving)


async def test_a_notice_is_judged_when_the_end_is_known():
    stops = StopRequests()
    await after(stops, signal.SIGUSR1)
    stops.warned_from = datetime.now(UTC) - timedelta(minutes=1)
    assert not stops.ends_run
