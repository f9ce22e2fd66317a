"""Chained jobs that run on one node without a call to the server in between."""

import runner_builders as build
from torc_runner.machine.events import Begun, Inspected, TimerFired, TimerKind
from torc_runner.machine.instructions import Exchange, Launch
from torc_runner.machine.reporting import REPORT_INTERVAL_SECONDS


def chain(*job_ids, num_cpus=2):
    """Return the driver of a runner that runs the short job 2, with these jobs chained to it one after the other."""
    driver = build.Driver(num_cpus=num_cpus)
    driver.send(Begun())
    driver.claimed(build.job(1))
    driver.exchanged()
    wanted = build.only(Exchange, driver.send(build.exited(1), after_seconds=0.002)).wanted
    assert wanted.max_chained >= len(job_ids), "jobs are short and slots are free"
    chained = tuple(
        build.job(job_id, predecessor=predecessor) for predecessor, job_id in zip([2, *job_ids], job_ids, strict=False)
    )
    driver.exchanged(build.job(2), chained=chained)
    driver.exchanges.clear()
    return driver


def test_a_chained_job_starts_at_once_and_both_are_reported_together():
    driver = chain(3, 4)
    assert build.only(Launch, driver.send(build.exited(2), after_seconds=0.002)).job.job_id == 3
    assert build.only(Launch, driver.send(build.exited(3), after_seconds=0.002)).job.job_id == 4
    assert driver.exchanges == [], "no other node waits for a chained job"
    driver.send(TimerFired(TimerKind.REPORT), after_seconds=REPORT_INTERVAL_SECONDS)
    reports = driver.exchanges[0].reports
    assert [each.job.job_id for each in reports.ended] == [2, 3]
    assert [(job.job_id, job.predecessor) for job in reports.started] == [(4, 3)]


def test_the_end_of_a_chain_is_reported_at_once_with_the_next_chain_ends():
    driver = chain(3)
    driver.send(build.exited(2), after_seconds=0.002)
    exchange = build.only(Exchange, driver.send(build.exited(3), after_seconds=0.002))
    assert [each.job.job_id for each in exchange.reports.ended] == [2, 3]
    driver.exchanged(build.job(5))
    assert build.only(
        Exchange, driver.send(TimerFired(TimerKind.REPORT), after_seconds=REPORT_INTERVAL_SECONDS)
    ).wanted.chain_ends == (5,)


def test_a_failure_drops_its_chained_jobs():
    driver = chain(3, 4)
    assert build.of(Launch, driver.send(build.exited(2, 1), after_seconds=0.002)) == []
    assert len(driver.state.attempts.chained) == 0
    assert [job.job_id for job in driver.exchanges[0].reports.returned] == [3, 4]


def test_a_chained_job_starts_after_the_declared_files_were_inspected():
    driver = build.Driver(num_cpus=2)
    driver.send(Begun())
    driver.claimed(build.job(1))
    driver.exchanged()
    driver.send(build.exited(1), after_seconds=0.002)
    driver.exchanged(build.job(2, output_files=build.OUTPUT_FILES), chained=(build.job(3, predecessor=2),))
    assert build.of(Launch, driver.send(build.exited(2), after_seconds=0.002)) == []
    assert build.only(Launch, driver.send(Inspected(2, ()))).job.job_id == 3


def test_a_chained_job_without_a_free_slot_is_returned():
    driver = chain(3, num_cpus=1)
    driver.state.attempts.receive([build.job(7)])
    launched = build.only(Launch, driver.send(build.exited(2), after_seconds=0.002))
    assert launched.job.job_id == 7, "claimed jobs start first"
    driver.send(TimerFired(TimerKind.REPORT), after_seconds=REPORT_INTERVAL_SECONDS)
    assert [each.job.job_id for each in driver.exchanges[0].reports.ended] == [2]
    assert list(driver.state.attempts.prefetched) == []
    assert [job.job_id for job in driver.exchanges[0].reports.returned] == [3]


def test_a_chained_job_that_comes_after_the_end_of_its_predecessor_is_returned():
    driver = build.Driver(num_cpus=2)
    driver.send(Begun())
    driver.claimed(build.job(1))
    driver.exchanged()
    driver.send(build.exited(1), after_seconds=0.002)
    driver.exchanged(build.job(2), chained=(build.job(3, predecessor=9),))
    driver.exchanges.clear()
    driver.send(TimerFired(TimerKind.REPORT), after_seconds=REPORT_INTERVAL_SECONDS)
    assert [job.job_id for job in driver.exchanges[0].reports.returned] == [3]
