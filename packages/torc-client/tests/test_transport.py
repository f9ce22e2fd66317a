"""Requests, retries and errors over real sockets."""

import asyncio
import base64
import logging
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from torc_client import JobModel, ServerError, ServerUnreachableError, TorcClient
from torc_client.api.enums import JobStatus
from torc_client.errors import NotFoundError, UnexpectedResponseError, UnprocessableError
from torc_client.retrying import RetryPolicy
from torc_client.testing import BREAK_OFF, FakeServer, Refusal
from torc_client.testing.fixtures import QUICK

IMPATIENT = RetryPolicy(seconds=0, first_pause_seconds=0.001)


async def test_path_query_and_body_arrive_and_none_is_left_out(fake_server, client, make):
    fake_server.answer("list_jobs", make.jobs([make.job(3)]))
    fake_server.answer("create_job", make.job(4))
    page = await client.jobs.list_jobs(workflow_id=7, status=JobStatus.READY, include_relationships=True)
    assert page.items[0].name == "job3"
    await client.jobs.create_job(JobModel(workflow_id=7, name="a/b", command="true"))
    listed, created = fake_server.calls
    assert listed.query == {"workflow_id": 7, "status": "ready", "include_relationships": True}
    assert created.body == {"workflow_id": 7, "name": "a/b", "command": "true"}


async def test_a_list_in_the_query_is_one_parameter_many_times(fake_server, client):
    fake_server.answer("get_pending_actions", [])
    for wanted in (["on_jobs_ready", "on_jobs_complete"], ["on_worker_start"]):
        assert await client.workflow_actions.get_pending_actions(7, trigger_type=wanted) == []
        assert fake_server.calls[-1].query == {"trigger_type": wanted}


@pytest.mark.parametrize("failure", [BREAK_OFF, Refusal(502, "x"), Refusal(503, "busy"), Refusal(504, "x")])
async def test_safe_calls_are_repeated_until_they_succeed(fake_server, client, make, failure):
    fake_server.script("get_job", [failure, failure, make.job(3)])
    assert (await client.jobs.get_job(3)).id == 3
    assert len(fake_server.calls) == 3


@pytest.mark.parametrize("failure", [BREAK_OFF, Refusal(503, "busy")])
async def test_calls_that_are_not_safe_are_sent_once(fake_server, client, make, failure):
    fake_server.script("create_job", [failure, make.job(3)])
    with pytest.raises((ServerUnreachableError, ServerError)):
        await client.jobs.create_job(JobModel(workflow_id=7, name="a", command="true"))
    assert len(fake_server.calls) == 1


async def test_a_deletion_that_was_perhaps_done_before_is_explained(fake_server, client):
    fake_server.script("delete_job", [BREAK_OFF, Refusal(404, "There is no job 3")])
    with pytest.raises(NotFoundError) as caught:
        await client.jobs.delete_job(3)
    assert caught.value.hint == "An earlier attempt of this call, whose answer was lost, may have deleted it."


async def test_a_claim_is_repeated_only_with_its_key(fake_server, client):
    fake_server.script("claim_next_jobs", [BREAK_OFF, {"jobs": []}])
    await client.workflows.claim_next_jobs(7, limit=1, claim_key="k")
    assert [call.query["claim_key"] for call in fake_server.calls] == ["k", "k"]
    fake_server.script("claim_next_jobs", [BREAK_OFF, {"jobs": []}])
    with pytest.raises(ServerUnreachableError):
        await client.workflows.claim_next_jobs(7, limit=1)


async def test_every_call_is_repeated_if_its_password_was_not_checked(fake_server, client, make):
    fake_server.script("create_job", [Refusal(429, "too many wrong passwords"), make.job(3)])
    assert (await client.jobs.create_job(JobModel(workflow_id=7, name="a", command="true"))).id == 3
    assert len(fake_server.calls) == 2


async def test_refusals_are_not_repeated(fake_server, client):
    fake_server.answer("get_job", Refusal(422, "the job is canceled"))
    with pytest.raises(UnprocessableError, match="the job is canceled"):
        await client.jobs.get_job(3)
    assert len(fake_server.calls) == 1


async def test_a_server_that_restarts_is_outlasted_by_every_call(make):
    """Calls that are not safe to repeat wait too: without a listening server nothing is sent."""
    server = FakeServer()
    server.answer("create_job", make.job(3))
    await server.start()
    await server.stop()
    async with TorcClient(server.url, retry_policy=RetryPolicy(30, 0.001, 0.01)) as client:
        creating = asyncio.create_task(client.jobs.create_job(JobModel(workflow_id=7, name="a", command="true")))
        await asyncio.sleep(0.02)
        assert not creating.done()
        await server.start()
        assert (await creating).id == 3
    await server.stop()
    assert len(server.calls) == 1


async def test_retries_end_after_the_timeout(unused_tcp_port):
    url = f"http://127.0.0.1:{unused_tcp_port}/torc-service/v1"
    async with TorcClient(url, retry_policy=RetryPolicy(0.05, 0.001, 0.01)) as client:
        with pytest.raises(ServerUnreachableError, match=f"No Torc server answers at {url}: Connection refused"):
            await client.system.ping()


async def test_an_unknown_host():
    async with TorcClient("http://no-such-host.invalid:1", retry_policy=IMPATIENT) as client:
        with pytest.raises(ServerUnreachableError, match="host name is unknown"):
            await client.system.ping()


async def test_a_server_that_hangs_is_given_up(fake_server):
    silence = asyncio.Event()

    async def hang(_):
        await silence.wait()
        return {"status": "ok"}

    fake_server.answer("ping", hang)
    async with TorcClient(fake_server.url, retry_policy=IMPATIENT, timeout_seconds=0.05) as client:
        with pytest.raises(ServerUnreachableError, match="no answer within"):
            await client.system.ping()
    silence.set()


async def test_a_long_poll_may_take_as_long_as_it_asked_for(fake_server):
    async def hold(_):
        await asyncio.sleep(0.2)
        return {"is_complete": True, "is_canceled": False}

    fake_server.answer("is_workflow_complete", hold)
    async with TorcClient(fake_server.url, retry_policy=IMPATIENT, timeout_seconds=0.1) as client:
        assert (await client.workflows.is_workflow_complete(7, wait_seconds=5)).is_complete


async def test_over_a_unix_socket(tmp_path: Path):
    async with FakeServer(tmp_path / "t.sock") as server, TorcClient(server.url) as client:
        assert (await client.system.ping()).status == "ok"


async def test_a_missing_unix_socket(tmp_path: Path):
    async with TorcClient(f"unix://{tmp_path}/none.sock", retry_policy=IMPATIENT) as client:
        with pytest.raises(ServerUnreachableError, match=r"none\.sock: No such file or directory"):
            await client.system.ping()


@asynccontextmanager
async def raw_server(answer: bytes):
    """Answer every connection with the same bytes."""

    async def handle(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/torc-service/v1"


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>",
        b'HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{"status": 17}',
    ],
)
async def test_an_answer_of_another_server(answer: bytes):
    async with raw_server(answer) as url, TorcClient(url, retry_policy=IMPATIENT) as client:
        with pytest.raises(UnexpectedResponseError):
            await client.system.ping()


async def test_a_redirect_is_not_followed():
    """Credentials are sent only to the server that they belong to."""
    answer = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"
    async with raw_server(answer) as url, TorcClient(url, retry_policy=IMPATIENT) as client:
        with pytest.raises(Exception, match="HTTP status 302"):
            await client.system.ping()


async def test_the_password_is_sent_with_the_name(fake_server, monkeypatch):
    monkeypatch.setenv("TORC_PASSWORD", "sésame")
    async with TorcClient(fake_server.url, retry_policy=QUICK) as client:
        await client.system.ping()
    async with TorcClient(fake_server.url, "grace", "other", retry_policy=QUICK) as client:
        await client.system.ping()
    sent = [base64.b64decode(call.headers["Authorization"].split()[1]).decode() for call in fake_server.calls]
    assert sent == ["ada:sésame", "grace:other"]


async def test_a_token_is_sent_instead_of_a_password(fake_server, monkeypatch, tmp_path):
    path = tmp_path / "token"
    path.touch(0o600)
    path.write_text("torc_7_" + 43 * "s")
    monkeypatch.setenv("TORC_TOKEN_FILE", str(path))
    monkeypatch.setenv("TORC_PASSWORD", "p")
    async with TorcClient(fake_server.url, retry_policy=QUICK) as client:
        await client.system.ping()
    assert fake_server.calls[0].headers["Authorization"] == "Bearer torc_7_" + 43 * "s"


async def test_no_credentials_without_a_password(fake_server, client):
    await client.system.ping()
    assert "Authorization" not in fake_server.calls[0].headers
    assert fake_server.calls[0].headers["X-Torc-Client-User"] == "ada"


@pytest.mark.parametrize(("url", "warned"), [("http://node1.example:1", True), ("http://127.0.0.1:1", False)])
def test_a_password_in_clear_over_the_network_is_warned_of(caplog, url: str, warned: bool):
    with caplog.at_level(logging.WARNING):
        TorcClient(url, password="secret")
    assert ("is sent unencrypted" in caplog.text) is warned
    assert "secret" not in caplog.text
