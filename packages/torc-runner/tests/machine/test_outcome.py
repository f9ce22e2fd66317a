"""Outcomes of attempts."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from torc_client.api.enums import JobStatus
from torc_runner.machine.attempt import StopReason
from torc_runner.machine.outcome import FailureClass, Outcome, settle

COMPLETED, FAILED, TERMINATED = JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.TERMINATED


@pytest.mark.parametrize(
    ("exit_code", "stop_reason", "missing", "outcome"),
    [
        (0, None, [], Outcome(COMPLETED, 0)),
        (0, None, [Path("out")], Outcome(FAILED, 1, FailureClass.OUTPUTS_MISSING)),
        (0, StopReason.RUNNER_STOPS, [], Outcome(COMPLETED, 0)),
        (0, StopReason.NODE_TIME_OVER, [], Outcome(COMPLETED, 0)),
        (0, StopReason.RUNNER_STOPS, [Path("out")], Outcome(FAILED, 1, FailureClass.OUTPUTS_MISSING)),
        (3, None, [Path("out")], Outcome(FAILED, 3, FailureClass.APP)),
        (255, None, [], Outcome(FAILED, 255, FailureClass.APP)),
        (139, None, [], Outcome(FAILED, 139, FailureClass.APP)),
        (143, StopReason.WORKFLOW_CANCELED, [], Outcome(TERMINATED, 143, FailureClass.CANCELED)),
        (0, StopReason.WORKFLOW_CANCELED, [], Outcome(TERMINATED, 0, FailureClass.CANCELED)),
        (137, StopReason.RUNNER_STOPS, [], Outcome(TERMINATED, 137, FailureClass.NODE)),
        (143, StopReason.RUNNER_STOPS, [], Outcome(TERMINATED, 143, FailureClass.NODE)),
        (143, StopReason.NODE_TIME_OVER, [], Outcome(TERMINATED, 152, FailureClass.WALLTIME)),
        (137, StopReason.JOB_TIME_OVER, [], Outcome(TERMINATED, 152, FailureClass.WALLTIME)),
        (137, StopReason.OVER_MEMORY, [], Outcome(FAILED, 137, FailureClass.OOM)),
        (143, StopReason.STEP_CANCELED, [], Outcome(TERMINATED, 143, FailureClass.CANCELED)),
    ],
)
def test_outcomes(exit_code, stop_reason, missing, outcome):
    assert replace(settle(exit_code, stop_reason, unwritten_files=missing), reason="") == outcome


@pytest.mark.parametrize(
    ("stop_reason", "outcome"),
    [
        (StopReason.RUNNER_STOPS, Outcome(TERMINATED, 143, FailureClass.NODE)),
        (StopReason.NODE_TIME_OVER, Outcome(TERMINATED, 152, FailureClass.WALLTIME)),
        (StopReason.JOB_TIME_OVER, Outcome(TERMINATED, 152, FailureClass.WALLTIME)),
        (StopReason.OVER_MEMORY, Outcome(COMPLETED, 0)),  # it is killed, not asked: it had ended before
        (StopReason.STEP_CANCELED, Outcome(COMPLETED, 0)),
        (None, Outcome(COMPLETED, 0)),
    ],
)
def test_a_job_that_does_not_save_its_work_has_not_succeeded_after_a_request_to_end(stop_reason, outcome):
    assert replace(settle(0, stop_reason, saves_work=False), reason="") == outcome


def test_a_command_that_could_not_be_started():
    assert settle(0, None, was_launched=False, note="no bash") == Outcome(FAILED, 127, FailureClass.SETUP, "no bash")


@pytest.mark.parametrize("reason", StopReason)
def test_a_stop_has_its_reason_in_words(reason, told):
    told(settle(143, reason).reason, reason.name)


def test_a_note_explains_a_failure_but_not_each_stop():
    assert settle(3, None).reason == ""
    assert settle(0, None, note="x").reason == ""
    assert settle(3, None, note="x").reason == "x"
    assert settle(137, StopReason.OVER_MEMORY, note="x").reason == "x"
    assert settle(143, StopReason.RUNNER_STOPS, note="x").reason == settle(143, StopReason.RUNNER_STOPS).reason


def test_the_code_of_the_time_limit_is_a_signal_if_the_runner_did_not_stop_the_job(told):
    told(settle(152, None).reason)
