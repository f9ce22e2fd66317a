"""What a machine does when time is short: the node's, or a job's."""

from torc_client.api.enums import JobStatus
from torc_runner.machine.events import (
    Begun,
    Claimed,
    EndNears,
    SignalReceived,
    Wake,
    Woken,
)
from torc_runner.machine.instructions import (
    Claim,
    Ending,
    Launch,
    Leave,
    Signal,
    WakeAt,
)
from torc_runner.machine.outcome import FailureClass

TIMES = {"end_at": 1600.0, "lead_seconds": 30, "headroom_seconds": 60}
"""The clock of a Driver begins at 1000."""


def test_jobs_are_asked_for_that_end_in_time(build):
    driver = build.Driver(num_cpus=2, **TIMES)
    instructions = driver.send(Begun())
    assert build.only(Claim, instructions).wanted.time_left_seconds == 510
    assert WakeAt(1510.0, Wake.NODE_TIME) in instructions
    driver.send(Claimed(1, ()), after_seconds=400)
    late, quick = build.job(1, runtime_seconds=111), build.job(2, runtime_seconds=110)
    assert [each.job for each in build.of(Launch, driver.claimed(late, quick))] == [quick]
    assert driver.told[-1].news.returned == (late,)


def test_counted_jobs_are_asked_for_only_with_enough_time_left(build):
    driver = build.Driver(max_parallel_jobs=2, least_seconds=300, **TIMES)
    assert build.of(Claim, driver.send(Begun()))
    assert not build.of(Claim, driver.send(Claimed(1, ()), after_seconds=300))


def test_when_the_time_of_the_node_is_nearly_over_jobs_end_while_that_can_be_told(build):
    driver = build.Driver(num_cpus=2, kill_grace_seconds=10, **TIMES)
    driver.run_jobs(build.job(1))
    instructions = driver.send(Woken(Wake.NODE_TIME), after_seconds=510)
    assert Signal(1, kill=False) in instructions
    assert {(each.wake, each.at_seconds) for each in build.of(WakeAt, instructions)} == {
        (Wake.KILL, 1540.0),
        (Wake.GIVE_UP, 1600.0),
    }
    assert Signal(1, kill=True) in driver.send(Woken(Wake.KILL), after_seconds=30)
    driver.exchanged()
    driver.send(build.exited(1, -9))
    outcome = driver.told[-1].news.ended[0].outcome
    assert (outcome.status, outcome.return_code) == (JobStatus.TERMINATED, 152)
    assert build.only(Leave, driver.exchanged()).ending is Ending.TIME_OVER


def test_a_job_that_takes_too_long_is_stopped_alone(build):
    driver = build.Driver(num_cpus=2, limit_runtime=True, kill_grace_seconds=10)
    driver.run_jobs(build.job(1, runtime_seconds=50), build.job(2, runtime_seconds=70))
    instructions = driver.send(Woken(Wake.JOB_TIME), after_seconds=50)
    assert build.of(Signal, instructions) == [Signal(1, kill=False)]
    assert {(each.wake, each.at_seconds) for each in build.of(WakeAt, instructions)} >= {
        (Wake.KILL, 1060.0),
        (Wake.JOB_TIME, 1070.0),
    }
    assert build.of(Signal, driver.send(Woken(Wake.KILL), after_seconds=10)) == [Signal(1, kill=True)]
    driver.send(build.exited(1, -9))
    outcome = driver.told[-1].news.ended[0].outcome
    assert (outcome.status, outcome.return_code) == (JobStatus.TERMINATED, 152)
    assert not driver.state.leaving.ending


def test_when_the_end_nears_nothing_more_is_started_and_what_runs_goes_on(build):
    driver = build.Driver(num_cpus=2)
    driver.run_jobs(build.job(1))
    instructions = driver.send(EndNears())
    assert not build.of(Signal, instructions) + build.of(Claim, instructions)
    driver.exchanged()
    assert not build.of(Launch, driver.claimed(build.job(2)))
    driver.exchanged()
    driver.send(build.exited(1, 0), after_seconds=300)
    assert driver.told[-1].news.ended[0].outcome.status is JobStatus.COMPLETED
    assert build.only(Leave, driver.exchanged()).ending is Ending.TIME_OVER


def test_jobs_that_chose_a_signal_get_it_as_soon_as_the_end_nears(build):
    driver = build.Driver(num_cpus=2, want_notice=True, **TIMES)
    driver.run_jobs(build.job(1))
    instructions = driver.send(EndNears(), after_seconds=200)
    assert build.of(Signal, instructions) == [Signal(1, kill=False)]
    assert WakeAt(1540.0, Wake.KILL) in instructions
    assert not build.of(Signal, driver.send(EndNears()))
    driver.exchanged()
    driver.send(build.exited(1, -10))
    outcome = driver.told[-1].news.ended[0].outcome
    assert (outcome.return_code, outcome.failure_class) == (152, FailureClass.WALLTIME)


def test_without_a_known_end_a_job_has_its_time_until_term_comes(build):
    driver = build.Driver(num_cpus=2, want_notice=True, kill_grace_seconds=10)
    driver.run_jobs(build.job(1), build.job(2))
    assert not [each for each in build.of(WakeAt, driver.send(EndNears())) if each.wake is Wake.KILL]
    instructions = driver.send(SignalReceived(), after_seconds=300)
    assert not build.of(Signal, instructions)
    assert WakeAt(1310.0, Wake.KILL) in instructions


def test_who_is_stopped_after_the_end_was_announced_ran_out_of_time(build):
    driver = build.Driver(num_cpus=2)
    driver.run_jobs(build.job(1))
    driver.send(EndNears())
    assert Signal(1, kill=False) in driver.send(SignalReceived(), after_seconds=300)
    driver.exchanged()
    driver.send(build.exited(1, -15))
    assert driver.told[-1].news.ended[0].outcome.failure_class is FailureClass.WALLTIME
    assert build.only(Leave, driver.exchanged()).ending is Ending.TIME_OVER
