"""The stages of an attempt."""

import pytest

import runner_builders as build
from torc_runner.machine.attempt import NEXT, Attempt, Stage, StopReason


def test_every_stage_can_be_reached_and_three_are_final():
    reached, new = set(), {Stage.CLAIMED}
    while new:
        reached |= new
        new = {target for stage in new for target in NEXT[stage]} - reached
    assert reached == set(Stage)
    assert {stage for stage in Stage if not NEXT[stage]} == {Stage.ENDED, Stage.RETURNED, Stage.DISOWNED}


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("target", Stage)
def test_an_attempt_moves_only_as_the_table_allows(stage, target):
    attempt = Attempt(build.job(7), stage)
    if target in NEXT[stage]:
        attempt.move(target)
        assert attempt.stage is target
    else:
        with pytest.raises(ValueError, match=f"job 7: {stage.name} cannot become {target.name}"):
            attempt.move(target)


def test_the_first_reason_to_stop_and_the_earliest_kill_are_kept():
    attempt = Attempt(build.job(7), Stage.RUNNING)
    attempt.stop(StopReason.JOB_TIME_OVER, kill_at=20.0)
    attempt.stop(StopReason.RUNNER_STOPS, kill_at=10.0)
    attempt.stop(StopReason.RUNNER_STOPS, kill_at=30.0)
    assert (attempt.stop_reason, attempt.kill_at) == (StopReason.JOB_TIME_OVER, 10.0)
