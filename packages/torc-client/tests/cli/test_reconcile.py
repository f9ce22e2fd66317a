"""torc workflows reconcile."""

from torc_client.api.enums import JobStatus
from torc_client.api.records import ExchangedCompletion, ResultModel
from torc_client.journal.files import journal_path
from torc_client.journal.records import Head, Kept, encode


def leave_journal(folder, run_id):
    path = journal_path(folder, 7, run_id, "host_1")
    path.parent.mkdir(exist_ok=True)
    head = Head(workflow_id=7, run_id=run_id, compute_node_id=1, api_url="http://x", runner="host 1")
    result = ResultModel(
        workflow_id=7, job_id=4, run_id=run_id, attempt_id=1, compute_node_id=1, return_code=0,
        exec_time_minutes=1.0, completion_time="2026-01-01T00:00:00Z", status=JobStatus.COMPLETED,
    )  # fmt: skip
    kept = Kept(ExchangedCompletion(job_id=4, run_id=run_id, status=JobStatus.COMPLETED, result=result))
    path.write_bytes(encode(head) + encode(kept))
    return path


async def test_what_runners_left_is_sent(torc, fake_server, tmp_path):
    fake_server.answer("report_and_claim", {"errors": [], "jobs": [], "is_complete": True, "is_canceled": False})
    path = leave_journal(tmp_path, 1)
    ended = await torc("-f", "json", "workflows", "reconcile", "7", "1", "--base-dir", str(tmp_path))
    assert ended.code == 0
    assert ended.json["results"] == 1
    assert not path.exists()


async def test_a_journal_of_another_run_is_an_error(torc, fake_server, tmp_path):
    path = leave_journal(tmp_path, 1)
    ended = await torc("-f", "json", "workflows", "reconcile", "7", "2", "--base-dir", str(tmp_path))
    assert ended.code == 1
    assert "it is of run 1; the workflow is at run 2" in ended.json["skipped"][0]
    assert path.exists()
    assert fake_server.calls_of("report_and_claim") == []


async def test_without_journals_nothing_happens(torc, fake_server, tmp_path):
    ended = await torc("-f", "json", "workflows", "reconcile", "7", "2", "--base-dir", str(tmp_path))
    assert (ended.code, ended.json["journals"]) == (0, 0)
    assert fake_server.calls_of("report_and_claim") == []
