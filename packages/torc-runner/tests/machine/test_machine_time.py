"""The decisions of a runner when the time of the node or of a job is nearly over."""

import pytest

import runner_builders as build
from torc_client.api.enums import JobStatus
from torc_runner.machine.events import (
    Begun,
    ClaimAnswered,
    PreemptionNotice,
    SignalReceived,
    TimerFired,
    TimerKind,
)
from torc_runner.machine.instructions import (
    Claim,
    ExitReason,
    Launch,
    Leave,
    SetTimer,
    SignalJob,
)
from torc_runner.machine.outcome import FailureClass

TIMES = {"end_at": 1600.0, "lead_seconds": 30, "headroom_seconds": 60}
"""The clock of a Driver starts at 1000."""


def test_only_jobs_that_end_in_time_are_claimed_and_started():
    driver = build.Driver(num_cpus=2, **TIMES)
    instructions = driver.send(Begun())
    assert build.only(Claim, instructions).wanted.time_left_seconds == 510
    assert SetTimer(1510.0, TimerKind.NODE_TIME) in instructions
    driver.send(ClaimAnswered(1, ()), after_seconds=400)
    late, quick = build.job(1, runtime_seconds=111), build.job(2, runtime_seconds=110)
    assert [each.job for each in build.of(Launch, driver.claimed(late, quick))] == [quick]
    assert driver.exchanges[-1].reports.returned == (late,)


def test_with_max_parallel_jobs_a_claim_needs_a_minimum_of_time():
    driver = build.Driver(max_parallel_jobs=2, least_seconds=300, **TIMES)
    assert build.of(Claim, driver.send(Begun()))
    assert not build.of(Claim, driver.send(ClaimAnswered(1, ()), after_seconds=300))


def test_jobs_are_stopped_in_time_to_report_before_the_node_is_taken_away():
    driver = build.Driver(num_cpus=2, kill_grace_seconds=10, **TIMES)
    driver.run_jobs(build.job(1))
    instructions = driver.send(TimerFired(TimerKind.NODE_TIME), after_seconds=510)
    assert SignalJob(1, kill=False) in instructions
    assert {(each.kind, each.at_seconds) for each in build.of(SetTimer, instructions)} == {
        (TimerKind.KILL, 1540.0),
        (TimerKind.GIVE_UP, 1600.0),
    }
    assert SignalJob(1, kill=True) in driver.send(TimerFired(TimerKind.KILL), after_seconds=30)
    driver.exchanged()
    driver.send(build.exited(1, 137))
    outcome = driver.exchanges[-1].reports.ended[0].outcome
    assert (outcome.status, outcome.return_code) == (JobStatus.TERMINATED, 152)
    assert build.only(Leave, driver.exchanged()).exit_reason is ExitReason.TIME_OVER


def test_a_job_that_exceeds_its_runtime_is_stopped():
    driver = build.Driver(num_cpus=2, limit_runtime=True, kill_grace_seconds=10)
    driver.run_jobs(build.job(1, runtime_seconds=50), build.job(2, runtime_seconds=70))
    instructions = driver.send(TimerFired(TimerKind.JOB_TIME), after_seconds=50)
    assert build.of(SignalJob, instructions) == [SignalJob(1, kill=False)]
    assert {(each.kind, each.at_seconds) for each in build.of(SetTimer, instructions)} >= {
        (TimerKind.KILL, 1060.0),
        (TimerKind.JOB_TIME, 1070.0),
    }
    assert build.of(SignalJob, driver.send(TimerFired(TimerKind.KILL), after_seconds=10)) == [SignalJob(1, kill=True)]
    driver.send(build.exited(1, 137))
    outcome = driver.exchanges[-1].reports.ended[0].outcome
    assert (outcome.status, outcome.return_code) == (JobStatus.TERMINATED, 152)
    assert not driver.state.leaving.exit_reason


@pytest.mark.parametrize("is_over_at_once", [True, False])
def test_a_runner_whose_time_ends_before_its_first_job_leaves_for_this_reason(is_over_at_once):
    driver = build.Driver(
        num_cpus=1, end_at=1090.0 if is_over_at_once else 1100.0, lead_seconds=30, headroom_seconds=60
    )
    driver.send(Begun())
    if not is_over_at_once:
        driver.claimed()
    driver.send(TimerFired(TimerKind.NODE_TIME), after_seconds=0 if is_over_at_once else 10)
    assert driver.state.leaving.exit_reason is ExitReason.NO_TIME


def test_after_the_preemption_notice_no_job_starts_and_running_jobs_continue():
    driver = build.Driver(num_cpus=2)
    driver.run_jobs(build.job(1))
    instructions = driver.send(PreemptionNotice())
    assert not build.of(SignalJob, instructions) + build.of(Claim, instructions)
    driver.exchanged()
    assert not build.of(Launch, driver.claimed(build.job(2)))
    driver.exchanged()
    driver.send(build.exited(1, 0), after_seconds=300)
    assert driver.exchanges[-1].reports.ended[0].outcome.status is JobStatus.COMPLETED
    assert build.only(Leave, driver.exchanged()).exit_reason is ExitReason.TIME_OVER


def test_the_preemption_notice_is_forwarded_if_the_workflow_chose_a_signal():
    driver = build.Driver(num_cpus=2, want_notice=True, **TIMES)
    driver.run_jobs(build.job(1))
    instructions = driver.send(PreemptionNotice(), after_seconds=200)
    assert build.of(SignalJob, instructions) == [SignalJob(1, kill=False)]
    assert SetTimer(1540.0, TimerKind.KILL) in instructions
    assert not build.of(SignalJob, driver.send(PreemptionNotice()))
    driver.exchanged()
    driver.send(build.exited(1, -10))
    outcome = driver.exchanges[-1].reports.ended[0].outcome
    assert (outcome.return_code, outcome.failure_class) == (152, FailureClass.WALLTIME)


def test_after_the_notice_without_a_known_end_kill_is_due_only_after_a_stop():
    driver = build.Driver(num_cpus=2, want_notice=True, kill_grace_seconds=10)
    driver.run_jobs(build.job(1), build.job(2))
    assert not [each for each in build.of(SetTimer, driver.send(PreemptionNotice())) if each.kind is TimerKind.KILL]
    instructions = driver.send(SignalReceived(), after_seconds=300)
    assert not build.of(SignalJob, instructions)
    assert SetTimer(1310.0, TimerKind.KILL) in instructions


def test_a_job_that_is_stopped_after_the_notice_ran_out_of_time():
    driver = build.Driver(num_cpus=2)
    driver.run_jobs(build.job(1))
    driver.send(PreemptionNotice())
    assert SignalJob(1, kill=False) in driver.send(SignalReceived(), after_seconds=300)
    driver.exchanged()
    driver.send(build.exited(1, 143))
    assert driver.exchanges[-1].reports.ended[0].outcome.failure_class is FailureClass.WALLTIME
    assert build.only(Leave, driver.exchanged()).exit_reason is ExitReason.TIME_OVER
