"""Where a workflow stands."""

from itertools import pairwise

import pytest

from dash_builders import status
from torc_dash.progress import is_over, slices_of, standing


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
    ],
)
def test_one_word(given, word):
    assert standing(given).word == word


def test_the_bar_is_full_and_has_no_gaps():
    slices = slices_of(status(completed=1, failed=1, ready=1))
    assert [one.status for one in slices] == ["completed", "failed", "ready"]
    for before, after in pairwise(slices):
        assert after.start_percent == pytest.approx(before.start_percent + before.width_percent, abs=0.01)
    assert slices[-1].start_percent + slices[-1].width_percent == pytest.approx(100, abs=0.01)


def test_the_words_name_what_went_wrong():
    given = status(completed=2, failed=1, pending_failed=1, is_complete=True)
    assert standing(given).words == "2 of 4 completed, 1 failed, 1 pending failed"


def test_no_jobs_no_slices():
    assert slices_of(status()) == ()


def test_a_page_rests_when_nothing_can_change():
    assert is_over(status(completed=1, is_complete=True))
    assert is_over(status(canceled=1, is_canceled=True))
    assert not is_over(status(running=1, is_canceled=True))
    assert not is_over(status(ready=1))
