"""Memory and time as text and as numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torc_client.recovery.amounts import duration_seconds, duration_text, memory_bytes, memory_text


@pytest.mark.parametrize(
    ("count", "text"),
    [(1, "1m"), (100 * 2**20, "100m"), (100 * 2**20 + 1, "101m"), (2**30, "1g"), (1.5 * 2**30, "1536m"),
     (16 * 2**30 + 1, "17g")],
)  # fmt: skip
def test_memory_is_written_rounded_up(count, text):
    assert memory_text(count) == text


@given(st.integers(1, 2**50))
def test_memory_that_is_written_is_enough_and_not_much_more(count):
    written = memory_bytes(memory_text(count))
    assert count <= written < count + 2**30


@given(st.integers(0, 10**7))
def test_durations_are_what_they_were(seconds):
    assert duration_seconds(duration_text(seconds)) == seconds


def test_a_text_that_is_not_an_amount_of_memory_is_refused():
    with pytest.raises(ValueError, match="not a valid amount"):
        memory_bytes("much")
