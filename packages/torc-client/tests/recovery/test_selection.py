"""Which jobs run again."""

from torc_client.api.enums import JobStatus
from torc_client.recovery.diagnosis import Cause, diagnose
from torc_client.recovery.ends import JobEnd
from torc_client.recovery.selection import select

from .ended import SMALL, ended

KNOWN = {Cause.OUT_OF_MEMORY, Cause.TIMEOUT, Cause.STOPPED}


def canceled(job_id, *depends_on):
    return JobEnd(job_id, f"job{job_id}", JobStatus.CANCELED, SMALL, depends_on=frozenset(depends_on))


def ids(ends):
    return [end.job_id for end in ends]


def test_jobs_run_again_whose_cause_is_chosen():
    findings = diagnose([ended(137, 1), ended(3, 2), ended(3, 3, status=JobStatus.PENDING_FAILED)])
    selection = select(findings, [], KNOWN, was_canceled=False)
    assert ids(selection.again) == [1]
    assert ids(selection.held) == [3]
    assert [finding.end.job_id for finding in selection.left] == [2]
    assert not selection.is_everything


def test_everything_runs_again_when_unknown_failures_are_chosen_too():
    findings = diagnose([ended(137, 1), ended(3, 2), ended(3, 3, status=JobStatus.PENDING_FAILED)])
    selection = select(findings, [], {*KNOWN, Cause.UNKNOWN}, was_canceled=False)
    assert ids(selection.again) == [1, 2, 3]
    assert selection.is_everything


def test_what_was_canceled_for_a_failure_follows_by_itself():
    selection = select(diagnose([ended(137, 1)]), [canceled(2, 1)], KNOWN, was_canceled=False)
    assert ids(selection.again) == [1]


def test_what_was_canceled_with_the_workflow_runs_again_unless_it_waits_for_what_does_not():
    canceled_jobs = [canceled(4), canceled(5, 2), canceled(6, 5), canceled(7, 1, 4)]
    selection = select(diagnose([ended(137, 1), ended(3, 2)]), canceled_jobs, KNOWN, was_canceled=True)
    assert ids(selection.again) == [1, 4, 7]
