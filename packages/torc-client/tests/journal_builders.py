"""Records of journals for tests."""

from torc_client.api.enums import JobStatus
from torc_client.api.records import ExchangedCompletion, ResultModel
from torc_client.journal.records import Head

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
