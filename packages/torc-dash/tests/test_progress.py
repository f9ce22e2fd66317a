"""The progress of a workflow: its state, its description and its bar."""

from itertools import pairwise

import pytest

from dash_builders import status
from torc_client.overview.progress import is_final, summarize
from torc_dash.progress import slices_of


@pytest.mark.parametrize(
    ("given", "word"),
    [
        (status(), "empty"),
        (status(uninitialized=3), "uninitialized"),
        (status(ready=1, blocked=2), "ready"),
        (status(completed=1, running=1), "running"),
        (status(completed=1, pending=1), "running"),
        (status(completed=3, is_complete=True), "completed"),
        (status(completed=2, failed=1, is_complete=True), "failed"),
        (status(completed=2, terminated=1, is_complete=True), "failed"),
        (status(completed=1, running=1, is_canceled=True), "canceled"),
        (status(completed=1, pending_failed=1, blocked=1), "held"),
    ],
)
def test_the_state_is_that_of_the_client(given, word):
    assert summarize(given).state == word


def test_the_bar_is_full_and_has_no_gaps():
    slices = slices_of(status(completed=1, failed=1, ready=1))
    assert [one.status for one in slices] == ["completed", "failed", "ready"]
    for before, after in pairwise(slices):
        assert after.start_percent == pytest.approx(before.start_percent + before.width_percent, abs=0.01)
    assert slices[-1].start_percent + slices[-1].width_percent == pytest.approx(100, abs=0.01)


def test_the_description_counts_unsuccessful_jobs():
    given = status(completed=2, failed=1, canceled=1, is_complete=True)
    assert summarize(given).description == "2 of 4 completed, 1 failed, 1 canceled"


def test_a_workflow_that_waits_for_a_decision_does_not_wait_for_a_runner():
    description = summarize(status(completed=1, pending_failed=1, blocked=1)).description
    assert description == "1 of 3 completed, 1 pending failed, waiting for a decision"


def test_without_jobs_there_are_no_slices():
    assert slices_of(status()) == ()


def test_a_page_is_not_reloaded_when_nothing_can_change():
    assert is_final(status(completed=1, is_complete=True))
    assert is_final(status(canceled=1, is_canceled=True))
    assert not is_final(status(running=1, is_canceled=True))
    assert not is_final(status(ready=1))
