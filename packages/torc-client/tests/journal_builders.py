"""Records of journals for tests."""

from pathlib import Path

from torc_client.api.enums import JobStatus
from torc_client.api.records import ExchangedCompletion, ResultModel
from torc_client.journal.files import journal_path
from torc_client.journal.records import Head, Kept, encode

HEAD = Head(workflow_id=3, run_id=2, compute_node_id=9, api_url="http://x/torc-service/v1", runner="host 12")


def end(job_id: int, return_code: int = 0) -> ExchangedCompletion:
    """Return the completion of a job."""
    return ExchangedCompletion(
        job_id=job_id,
        run_id=2,
        status=JobStatus.COMPLETED,
        result=ResultModel(
            workflow_id=3, job_id=job_id, run_id=2, attempt_id=1, compute_node_id=9, return_code=return_code,
            exec_time_minutes=0.5, completion_time="2026-01-01T00:00:00+00:00", status=JobStatus.COMPLETED,
        ),
    )  # fmt: skip


def write_journal(folder: Path, run_id: int = 1) -> Path:
    """Write the journal of a dead runner, which has one result, and return its path."""
    path = journal_path(folder, 7, run_id, "host_1")
    path.parent.mkdir(parents=True, exist_ok=True)
    head = Head(workflow_id=7, run_id=run_id, compute_node_id=1, api_url="http://x", runner="host 1")
    result = ResultModel(
        workflow_id=7, job_id=4, run_id=run_id, attempt_id=1, compute_node_id=1, return_code=0,
        exec_time_minutes=1.0, completion_time="2026-01-01T00:00:00Z", status=JobStatus.COMPLETED,
    )  # fmt: skip
    kept = Kept(ExchangedCompletion(job_id=4, run_id=run_id, status=JobStatus.COMPLETED, result=result))
    path.write_bytes(encode(head) + encode(kept))
    return path
