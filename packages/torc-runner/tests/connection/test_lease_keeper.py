"""The lease of a node and its watchdog: the runner knows of each job that the watchdog kills."""

import asyncio
import subprocess
from collections.abc import Iterator
from typing import cast

import pytest

from torc_client.client import TorcClient
from torc_runner.connection.lease import Lease
from torc_runner.connection.lease_keeper import LeaseKeeper, lease_clock
from torc_runner.inbox import Inbox
from torc_runner.launch.watchdog import Watchdog

NO_CLIENT = cast("TorcClient", None)


@pytest.fixture
def watchdog() -> Iterator[Watchdog]:
    watchdog = Watchdog("TORC_RUNNER_ID=lease-keeper")
    yield watchdog
    watchdog.close()


def keeper_of(lease: Lease, watchdog: Watchdog) -> LeaseKeeper:
    return LeaseKeeper(NO_CLIENT, 1, lease, watchdog, Inbox())


async def killed_job(watchdog: Watchdog) -> int:
    """Run a job until the watchdog kills it. Return its exit code."""
    job = await asyncio.create_subprocess_exec("sleep", "60", start_new_session=True, stdout=subprocess.DEVNULL)
    watchdog.started(job.pid)
    return await job.wait()


async def test_the_lease_is_lost_if_an_answer_comes_when_the_watchdog_kills_the_jobs(watchdog: Watchdog) -> None:
    # The lease has expired, and the answer to a request that was sent before renews it.
    keeper = keeper_of(Lease(60, lease_clock() - 59), watchdog)
    assert await killed_job(watchdog) == -9
    with keeper.contact():
        pass
    assert keeper.is_over()


async def test_an_answer_gives_the_jobs_more_time_at_once(watchdog: Watchdog) -> None:
    lease = Lease(3, lease_clock())
    keeper = keeper_of(lease, watchdog)
    job = asyncio.create_task(killed_job(watchdog))
    end_at = lease.good_until
    while lease_clock() < end_at + 1:
        with keeper.contact():
            await asyncio.sleep(0.01)
        assert not job.done()
    assert not keeper.is_over()
    watchdog.good_until(lease_clock() - 1)
    assert await job == -9
    assert keeper.is_over()
