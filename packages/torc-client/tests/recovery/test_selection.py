"""The jobs that are retried."""

from torc_client.api.enums import JobStatus
from torc_client.recovery.diagnosis import Cause, diagnose
from torc_client.recovery.selection import select

KNOWN = {Cause.OUT_OF_MEMORY, Cause.TIMEOUT, Cause.STOPPED}


def ids(ends):
    return [end.job_id for end in ends]


def test_jobs_are_retried_whose_cause_is_chosen(ended):
    findings = diagnose([ended(137, 1), ended(3, 2), ended(3, 3, status=JobStatus.PENDING_FAILED)])
    selection = select(findings, [], KNOWN)
    assert ids(selection.retried) == [1]
    assert ids(selection.held) == [3]
    assert [finding.outcome.job_id for finding in selection.left] == [2]
    assert not selection.is_everything


def test_every_job_is_retried_when_unknown_failures_are_chosen_too(ended):
    findings = diagnose([ended(137, 1), ended(3, 2), ended(3, 3, status=JobStatus.PENDING_FAILED)])
    selection = select(findings, [], {*KNOWN, Cause.UNKNOWN})
    assert ids(selection.retried) == [1, 2, 3]
    assert selection.is_everything


def test_a_job_that_was_canceled_for_a_failure_is_not_chosen_by_name(ended):
    selection = select(diagnose([ended(137, 1)]), [ended.canceled(2, 1)], KNOWN)
    assert ids(selection.retried) == [1]


def test_of_jobs_canceled_with_the_workflow_the_first_are_chosen(ended):
    selection = select(
        diagnose([ended(137, 1), ended(3, 2)]), [ended.canceled(4), ended.canceled(5, 2), ended.canceled(6, 4)], KNOWN
    )
    assert ids(selection.retried) == [1, 4]
