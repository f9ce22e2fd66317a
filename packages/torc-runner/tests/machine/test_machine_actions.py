"""When a runner carries out actions."""

import pytest

import runner_builders as build
from torc_runner.machine.events import (
    ActionsDone,
    Begun,
    Exchanged,
    LeaseLost,
    SignalReceived,
)
from torc_runner.machine.instructions import (
    CarryOut,
    Claim,
    ExitReason,
    Leave,
    Occasion,
)


def act(driver, event):
    """Send an event. The actions that it starts remain open."""
    return driver.state.handle([event], driver.now)


def test_jobs_wait_for_the_actions_before_the_first_job():
    driver = build.Driver(num_cpus=1)
    assert [each.occasion for each in build.of(CarryOut, act(driver, Begun()))] == [Occasion.START]
    assert build.of(Claim, act(driver, ActionsDone()))


def test_due_actions_are_carried_out_one_round_at_a_time():
    driver = build.Driver(num_cpus=1)
    driver.run_jobs(build.job(1))
    driver.send(build.exited(1))
    due = Exchanged(driver.number, (), has_pending_actions=True)
    assert [each.occasion for each in build.of(CarryOut, act(driver, due))] == [Occasion.MEANWHILE]
    assert not build.of(CarryOut, act(driver, due))
    assert [each.occasion for each in build.of(CarryOut, act(driver, ActionsDone()))] == [Occasion.MEANWHILE]


def test_a_runner_leaves_after_the_last_actions():
    driver = build.Driver(num_cpus=1)
    driver.run_jobs(build.job(1))
    driver.send(build.exited(1))
    over = Exchanged(driver.number, (), is_complete=True, has_pending_actions=True)
    instructions = act(driver, over)
    assert [each.occasion for each in build.of(CarryOut, instructions)] == [Occasion.END]
    assert not build.of(Leave, instructions)
    assert build.only(Leave, act(driver, ActionsDone())).exit_reason is ExitReason.COMPLETE


def test_a_stopped_runner_carries_out_no_actions():
    driver = build.Driver(num_cpus=1)
    driver.run_jobs(build.job(1))
    driver.send(SignalReceived())
    driver.exchanged()
    driver.send(build.exited(1, 143))
    instructions = act(driver, Exchanged(driver.number))
    assert not build.of(CarryOut, instructions)
    assert build.of(Leave, instructions)


@pytest.mark.parametrize("events", [[LeaseLost()], [SignalReceived(), SignalReceived()]], ids=["lease lost", "stopped"])
def test_a_runner_that_must_leave_does_not_wait_for_an_open_action(events):
    driver = build.Driver()
    assert build.of(CarryOut, act(driver, Begun()))
    *earlier, last = events
    for event in earlier:
        assert not build.of(Leave, act(driver, event))
    assert build.of(Leave, act(driver, last))
