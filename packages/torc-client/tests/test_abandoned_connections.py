"""Requests whose connections are closed, because the server is silent, before they have one."""

import asyncio
import socket
import threading
from typing import Any

import pytest

from torc_client import TorcClient
from torc_client.liveness import Liveness, ServerSilentError
from torc_client.retrying import RetryPolicy
from torc_client.time_limits import TimeLimits

PATIENT = RetryPolicy(seconds=60, first_pause_seconds=0.001, longest_pause_seconds=0.01)
_look_up = socket.getaddrinfo


async def test_a_request_that_waits_for_a_name_is_repeated(fake_server, monkeypatch):
    asked, over = threading.Event(), threading.Event()

    def hang_once(_: str, port: int, **options: Any) -> Any:
        if not asked.is_set():
            asked.set()
            over.wait()
        return _look_up("127.0.0.1", port, **options)

    monkeypatch.setattr(socket, "getaddrinfo", hang_once)
    url = fake_server.url.replace("127.0.0.1", "far.example.org")
    async with TorcClient(url, retry_policy=PATIENT) as client:
        request = asyncio.create_task(client.system.ping())
        await asyncio.to_thread(asked.wait)
        client._transport._connections.abandon()
        assert (await request).status == "ok"
    over.set()


async def abandoned() -> None:
    """Wait for what is canceled, as aiohttp does with look-ups when a session is closed."""
    waiting = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(waiting.cancel)
    await waiting


async def test_a_probe_whose_connection_is_abandoned_has_no_answer():
    liveness = Liveness(TimeLimits(), abandoned)
    liveness.lost(0.0)
    for _ in range(2):
        with pytest.raises(ServerSilentError):
            await liveness.reached()
    await liveness.close()


async def test_a_canceled_task_ends():
    liveness = Liveness(TimeLimits(), abandoned)
    began = asyncio.Event()

    async def wait() -> None:
        async with liveness.waiting():
            began.set()
            await asyncio.sleep(3600)

    task = asyncio.create_task(wait())
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await liveness.close()
