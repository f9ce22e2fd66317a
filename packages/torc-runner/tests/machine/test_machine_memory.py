"""The decisions of a runner about jobs that exceed their memory."""

import pytest

import runner_builders as build
from torc_client.api.enums import JobStatus
from torc_runner.machine.attempt import StopReason
from torc_runner.machine.events import LeaseLost, OverMemory, SignalReceived, TimerFired, TimerKind
from torc_runner.machine.instructions import RunRecoveryScript, SignalJob
from torc_runner.machine.outcome import FailureClass, Outcome, StopCodes

OUT_OF_MEMORY = Outcome(JobStatus.FAILED, 137, FailureClass.OOM, "its memory ran out")


@pytest.fixture
def driver() -> build.Driver:
    driver = build.Driver(num_cpus=2)
    driver.run_jobs(build.job(1), build.job(2))
    return driver


def outcome_of(driver):
    (ended,) = driver.exchanges[0].reports.ended
    return ended.outcome


def test_a_job_over_its_memory_is_killed_and_has_failed(driver):
    assert driver.send(OverMemory(1))[:1] == [SignalJob(1, kill=True)]
    driver.send(build.exited(1, 137))
    assert outcome_of(driver) == OUT_OF_MEMORY


def test_a_job_that_the_kernel_killed_has_failed_in_the_same_way(driver):
    driver.send(build.exited(1, -9, is_oom_killed=True))
    assert outcome_of(driver) == OUT_OF_MEMORY


def test_the_first_reason_to_stop_decides_the_outcome(driver):
    driver.send(SignalReceived())
    assert SignalJob(1, kill=True) in driver.send(OverMemory(1))
    assert driver.state.attempts.running[1].stop_reason is StopReason.RUNNER_STOPS
    driver.send(build.exited(1, -9, is_oom_killed=True))
    assert outcome_of(driver) == Outcome(
        JobStatus.TERMINATED, -9, FailureClass.NODE, "its runner was stopped while it ran"
    )


def test_a_job_over_its_memory_is_killed_once_although_another_has_a_grace():
    driver = build.Driver(num_cpus=2, limit_runtime=True, kill_grace_seconds=10)
    driver.run_jobs(build.job(1, runtime_seconds=50), build.job(2))
    driver.send(TimerFired(TimerKind.JOB_TIME), after_seconds=50)
    assert driver.send(OverMemory(2)) == [SignalJob(2, kill=True)]
    assert build.of(SignalJob, driver.send(TimerFired(TimerKind.KILL), after_seconds=10)) == [SignalJob(1, kill=True)]


@pytest.mark.parametrize("event", [OverMemory(1), LeaseLost()], ids=["memory again", "lease lost"])
def test_a_job_that_was_killed_is_not_killed_again(driver, event):
    driver.send(OverMemory(1))
    assert SignalJob(1, kill=True) not in driver.send(event)
    driver.send(SignalReceived())
    assert SignalJob(1, kill=True) not in driver.send(TimerFired(TimerKind.KILL), after_seconds=60)


def test_a_job_that_succeeded_before_the_kill_is_completed(driver):
    driver.send(OverMemory(1))
    driver.send(build.exited(1, 0))
    assert outcome_of(driver).status is JobStatus.COMPLETED


def test_an_ended_job_is_not_killed(driver):
    driver.send(build.exited(1, 0))
    assert not build.of(SignalJob, driver.send(OverMemory(1)))


def test_failure_handlers_get_the_return_code():
    driver = build.Driver(num_cpus=2, codes=StopCodes(out_of_memory=99))
    driver.run_jobs(build.job(1, failure_rules=build.RULES))
    driver.send(OverMemory(1))
    assert build.only(RunRecoveryScript, driver.send(build.exited(1, 137))).return_code == 99
