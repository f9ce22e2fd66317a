"""Time limits as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torc_client.batch.walltime import walltime_seconds, walltime_text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 5400), ("30:15", 1815), ("04:00:00", 14_400), ("1-12", 129_600), ("1-12:30", 131_400),
        ("2-00:00:01", 172_801), ("PT36H", 129_600), ("pt90m", 5400),
    ],
)  # fmt: skip
def test_the_forms_of_slurm_and_of_iso_8601(text, seconds):
    assert walltime_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "1:2:3:4", "x", "1-", "-1", "PT", "1.5", "\uff190"])
def test_other_texts_are_refused(text):
    with pytest.raises(ValueError, match="is not a"):
        walltime_seconds(text)


@given(st.integers(0, 10**9))
def test_a_written_time_limit_is_read_as_the_same_time(seconds):
    assert walltime_seconds(walltime_text(seconds)) == seconds
