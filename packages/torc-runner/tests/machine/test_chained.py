"""Jobs that follow each other on one node without a word to the service in between."""

import runner_builders as build
from torc_runner.machine.events import Begun, Inspected, TimerFired, TimerKind
from torc_runner.machine.instructions import Exchange, Launch
from torc_runner.machine.reporting import REPORT_INTERVAL_SECONDS


def chain(*job_ids, num_cpus=2):
    """Bring a runner to where a short job runs, and others are known to follow it one after the other."""
    driver = build.Driver(num_cpus=num_cpus)
    driver.send(Begun())
    driver.claimed(build.job(1))
    driver.exchanged()
    wanted = build.only(Exchange, driver.send(build.exited(1), after_seconds=0.002)).wanted
    assert wanted.max_chained >= len(job_ids), "short jobs and a free place: it is worth asking"
    chained = tuple(
        build.job(job_id, predecessor=predecessor) for predecessor, job_id in zip([2, *job_ids], job_ids, strict=False)
    )
    driver.exchanged(build.job(2), chained=chained)
    driver.exchanges.clear()
    return driver


def test_a_job_is_followed_at_once_and_both_are_told_together():
    driver = chain(3, 4)
    assert build.only(Launch, driver.send(build.exited(2), after_seconds=0.002)).job.job_id == 3
    assert build.only(Launch, driver.send(build.exited(3), after_seconds=0.002)).job.job_id == 4
    assert driver.exchanges == [], "nobody else waits for what follows here"
    driver.send(TimerFired(TimerKind.REPORT), after_seconds=REPORT_INTERVAL_SECONDS)
    reports = driver.exchanges[0].reports
    assert [each.job.job_id for each in reports.ended] == [2, 3]
    assert [(job.job_id, job.predecessor) for job in reports.started] == [(4, 3)]


def test_the_end_of_a_chain_is_told_at_once_and_it_is_asked_what_follows():
    driver = chain(3)
    driver.send(build.exited(2), after_seconds=0.002)
    exchange = build.only(Exchange, driver.send(build.exited(3), after_seconds=0.002))
    assert [each.job.job_id for each in exchange.reports.ended] == [2, 3]
    driver.exchanged(build.job(5))
    assert build.only(
        Exchange, driver.send(TimerFired(TimerKind.REPORT), after_seconds=REPORT_INTERVAL_SECONDS)
    ).wanted.chain_ends == (5,)


def test_nothing_follows_a_failure():
    driver = chain(3, 4)
    assert build.of(Launch, driver.send(build.exited(2, 1), after_seconds=0.002)) == []
    assert len(driver.state.attempts.chained) == 0


def test_a_job_with_declared_files_is_followed_once_they_are_there():
    driver = build.Driver(num_cpus=2)
    driver.send(Begun())
    driver.claimed(build.job(1))
    driver.exchanged()
    driver.send(build.exited(1), after_seconds=0.002)
    driver.exchanged(build.job(2, has_output_files=True), chained=(build.job(3, predecessor=2),))
    assert build.of(Launch, driver.send(build.exited(2), after_seconds=0.002)) == []
    assert build.only(Launch, driver.send(Inspected(2, ()))).job.job_id == 3


def test_a_follower_that_has_no_place_is_left_to_everybody():
    driver = chain(3, num_cpus=1)
    driver.state.attempts.receive([build.job(7)])
    launched = build.only(Launch, driver.send(build.exited(2), after_seconds=0.002))
    assert launched.job.job_id == 7, "what was claimed comes first"
    driver.send(TimerFired(TimerKind.REPORT), after_seconds=REPORT_INTERVAL_SECONDS)
    assert [each.job.job_id for each in driver.exchanges[0].reports.ended] == [2]
    assert list(driver.state.attempts.prefetched) == []
