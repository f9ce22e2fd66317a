"""Requests over a network that drops packets, to a stopped server, and to a slow one."""

import asyncio
import logging
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress

import pytest

from torc_client import JobModel, ServerUnreachableError, TorcClient
from torc_client.retrying import RetryPolicy
from torc_client.testing import BREAK_OFF, FakeServer, Received, SwallowingProxy
from torc_client.time_limits import TimeLimits

QUICK_LIMITS = TimeLimits(
    connect_seconds=0.1,
    probe_after_seconds=0.05,
    held_probe_after_seconds=0.05,
    probe_seconds=0.1,
    away_probe_seconds=0.1,
    notice_seconds=0.02,
)
IMPATIENT = RetryPolicy(seconds=0)
PATIENT = RetryPolicy(seconds=60, first_pause_seconds=0.001, longest_pause_seconds=0.01)
HOUR = 3600
JOB = JobModel(workflow_id=7, name="a", command="true")


async def hold(_: Received) -> object:
    await asyncio.sleep(HOUR)
    return BREAK_OFF


@pytest.fixture
async def proxy(fake_server: FakeServer) -> AsyncIterator[SwallowingProxy]:
    async with SwallowingProxy(fake_server.url) as proxy:
        yield proxy


@contextmanager
def listening_without_room() -> Iterator[str]:
    """A listener that accepts nothing, with a full backlog: further connections are not opened."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.settimeout(0)
            with suppress(BlockingIOError):
                each.connect(address)
        yield f"http://127.0.0.1:{address[1]}"
        for each in waiting:
            each.close()


async def test_a_call_over_a_cut_connection_ends_and_names_the_causes(fake_server, proxy, make):
    fake_server.answer("get_job", make.job(3))
    async with TorcClient(proxy.url, retry_policy=IMPATIENT, time_limits=QUICK_LIMITS) as client:
        await client.jobs.get_job(3)
        proxy.cut()
        with pytest.raises(ServerUnreachableError, match=r"no answer within .* does a firewall drop packets\?"):
            await client.jobs.get_job(3)


async def test_a_long_poll_ends_when_the_server_falls_silent(proxy, fake_server):
    fake_server.answer("is_workflow_complete", hold)
    async with TorcClient(proxy.url, retry_policy=IMPATIENT, time_limits=QUICK_LIMITS) as client:
        polling = asyncio.create_task(client.workflows.is_workflow_complete(7, wait_seconds=HOUR))
        await fake_server.received("is_workflow_complete")
        proxy.cut()
        with pytest.raises(ServerUnreachableError):
            await polling


async def test_calls_continue_on_new_connections_when_the_way_is_open(fake_server, proxy, make):
    fake_server.answer("get_job", make.job(3))
    async with TorcClient(proxy.url, retry_policy=PATIENT, time_limits=QUICK_LIMITS) as client:
        await client.jobs.get_job(3)
        proxy.cut()
        reading = asyncio.create_task(client.jobs.get_job(3))
        await proxy.swallowed(3)
        proxy.mend()
        assert (await reading).id == 3


async def test_while_the_server_is_away_only_probes_are_sent(fake_server, proxy, make):
    """A call that is not safe to repeat waits too, and is sent once."""
    fake_server.answer("get_job", make.job(3))
    fake_server.answer("create_job", make.job(4))
    async with TorcClient(proxy.url, retry_policy=PATIENT, time_limits=QUICK_LIMITS) as client:
        await client.jobs.get_job(3)
        proxy.cut()
        reading = asyncio.create_task(client.jobs.get_job(3))
        await proxy.swallowed(3)
        creating = asyncio.create_task(client.jobs.create_job(JOB))
        proxy.mend()
        assert ((await creating).id, (await reading).id) == (4, 3)
    assert len(fake_server.calls_of("create_job")) == 1


async def test_a_call_whose_answer_was_lost_is_not_repeated_if_that_is_not_safe(fake_server, proxy):
    fake_server.answer("create_job", hold)
    async with TorcClient(proxy.url, retry_policy=PATIENT, time_limits=QUICK_LIMITS) as client:
        creating = asyncio.create_task(client.jobs.create_job(JOB))
        await fake_server.received("create_job")
        proxy.cut()
        with pytest.raises(ServerUnreachableError, match="may have performed"):
            await creating


async def test_a_slow_answer_is_awaited_while_the_server_answers_probes(fake_server, make):
    async def answer_slowly(_):
        await fake_server.received("ping", 5)
        return make.job(4)

    fake_server.answer("create_job", answer_slowly)
    async with TorcClient(fake_server.url, retry_policy=IMPATIENT, time_limits=QUICK_LIMITS) as client:
        assert (await client.jobs.create_job(JOB)).id == 4


async def test_a_lost_answer_is_asked_for_again_if_that_is_safe(fake_server, make):
    """One connection is lost, and the server is well: a firewall forgot the connection."""
    lost = asyncio.Event()

    async def lose(_):
        await lost.wait()
        return BREAK_OFF

    fake_server.script("get_job", [lose, make.job(3)])
    fake_server.script("claim_next_jobs", [lose, {"jobs": []}])
    limits = TimeLimits(resend_after_seconds=0.05)
    async with TorcClient(fake_server.url, retry_policy=IMPATIENT, time_limits=limits) as client:
        assert (await client.jobs.get_job(3)).id == 3
        await client.workflows.claim_next_jobs(7, limit=1, claim_key="k")
    lost.set()
    assert [len(fake_server.calls_of(each)) for each in ("get_job", "claim_next_jobs")] == [2, 2]


async def test_a_server_without_room_for_connections_is_given_up():
    with listening_without_room() as url:
        async with TorcClient(url, retry_policy=IMPATIENT, time_limits=QUICK_LIMITS) as client:
            with pytest.raises(ServerUnreachableError, match="no answer within"):
                await client.jobs.create_job(JOB)


async def test_a_wait_is_reported_once_and_so_is_its_end(fake_server, proxy, make):
    fake_server.answer("get_job", make.job(3))
    sentences: asyncio.Queue[str] = asyncio.Queue()
    async with TorcClient(
        proxy.url, retry_policy=PATIENT, time_limits=QUICK_LIMITS, on_wait=sentences.put_nowait
    ) as client:
        await client.jobs.get_job(3)
        proxy.cut()
        reading = asyncio.create_task(client.jobs.get_job(3))
        assert "still waiting" in await sentences.get()
        assert "does a firewall drop packets? Retrying for up to 60 s." in await sentences.get()
        proxy.mend()
        await reading
    assert await sentences.get() == f"The server at {proxy.url} answers again."
    assert sentences.empty()


async def test_a_probe_shows_the_end_of_a_wait_while_the_server_holds_the_request(fake_server, make):
    sentences: list[str] = []
    is_back, over = asyncio.Event(), asyncio.Event()

    def report(sentence: str) -> None:
        sentences.append(sentence)
        if "answers again" in sentence:
            is_back.set()

    async def break_off_and_then_hold(_: Received) -> object:
        if not any("Retrying" in each for each in sentences):
            return BREAK_OFF
        await over.wait()
        return make.job(3)

    fake_server.answer("get_job", break_off_and_then_hold)
    async with TorcClient(fake_server.url, retry_policy=PATIENT, time_limits=QUICK_LIMITS, on_wait=report) as client:
        reading = asyncio.create_task(client.jobs.get_job(3))
        await is_back.wait()
        over.set()
        assert (await reading).id == 3


async def test_scripts_find_waits_in_the_log(fake_server, caplog, make):
    async def answer_slowly(_):
        await fake_server.received("ping", 2)
        return make.job(3)

    fake_server.answer("get_job", answer_slowly)
    with caplog.at_level(logging.INFO, "torc_client"):
        async with TorcClient(fake_server.url, time_limits=QUICK_LIMITS) as client:
            await client.jobs.get_job(3)
    assert "still waiting" in caplog.text


async def test_a_name_service_that_does_not_answer_is_given_up(monkeypatch):
    over = threading.Event()

    def hang(*_: object, **__: object) -> list[tuple[object, ...]]:
        over.wait()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    async with TorcClient("http://far.example.org", retry_policy=IMPATIENT, time_limits=QUICK_LIMITS) as client:
        with pytest.raises(ServerUnreachableError, match="no answer within"):
            await client.system.ping()
    over.set()


async def test_a_host_name_is_looked_up(fake_server):
    async with TorcClient(fake_server.url.replace("127.0.0.1", "localhost"), retry_policy=IMPATIENT) as client:
        assert (await client.system.ping()).status == "ok"
