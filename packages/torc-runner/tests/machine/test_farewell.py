"""The steps at the end of a node session."""

import pytest

from torc_runner.machine.farewell import DISOWNED, Farewell, farewell
from torc_runner.machine.instructions import ExitReason

HASTY = [ExitReason.STOPPED, ExitReason.NO_LAUNCHES, ExitReason.FATAL, ExitReason.TIME_OVER, ExitReason.NO_TIME]
PATIENT = [ExitReason.COMPLETE, ExitReason.CANCELED, ExitReason.IDLE]


def steps(exit_reason, *, is_server_away=False, has_unsent_results=False, has_unfinished_jobs=False) -> Farewell:
    return farewell(
        exit_reason,
        is_server_away=is_server_away,
        has_unsent_results=has_unsent_results,
        has_unfinished_jobs=has_unfinished_jobs,
    )


def test_every_exit_reason_is_in_one_row():
    assert {*HASTY, *PATIENT, *DISOWNED} == set(ExitReason)


@pytest.mark.parametrize("exit_reason", HASTY)
def test_a_hasty_exit_does_not_wait_for_a_server_that_is_away(exit_reason):
    assert steps(exit_reason) == Farewell(
        signs_off=True, is_patient=False, sends_results=False, releases_jobs=False, draws_plots=False
    )
    assert not steps(exit_reason, is_server_away=True).signs_off


@pytest.mark.parametrize("exit_reason", PATIENT)
def test_other_exits_wait_for_the_server_and_draw_plots(exit_reason):
    assert steps(exit_reason, is_server_away=True) == Farewell(
        signs_off=True, is_patient=True, sends_results=False, releases_jobs=False, draws_plots=True
    )


def test_unsent_results_and_unfinished_jobs_are_settled():
    left = steps(ExitReason.STOPPED, has_unsent_results=True, has_unfinished_jobs=True)
    assert (left.sends_results, left.releases_jobs) == (True, True)


def test_after_the_end_of_a_run_jobs_are_released_and_plots_are_drawn():
    over = steps(ExitReason.RUN_OVER)
    assert (over.signs_off, over.is_patient, over.releases_jobs, over.draws_plots) == (True, True, True, True)


def test_after_a_lost_lease_jobs_are_released_and_no_plots_are_drawn():
    lost = steps(ExitReason.LEASE_LOST)
    assert (lost.signs_off, lost.is_patient, lost.releases_jobs, lost.draws_plots) == (True, True, True, False)
