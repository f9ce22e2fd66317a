"""The jobs that lines in the output of allocations concern."""

import io

import pytest

from torc_client.log_files.issues import JobsOfAllocations, issues_in
from torc_client.log_files.sources import Log

JOBS = JobsOfAllocations({4: "a", 5: "b"}, {"43": [4, 5]})


@pytest.mark.parametrize(
    ("line", "job_ids"),
    [
        ("slurmstepd: error: Exceeded job memory limit at some point.", []),
        ("slurmstepd: error: StepId=43.7 exceeded memory limit (9 > 8), being killed", []),
        (
            "slurmstepd: error: Detected 1 oom_kill event in StepId=43.7. Some of the step tasks have been OOM Killed.",
            [],
        ),
        ("slurmstepd: error: wf1_j5_r1_a1: Exceeded step memory limit at some point.", [5]),
        ("slurmstepd: error: Detected 1 oom_kill event in StepId=43.batch.", [4, 5]),
        ("slurmstepd: error: *** JOB 43 ON n1 CANCELLED AT 2026-01-01T00:00:00 DUE TO TIME LIMIT ***", [4, 5]),
    ],
)
def test_a_line_about_one_step_concerns_at_most_its_job(line: str, job_ids: list[int]) -> None:
    log = Log("slurm_output_wf1_sl43.e", io.BytesIO(f"{line}\n".encode()))
    (issue,) = issues_in([log], JOBS).issues
    assert [each.job_id for each in issue.affected_jobs or []] == job_ids
