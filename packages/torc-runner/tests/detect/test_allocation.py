"""When an allocation ends, as its environment tells."""

from datetime import UTC, datetime

import pytest

from torc_runner.detect.allocation import allocation_end
from torc_runner.settings import Settings

NOW = datetime(2027, 1, 1, tzinfo=UTC)
LATER = datetime(2027, 1, 1, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        (None, None),
        (str(int(LATER.timestamp())), LATER),
        ("soon", None),
        ("9" * 30, None),
        (str(int(NOW.timestamp()) - 1), None),
    ],
)
def test_an_end_counts_if_it_is_to_come(text, end):
    environment = {} if text is None else {"SLURM_JOB_END_TIME": text}
    assert allocation_end(environment, NOW) == end


@pytest.mark.parametrize(
    ("chosen", "end", "left_seconds"),
    [(None, None, None), (LATER, None, 14400), (None, LATER, 14400), (NOW, LATER, 0), (LATER, NOW, 0)],
)
def test_nobody_stays_longer_than_the_allocation(chosen, end, left_seconds):
    assert Settings(end_time=chosen).until(end).time_left_seconds(NOW) == left_seconds
