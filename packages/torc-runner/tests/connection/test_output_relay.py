"""Pieces of what jobs print, for those who read through the service: of this runner's own attempts alone."""

import asyncio
import base64
import os
from types import SimpleNamespace

import pytest

from torc_client.api.enums import OutputProblem
from torc_client.client import TorcClient
from torc_client.testing import Refusal
from torc_runner.connection.output_relay import OutputRelay
from torc_runner.launch.attempt_files import AttemptFiles, AttemptOutput


class Desk:
    """A service that asks what the test wants to read, and keeps the answers."""

    def __init__(self, server) -> None:
        self.questions: asyncio.Queue = asyncio.Queue()
        self.pieces: asyncio.Queue = asyncio.Queue()
        server.answer("list_output_requests", self.listen)
        server.answer("deliver_output_piece", self.take)

    async def listen(self, _call):
        question = await self.questions.get()
        self.questions.task_done()
        return {"items": [question]}

    def take(self, call):
        self.pieces.put_nowait(call.body)
        return {"was_awaited": True}

    async def read(self, **asked):
        request = {"request_id": "r", "job_id": 1, "attempt_id": 1, "stream": "stdout", "offset_bytes": 0,
                   "limit_bytes": 1000, "wait_seconds": 0.0}  # fmt: skip
        self.questions.put_nowait(request | asked)
        async with asyncio.timeout(20):
            return await self.pieces.get()


class Attempts(AttemptFiles):
    """Attempts whose files a test writes."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.known = {}
        self.begun = asyncio.Event()
        self.begun.set()

    def add(self, out, err=None, *, running=True) -> None:
        files = SimpleNamespace(stdout=str(out), stderr=str(err or out))
        self.known[1, 1] = AttemptOutput(files, running)

    def find(self, job_id, attempt_id):
        return self.known.get((job_id, attempt_id))


@pytest.fixture
async def desk(server, attempts):
    made = Desk(server)
    context = SimpleNamespace(compute_node_id=9, run_id=3)
    async with TorcClient(server.url) as client:
        readers = OutputRelay(client, context, attempts)
        listening = asyncio.create_task(readers.listen())
        made.readers = readers
        yield made
        listening.cancel()


@pytest.fixture
def attempts(tmp_path):
    return Attempts(tmp_path)


def text(piece):
    return base64.b64decode(piece["content"])


async def test_a_piece_is_read_from_where_it_is_asked_for(desk, attempts, tmp_path):
    out = tmp_path / "a.o"
    out.write_bytes(b"0123456789")
    attempts.add(out)
    piece = await desk.read(offset_bytes=2, limit_bytes=3)
    assert text(piece) == b"234"
    assert piece["size_bytes"] == 10
    assert (piece["run_id"], piece["path"], piece["is_both"], piece["is_over"]) == (3, str(out), True, False)
    last = await desk.read(offset_bytes=-4)
    assert (text(last), last["offset_bytes"]) == (b"6789", 6)
    attempts.add(out, running=False)
    assert (await desk.read(offset_bytes=0, limit_bytes=3))["is_over"] is False
    assert (await desk.read(offset_bytes=10))["is_over"] is True


async def test_no_piece_is_larger_than_half_a_megabyte(desk, attempts, tmp_path):
    out = tmp_path / "a.o"
    out.write_bytes(bytes(600_000))
    attempts.add(out)
    assert len(text(await desk.read(limit_bytes=10**9))) == 512 * 1024


async def test_it_waits_for_more_and_for_the_end(desk, attempts, tmp_path):
    out = tmp_path / "a.o"
    out.write_bytes(b"so far")
    attempts.add(out)
    reading = asyncio.create_task(desk.read(offset_bytes=6, wait_seconds=30.0))
    await desk.questions.join()
    with out.open("ab") as file:
        file.write(b", and on")
    assert text(await reading) == b", and on"
    reading = asyncio.create_task(desk.read(offset_bytes=14, wait_seconds=30.0))
    await desk.questions.join()
    finishing = asyncio.create_task(desk.readers.finish())
    attempts.add(out, running=False)
    piece = await reading
    assert (text(piece), piece["is_over"]) == (b"", True)
    await finishing


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        (None, OutputProblem.UNKNOWN),
        ((os.devnull, os.devnull), OutputProblem.NOT_KEPT),
        (("missing", "missing"), OutputProblem.NOT_KEPT),
        (("link", "link"), OutputProblem.UNREADABLE),
        (("pipe", "pipe"), OutputProblem.UNREADABLE),
        (("folder", "folder"), OutputProblem.UNREADABLE),
    ],
)
async def test_why_there_is_nothing(desk, attempts, tmp_path, files, problem):
    (tmp_path / "link").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    if files is not None:
        attempts.add(*[tmp_path / name for name in files])
    piece = await desk.read()
    assert piece["problem"] == problem
    assert piece.get("content") is None


async def test_an_older_service_is_asked_once(server, attempts):
    asked = []

    def refuse(call):
        asked.append(call)
        return Refusal(404, "There is no such path.")

    server.answer("list_output_requests", refuse)
    async with TorcClient(server.url) as client:
        await OutputRelay(client, SimpleNamespace(compute_node_id=9, run_id=3), attempts).listen()
    assert len(asked) == 1


def test_attempts_are_known_while_they_run_and_for_a_while_afterwards():
    context = SimpleNamespace(files_of=lambda job: (job.job_id, job.attempt_id))
    attempt_files = AttemptFiles(context)
    assert not attempt_files.begun.is_set()
    first, second = (SimpleNamespace(job_id=1, attempt_id=number) for number in (1, 2))
    attempt_files.started(first)
    assert attempt_files.find(1, 1) == AttemptOutput((1, 1), is_running=True)
    assert attempt_files.find(1, 2) is None
    attempt_files.ended(first)
    attempt_files.started(second)
    assert attempt_files.find(1, 1) == AttemptOutput((1, 1), is_running=False)
    assert attempt_files.find(1, 2) == AttemptOutput((1, 2), is_running=True)
    for number in range(2, 10_002):
        attempt_files.ended(SimpleNamespace(job_id=number, attempt_id=1))
    assert attempt_files.find(1, 1) is None
    assert attempt_files.find(1, 2) is not None
