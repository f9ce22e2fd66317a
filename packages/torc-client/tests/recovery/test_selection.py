"""Which jobs run again."""

from torc_client.api.enums import JobStatus
from torc_client.recovery.diagnosis import Cause, diagnose
from torc_client.recovery.selection import doomed, select

KNOWN = {Cause.OUT_OF_MEMORY, Cause.TIMEOUT, Cause.STOPPED}


def ids(ends):
    return [end.job_id for end in ends]


def test_jobs_run_again_whose_cause_is_chosen(ended):
    findings = diagnose([ended(137, 1), ended(3, 2), ended(3, 3, status=JobStatus.PENDING_FAILED)])
    selection = select(findings, [], KNOWN)
    assert ids(selection.again) == [1]
    assert ids(selection.held) == [3]
    assert [finding.end.job_id for finding in selection.left] == [2]
    assert not selection.is_everything


def test_everything_runs_again_when_unknown_failures_are_chosen_too(ended):
    findings = diagnose([ended(137, 1), ended(3, 2), ended(3, 3, status=JobStatus.PENDING_FAILED)])
    selection = select(findings, [], {*KNOWN, Cause.UNKNOWN})
    assert ids(selection.again) == [1, 2, 3]
    assert selection.is_everything


def test_what_was_canceled_for_a_failure_follows_by_itself(ended):
    selection = select(diagnose([ended(137, 1)]), [ended.canceled(2, 1)], KNOWN)
    assert ids(selection.again) == [1]


def test_of_what_was_canceled_with_the_workflow_the_first_begin_again(ended):
    selection = select(
        diagnose([ended(137, 1), ended(3, 2)]), [ended.canceled(4), ended.canceled(5, 2), ended.canceled(6, 4)], KNOWN
    )
    assert ids(selection.again) == [1, 4]


def job(make, job_id, *depends_on, **members):
    status = members.pop("status", JobStatus.CANCELED)
    return make.job(job_id, status=status, depends_on_job_ids=list(depends_on), **members)


def test_jobs_between_one_that_runs_again_and_one_that_does_not_are_doomed(ended, make):
    selection = select(diagnose([ended(137, 1), ended(3, 2)]), [], KNOWN)
    graph = [
        job(make, 1, status=JobStatus.FAILED),
        job(make, 2, status=JobStatus.FAILED),
        job(make, 3, 1),
        job(make, 4, 2),
        job(make, 5, 1, 2),
        job(make, 6, 3, 4),
        job(make, 7, 5),
        job(make, 8, 1, 2, cancel_on_blocking_job_failure=False),
        job(make, 9, 1, 2, status=JobStatus.DISABLED),
    ]
    assert doomed(graph, selection) == [5, 6]


def test_where_everything_runs_again_nothing_is_doomed(ended, make):
    selection = select(diagnose([ended(137, 1), ended(3, 2)]), [], {*KNOWN, Cause.UNKNOWN})
    graph = [job(make, 1, status=JobStatus.FAILED), job(make, 2, status=JobStatus.FAILED), job(make, 5, 1, 2)]
    assert doomed(graph, selection) == []
