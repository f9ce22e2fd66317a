"""The decisions of a runner in many situations, without clock, processes and server."""

from pathlib import Path

import pytest

import runner_builders as build
from torc_client.api.enums import JobStatus
from torc_runner.machine.events import (
    Begun,
    Fatal,
    Inspected,
    LaunchFailed,
    SignalReceived,
    TimerFired,
    TimerKind,
    WorkflowOver,
)
from torc_runner.machine.instructions import (
    Claim,
    Exchange,
    ExitReason,
    ExplainIdleness,
    Inspect,
    Launch,
    Leave,
    SetTimer,
    SignalJob,
)
from torc_runner.machine.reporting import REPORT_INTERVAL_SECONDS


def test_the_first_instruction_is_a_claim_for_the_whole_node():
    claim = build.only(Claim, build.Driver(num_cpus=4).send(Begun()))
    assert (claim.wanted.limit, claim.wanted.offer, claim.wait_seconds) == (4, build.resources(4), 30)


def test_with_max_parallel_jobs_claims_have_no_offer():
    driver = build.Driver(num_cpus=1, max_parallel_jobs=3)
    claim = build.only(Claim, driver.send(Begun()))
    assert (claim.wanted.limit, claim.wanted.offer) == (3, None)
    assert len(build.of(Launch, driver.claimed(build.job(1), build.job(2)))) == 2
    assert build.only(Exchange, driver.exchanges).wanted.limit == 1


def test_the_start_and_the_end_of_a_job_are_reported():
    driver, job = build.Driver(num_cpus=1), build.job(7)
    driver.send(Begun())
    launch, exchange = build.of((Launch, Exchange), driver.claimed(job))
    assert launch == Launch(job)
    assert exchange.reports.started == (job,)
    driver.exchanged()
    exchange = build.only(Exchange, driver.send(build.exited(7), after_seconds=2.5))
    (ended,) = exchange.reports.ended
    assert (ended.job, ended.outcome.status, ended.exec_seconds) == (job, JobStatus.COMPLETED, 2.5)
    assert exchange.wanted.limit == 1, "the report claims the next job"
    assert build.of(Launch, driver.exchanged(build.job(8)))


def test_a_job_that_ended_before_its_start_was_reported_is_only_reported_as_ended():
    driver = build.Driver(num_cpus=2)
    driver.send(Begun())
    driver.claimed(build.job(1), build.job(2))
    driver.exchanged()
    driver.send(build.exited(1))
    driver.exchanged(build.job(3))
    exchange = build.only(Exchange, driver.send(build.exited(3)))
    assert (exchange.reports.started, [each.job.job_id for each in exchange.reports.ended]) == ((), [3])


def test_a_report_claims_jobs_for_the_free_resources():
    driver = build.Driver(num_cpus=4)
    driver.send(Begun())
    wanted = build.only(Exchange, driver.claimed(build.job(1, num_cpus=3))).wanted
    assert (wanted.number, wanted.limit, wanted.offer) == (2, 1, build.resources(1, memory_gb=7))


def test_a_full_node_claims_nothing():
    driver = build.Driver(num_cpus=2)
    driver.send(Begun())
    assert build.only(Exchange, driver.claimed(build.job(1, num_cpus=2))).wanted is None


def test_a_command_that_cannot_start_is_reported_as_failed():
    driver = build.Driver(num_cpus=1)
    driver.run_jobs(build.job(1))
    driver.send(LaunchFailed(1, build.NOON))
    (ended,) = driver.exchanges[0].reports.ended
    assert (ended.outcome.status, ended.outcome.return_code) == (JobStatus.FAILED, 127)


def test_declared_files_are_inspected_before_the_end_is_reported():
    driver, job = build.Driver(num_cpus=1), build.job(1, output_files=build.OUTPUT_FILES)
    driver.run_jobs(job)
    assert build.only(Inspect, driver.send(build.exited(1))) == Inspect(job)
    assert driver.exchanges == []
    driver.send(Inspected(1, (Path("missing"),)))
    (ended,) = driver.exchanges[0].reports.ended
    assert (ended.outcome.status, ended.outcome.return_code) == (JobStatus.FAILED, 1)


def test_a_claim_waits_at_the_server_after_an_exchange_without_jobs():
    driver = build.Driver(num_cpus=1)
    driver.run_jobs(build.job(1))
    driver.send(build.exited(1))
    number = driver.number
    claim = build.only(Claim, driver.exchanged())
    assert claim.wanted.number == number, "the number of a claim without jobs is used again"


def test_an_end_gives_up_the_waiting_claim_and_repeats_its_number():
    driver = build.Driver(num_cpus=2)
    driver.run_jobs(build.job(1))
    claimed = driver.number
    wanted = build.only(Exchange, driver.send(build.exited(1), after_seconds=3)).wanted
    assert (wanted.number, wanted.limit) == (claimed, 2)


def test_jobs_that_are_returned_twice_are_launched_once():
    driver = build.Driver(num_cpus=2)
    driver.run_jobs(build.job(1))
    driver.send(build.exited(1))
    number = driver.number
    driver.exchanged(build.job(2))
    driver.number = number
    assert build.of(Launch, driver.claimed(build.job(2))) == []


def test_short_jobs_are_prefetched_and_run_without_a_call_in_between():
    driver, wanted = build.short_jobs()
    assert wanted.prefetch >= 10
    driver.exchanges.clear()
    instructions = driver.send(build.exited(1), after_seconds=0.01)
    assert build.of(Launch, instructions) == [Launch(build.job(101))]
    assert driver.exchanges == []
    driver.send(TimerFired(TimerKind.REPORT), after_seconds=REPORT_INTERVAL_SECONDS)
    assert [each.job.job_id for each in driver.exchanges[0].reports.ended] == [1]


def test_a_hundred_short_jobs_cost_few_exchanges():
    driver, wanted = build.short_jobs()
    remaining = list(range(200, 300))
    exchanges = 0
    while driver.state.attempts.running:
        driver.exchanges.clear()
        driver.send(build.exited(next(iter(driver.state.attempts.running))), after_seconds=0.005)
        if driver.exchanges:
            exchanges += 1
            wanted = driver.exchanges[0].wanted
            count = min(len(remaining), wanted.limit + wanted.prefetch) if wanted else 0
            driver.exchanged(*[build.job(remaining.pop()) for _ in range(count)])
    assert not remaining
    assert exchanges <= 15


def test_long_jobs_are_not_prefetched():
    driver = build.Driver(num_cpus=2)
    driver.run_jobs(build.job(1), build.job(2))
    assert build.only(Exchange, driver.send(build.exited(1), after_seconds=60)).wanted.prefetch == 0


def test_prefetched_jobs_that_wait_too_long_are_returned():
    driver, _ = build.short_jobs()
    driver.exchanges.clear()
    instructions = driver.send(TimerFired(TimerKind.RETRACT), after_seconds=1.0)
    assert build.only(Exchange, instructions).reports.returned
    assert not driver.state.attempts.prefetched


def test_a_prefetched_job_of_high_priority_starts_before_those_of_lower_priority():
    driver, _ = build.short_jobs()
    driver.exchanges.clear()
    driver.send(TimerFired(TimerKind.REPORT), after_seconds=REPORT_INTERVAL_SECONDS)
    wide = build.job(900, num_cpus=driver.state.capacity.total.num_cpus, priority=10)
    driver.state.attempts.receive([wide])
    running = [*driver.state.attempts.running]
    for job_id in running[:-1]:
        assert build.of(Launch, driver.send(build.exited(job_id), after_seconds=0.01)) == [], "smaller ones wait"
    launched = build.of(Launch, driver.send(build.exited(running[-1]), after_seconds=0.01))
    assert launched == [Launch(wide)]


def test_a_prefetched_job_of_the_same_priority_is_overtaken():
    driver, _ = build.short_jobs()
    attempts = driver.state.attempts
    first = attempts.prefetched[0].job
    attempts.prefetched.clear()
    attempts.receive([build.job(900, num_cpus=driver.state.capacity.total.num_cpus), first])
    instructions = driver.send(build.exited(next(iter(attempts.running))), after_seconds=0.01)
    assert build.of(Launch, instructions) == [Launch(first)]


def test_the_next_claim_follows_an_empty_answer_after_the_full_wait():
    driver = build.Driver()
    driver.send(Begun())
    assert build.of(Claim, driver.claimed(after_seconds=30))


def test_growing_pauses_follow_empty_answers_before_the_full_wait():
    driver = build.Driver(longest_wait_seconds=30)
    instructions, pauses = driver.send(Begun()), []
    for _ in range(8):
        build.only(Claim, instructions)
        instructions = driver.claimed()
        (timer,) = [each for each in build.of(SetTimer, instructions) if each.kind is TimerKind.CLAIM]
        assert build.of(Claim, instructions) == []
        pauses.append(timer.at_seconds - driver.now)
        driver.now = timer.at_seconds
        instructions = driver.send(TimerFired(TimerKind.CLAIM))
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_a_reported_end_ends_the_pause_because_it_may_make_jobs_ready():
    driver = build.Driver()
    driver.run_jobs(build.job(1))
    driver.claimed()
    driver.send(build.exited(1))
    assert build.only(Claim, driver.exchanged())


def test_idleness_is_explained_once_until_a_job_is_claimed():
    driver = build.Driver(num_cpus=1)
    driver.send(Begun())
    assert build.of(ExplainIdleness, driver.claimed(after_seconds=30))
    assert not build.of(ExplainIdleness, driver.claimed(after_seconds=30))
    driver.claimed(build.job(1))
    driver.exchanged()
    driver.send(build.exited(1))
    driver.exchanged()
    assert build.of(ExplainIdleness, driver.claimed(after_seconds=30))


def test_idleness_is_explained_while_a_claim_waits():
    driver = build.Driver(num_cpus=1)
    assert SetTimer(1000.5, TimerKind.EXPLAIN) in driver.send(Begun())
    assert build.of(ExplainIdleness, driver.send(TimerFired(TimerKind.EXPLAIN), after_seconds=0.5))
    driver.claimed(build.job(1), after_seconds=1)
    driver.exchanged()
    driver.send(build.exited(1))
    assert SetTimer(1030.5, TimerKind.EXPLAIN) in driver.exchanged(), "there is a pause between two questions"


def test_idleness_is_explained_while_other_jobs_run():
    driver = build.Driver(num_cpus=2, end_at=5000.0, lead_seconds=0, headroom_seconds=0)
    driver.run_jobs(build.job(1))
    explain = build.only(ExplainIdleness, driver.claimed(after_seconds=30))
    assert explain.time_left_seconds == 5000 - driver.now


def test_idleness_is_explained_with_max_parallel_jobs():
    driver = build.Driver(max_parallel_jobs=1)
    driver.send(Begun())
    assert build.of(ExplainIdleness, driver.claimed(after_seconds=30))


def test_a_complete_workflow_ends_the_runner_when_its_reports_are_answered():
    driver = build.Driver(num_cpus=1)
    driver.run_jobs(build.job(1))
    driver.send(build.exited(1))
    assert driver.send(WorkflowOver(is_canceled=False)) == []
    assert driver.exchanged() == [Leave(ExitReason.COMPLETE)]


def test_the_answer_to_an_exchange_may_end_the_runner():
    driver = build.Driver(num_cpus=1)
    driver.run_jobs(build.job(1))
    driver.send(build.exited(1))
    assert driver.exchanged(is_complete=True) == [Leave(ExitReason.COMPLETE)]


def test_a_runner_may_ignore_completion_and_never_a_cancellation():
    driver = build.Driver(ignore_completion=True)
    driver.send(Begun())
    assert driver.send(WorkflowOver(is_canceled=False)) == []
    assert driver.send(WorkflowOver(is_canceled=True)) == [Leave(ExitReason.CANCELED)]


def test_a_cancellation_terminates_jobs_then_kills_them():
    driver = build.Driver(num_cpus=1, kill_grace_seconds=10)
    driver.run_jobs(build.job(1))
    assert driver.send(WorkflowOver(is_canceled=True)) == [
        SignalJob(1, kill=False),
        SetTimer(driver.now + 10, TimerKind.KILL),
    ]
    assert driver.send(TimerFired(TimerKind.KILL), after_seconds=10) == [SignalJob(1, kill=True)]
    exchange = build.only(Exchange, driver.send(build.exited(1, 137)))
    (ended,) = exchange.reports.ended
    assert (ended.outcome.status, ended.outcome.return_code) == (JobStatus.TERMINATED, 137)
    assert exchange.wanted is None
    assert driver.exchanged() == [Leave(ExitReason.CANCELED)]


def test_jobs_that_are_claimed_after_a_cancellation_are_dropped():
    driver = build.Driver(num_cpus=2)
    driver.run_jobs(build.job(1))
    driver.send(build.exited(1))
    driver.send(WorkflowOver(is_canceled=True))
    assert driver.exchanged(build.job(2)) == [Leave(ExitReason.CANCELED)]


def test_the_first_signal_stops_claims_and_terminates_jobs():
    driver = build.Driver(num_cpus=2, kill_grace_seconds=10)
    driver.run_jobs(build.job(1))
    instructions = driver.send(SignalReceived())
    assert SignalJob(1, kill=False) in instructions
    assert build.only(Exchange, instructions).wanted.limit == 0, "the jobs of the waiting claim are requested"
    assert {each.kind for each in build.of(SetTimer, instructions)} == {TimerKind.KILL, TimerKind.GIVE_UP}
    driver.exchanged()
    (ended,) = build.only(Exchange, driver.send(build.exited(1, 143), after_seconds=1)).reports.ended
    assert (ended.outcome.status, ended.outcome.return_code) == (JobStatus.TERMINATED, 143)
    assert driver.exchanged() == [Leave(ExitReason.STOPPED)]


def test_jobs_that_have_not_run_are_returned_when_the_runner_stops():
    driver, second = build.Driver(num_cpus=1), build.job(2)
    driver.run_jobs(build.job(1))
    driver.send(build.exited(1))
    driver.send(SignalReceived())
    exchange = build.only(Exchange, driver.exchanged(second))
    assert exchange.reports.returned == (second,)
    assert driver.exchanged() == [Leave(ExitReason.STOPPED)]


def test_the_second_signal_kills_and_the_third_leaves():
    driver = build.Driver(num_cpus=1)
    driver.run_jobs(build.job(1))
    driver.send(SignalReceived())
    assert driver.send(SignalReceived()) == [SignalJob(1, kill=True), SetTimer(driver.now + 5, TimerKind.GIVE_UP)]
    assert driver.send(SignalReceived()) == [Leave(ExitReason.STOPPED)]


def test_a_stopped_runner_leaves_although_its_reports_are_not_sent():
    driver = build.Driver(num_cpus=1)
    driver.run_jobs(build.job(1))
    driver.send(SignalReceived())
    driver.send(build.exited(1, 143))
    assert driver.send(TimerFired(TimerKind.GIVE_UP), after_seconds=40) == [Leave(ExitReason.STOPPED)]


def test_a_fatal_error_terminates_the_jobs():
    driver = build.Driver(num_cpus=1)
    driver.run_jobs(build.job(1))
    assert SignalJob(1, kill=False) in driver.send(Fatal())
    driver.send(build.exited(1, 143))
    assert driver.exchanged() == [Leave(ExitReason.FATAL)]


def test_the_end_of_an_unknown_job_is_ignored():
    driver = build.Driver(num_cpus=1)
    driver.run_jobs(build.job(1))
    assert driver.send(build.exited(99)) == []
    assert driver.send(Inspected(99, ())) == []


def test_events_after_leaving_are_ignored():
    driver = build.Driver()
    driver.send(SignalReceived())
    assert driver.claimed(build.job(1)) == []


@pytest.mark.parametrize("needs", [{"num_cpus": 3}, {"memory_gb": 7}], ids=["CPUs", "memory"])
def test_a_job_that_does_not_fit_waits_and_others_start_before_it(needs):
    driver = build.Driver(num_cpus=4)
    driver.send(Begun())
    big, small = build.job(2, **needs), build.job(3)
    assert build.of(Launch, driver.claimed(build.job(1, num_cpus=2, memory_gb=4), big, small)) == [
        Launch(build.job(1, num_cpus=2, memory_gb=4)),
        Launch(small),
    ]
    driver.exchanged()
    driver.send(build.exited(3))
    assert build.of(Launch, driver.send(build.exited(1))) == [Launch(big)]


def test_a_job_whose_start_is_refused_is_killed_and_its_end_is_not_reported():
    driver = build.Driver(num_cpus=1)
    driver.send(Begun())
    driver.claimed(build.job(1))
    assert driver.exchanged(refused_starts=frozenset({1}))[0] == SignalJob(1, kill=True)
    driver.exchanges.clear()
    driver.send(build.exited(1, 137), after_seconds=1)
    assert driver.exchanges == [], "the end of a job that is not this runner's is not reported"
    assert driver.state.attempts.running == {}
