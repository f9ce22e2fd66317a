"""When a runner without work leaves: after the server has answered that there is nothing."""

import runner_builders as build
from torc_runner.machine.events import (
    Begun,
    ServerAway,
    ServerBack,
    TimerFired,
    TimerKind,
    UnfinishedLooked,
    WorkflowOver,
)
from torc_runner.machine.instructions import Exchange, ExitReason, Launch, Leave, LookForUnfinished, SetTimer


def test_a_runner_leaves_after_the_idle_time():
    driver = build.Driver(idle_seconds=90)
    assert SetTimer(1090.0, TimerKind.IDLE) in driver.send(Begun())
    question = build.only(Exchange, driver.send(TimerFired(TimerKind.IDLE), after_seconds=90))
    assert (question.wanted.number, question.wanted.limit) == (1, 4)
    assert driver.exchanged() == [Leave(ExitReason.IDLE)]


def test_a_job_that_answers_the_last_question_is_run():
    driver = build.Driver(idle_seconds=90)
    driver.send(Begun())
    driver.send(TimerFired(TimerKind.IDLE), after_seconds=90)
    assert build.only(Launch, driver.exchanged(build.job(1))).job.job_id == 1


def test_the_idle_time_of_an_unanswered_report_has_not_begun():
    driver = build.Driver(num_cpus=1, idle_seconds=90)
    driver.run_jobs(build.job(1))
    driver.send(build.exited(1))
    assert not build.of(SetTimer, driver.send(TimerFired(TimerKind.IDLE), after_seconds=300))
    assert SetTimer(driver.now + 90, TimerKind.IDLE) in driver.exchanged()


def test_an_answer_after_an_outage_is_not_the_last_one():
    driver = build.Driver(idle_seconds=90)
    driver.send(Begun())
    driver.send(TimerFired(TimerKind.IDLE), after_seconds=90)
    driver.send(ServerAway(), after_seconds=8)
    driver.send(ServerBack(), after_seconds=60)
    instructions = driver.exchanged()
    assert not build.of(Leave, instructions)
    assert SetTimer(driver.now + 90, TimerKind.IDLE) in instructions


def test_a_runner_without_time_for_another_job_leaves_without_a_question():
    driver = build.Driver(max_parallel_jobs=1, idle_seconds=90, end_at=1200.0, least_seconds=300.0)
    driver.send(Begun())
    assert driver.send(TimerFired(TimerKind.IDLE), after_seconds=90) == [Leave(ExitReason.IDLE)]


def test_a_job_restarts_the_idle_time():
    driver = build.Driver(num_cpus=1, idle_seconds=90)
    driver.run_jobs(build.job(1))
    driver.send(build.exited(1), after_seconds=80)
    driver.exchanged()
    assert driver.send(TimerFired(TimerKind.IDLE), after_seconds=10) == [SetTimer(driver.now + 80, TimerKind.IDLE)]
    assert build.of(Exchange, driver.send(TimerFired(TimerKind.IDLE), after_seconds=80))


def test_an_outage_restarts_the_idle_time():
    driver = build.Driver(idle_seconds=90)
    driver.send(Begun())
    driver.send(ServerAway(), after_seconds=60)
    assert driver.send(TimerFired(TimerKind.IDLE), after_seconds=30) == []
    (timer,) = build.of(SetTimer, driver.send(ServerBack(), after_seconds=60))
    assert timer == SetTimer(driver.now + 90, TimerKind.IDLE)


def persistent_that_looked() -> build.Driver:
    driver = build.Driver(idle_seconds=1, is_persistent=True, longest_wait_seconds=30)
    assert SetTimer(driver.now + 1, TimerKind.IDLE) in driver.send(Begun())
    assert driver.send(TimerFired(TimerKind.IDLE), after_seconds=1) == [
        LookForUnfinished(),
        SetTimer(driver.now + 30, TimerKind.IDLE),
    ]
    return driver


def test_a_persistent_runner_stays_while_jobs_are_left_that_it_could_claim():
    driver = persistent_that_looked()
    assert not build.of(Leave, driver.send(UnfinishedLooked(is_any_left=True)))
    assert build.of(LookForUnfinished, driver.send(TimerFired(TimerKind.IDLE), after_seconds=30))


def test_a_persistent_runner_leaves_when_no_job_is_left_for_it():
    driver = persistent_that_looked()
    build.only(Exchange, driver.send(UnfinishedLooked(is_any_left=False)))  # returns what the open claim may get
    assert driver.exchanged() == [Leave(ExitReason.IDLE)]


def test_a_persistent_runner_that_got_a_job_meanwhile_stays():
    driver = persistent_that_looked()
    assert build.of(Launch, driver.claimed(build.job(1)))
    assert not build.of(Leave, driver.send(UnfinishedLooked(is_any_left=False)))
    assert driver.state.leaving.exit_reason is None


def test_a_persistent_runner_leaves_when_the_workflow_is_complete():
    driver = build.Driver(idle_seconds=1, is_persistent=True)
    driver.send(Begun())
    driver.send(WorkflowOver(is_canceled=False))
    assert driver.state.leaving.exit_reason is ExitReason.COMPLETE
