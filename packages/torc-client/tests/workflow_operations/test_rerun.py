"""The jobs that run again, apart from changes of files."""

from collections.abc import Mapping

import pytest

from torc_client.api.enums import JobStatus
from torc_client.api.records import JobModel
from torc_client.workflow_operations.rerun import select_jobs

COMPLETED, FAILED, CANCELED = JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELED


def chain(*statuses: JobStatus) -> tuple[dict[int, JobModel], dict[int, list[int]]]:
    """Jobs 1, 2, ... each of which depends on the one before it."""
    jobs = {n: JobModel(id=n, workflow_id=7, name=f"j{n}", command="x", status=s) for n, s in enumerate(statuses, 1)}
    return jobs, {n: [n + 1] for n in jobs if n + 1 in jobs}


@pytest.mark.parametrize(
    ("statuses", "changed", "again"),
    [
        ((COMPLETED, COMPLETED), {}, {}),
        ((COMPLETED, COMPLETED, COMPLETED), {2: "changed"}, {2: "changed", 3: "depends on job 2"}),
        ((COMPLETED, CANCELED), {}, {2: "was canceled"}),
        ((FAILED, CANCELED), {}, {}),
        ((FAILED, CANCELED), {1: "changed"}, {1: "changed", 2: "depends on job 1"}),
        ((COMPLETED, JobStatus.READY), {2: "changed"}, {}),
        ((COMPLETED, JobStatus.BLOCKED), {1: "changed"}, {1: "changed"}),
        ((JobStatus.UNINITIALIZED,), {}, {1: "was not started since it was added or reset"}),
        ((JobStatus.TERMINATED, COMPLETED), {}, {1: "was terminated", 2: "depends on job 1"}),
    ],
)
def test_jobs_run_again_for_a_reason(
    statuses: tuple[JobStatus, ...], changed: Mapping[int, str], again: Mapping[int, str]
):
    jobs, waiting = chain(*statuses)
    plan = select_jobs(jobs, waiting, changed)
    assert {each.job_id: each.reason for each in plan.jobs} == again
    assert set(plan.roots) <= set(again)
