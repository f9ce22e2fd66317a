"""What a runner does when nobody answers, and when its jobs were given to others: no clock, no process, no service."""

import runner_builders as build
from torc_client.api.enums import JobStatus
from torc_runner.machine.events import LeaseLost, ServerAway, ServerBack, SignalReceived, TimerFired, TimerKind
from torc_runner.machine.instructions import (
    Claim,
    Exchange,
    ExitReason,
    Launch,
    Leave,
    SetTimer,
    SignalJob,
    WriteJournal,
)
from torc_runner.machine.prefetch import RETRACT_SECONDS
from torc_runner.machine.reporting import JOURNAL_AFTER_SECONDS


def test_ends_are_kept_when_they_cannot_be_told():
    driver = build.Driver(num_cpus=4)
    driver.run_jobs(build.job(1), build.job(2), build.job(3))
    assert build.of(Exchange, driver.send(build.exited(1), after_seconds=1))
    driver.send(ServerAway())
    assert not build.of(WriteJournal, driver.send(build.exited(2)))
    kept = build.only(WriteJournal, driver.send(TimerFired(TimerKind.JOURNAL), after_seconds=JOURNAL_AFTER_SECONDS))
    assert [ended.job.job_id for ended in kept.ended] == [2]
    kept = build.only(WriteJournal, driver.send(build.exited(3), after_seconds=100))
    assert [ended.job.job_id for ended in kept.ended] == [3]
    told = build.only(Exchange, driver.exchanged())
    assert [ended.job.job_id for ended in told.reports.ended] == [2, 3]


def test_nothing_is_kept_apart_while_the_service_answers():
    driver = build.Driver(num_cpus=4)
    driver.run_jobs(build.job(1), build.job(2))
    driver.send(build.exited(1), after_seconds=1)
    assert not build.of(WriteJournal, driver.send(build.exited(2), after_seconds=JOURNAL_AFTER_SECONDS / 2))
    assert not build.of(WriteJournal, driver.exchanged())


def test_who_leaves_while_nobody_answers_keeps_everything_first():
    driver = build.Driver(num_cpus=4)
    driver.run_jobs(build.job(1), build.job(2))
    driver.send(build.exited(1), after_seconds=1)
    for _ in range(2):
        driver.send(SignalReceived())
    driver.send(build.exited(2, -9))
    keep, leave = build.of((WriteJournal, Leave), driver.send(TimerFired(TimerKind.GIVE_UP)))
    assert [ended.outcome.status for ended in keep.ended] == [JobStatus.TERMINATED]
    assert leave == Leave(ExitReason.STOPPED)


def test_what_runs_is_killed_when_others_have_it_and_nothing_is_said_of_it():
    driver = build.Driver(num_cpus=2)
    driver.run_jobs(build.job(1), build.job(2))
    assert [(each.job_id, each.kill) for each in build.of(SignalJob, driver.send(LeaseLost()))] == [
        (1, True),
        (2, True),
    ]
    driver.send(build.exited(1, -9))
    assert build.only(Leave, driver.send(build.exited(2, -9))) == Leave(ExitReason.LEASE_LOST)
    assert driver.exchanges == []


def test_what_ended_before_the_loss_is_told_and_nothing_else():
    driver = build.Driver(num_cpus=2)
    driver.run_jobs(build.job(1), build.job(2))
    driver.send(build.exited(1), after_seconds=1)
    driver.exchanged(build.job(3))
    driver.exchanges.clear()
    driver.send(build.exited(3))
    driver.exchanged()
    driver.exchanges.clear()
    driver.send(LeaseLost())
    driver.send(build.exited(2, -9))
    assert all(exchange.wanted is None and not exchange.reports.started for exchange in driver.exchanges)


def test_a_node_that_is_lost_claims_and_starts_nothing():
    driver = build.Driver(num_cpus=2)
    driver.run_jobs(build.job(1))
    driver.send(LeaseLost())
    assert not build.of((Claim, Launch), driver.claimed(build.job(2)))


def test_who_was_asked_to_stop_does_not_come_back_for_a_lost_lease():
    driver = build.Driver(num_cpus=2)
    driver.run_jobs(build.job(1))
    driver.send(SignalReceived())
    driver.send(LeaseLost())
    driver.send(build.exited(1, -9))
    assert build.only(Leave, driver.exchanged()) == Leave(ExitReason.STOPPED)


def test_prefetched_jobs_set_no_timer_while_the_server_is_away_and_are_returned_afterwards():
    driver, _ = build.short_jobs()
    driver.send(ServerAway(), after_seconds=0.05)
    instructions = driver.send(TimerFired(TimerKind.RETRACT), after_seconds=RETRACT_SECONDS)
    assert [each for each in build.of(SetTimer, instructions) if each.kind is TimerKind.RETRACT] == []
    assert driver.state.attempts.prefetched
    driver.send(ServerBack(), after_seconds=5)
    assert not driver.state.attempts.prefetched
    assert build.only(Exchange, driver.exchanged()).reports.returned
