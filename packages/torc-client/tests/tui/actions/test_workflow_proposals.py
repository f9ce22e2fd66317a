"""What a dialog says about actions on workflows."""

import pytest

from torc_client.api.records import JobStatusCounts
from torc_client.tui.actions import workflow_proposals as proposals
from torc_client.workflow_operations.files import FileCheck
from torc_client.workflow_operations.rerun import RerunPlan
from torc_client.workflow_operations.reset_jobs import JobReset


def status_of(make, **members):
    counts = {name: members.pop(name, 0) for name in JobStatusCounts.__struct_fields__}
    members = {"is_complete": False, **members}
    return make.status(
        jobs_by_status=JobStatusCounts(**counts), total_jobs=sum(counts.values()), workflow_user="ada", **members
    )


def files(missing=(), existing=()):
    return FileCheck(
        workflow_id=7, safe=not missing and not existing, missing_input_files=list(missing),
        missing_input_file_count=len(missing), existing_output_files=list(existing),
        existing_output_file_count=len(existing),
    )  # fmt: skip


def test_a_first_initialization_is_harmless(make):
    proposal = proposals.initialize(status_of(make, uninitialized=1200), files(), 0)
    assert proposal.lines == ("A new run begins: 1,200 jobs can run, those without dependencies first.",)
    assert (proposal.verb, proposal.is_dangerous, proposal.refusal) == ("Initialize", False, "")


def test_an_initialization_by_force_says_what_is_lost(make):
    proposal = proposals.initialize(status_of(make, completed=2, running=1), files(["in.csv"], ["out.csv"]), 3)
    assert proposal.verb == "Initialize by force"
    assert proposal.is_dangerous
    assert proposal.lines[1:] == (
        "The workflow was initialized before: all of its jobs run again.",
        "2 jobs completed before. Their results are kept, and they run again.",
        "1 input file missing: in.csv.",
        "3 records of user data without a value, which jobs read.",
        "1 existing file will be overwritten by jobs: out.csv.",
        "Running now: 1 job. Their attempts are ended, and they begin again.",
    )


@pytest.mark.parametrize(
    ("members", "refusal"),
    [
        ({}, "The workflow has no jobs."),
        ({"ready": 1, "is_archived": True}, "The workflow is archived. Restore it first."),
    ],
)
def test_an_initialization_that_the_server_refuses_is_not_offered(make, members, refusal):
    assert proposals.initialize(status_of(make, **members), files(), 0).refusal == refusal


def test_reinitialize_lists_the_first_reasons(make):
    jobs = [JobReset(n, f"job{n}", "completed", "its input a changed") for n in range(1, 11)]
    proposal = proposals.reinitialize(status_of(make, completed=10), RerunPlan(jobs, [1, 2]), files())
    assert proposal.lines[0] == "10 jobs will be ready to run again: 2 changed, the others follow."
    assert proposal.lines[1] == "job1: its input a changed"
    assert proposal.lines[-1] == "and 2 more."
    assert proposals.reinitialize(status_of(make, completed=1), RerunPlan([], []), files()).refusal


def test_a_retry_needs_failures_and_no_running_jobs(make):
    assert proposals.retry_failed(status_of(make, completed=1), files()).refusal.startswith("No job failed")
    assert "runs now" in proposals.retry_failed(status_of(make, failed=1, running=1), files()).refusal
    proposal = proposals.retry_failed(status_of(make, failed=2, canceled=3), files())
    assert proposal.lines[0] == "5 jobs will be ready to run again, and what depends on them."


def test_canceling_counts_what_stops_and_what_does_not_start(make):
    proposal = proposals.cancel(
        [status_of(make, running=2, pending=1, ready=10, completed=4, pending_scheduled_nodes=2)]
    )
    assert proposal.lines == (
        "Running: 3 jobs, to be stopped. Waiting: 10 jobs, not to be started.",
        "2 allocations of the batch system will be canceled.",
    )
    assert proposals.cancel([status_of(make, completed=1, is_complete=True)]).refusal


def test_a_deletion_must_be_typed_and_names_what_goes(make):
    statuses = [
        status_of(make, workflow_id=n, workflow_name=f"w{n}\x1b[2J", completed=3, running=n - 7) for n in (7, 8)
    ]
    proposal = proposals.delete(statuses, "ada")
    assert proposal.confirm_word == "delete 2 workflows"
    assert proposal.lines[0] == "2 workflows with 7 jobs: 7 w7\\u001b[2J, 8 w8\\u001b[2J."
    assert "Running now: 1 job. Runners stop them." in proposal.lines
    assert proposals.delete(statuses[:1], "ada").confirm_word == "delete 7"
    assert proposals.delete(statuses, "bob").refusal == "Not your workflows: 7 (of ada), 8 (of ada). You are bob."


def test_archiving_is_for_workflows_at_rest_and_restores_archived_ones(make):
    assert proposals.archive([status_of(make, running=1)]).refusal
    assert proposals.archive([status_of(make, completed=1)]).verb == "Archive"
    assert proposals.archive([status_of(make, completed=1, is_archived=True)]).verb == "Restore"


def test_a_reset_of_many_completed_jobs_must_be_typed(make):
    assert proposals.reset([status_of(make, completed=1000)]).confirm_word == ""
    assert proposals.reset([status_of(make, completed=1001)]).confirm_word == "reset 7"
