"""Return codes are explained where their meaning is known."""

import pytest

from torc_client.exit_codes import meaning


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (0, "success"),
        (1, ""),
        (127, "the command was not found"),
        (137, "ended by SIGKILL: its memory ran out, or another process ended it"),
        (-11, "ended by SIGSEGV: it accessed invalid memory"),
        (139, "ended by SIGSEGV: it accessed invalid memory"),
        (130, "ended by SIGINT: it was interrupted"),
        (129, "ended by SIGHUP"),
        (-128, "its runner or its node died while it ran"),
        (152, "it was stopped at its time limit"),
        (255, ""),
        (100_000, ""),
    ],
)
def test_meanings(code: int, expected: str):
    assert meaning(code) == expected


def test_a_workflow_can_choose_other_codes():
    assert meaning(7, out_of_memory=7) == "its memory ran out"
    assert meaning(9, out_of_time=9) == "it was stopped at its time limit"
    assert meaning(137, out_of_memory=7) == "ended by SIGKILL: often because memory ran out"
