"""The decisions of a runner on a machine that lacks descriptors, processes or memory."""

import runner_builders as build
from torc_runner.machine.events import Begun, LaunchPostponed, TimerFired, TimerKind
from torc_runner.machine.instructions import ExitReason, Launch, Leave
from torc_runner.machine.reporting import REPORT_INTERVAL_SECONDS
from torc_runner.machine.shortage import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, PATIENCE_SECONDS


def short_of_room(num_jobs, *, num_postponed):
    """Return the driver of a runner that could not launch the last of these jobs."""
    driver = build.Driver(num_cpus=8)
    driver.send(Begun())
    driver.claimed(*(build.job(job_id) for job_id in range(1, num_jobs + 1)))
    driver.exchanged()
    driver.exchanges.clear()
    for job_id in range(num_jobs, num_jobs - num_postponed, -1):
        driver.send(LaunchPostponed(job_id))
    driver.send(TimerFired(TimerKind.REPORT), after_seconds=REPORT_INTERVAL_SECONDS)
    driver.exchanged()
    return driver


def test_a_job_that_could_not_be_launched_is_returned():
    driver = short_of_room(5, num_postponed=1)
    reports = driver.exchanges[0].reports
    assert ([job.job_id for job in reports.returned], reports.ended, reports.started) == ([5], (), ())
    assert driver.exchanges[0].wanted is None, "four jobs run, which is more than may run from now on"


def test_fewer_jobs_run_until_jobs_that_were_launched_since_have_ended():
    driver = short_of_room(5, num_postponed=1)
    driver.send(TimerFired(TimerKind.LAUNCH), after_seconds=FIRST_PAUSE_SECONDS)
    driver.send(build.exited(1))
    driver.exchanged()
    assert build.of(Launch, driver.send(build.exited(2))) == []
    driver.exchanged(build.job(6))
    assert driver.state.attempts.shortage.room(len(driver.state.attempts.running), driver.now) == 0, "3 of 4 may run"
    driver.send(build.exited(6), after_seconds=1)
    assert driver.state.attempts.shortage.room(len(driver.state.attempts.running), driver.now) == 2
    for job_id in (7, 8):
        driver.exchanged(build.job(job_id))
        driver.send(build.exited(job_id), after_seconds=1)
    assert driver.state.attempts.shortage.room(len(driver.state.attempts.running), driver.now) is None


def test_a_runner_that_can_launch_nothing_pauses_and_leaves_at_last():
    driver = short_of_room(1, num_postponed=1)
    began_at = driver.now
    pauses = []
    while True:
        assert driver.exchanges[-1].wanted is None
        shortage = driver.state.attempts.shortage
        pauses.append(round(shortage.resumes_at - driver.now + REPORT_INTERVAL_SECONDS, 6))
        driver.now = shortage.resumes_at
        left = build.of(Leave, driver.send(TimerFired(TimerKind.LAUNCH)))
        if left:
            break
        driver.claimed(build.job(1))
        driver.exchanged()
        driver.exchanges.clear()
        driver.send(LaunchPostponed(1))
        driver.send(TimerFired(TimerKind.REPORT), after_seconds=REPORT_INTERVAL_SECONDS)
        driver.exchanged()
    assert left == [Leave(ExitReason.NO_LAUNCHES)]
    assert pauses[:3] == [FIRST_PAUSE_SECONDS, 2 * FIRST_PAUSE_SECONDS, 4 * FIRST_PAUSE_SECONDS]
    assert max(pauses) == LONGEST_PAUSE_SECONDS
    assert PATIENCE_SECONDS <= driver.now - began_at < PATIENCE_SECONDS + LONGEST_PAUSE_SECONDS
