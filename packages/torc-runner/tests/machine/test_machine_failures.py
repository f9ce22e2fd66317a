"""The decisions of a runner about failed jobs."""

from pathlib import Path

import pytest

import runner_builders as build
from torc_client.api.enums import JobStatus
from torc_runner.machine.events import Inspected, RecoveryScriptEnded, SignalReceived
from torc_runner.machine.instructions import RunRecoveryScript, WriteJournal


def with_handler(attempt_id=1, **rules):
    driver = build.Driver(num_cpus=2, **rules)
    driver.run_jobs(build.job(1, failure_rules=build.RULES, attempt_id=attempt_id))
    return driver


def test_a_failure_is_in_the_journal_while_its_recovery_script_runs():
    driver = with_handler()
    written, script = build.of((WriteJournal, RunRecoveryScript), driver.send(build.exited(1, 3)))
    assert (script.job.job_id, script.return_code, script.script, driver.exchanges) == (1, 3, "true", [])
    (ended,) = written.ended
    assert (ended.outcome.return_code, ended.max_attempts) == (3, None)


@pytest.mark.parametrize(("has_succeeded", "max_attempts"), [(True, 5), (False, None)])
def test_only_after_a_successful_recovery_script_there_is_a_further_attempt(has_succeeded, max_attempts):
    driver = with_handler()
    driver.send(build.exited(1, 3))
    driver.send(RecoveryScriptEnded(1, has_succeeded))
    (ended,) = driver.exchanges[0].reports.ended
    assert (ended.outcome.status, ended.outcome.return_code) == (JobStatus.FAILED, 3)
    assert ended.max_attempts == max_attempts


@pytest.mark.parametrize("attempt_id", [1, 2])
def test_the_server_decides_about_a_rule_without_a_script_which_attempts_count(attempt_id):
    driver = with_handler(attempt_id, use_pending_failed=True)
    assert not build.of(RunRecoveryScript, driver.send(build.exited(1, 4)))
    (ended,) = driver.exchanges[0].reports.ended
    assert (ended.outcome.status, ended.max_attempts) == (JobStatus.FAILED, 2)


@pytest.mark.parametrize(("waits", "status"), [(True, JobStatus.PENDING_FAILED), (False, JobStatus.FAILED)])
def test_a_failure_without_a_rule_is_pending_if_the_workflow_asks_for_it(waits, status):
    driver = with_handler(use_pending_failed=waits)
    driver.send(build.exited(1, 77))
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
    assert not build.of(RunRecoveryScript, driver.send(build.exited(1, 143)))
    assert driver.exchanges[-1].reports.ended[0].outcome.status is JobStatus.TERMINATED


def test_missing_output_files_are_passed_to_the_failure_handler():
    driver = build.Driver(num_cpus=2)
    driver.run_jobs(build.job(1, failure_rules=build.RULES, output_files=build.OUTPUT_FILES))
    driver.send(build.exited(1))
    assert build.only(RunRecoveryScript, driver.send(Inspected(1, (Path("out"),)))).return_code == 1
