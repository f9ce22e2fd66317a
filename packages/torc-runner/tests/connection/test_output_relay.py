"""Pieces of the output of this runner's attempts, for clients that read through the server."""

import asyncio
import base64
import logging
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import runner_builders as build
from torc_client.api.enums import OutputProblem, StdioMode
from torc_client.client import TorcClient
from torc_client.testing import FakeServer, Refusal
from torc_runner.connection.output_relay import OutputRelay
from torc_runner.launch.attempt_files import AttemptFiles, AttemptOutput
from torc_runner.run_context import RunContext
from torc_runner.stdio_files import StdioRule, StdioRules


class OutputReader:
    """A server that requests what the test reads, and keeps the answers."""

    def __init__(self, server) -> None:
        self.requests: asyncio.Queue = asyncio.Queue()
        self.pieces: asyncio.Queue = asyncio.Queue()
        server.answer("list_output_requests", self.listen)
        server.answer("deliver_output_piece", self.take)

    async def listen(self, _call):
        request = await self.requests.get()
        self.requests.task_done()
        return {"items": [request]}

    def take(self, call):
        self.pieces.put_nowait(call.body)
        return {"was_awaited": True}

    async def read(self, **asked):
        request = {"request_id": "r", "job_id": 1, "attempt_id": 1, "stream": "stdout", "offset_bytes": 0,
                   "limit_bytes": 1000, "wait_seconds": 0.0}  # fmt: skip
        self.requests.put_nowait(request | asked)
        async with asyncio.timeout(60):
            return await self.pieces.get()


JOB = build.job(1)
"""The first job of the workflow. It writes stdout and stderr to one file."""


@pytest.fixture
async def reader(server: FakeServer, context: RunContext, attempts: AttemptFiles) -> AsyncIterator[OutputReader]:
    made = OutputReader(server)
    async with TorcClient(server.url) as client:
        made.relay = OutputRelay(client, context, attempts)
        listening = asyncio.create_task(made.relay.listen())
        yield made
        listening.cancel()


@pytest.fixture
def context(tmp_path: Path) -> RunContext:
    return build.context(output_dir=tmp_path, stdio=StdioRules(StdioRule(StdioMode.COMBINED)))


@pytest.fixture
def attempts(context: RunContext) -> AttemptFiles:
    """The attempts of a runner that has started another job."""
    attempts = AttemptFiles(context)
    attempts.started(build.job(2))
    return attempts


@pytest.fixture
def out(context: RunContext) -> Path:
    """The output file of JOB, whose folder exists."""
    path = Path(context.files_of(JOB).stdout)
    path.parent.mkdir(parents=True)
    return path


def text(piece):
    return base64.b64decode(piece["content"])


async def test_a_piece_is_read_from_the_requested_offset(reader, attempts, out):
    out.write_bytes(b"0123456789")
    attempts.started(JOB)
    piece = await reader.read(offset_bytes=2, limit_bytes=3)
    assert text(piece) == b"234"
    assert piece["size_bytes"] == 10
    assert (piece["run_id"], piece["path"], piece["is_both"], piece["is_over"]) == (3, str(out), True, False)
    last = await reader.read(offset_bytes=-4)
    assert (text(last), last["offset_bytes"]) == (b"6789", 6)
    attempts.ended(JOB)
    assert (await reader.read(offset_bytes=0, limit_bytes=3))["is_over"] is False
    assert (await reader.read(offset_bytes=10))["is_over"] is True


async def test_a_piece_has_at_most_512_kib(reader, attempts, out):
    out.write_bytes(bytes(600_000))
    attempts.started(JOB)
    assert len(text(await reader.read(limit_bytes=10**9))) == 512 * 1024


async def test_a_request_waits_for_more_output_and_for_the_end(reader, attempts, out):
    out.write_bytes(b"so far")
    attempts.started(JOB)
    reading = asyncio.create_task(reader.read(offset_bytes=6, wait_seconds=30.0))
    await reader.requests.join()
    with out.open("ab") as file:
        file.write(b", and on")
    assert text(await reading) == b", and on"
    reading = asyncio.create_task(reader.read(offset_bytes=14, wait_seconds=30.0))
    await reader.requests.join()
    finishing = asyncio.create_task(reader.relay.finish())
    attempts.ended(JOB)
    piece = await reading
    assert (text(piece), piece["is_over"]) == (b"", True)
    await finishing


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda _: None, OutputProblem.NOT_KEPT),
        (lambda path: path.symlink_to("/etc/passwd"), OutputProblem.UNREADABLE),
        (os.mkfifo, OutputProblem.UNREADABLE),
        (Path.mkdir, OutputProblem.UNREADABLE),
    ],
    ids=["missing", "link", "pipe", "folder"],
)
async def test_a_path_without_a_regular_file_is_not_read(reader, attempts, out, make, problem):
    make(out)
    attempts.started(JOB)
    piece = await reader.read()
    assert (piece["problem"], piece.get("content")) == (problem, None)


async def test_output_of_an_attempt_that_did_not_run_here_is_unknown(reader):
    assert (await reader.read())["problem"] == OutputProblem.UNKNOWN


async def test_output_that_the_workflow_does_not_keep_is_not_read(server, tmp_path):
    context = build.context(output_dir=tmp_path, stdio=StdioRules(StdioRule(StdioMode.NONE)))
    attempts = AttemptFiles(context)
    attempts.started(JOB)
    reader = OutputReader(server)
    async with TorcClient(server.url) as client:
        listening = asyncio.create_task(OutputRelay(client, context, attempts).listen())
        assert (await reader.read())["problem"] == OutputProblem.NOT_KEPT
        listening.cancel()


async def test_a_server_without_this_operation_is_asked_once_and_the_log_says_so(
    server, context, attempts, caplog, told
):
    server.answer("list_output_requests", Refusal(404, "There is no such path."))
    with caplog.at_level(logging.INFO, "torc_runner"):
        async with TorcClient(server.url) as client:
            await OutputRelay(client, context, attempts).listen()
    assert len(server.calls_of("list_output_requests")) == 1
    (line,) = [record.getMessage() for record in caplog.records]
    told(line)


def test_the_files_of_running_and_of_the_latest_ended_attempts_are_known(context):
    attempt_files = AttemptFiles(context)
    assert not attempt_files.has_started.is_set()
    first, second = (build.job(1, attempt_id=number) for number in (1, 2))
    attempt_files.started(first)
    assert attempt_files.find(1, 1) == AttemptOutput(context.files_of(first), is_running=True)
    assert attempt_files.find(1, 2) is None
    attempt_files.ended(first)
    attempt_files.started(second)
    assert attempt_files.find(1, 1) == AttemptOutput(context.files_of(first), is_running=False)
    assert attempt_files.find(1, 2) == AttemptOutput(context.files_of(second), is_running=True)
    for number in range(2, 10_002):
        attempt_files.ended(build.job(number))
    assert attempt_files.find(1, 1) is None
    assert attempt_files.find(1, 2) is not None
