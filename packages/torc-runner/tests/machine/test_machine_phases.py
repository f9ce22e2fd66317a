"""The phases of a machine, and the history of its turns."""

import runner_builders as build
from torc_runner.machine.attempt import Stage
from torc_runner.machine.events import Begun, SignalReceived
from torc_runner.machine.state import Phase


def test_each_turn_is_kept_with_its_events_and_instructions():
    driver = build.Driver(num_cpus=1)
    instructions = driver.state.handle([Begun()], driver.now)
    (turn,) = driver.state.history
    assert (turn.now, turn.events, turn.instructions) == (driver.now, (Begun(),), instructions)
    for _ in range(300):
        driver.state.handle([], driver.now)
    assert len(driver.state.history) == 200


def test_an_invalid_move_is_the_last_turn_of_the_history(told):
    driver = build.Driver(num_cpus=1)
    driver.run_jobs(build.job(1))
    driver.state.attempts.running[1].stage = Stage.RETURNED
    with told.raised(ValueError):
        driver.state.handle([build.exited(1)], driver.now)
    assert driver.state.history[-1].events == (build.exited(1),)


def test_the_phases_of_a_node_session():
    driver = build.Driver(num_cpus=1)
    assert driver.state.phase is Phase.STARTING
    driver.run_jobs(build.job(1))
    assert driver.state.phase is Phase.WORKING
    driver.send(SignalReceived())
    assert driver.state.phase is Phase.ENDING
    driver.exchanged()
    driver.send(build.exited(1, 143))
    driver.exchanged()
    assert driver.state.phase is Phase.LEFT
    assert driver.send(SignalReceived()) == []
