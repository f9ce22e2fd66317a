"""Journals that runners left are sent once, and only where they belong."""

import fcntl
from pathlib import Path

import pytest
from msgspec.structs import replace

from journal_builders import HEAD, end
from torc_client.client import TorcClient
from torc_client.errors import ServerUnreachableError
from torc_client.journal.files import journal_path
from torc_client.journal.records import Kept, encode
from torc_client.journal.replay import Replayed, replay_all


def answer(*errors: dict[str, object]) -> dict[str, object]:
    return {"errors": list(errors), "jobs": [], "is_complete": False, "is_canceled": False}


@pytest.fixture
def journal(tmp_path):
    path = journal_path(tmp_path, 3, 2, "host_12")
    path.parent.mkdir(parents=True)
    path.write_bytes(encode(HEAD) + b"".join(encode(Kept(end(job_id))) for job_id in (1, 2)))
    return path


async def replay(url: str, folder: Path, run_id: int = 2) -> list[Replayed]:
    async with TorcClient(url, retry_timeout_seconds=0.1) as client:
        return [each async for each in replay_all(client, folder, 3, run_id)]


async def test_results_are_sent_and_the_journal_goes(fake_server, journal, tmp_path):
    fake_server.answer("report_and_claim", answer())
    (replayed,) = await replay(fake_server.url, tmp_path)
    assert (replayed.results, replayed.refused, replayed.skipped) == (2, [], None)
    (call,) = fake_server.calls_of("report_and_claim")
    assert [each["job_id"] for each in call.body["completions"]] == [1, 2]
    assert "claim" not in call.body
    assert not journal.parent.exists()
    assert await replay(fake_server.url, tmp_path) == []


async def test_a_kept_result_has_its_reason(fake_server, journal, tmp_path):
    ended = end(3, return_code=1)
    kept = replace(ended, result=replace(ended.result, reason="out.csv is missing"))
    journal.write_bytes(encode(HEAD) + encode(Kept(kept)))
    fake_server.answer("report_and_claim", answer())
    await replay(fake_server.url, tmp_path)
    (call,) = fake_server.calls_of("report_and_claim")
    assert [each["result"]["reason"] for each in call.body["completions"]] == ["out.csv is missing"]


async def test_refused_results_are_counted_and_done(fake_server, journal, tmp_path):
    fake_server.answer("report_and_claim", answer({"job_id": 2, "message": "Attempt 1 was given up"}))
    (replayed,) = await replay(fake_server.url, tmp_path)
    assert (replayed.results, [each.message for each in replayed.refused]) == (1, ["Attempt 1 was given up"])
    assert not journal.exists()


async def test_the_journal_of_another_run_stays_if_one_run_is_requested(fake_server, journal, tmp_path):
    async with TorcClient(fake_server.url) as client:
        (replayed,) = [each async for each in replay_all(client, tmp_path, 3, 5, only_run=True)]
    assert replayed.skipped == "it is of run 2; the workflow is at run 5"
    assert journal.exists()
    assert fake_server.calls_of("report_and_claim") == []


async def test_the_journal_of_a_living_runner_is_its_own(fake_server, journal, tmp_path):
    with journal.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert await replay(fake_server.url, tmp_path) == []
    assert journal.exists()


async def test_without_a_server_nothing_is_lost(fake_server, journal, tmp_path):
    with pytest.raises(ServerUnreachableError):
        await replay("http://127.0.0.1:9/torc-service/v1", tmp_path)
    assert journal.exists()
    assert fake_server.calls == []


async def test_a_journal_without_a_beginning_is_set_aside(fake_server, journal, tmp_path):
    journal.write_bytes(bytes(20) + encode(Kept(end(1))))
    (replayed,) = await replay(fake_server.url, tmp_path)
    assert replayed.skipped is not None
    assert replayed.damaged_bytes == 20
    assert replayed.set_aside is not None
    assert replayed.set_aside.exists()
    assert not journal.exists()
    assert fake_server.calls == []
    assert await replay(fake_server.url, tmp_path) == []


async def test_a_journal_in_which_there_is_nothing_goes(fake_server, journal, tmp_path):
    journal.write_bytes(bytes(20))
    (replayed,) = await replay(fake_server.url, tmp_path)
    assert (replayed.skipped, replayed.damaged_bytes) == (None, 20)
    assert not journal.exists()
