"""The time at the end of an allocation in which its jobs are ended."""

import pytest

from torc_client.batch.margins import Margins, least_seconds_of, margins_of, warning_seconds


@pytest.mark.parametrize(
    ("walltime_seconds", "margins", "warning"),
    [
        (None, Margins(30, 60), 90),
        (3600, Margins(30, 60), 90),
        (360, Margins(30, 60), 90),
        (120, Margins(10, 20), 30),
        (60, Margins(5, 10), 15),
    ],
)
def test_default_margins_take_at_most_a_quarter(walltime_seconds, margins, warning):
    assert margins_of(walltime_seconds) == margins
    assert warning_seconds(margins) == warning


def test_margins_of_the_workflow_are_kept():
    assert margins_of(60, 120, 0) == Margins(120, 0)
    assert margins_of(60, headroom_seconds=40) == Margins(5, 40)


@pytest.mark.parametrize(("walltime_seconds", "least"), [(None, 300), (7200, 300), (120, 30)])
def test_the_time_for_further_jobs_is_shortened(walltime_seconds, least):
    assert least_seconds_of(walltime_seconds) == least
