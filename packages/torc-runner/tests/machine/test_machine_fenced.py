"""The decisions of a runner about attempts that the server has replaced, and about reports that it refuses."""

import pytest

import runner_builders as build
from torc_runner.machine.attempts import MAX_REFUSED_ENDS
from torc_runner.machine.events import AttemptsFenced, LeaseLost
from torc_runner.machine.instructions import Exchange, Launch, LogTrouble, SignalJob


def started(exchange: Exchange) -> list[tuple[int, int]]:
    return [(job.job_id, job.attempt_id) for job in exchange.reports.started]


def test_the_starts_of_running_jobs_are_reported_again_and_refused_jobs_are_killed():
    driver = build.Driver(num_cpus=4)
    driver.run_jobs(build.job(1), build.job(2))
    exchange = build.only(Exchange, driver.send(AttemptsFenced(), after_seconds=1))
    assert started(exchange) == [(1, 1), (2, 1)]
    assert build.of(SignalJob, driver.exchanged(refused_starts=frozenset({1}))) == [SignalJob(1, kill=True)]
    # The end of the killed job is not reported, and its start is not reported a third time.
    (exchange,) = build.of(Exchange, driver.send(AttemptsFenced(), after_seconds=1))
    assert started(exchange) == [(2, 1)]
    driver.exchanged()
    driver.send(build.exited(1, 137), after_seconds=1)
    assert not any(each.reports.ended for each in driver.exchanges)


def test_a_runner_without_jobs_reports_nothing_again():
    driver = build.Driver(num_cpus=4)
    driver.run_jobs()
    assert not build.of(Exchange, driver.send(AttemptsFenced(), after_seconds=1))


def test_a_job_whose_end_was_refused_is_returned():
    driver = build.Driver(num_cpus=4)
    job = build.job(1)
    driver.run_jobs(job, build.job(2))
    driver.send(build.exited(1), after_seconds=1)
    (exchange,) = build.of(Exchange, driver.exchanged(refused_ends=(job,), after_seconds=1))
    assert [each.job_id for each in exchange.reports.returned] == [1]


def test_a_job_whose_end_is_refused_for_ever_does_not_run_for_ever(told):
    driver = build.Driver(num_cpus=4)
    driver.run_jobs(build.job(2))
    returned = []
    for attempt_id in range(1, MAX_REFUSED_ENDS + 1):
        job = build.job(1, attempt_id=attempt_id)
        driver.run_jobs(job)
        driver.send(build.exited(1), after_seconds=1)
        instructions = driver.exchanged(refused_ends=(job,), after_seconds=1)
        returned += [back.attempt_id for each in build.of(Exchange, instructions) for back in each.reports.returned]
        driver.exchanged()
    told(build.only(LogTrouble, instructions).reason)
    assert returned == [1, 2]


@pytest.mark.parametrize("why", ["canceled", "lease lost"])
def test_a_job_whose_end_was_refused_is_not_returned_if_it_no_longer_belongs_to_the_node(why):
    driver = build.Driver(num_cpus=4)
    job = build.job(1)
    driver.run_jobs(job, build.job(2))
    driver.send(build.exited(1), after_seconds=1)
    if why == "lease lost":
        driver.send(LeaseLost())
    driver.exchanged(refused_ends=(job,), is_canceled=why == "canceled", after_seconds=1)
    assert not any(each.reports.returned for each in driver.exchanges)


def test_a_job_that_runs_already_is_not_launched_a_second_time(told):
    driver = build.Driver(num_cpus=4)
    driver.run_jobs(build.job(1))
    instructions = driver.claimed(build.job(1), after_seconds=1)
    assert not build.of(Launch, instructions)
    told(build.only(LogTrouble, instructions).reason)
    assert started(build.only(Exchange, instructions)) == [(1, 1)]


def test_the_next_attempt_of_a_running_job_starts_when_the_earlier_one_is_killed(told):
    driver = build.Driver(num_cpus=4)
    driver.run_jobs(build.job(1))
    instructions = driver.claimed(build.job(1, attempt_id=2), after_seconds=1)
    assert not build.of(Launch, instructions)
    assert build.of(SignalJob, instructions) == [SignalJob(1, kill=True)]
    told(build.only(LogTrouble, instructions).reason)
    launched = build.only(Launch, driver.send(build.exited(1, 137))).job
    assert (launched.job_id, launched.attempt_id) == (1, 2)
    driver.exchanged()
    driver.send(build.exited(1), after_seconds=1)
    ends = [(ended.job.job_id, ended.job.attempt_id) for each in driver.exchanges for ended in each.reports.ended]
    assert ends == [(1, 2)]


def test_a_prefetched_job_is_replaced_by_its_next_attempt():
    attempts = build.Driver(num_cpus=1).state.attempts
    attempts.receive([build.job(1), build.job(2)])
    attempts.receive([build.job(2, attempt_id=2)])
    assert [(each.job.job_id, each.job.attempt_id) for each in attempts.prefetched] == [(1, 1), (2, 2)]
