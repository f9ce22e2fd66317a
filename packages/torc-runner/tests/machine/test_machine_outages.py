"""The decisions of a runner during an outage, and after the loss of its lease or the end of its run."""

import pytest

import runner_builders as build
from torc_client.api.enums import JobStatus
from torc_runner.machine.events import (
    Exchanged,
    Fatal,
    LeaseLost,
    RunOver,
    ServerAway,
    ServerBack,
    SignalReceived,
    TimerFired,
    TimerKind,
    WorkflowOver,
)
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
from torc_runner.machine.rules import REPORTS_AFTER_KILL_SECONDS

DISOWNING = pytest.mark.parametrize(
    ("event", "exit_reason"), [(LeaseLost(), ExitReason.LEASE_LOST), (RunOver(), ExitReason.RUN_OVER)]
)


def test_ends_that_cannot_be_reported_are_written_to_the_journal():
    driver = build.Driver(num_cpus=4)
    driver.run_jobs(build.job(1), build.job(2), build.job(3))
    assert build.of(Exchange, driver.send(build.exited(1), after_seconds=1))
    driver.send(ServerAway())
    for number in (2, 3):
        written = build.only(WriteJournal, driver.send(build.exited(number)))
        assert [ended.job.job_id for ended in written.ended] == [number]
    exchange = build.only(Exchange, driver.exchanged())
    assert [ended.job.job_id for ended in exchange.reports.ended] == [2, 3]


def test_ends_are_written_to_the_journal_if_an_exchange_takes_long():
    driver = build.Driver(num_cpus=4)
    driver.run_jobs(build.job(1), build.job(2))
    driver.send(build.exited(1), after_seconds=1)
    assert not build.of(WriteJournal, driver.send(build.exited(2)))
    written = build.only(WriteJournal, driver.send(TimerFired(TimerKind.JOURNAL), after_seconds=JOURNAL_AFTER_SECONDS))
    assert [ended.job.job_id for ended in written.ended] == [2]


@pytest.mark.parametrize(("event", "reason"), [(SignalReceived(), "STOPPED"), (Fatal(), "FATAL")])
def test_a_runner_that_must_leave_waits_for_its_jobs_and_not_for_the_server(event, reason):
    driver = build.Driver(num_cpus=4)
    driver.run_jobs(build.job(1), build.job(2))
    driver.send(build.exited(1), after_seconds=1)
    driver.send(ServerAway())
    assert not build.of(Leave, driver.send(event))
    write, leave = build.of((WriteJournal, Leave), driver.send(build.exited(2, 143)))
    assert [ended.job.job_id for ended in write.ended] == [2]
    assert leave == Leave(ExitReason[reason])


def test_a_stopped_runner_leaves_when_it_finds_the_server_away():
    driver = build.Driver(num_cpus=4)
    driver.run_jobs(build.job(1))
    driver.send(SignalReceived())
    assert not build.of(Leave, driver.send(build.exited(1, 143)))
    assert build.only(Leave, driver.send(ServerAway())) == Leave(ExitReason.STOPPED)


def test_the_journal_is_not_written_while_the_server_answers():
    driver = build.Driver(num_cpus=4)
    driver.run_jobs(build.job(1), build.job(2))
    driver.send(build.exited(1), after_seconds=1)
    assert not build.of(WriteJournal, driver.send(build.exited(2), after_seconds=JOURNAL_AFTER_SECONDS / 2))
    assert not build.of(WriteJournal, driver.exchanged())


def test_a_runner_that_leaves_during_an_outage_writes_the_journal_first():
    driver = build.Driver(num_cpus=4)
    driver.run_jobs(build.job(1), build.job(2))
    driver.send(build.exited(1), after_seconds=1)
    for _ in range(2):
        driver.send(SignalReceived())
    driver.send(build.exited(2, 137))
    write, leave = build.of((WriteJournal, Leave), driver.send(TimerFired(TimerKind.GIVE_UP)))
    assert [ended.outcome.status for ended in write.ended] == [JobStatus.TERMINATED]
    assert leave == Leave(ExitReason.STOPPED)


@DISOWNING
def test_after_a_lost_lease_or_run_running_jobs_are_killed_and_not_reported(event, exit_reason):
    driver = build.Driver(num_cpus=2)
    driver.run_jobs(build.job(1), build.job(2))
    assert [(each.job_id, each.kill) for each in build.of(SignalJob, driver.send(event))] == [
        (1, True),
        (2, True),
    ]
    driver.send(build.exited(1, 137))
    assert build.only(Leave, driver.send(build.exited(2, 137))) == Leave(exit_reason)
    assert driver.exchanges == []


@DISOWNING
def test_after_a_lost_lease_or_run_only_earlier_ends_are_reported(event, exit_reason):
    driver = build.Driver(num_cpus=2)
    driver.run_jobs(build.job(1), build.job(2))
    driver.send(build.exited(1), after_seconds=1)
    driver.exchanged(build.job(3))
    driver.exchanges.clear()
    driver.send(build.exited(3))
    driver.exchanged()
    driver.exchanges.clear()
    driver.send(event)
    driver.send(build.exited(2, 137))
    assert all(exchange.wanted is None and not exchange.reports.started for exchange in driver.exchanges)


def test_after_a_lost_lease_a_success_from_before_the_kill_is_reported():
    driver = build.Driver(num_cpus=3)
    driver.run_jobs(build.job(1), build.job(2), build.job(3))
    driver.send(LeaseLost())
    driver.send(build.exited(1, 1))
    driver.send(build.exited(2, 137))
    exchange = build.only(Exchange, driver.send(build.exited(3)))
    assert [(ended.job.job_id, ended.outcome.status) for ended in exchange.reports.ended] == [(3, JobStatus.COMPLETED)]
    assert exchange.wanted is None
    assert build.only(Leave, driver.exchanged()) == Leave(ExitReason.LEASE_LOST)


@DISOWNING
def test_after_a_lost_lease_or_run_no_job_is_claimed_or_started(event, exit_reason):
    driver = build.Driver(num_cpus=2)
    driver.run_jobs(build.job(1))
    driver.send(event)
    assert not build.of((Claim, Launch), driver.claimed(build.job(2)))


def test_an_exchange_in_another_run_ends_the_session():
    driver = build.Driver(num_cpus=2)
    driver.run_jobs(build.job(1))
    number = driver.exchanges[-1].wanted.number if driver.exchanges and driver.exchanges[-1].wanted else None
    kills = driver.send(Exchanged(number, is_run_over=True, is_complete=True))
    assert [(each.job_id, each.kill) for each in build.of(SignalJob, kills)] == [(1, True)]
    assert build.only(Leave, driver.send(build.exited(1, 137))) == Leave(ExitReason.RUN_OVER)


def test_a_complete_workflow_in_another_run_is_joined():
    driver = build.Driver(num_cpus=2)
    driver.run_jobs(build.job(1))
    driver.send(WorkflowOver(is_canceled=False))
    driver.send(RunOver())
    assert build.only(Leave, driver.send(build.exited(1, 137))) == Leave(ExitReason.RUN_OVER)


def test_a_stopped_runner_that_loses_its_lease_still_leaves_as_stopped():
    driver = build.Driver(num_cpus=2)
    driver.run_jobs(build.job(1))
    driver.send(SignalReceived())
    driver.send(LeaseLost())
    driver.send(build.exited(1, 137))
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


def test_a_stopped_runner_gives_up_soon_after_the_end_of_its_last_job():
    driver = build.Driver(num_cpus=4)
    driver.run_jobs(build.job(1))
    driver.send(SignalReceived())
    timers = build.of(SetTimer, driver.send(build.exited(1, 143), after_seconds=2))
    assert [each.at_seconds for each in timers if each.kind is TimerKind.GIVE_UP] == [
        driver.now + REPORTS_AFTER_KILL_SECONDS
    ]
