"""The journal: written before results are reported, deleted when all are reported."""

import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from torc_client.api.enums import JobStatus
from torc_client.api.records import ExchangedCompletion, ResultModel
from torc_client.journal.files import abandoned, journal_path
from torc_client.journal.records import Head
from torc_runner.connection.journal import Journal

HEAD = Head(workflow_id=1, run_id=3, compute_node_id=9, api_url="http://x", runner="host 12")


def end(job_id):
    result = ResultModel(
        workflow_id=1, job_id=job_id, run_id=3, attempt_id=1, compute_node_id=9, return_code=0,
        exec_time_minutes=0.5, completion_time="2026-01-01T00:00:00+00:00", status=JobStatus.COMPLETED,
    )  # fmt: skip
    return ExchangedCompletion(job_id=job_id, run_id=3, status=JobStatus.COMPLETED, result=result)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return journal_path(tmp_path, 1, 3, "host_12")


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    journal = Journal(path, HEAD)
    yield journal
    journal.close()


def job_ids(path):
    """Return the jobs whose results the next runner would find."""
    copy = path.with_name(f"copy-{path.name}")
    shutil.copy(path, copy)
    with abandoned(copy) as contents:
        return [each.job_id for each in contents.completions]


async def test_written_results_can_be_read(journal, path):
    await journal.keep([end(1), end(2)])
    await journal.keep([end(3)])
    assert job_ids(path) == [1, 2, 3]


async def test_without_results_there_is_no_journal(journal, path):
    await journal.keep([])
    assert not path.parent.exists()


async def test_only_the_user_can_read_the_journal_under_every_umask(journal, path):
    before = os.umask(0)
    try:
        await journal.keep([end(1)])
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600


async def test_the_journal_of_a_live_runner_is_locked(journal, path):
    await journal.keep([end(1)])
    with abandoned(path) as contents:
        assert contents is None


async def test_the_journal_is_deleted_when_all_results_are_reported(journal, path):
    await journal.keep([end(1), end(2)])
    journal.reported([end(1), end(2)])
    journal.close()
    assert not path.parent.exists()


async def test_the_journal_remains_with_unreported_results(journal, path):
    await journal.keep([end(1), end(2)])
    journal.reported([end(1)])
    journal.close()
    with abandoned(path) as contents:
        assert [each.job_id for each in contents.completions] == [1, 2]


async def test_the_journal_is_emptied_when_all_results_are_reported(journal, path):
    for job_id in range(400):
        await journal.keep([end(job_id)])
        journal.reported([end(job_id)])
    assert path.stat().st_size < 128 * 1024
    await journal.keep([end(1000)])
    assert job_ids(path)[-1] == 1000


async def test_one_sync_covers_several_results(journal, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fdatasync", synced.append)
    await journal.keep([end(job_id) for job_id in range(100)])
    assert len(synced) == 1


async def test_a_full_disk_leaves_no_partial_record(journal, path, monkeypatch, caplog):
    await journal.keep([end(1)])

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fdatasync", full)
        await journal.keep([end(2)])
        await journal.keep([end(3)])
    assert job_ids(path) == [1]
    assert caplog.text.count("Journal not written") == 1
    assert journal.is_lossy
    await journal.keep([end(4)])
    assert job_ids(path) == [1, 2, 3, 4]
    assert not journal.is_lossy


async def test_the_last_end_of_an_attempt_counts(journal, path):
    await journal.keep([end(1), end(2)])
    await journal.keep([replace(end(1), max_attempts=3), end(2)])
    copy = shutil.copy(path, path.with_name("copy"))
    with abandoned(copy) as contents:
        assert [(each.job_id, each.max_attempts) for each in contents.completions] == [(1, 3), (2, None)]
    assert journal.unreported == 2


async def test_a_deleted_folder_is_created_again(journal, path):
    await journal.keep([end(1)])
    shutil.rmtree(path.parent.parent)
    await journal.keep([end(2)])
    assert job_ids(path) == [2]
