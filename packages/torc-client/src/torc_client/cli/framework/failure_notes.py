"""Why the jobs and results of a list did not succeed, for the lines below its table."""

from collections.abc import Sequence
from typing import Any

from torc_client.api.enums import JobStatus
from torc_client.api.records import JobModel, ResultModel
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.job_statuses import UNSUCCESSFUL
from torc_client.overview.alike import sentences_of
from torc_client.overview.failed_jobs import MOST, UnsuccessfulJob, reasons_of, with_reasons

KINDS = frozenset({"jobs", "results"})
"""The tags of the records that can fail."""


async def failure_notes(client: TorcClient, workflow_id: int, records: Sequence[Any]) -> list[str]:
    """Return sentences for the first records that did not succeed. Empty if the reasons cannot be read.

    Of a job that has completed since, according to another of the results, the reason is of no use any more.
    """
    jobs = [each for each in records if isinstance(each, JobModel) and each.status in UNSUCCESSFUL]
    all_results = [each for each in records if isinstance(each, ResultModel)]
    completed = {each.job_id for each in all_results if each.status is JobStatus.COMPLETED}
    results = [each for each in all_results if each.status in UNSUCCESSFUL and each.job_id not in completed]
    try:
        failed = await with_reasons(client, workflow_id, jobs[:MOST])
        reasons = await reasons_of(client, workflow_id, results[:MOST])
    except TorcError:
        return []
    failed += [
        UnsuccessfulJob(each.job_id, each.job_name or "", each.status, reason)
        for each, reason in zip(results, reasons, strict=False)
    ]
    return sentences_of(failed)
