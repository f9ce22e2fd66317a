"""What a dialog says about actions on jobs."""

import pytest

from torc_client.api.enums import JobStatus
from torc_client.tui.actions import job_proposals as proposals
from torc_client.workflow_operations.files import FileCheck
from torc_client.workflow_operations.reset_jobs import JobReset

FINE = FileCheck(
    workflow_id=7, safe=True, missing_input_files=[], missing_input_file_count=0, existing_output_files=[],
    existing_output_file_count=0,
)  # fmt: skip


def jobs(make, *statuses):
    return [make.job(n, status=JobStatus(status)) for n, status in enumerate(statuses, 1)]


def test_canceling_jobs_leaves_out_those_that_ended(make):
    proposal = proposals.stop(jobs(make, "running", "ready", "blocked", "completed"), only_running=False)
    assert proposal.title == "Cancel jobs: 3 jobs"
    assert proposal.lines == (
        "3 jobs: 1 running, 1 ready, 1 blocked.",
        "Running: 1 job. The runner ends the processes now.",
        "Waiting: 2 jobs. They do not start.",
        "They count as failed. Jobs that depend on them are canceled, unless they run after failures too.",
        "Not changed: 1 job of the selection.",
    )


def test_terminating_is_for_jobs_that_run(make):
    assert proposals.stop(jobs(make, "ready"), only_running=True).refusal == "No selected job runs."
    proposal = proposals.stop(jobs(make, "running", "ready"), only_running=True)
    assert proposal.title == "Terminate: job 1 (job1)"


def test_too_many_jobs_are_not_stopped_one_by_one(make):
    assert "at most 1,000" in proposals.stop(jobs(make, *["ready"] * 1001), only_running=False).refusal


def test_a_retry_names_what_follows_and_what_is_lost(make):
    plan = [JobReset(1, "job1", "failed", "chosen"), JobReset(2, "job2", "completed", "depends on job 1")]
    proposal = proposals.rerun(jobs(make, "failed"), plan, FINE, num_active=0)
    assert proposal.lines == (
        "job 1 (job1): 1 failed.",
        "Also what depends on them: 1 job (job2).",
        "Completed, and run again: 1 job (job2). Results are kept.",
        "A new run begins. The next runner starts them: x here, s on Slurm.",
    )
    assert (proposal.verb, proposal.is_dangerous) == ("Retry", False)


def test_a_retry_while_runners_work_joins_their_run(make):
    plan = [JobReset(1, "job1", "running", "chosen")]
    proposal = proposals.rerun(jobs(make, "running"), plan, FINE, num_active=2)
    assert "Runners are at work (2 jobs run now): they start these as soon as they can." in proposal.lines
    assert proposal.verb == "Retry by force"


def test_requirements_show_the_present_values_that_are_the_same(make):
    proposal = proposals.requirements(jobs(make, "failed", "failed"), [("1g", "PT1H", "1"), ("2g", "PT1H", "1")])
    assert [field.value for field in proposal.fields] == ["", "PT1H", "1"]
    assert "They have 2 different requirements. Each keeps the values that are left empty." in proposal.lines


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"memory": "8x"}, "Memory"),
        ({"runtime": "1h"}, "Run time"),
        ({"cpus": "0"}, "CPUs: at least 1"),
        ({}, "Fill in a field."),
    ],
)
def test_values_that_the_server_would_refuse_are_named(make, values, problem):
    proposal = proposals.requirements(jobs(make, "failed"), [("1g", "PT1H", "1")])
    assert proposal.problem(values).startswith(problem)
