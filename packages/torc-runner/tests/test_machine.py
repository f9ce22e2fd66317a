"""The order of things, as a table of situations: no clock, no process, no service."""

import pytest

from torc_runner.events import (
    Begun,
    Broken,
    Claimed,
    Exited,
    LaunchFailed,
    NothingToClaim,
    ServerAway,
    ServerBack,
    Settled,
    SignalReceived,
    Started,
    StartRefused,
    Wake,
    Woken,
    WorkflowOver,
)
from torc_runner.instructions import (
    AbandonClaim,
    Claim,
    Ending,
    ExplainIdleness,
    GiveBack,
    Launch,
    Leave,
    Report,
    Signal,
    Start,
    WakeAt,
)


def test_the_first_thing_is_a_claim_for_the_whole_node(build):
    claim = build.claim_of(build.Driver(num_cpus=4).send(Begun()))
    assert (claim.limit, claim.offer, claim.wait_seconds) == (4, build.resources(4), 30)


def test_with_max_parallel_jobs_claims_count_jobs_and_offer_nothing(build):
    driver = build.Driver(num_cpus=1, max_parallel_jobs=3)
    claim = build.claim_of(driver.send(Begun()))
    assert (claim.limit, claim.offer) == (3, None)
    again = build.claim_of(driver.send(Claimed((build.job(1), build.job(2)))))
    assert again.limit == 1


def test_a_job_goes_claimed_started_launched_reported_settled(build):
    driver, job = build.Driver(num_cpus=1), build.job(7)
    driver.send(Begun())
    assert driver.send(Claimed((job,))) == [Start(job)]
    assert driver.send(Started(7)) == [Launch(job)]
    report, claim = driver.send(Exited(7, 0), after_seconds=2.5)
    assert report == Report(job, 0, 2.5, was_terminated=False)
    assert isinstance(claim, Claim), "the next claim does not wait for the report"
    assert driver.send(Settled(7)) == []


def test_room_that_is_left_is_claimed_at_once(build):
    driver = build.Driver(num_cpus=4)
    driver.send(Begun())
    claim = build.claim_of(driver.send(Claimed((build.job(1, num_cpus=3),))))
    assert (claim.number, claim.limit, claim.offer) == (2, 1, build.resources(1, memory_gb=7))


def test_a_full_node_claims_nothing(build):
    driver = build.Driver(num_cpus=2)
    driver.send(Begun())
    assert build.of(Claim, driver.send(Claimed((build.job(1, num_cpus=2),)))) == []


def test_a_command_that_cannot_start_is_reported_as_failed(build):
    driver = build.Driver(num_cpus=1)
    driver.run_jobs(build.job(1))
    (report,) = build.of(Report, driver.send(LaunchFailed(1)))
    assert (report.exit_code, report.was_terminated) == (127, False)


def test_a_refused_start_frees_the_place(build):
    driver = build.Driver(num_cpus=1)
    driver.send(Begun())
    driver.send(Claimed((build.job(1),)))
    assert isinstance(driver.send(StartRefused(1))[0], Claim)
    assert driver.state.jobs == {}
    assert driver.state.unsettled == set()


def test_a_parked_claim_is_renewed_under_the_same_number_when_more_is_free(build):
    driver = build.Driver(num_cpus=2)
    driver.run_jobs(build.job(1))
    renewed = build.claim_of(driver.send(Exited(1, 0), after_seconds=3))
    assert (renewed.number, renewed.limit) == (2, 2), "the number of the claim that is open since job 1 was claimed"


def test_a_claim_that_is_about_to_be_answered_is_left_alone_until_it_is_parked(build):
    driver = build.Driver(num_cpus=2)
    driver.run_jobs(build.job(1))
    instructions = driver.send(Exited(1, 0), after_seconds=0.001)
    assert build.of(Claim, instructions) == []
    (timer,) = [each for each in build.of(WakeAt, instructions) if each.wake is Wake.RENEW_CLAIM]
    driver.now = timer.at_seconds
    assert build.claim_of(driver.send(Woken(Wake.RENEW_CLAIM))).number == 2


def test_a_renewed_claim_is_not_renewed_again_without_need(build):
    driver = build.Driver(num_cpus=2)
    driver.run_jobs(build.job(1))
    driver.send(Exited(1, 0), after_seconds=3)
    assert build.of(Claim, driver.send(Woken(Wake.RENEW_CLAIM), after_seconds=3)) == []


def test_an_empty_answer_after_its_wait_is_followed_by_the_next_claim(build):
    driver = build.Driver()
    driver.send(Begun())
    assert build.claim_of(driver.send(NothingToClaim(), after_seconds=30)).number == 2


def test_empty_answers_before_their_time_are_followed_by_growing_pauses(build):
    driver = build.Driver(longest_wait_seconds=30)
    instructions, pauses = driver.send(Begun()), []
    for _ in range(8):
        build.claim_of(instructions)
        instructions = driver.send(NothingToClaim())
        (timer,) = [each for each in build.of(WakeAt, instructions) if each.wake is Wake.CLAIM]
        assert build.of(Claim, instructions) == []
        pauses.append(timer.at_seconds - driver.now)
        driver.now = timer.at_seconds
        instructions = driver.send(Woken(Wake.CLAIM))
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_an_own_result_ends_the_pause_since_it_may_have_made_jobs_ready(build):
    driver = build.Driver()
    driver.run_jobs(build.job(1))
    driver.send(NothingToClaim())
    driver.send(Exited(1, 0))
    build.claim_of(driver.send(Settled(1)))


def test_idleness_is_explained_once_until_something_was_claimed(build):
    driver = build.Driver(num_cpus=1)
    driver.send(Begun())
    assert build.of(ExplainIdleness, driver.send(NothingToClaim(), after_seconds=30))
    assert not build.of(ExplainIdleness, driver.send(NothingToClaim(), after_seconds=30))
    driver.send(Claimed((build.job(1),)))
    driver.send(StartRefused(1))
    assert build.of(ExplainIdleness, driver.send(NothingToClaim(), after_seconds=30))


def test_without_resources_every_job_fits_so_there_is_nothing_to_explain(build):
    driver = build.Driver(max_parallel_jobs=1)
    driver.send(Begun())
    assert not build.of(ExplainIdleness, driver.send(NothingToClaim(), after_seconds=30))


def test_a_runner_that_is_idle_for_long_enough_leaves(build):
    driver = build.Driver(idle_seconds=90)
    (timer,) = build.of(WakeAt, driver.send(Begun()))
    assert timer == WakeAt(1090.0, Wake.IDLE)
    assert driver.send(Woken(Wake.IDLE), after_seconds=90) == [AbandonClaim(1)]
    assert driver.send(NothingToClaim()) == [Leave(Ending.IDLE)]


def test_work_in_between_starts_the_idle_clock_again(build):
    driver = build.Driver(num_cpus=1, idle_seconds=90)
    driver.run_jobs(build.job(1))
    driver.send(Exited(1, 0), after_seconds=80)
    assert driver.send(Woken(Wake.IDLE), after_seconds=10) == [WakeAt(driver.now + 80, Wake.IDLE)]
    assert build.of(AbandonClaim, driver.send(Woken(Wake.IDLE), after_seconds=80))


def test_time_without_a_service_is_no_idleness(build):
    driver = build.Driver(idle_seconds=90)
    driver.send(Begun())
    driver.send(ServerAway(), after_seconds=60)
    assert driver.send(Woken(Wake.IDLE), after_seconds=30) == []
    (timer,) = build.of(WakeAt, driver.send(ServerBack(), after_seconds=60))
    assert timer == WakeAt(driver.now + 90, Wake.IDLE)


def test_a_complete_workflow_ends_the_runner_when_its_reports_are_answered(build):
    driver = build.Driver(num_cpus=1)
    driver.run_jobs(build.job(1))
    driver.send(Exited(1, 0))
    assert driver.send(WorkflowOver(is_canceled=False)) == []
    assert driver.send(Settled(1)) == [Leave(Ending.COMPLETE)]


def test_completion_can_be_ignored_but_not_cancel(build):
    driver = build.Driver(ignore_completion=True)
    driver.send(Begun())
    assert driver.send(WorkflowOver(is_canceled=False)) == []
    assert driver.send(WorkflowOver(is_canceled=True)) == [Leave(Ending.CANCELED)]


def test_cancel_terminates_then_kills_and_leaves(build):
    driver = build.Driver(num_cpus=1, kill_grace_seconds=10)
    driver.run_jobs(build.job(1))
    assert driver.send(WorkflowOver(is_canceled=True)) == [
        Signal(1, kill=False),
        WakeAt(driver.now + 10, Wake.KILL),
    ]
    assert driver.send(Woken(Wake.KILL), after_seconds=10) == [Signal(1, kill=True)]
    (report,) = driver.send(Exited(1, -9))
    assert (report.exit_code, report.was_terminated) == (-9, True)
    assert driver.send(Settled(1)) == [Leave(Ending.CANCELED)]


def test_what_is_claimed_or_accepted_after_cancel_is_dropped(build):
    driver = build.Driver(num_cpus=2)
    driver.send(Begun())
    driver.send(Claimed((build.job(1),)))
    driver.send(WorkflowOver(is_canceled=True))
    assert driver.send(Claimed((build.job(2),))) == []
    assert driver.send(Started(1)) == [Leave(Ending.CANCELED)]


def test_the_first_signal_stops_claims_and_terminates_jobs(build):
    driver = build.Driver(num_cpus=2, kill_grace_seconds=10)
    driver.run_jobs(build.job(1))
    instructions = driver.send(SignalReceived())
    assert Signal(1, kill=False) in instructions
    assert AbandonClaim(2) in instructions
    assert [each.wake for each in build.of(WakeAt, instructions)] == [Wake.KILL, Wake.GIVE_UP]
    driver.send(NothingToClaim())
    (report,) = driver.send(Exited(1, -15), after_seconds=1)
    assert (report.exit_code, report.was_terminated) == (-15, True)
    assert driver.send(Settled(1)) == [Leave(Ending.STOPPED)]


def test_jobs_that_have_not_run_go_back_when_the_runner_stops(build):
    driver, first, second = build.Driver(num_cpus=3), build.job(1), build.job(2)
    driver.send(Begun())
    driver.send(Claimed((first,)))
    driver.send(SignalReceived())
    assert driver.send(Started(1)) == [GiveBack(first)]
    assert driver.send(Claimed((second,))) == [GiveBack(second)]
    driver.send(Settled(1))
    assert driver.send(Settled(2)) == [Leave(Ending.STOPPED)]


def test_the_second_signal_kills_and_the_third_leaves(build):
    driver = build.Driver(num_cpus=1)
    driver.run_jobs(build.job(1))
    driver.send(SignalReceived())
    assert driver.send(SignalReceived()) == [Signal(1, kill=True), WakeAt(driver.now + 5, Wake.GIVE_UP)]
    assert driver.send(SignalReceived()) == [Leave(Ending.STOPPED)]


def test_reports_that_cannot_be_sent_do_not_hold_a_stopped_runner_for_ever(build):
    driver = build.Driver(num_cpus=1)
    driver.run_jobs(build.job(1))
    driver.send(SignalReceived())
    driver.send(Exited(1, -15))
    assert driver.send(Woken(Wake.GIVE_UP), after_seconds=40) == [Leave(Ending.STOPPED)]


def test_a_broken_runner_ends_its_jobs(build):
    driver = build.Driver(num_cpus=1)
    driver.run_jobs(build.job(1))
    assert Signal(1, kill=False) in driver.send(Broken())
    driver.send(Exited(1, -15))
    assert driver.send(Settled(1)) == [Leave(Ending.BROKEN)]


@pytest.mark.parametrize("event", [Exited(99, 0), Settled(99), Started(99), StartRefused(99)])
def test_news_of_jobs_that_are_not_held_changes_nothing(build, event):
    driver = build.Driver(num_cpus=1)
    driver.run_jobs(build.job(1))
    assert driver.send(event) == []


def test_after_leaving_nothing_is_wanted(build):
    driver = build.Driver()
    driver.send(SignalReceived())
    assert driver.send(Claimed((build.job(1),))) == []
