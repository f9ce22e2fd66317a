"""The decisions of a runner about failed jobs."""

from pathlib import Path

import pytest

import runner_builders as build
from torc_client.api.enums import JobStatus
from torc_runner.machine.events import (
    FailureHandled,
    Inspected,
    SignalReceived,
)
from torc_runner.machine.instructions import (
    HandleFailure,
)


def with_handler(**rules):
    driver = build.Driver(num_cpus=2, **rules)
    driver.run_jobs(build.job(1, failure_handler_id=4))
    return driver


def test_a_failure_is_reported_after_its_handler_was_applied():
    driver = with_handler()
    handle = build.only(HandleFailure, driver.send(build.exited(1, 3)))
    assert (handle.job.job_id, handle.return_code, driver.exchanges) == (1, 3, [])
    driver.send(FailureHandled(1, had_rule=True, max_attempts=5))
    (ended,) = driver.exchanges[0].reports.ended
    assert (ended.outcome.status, ended.outcome.return_code, ended.max_attempts) == (JobStatus.FAILED, 3, 5)


@pytest.mark.parametrize(
    ("waits", "had_rule", "status"),
    [(True, False, JobStatus.PENDING_FAILED), (True, True, JobStatus.FAILED), (False, False, JobStatus.FAILED)],
)
def test_a_failure_without_a_rule_is_pending_if_the_workflow_asks_for_it(waits, had_rule, status):
    driver = with_handler(use_pending_failed=waits)
    driver.send(build.exited(1, 3))
    driver.send(FailureHandled(1, had_rule=had_rule))
    (ended,) = driver.exchanges[0].reports.ended
    assert (ended.outcome.status, ended.max_attempts) == (status, None)


def test_a_failure_without_a_handler_is_pending_if_the_workflow_asks_for_it():
    driver = build.Driver(num_cpus=2, use_pending_failed=True)
    driver.run_jobs(build.job(1))
    driver.send(build.exited(1, 3))
    assert driver.exchanges[0].reports.ended[0].outcome.status is JobStatus.PENDING_FAILED


def test_a_job_that_the_runner_stopped_is_not_passed_to_its_handler():
    driver = with_handler()
    driver.send(SignalReceived())
    driver.exchanged()
    assert not build.of(HandleFailure, driver.send(build.exited(1, -15)))
    assert driver.exchanges[-1].reports.ended[0].outcome.status is JobStatus.TERMINATED


def test_missing_output_files_are_passed_to_the_failure_handler():
    driver = build.Driver(num_cpus=2)
    driver.run_jobs(build.job(1, failure_handler_id=4, has_output_files=True))
    driver.send(build.exited(1))
    assert build.only(HandleFailure, driver.send(Inspected(1, (Path("out"),)))).return_code == 1
