"""The decisions of a runner in an allocation: the batch system may end it with TERM to the runner and to its jobs."""

import pytest
from msgspec.structs import replace

import runner_builders as build
from torc_client.api.enums import JobStatus
from torc_runner.machine.attempt import StopReason
from torc_runner.machine.events import AllocationLearned, SignalReceived, StopAnnounced, TimerFired, TimerKind
from torc_runner.machine.instructions import ExitReason, Inspect, Launch, Leave, SetTimer, SignalJob
from torc_runner.machine.outcome import FailureClass, Outcome
from torc_runner.machine.rules import AllocationRules

STOPPED = Outcome(JobStatus.TERMINATED, 143, FailureClass.NODE, "its runner was stopped while it ran")
ALLOCATION = AllocationRules(kill_wait_seconds=30, judge_seconds=1)
TIMES = {"end_at": 1600.0, "lead_seconds": 30, "headroom_seconds": 60}
"""The clock of a Driver starts at 1000."""


def ended(driver):
    return driver.exchanges[-1].reports.ended[0]


def test_a_job_that_the_end_of_the_allocation_reached_first_is_stopped_and_has_not_failed():
    driver = build.Driver(num_cpus=2, allocation=ALLOCATION)
    driver.run_jobs(build.job(1, failure_rules=build.RULES))
    instructions = driver.send(build.exited(1, 1))
    assert SetTimer(1001.0, TimerKind.JUDGE) in instructions
    assert not driver.exchanges
    driver.send(SignalReceived(), after_seconds=0.5)
    outcome = ended(driver).outcome
    assert (outcome.status, outcome.failure_class) == (JobStatus.TERMINATED, FailureClass.NODE)
    assert ended(driver).max_attempts is None
    assert build.only(Leave, driver.exchanged()).exit_reason is ExitReason.STOPPED


def test_a_job_that_failed_of_its_own_is_judged_soon():
    driver = build.Driver(num_cpus=2, allocation=ALLOCATION)
    driver.run_jobs(build.job(1, failure_rules=build.RULES))
    driver.send(build.exited(1, 4))
    driver.send(TimerFired(TimerKind.JUDGE), after_seconds=1)
    assert (ended(driver).outcome.status, ended(driver).outcome.return_code) == (JobStatus.FAILED, 4)
    assert ended(driver).max_attempts == 2


@pytest.mark.parametrize("members", [{"exit_code": 0}, {"exit_code": 137, "is_oom_killed": True}])
def test_a_job_whose_end_has_another_cause_is_judged_at_once(members):
    driver = build.Driver(num_cpus=2, allocation=ALLOCATION)
    driver.run_jobs(build.job(1))
    driver.send(build.exited(1, **members))
    assert len(driver.exchanges) == 1


def long_job(exit_code=0, *, seconds=40.0, **members):
    """Return the driver of a runner in an allocation whose job has just ended."""
    driver = build.Driver(num_cpus=2, allocation=ALLOCATION)
    driver.run_jobs(build.job(1, **members))
    return driver, driver.send(build.exited(1, exit_code), after_seconds=seconds)


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("output_files", [(), build.OUTPUT_FILES])
def test_a_success_just_before_the_stop_is_not_complete(announced, output_files):
    """The batch system ended a command of a script first, and the script went on and returned 0."""
    driver, instructions = long_job(output_files=output_files)
    assert not driver.exchanges
    assert not build.of(Inspect, instructions)
    if announced:
        driver.send(StopAnnounced(), after_seconds=0.01)
        assert not build.of(SetTimer, driver.send(TimerFired(TimerKind.JUDGE), after_seconds=1))
        assert not driver.exchanges
    driver.send(SignalReceived(), after_seconds=0.01)
    assert ended(driver).outcome == STOPPED


@pytest.mark.parametrize("announced", [True, False])
def test_a_success_that_is_noticed_just_after_the_stop_is_not_complete(announced):
    driver = build.Driver(num_cpus=2, allocation=ALLOCATION)
    driver.run_jobs(build.job(1))
    driver.send(StopAnnounced() if announced else SignalReceived(), after_seconds=40)
    if not announced:
        driver.exchanged()
    driver.send(build.exited(1), after_seconds=0.01)
    if announced:
        driver.send(SignalReceived(), after_seconds=0.7)
    assert ended(driver).outcome == STOPPED


@pytest.mark.parametrize(
    ("rules", "saves_work", "outcome"),
    [
        ({}, True, Outcome(JobStatus.COMPLETED, 0)),
        ({"has_save_signal": True}, False, Outcome(JobStatus.COMPLETED, 0)),
        ({}, False, STOPPED),
    ],
)
def test_only_a_job_that_saves_its_work_is_complete_after_its_grace(rules, saves_work, outcome):
    driver = build.Driver(num_cpus=2, allocation=ALLOCATION, **rules)
    driver.run_jobs(build.job(1, saves_work=saves_work))
    driver.send(SignalReceived(), after_seconds=40)
    driver.exchanged()
    driver.send(build.exited(1), after_seconds=1)
    assert ended(driver).outcome == outcome


@pytest.mark.parametrize(("seconds", "held_seconds"), [(2.0, 0.02), (40.0, 0.25), (0.5, 0.0)])
def test_a_success_is_held_for_a_hundredth_of_its_time(seconds, held_seconds):
    driver, instructions = long_job(seconds=seconds)
    if held_seconds:
        assert SetTimer(driver.now + held_seconds, TimerKind.JUDGE) in instructions
        driver.send(TimerFired(TimerKind.JUDGE), after_seconds=held_seconds)
    assert ended(driver).outcome == Outcome(JobStatus.COMPLETED, 0)


def test_the_output_files_of_a_success_are_checked_after_the_hold():
    driver, _ = long_job(output_files=build.OUTPUT_FILES)
    assert build.only(Inspect, driver.send(TimerFired(TimerKind.JUDGE), after_seconds=0.25)).job.job_id == 1


def test_no_job_starts_after_the_signal_to_stop():
    """The batch system is asked what becomes of the allocation, which takes some time. Then jobs are returned."""
    driver, _ = long_job()
    driver.send(StopAnnounced())
    assert not build.of(Launch, driver.claimed(build.job(2)))
    assert not build.of(Launch, driver.send(SignalReceived(), after_seconds=0.7))
    assert [each.job_id for each in driver.exchanges[-1].reports.returned] == [2]


def test_outside_of_an_allocation_a_failure_is_judged_at_once():
    driver = build.Driver(num_cpus=2)
    driver.run_jobs(build.job(1))
    driver.send(build.exited(1, 143))
    assert ended(driver).outcome.status is JobStatus.FAILED


@pytest.mark.parametrize(
    ("kill_wait_seconds", "kill_at"), [(None, 1010.0), (120.0, 1010.0), (15.0, 1005.0), (3.0, 1001.0)]
)
def test_the_grace_is_shorter_than_the_time_of_the_batch_system(kill_wait_seconds, kill_at):
    driver = build.Driver(num_cpus=2, allocation=ALLOCATION)
    driver.run_jobs(build.job(1))
    driver.send(AllocationLearned(kill_wait_seconds=kill_wait_seconds))
    instructions = driver.send(SignalReceived())
    assert SignalJob(1, kill=False) in instructions
    assert SetTimer(kill_at, TimerKind.KILL) in instructions


@pytest.mark.parametrize(
    ("now", "failure_class", "return_code"), [(1000, FailureClass.NODE, 143), (1597, FailureClass.WALLTIME, 152)]
)
def test_term_at_the_end_of_the_time_is_the_end_of_the_time(now, failure_class, return_code):
    driver = build.Driver(num_cpus=2, allocation=ALLOCATION, **TIMES)
    driver.run_jobs(build.job(1))
    driver.send(SignalReceived(), after_seconds=now - driver.now)
    driver.exchanged()
    driver.send(build.exited(1, 143))
    outcome = ended(driver).outcome
    assert (outcome.status, outcome.failure_class, outcome.return_code) == (
        JobStatus.TERMINATED,
        failure_class,
        return_code,
    )


def test_an_end_that_is_learned_later_counts():
    driver = build.Driver(num_cpus=2, allocation=ALLOCATION, lead_seconds=30, headroom_seconds=60)
    driver.run_jobs(build.job(1))
    assert SetTimer(1510.0, TimerKind.NODE_TIME) in driver.send(
        AllocationLearned(end_at=1600.0, lead_seconds=30, headroom_seconds=60)
    )
    assert SignalJob(1, kill=False) in driver.send(TimerFired(TimerKind.NODE_TIME), after_seconds=510)


def test_an_end_that_was_moved_is_waited_for():
    driver = build.Driver(num_cpus=2, allocation=ALLOCATION, **TIMES)
    driver.run_jobs(build.job(1))
    driver.send(AllocationLearned(end_at=2600.0, lead_seconds=30, headroom_seconds=60))
    instructions = driver.send(TimerFired(TimerKind.NODE_TIME), after_seconds=510)
    assert SetTimer(2510.0, TimerKind.NODE_TIME) in instructions
    assert not build.of(SignalJob, instructions)


def canceled_step():
    driver = build.Driver(num_cpus=2, allocation=ALLOCATION)
    driver.run_jobs(build.job(1, failure_rules=build.RULES))
    driver.send(build.exited(1, 137, stop_reason=StopReason.STEP_CANCELED))
    assert not driver.exchanges
    return driver


def test_a_job_whose_step_was_canceled_does_not_run_again():
    driver = canceled_step()
    driver.send(TimerFired(TimerKind.JUDGE), after_seconds=1)
    assert ended(driver).outcome == Outcome(
        JobStatus.TERMINATED, 137, FailureClass.CANCELED, "its step was canceled in the batch system"
    )
    assert ended(driver).max_attempts is None


def test_a_step_that_was_canceled_with_its_allocation_was_stopped():
    driver = canceled_step()
    driver.send(SignalReceived(), after_seconds=0.5)
    assert ended(driver).outcome == replace(STOPPED, return_code=137)


def test_a_step_that_slurm_ended_for_its_time_is_judged_at_once():
    driver = build.Driver(num_cpus=2, allocation=ALLOCATION)
    driver.run_jobs(build.job(1))
    driver.send(build.exited(1, 143, stop_reason=StopReason.NODE_TIME_OVER))
    assert ended(driver).outcome == Outcome(
        JobStatus.TERMINATED, 152, FailureClass.WALLTIME, "it was stopped because the time of its node was over"
    )
