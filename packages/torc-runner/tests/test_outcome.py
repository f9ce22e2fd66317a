"""How attempts are judged."""

from pathlib import Path

import pytest

from torc_client.api.enums import JobStatus
from torc_runner.outcome import Outcome, settle


@pytest.mark.parametrize(
    ("exit_code", "was_terminated", "missing", "status", "return_code"),
    [
        (0, False, [], JobStatus.COMPLETED, 0),
        (0, False, [Path("out")], JobStatus.FAILED, 1),
        (0, True, [], JobStatus.COMPLETED, 0),
        (0, True, [Path("out")], JobStatus.FAILED, 1),
        (3, False, [Path("out")], JobStatus.FAILED, 3),
        (255, False, [], JobStatus.FAILED, 255),
        (-11, False, [], JobStatus.FAILED, -11),
        (-15, True, [], JobStatus.TERMINATED, -15),
        (-9, True, [], JobStatus.TERMINATED, -9),
        (143, True, [], JobStatus.TERMINATED, 143),
    ],
)
def test_outcomes(exit_code, was_terminated, missing, status, return_code):
    assert settle(exit_code, was_terminated=was_terminated, missing_files=missing) == Outcome(status, return_code)
