"""Results that runners could not send are sent before anybody decides about their jobs."""

import pytest

from torc_client.api.enums import JobStatus
from torc_client.api.records import ExchangedCompletion, ResultModel
from torc_client.errors import TorcError
from torc_client.journal.files import journal_path
from torc_client.journal.records import Head, Kept, encode
from torc_client.recovery.unsent_results import send_leftovers
from torc_client.recovery.watching import Ending, Watch, Wishes


def leave(folder, run_id=1):
    """A journal with one result of a runner that is gone."""
    path = journal_path(folder, 7, run_id, "host_1")
    path.parent.mkdir()
    head = Head(workflow_id=7, run_id=run_id, compute_node_id=1, api_url="http://x", runner="host 1")
    result = ResultModel(
        workflow_id=7, job_id=4, run_id=run_id, attempt_id=1, compute_node_id=1, return_code=0,
        exec_time_minutes=1.0, completion_time="2026-01-01T00:00:00Z", status=JobStatus.COMPLETED,
    )  # fmt: skip
    kept = Kept(ExchangedCompletion(job_id=4, run_id=run_id, status=JobStatus.COMPLETED, result=result))
    path.write_bytes(encode(head) + encode(kept))
    return path


async def test_they_are_sent_and_told(fake_server, client, tmp_path):
    fake_server.answer("report_and_claim", {"errors": [], "jobs": [], "is_complete": True, "is_canceled": False})
    path = leave(tmp_path)
    told = []
    await send_leftovers(client, 7, 1, tmp_path, told.append)
    assert told == ["Results that a runner could not send: 1 were sent."]
    assert not path.exists()


async def test_those_of_another_run_are_left(client, tmp_path):
    path = leave(tmp_path, run_id=3)
    told = []
    await send_leftovers(client, 7, 4, tmp_path, told.append)
    assert "it is of run 3" in told[0]
    assert path.exists()


async def test_a_journal_that_cannot_be_read_is_told(client, tmp_path):
    path = leave(tmp_path)
    path.unlink()
    path.symlink_to(tmp_path)
    with pytest.raises(TorcError, match="cannot be read") as refused:
        await send_leftovers(client, 7, 1, tmp_path, print)
    assert "reconcile" in str(refused.value.hint)


async def test_a_watch_sends_them_while_the_workflow_goes_on(fake_server, client, make, tmp_path):
    leave(tmp_path)
    going = make.status(run_id=1, is_complete=False)
    fake_server.script("get_workflow_status", [going, make.status(run_id=1)])
    fake_server.answer("report_and_claim", {"errors": [], "jobs": [], "is_complete": True, "is_canceled": False})
    fake_server.answer("is_workflow_complete", {"is_complete": True, "is_canceled": False})
    told = []
    verdict = await Watch(client, 7, Wishes(output_dir=tmp_path), told.append).run()
    assert verdict.ending is Ending.SUCCEEDED
    assert "Results that a runner could not send: 1 were sent." in told
