"""The progress that a terminal shows while the server is away."""

import asyncio
import logging

from torc_client.client import TorcClient
from torc_client.retrying import RetryPolicy
from torc_client.testing import FakeServer
from torc_client.testing.fake_server import Refusal
from torc_runner.console.progress import ProgressReport


class Lines:
    """The printed lines, which a test can wait for."""

    def __init__(self) -> None:
        self._printed: asyncio.Queue[str] = asyncio.Queue()

    def add(self, line: str) -> None:
        self._printed.put_nowait(line)

    async def wait_for(self, *, away: bool) -> None:
        while ("server away" in await self._printed.get()) is not away:
            pass


async def test_an_outage_is_shown_when_the_first_call_fails_and_until_an_answer(server: FakeServer):
    lines, is_away = Lines(), True
    server.answer("get_workflow", lambda _: Refusal(503, "Stopping.") if is_away else Refusal(404, "None."))
    server.answer("get_workflow_status", Refusal(404, "None."))
    policy = RetryPolicy(seconds=60, first_seconds=60, first_pause_seconds=0.01)
    async with TorcClient(server.url, retry_policy=policy) as client:
        report = ProgressReport(logging.NullHandler(), lines.add, is_live=True)
        async with report.following(client, 1):
            await lines.wait_for(away=False)
            call = asyncio.create_task(client.workflows.get_workflow(1))
            await lines.wait_for(away=True)
            is_away = False
            await lines.wait_for(away=False)
            await asyncio.wait({call})
