import asyncio
import logging

import pytest

from torc_server.background import supervisor
from torc_server.background.supervisor import supervised
from torc_server.store.errors import StoreDamaged


async def test_failing_work_is_logged_and_restarted_with_growing_delay(caplog: pytest.LogCaptureFixture):
    slept: list[float] = []
    done = asyncio.Event()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async def work() -> None:
        if len(slept) < 9:
            raise RuntimeError(f"failure {len(slept)}")
        done.set()

    with caplog.at_level(logging.ERROR):
        async with supervised({"work": work}, sleep=sleep):
            await done.wait()
    assert slept == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert slept[-1] == supervisor.DELAY_MAX_SECONDS
    assert len(caplog.records) == 9
    assert caplog.records[0].fields["work"] == "work"
    assert "failure 0" in caplog.text


async def test_work_ends_with_the_block():
    began, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with supervised({"work": work}):
        await began.wait()
        assert not ended.is_set()
    assert ended.is_set()


async def test_failing_work_does_not_stop_other_work():
    other = asyncio.Event()

    async def fails() -> None:
        raise RuntimeError

    async def works() -> None:
        other.set()

    async with supervised({"fails": fails, "works": works}, sleep=lambda _: asyncio.Event().wait()):
        await other.wait()


async def test_a_work_that_finds_damage_reports_it_and_is_not_started_again(caplog: pytest.LogCaptureFixture) -> None:
    reported: list[StoreDamaged] = []
    found = StoreDamaged("The database is damaged")
    ended = asyncio.Event()

    async def work() -> None:
        raise found

    def report(error: StoreDamaged) -> None:
        reported.append(error)
        ended.set()

    async with supervised({"work": work}, on_damage=report):
        await ended.wait()
    assert (reported, caplog.records) == ([found], [])
