import pytest
from hypothesis import given
from hypothesis import strategies as st

from torc_server.engine.errors import RuleBroken
from torc_server.engine.quantities import format_duration, parse_duration_seconds, parse_memory_bytes


@pytest.mark.parametrize(
    ("text", "size_bytes"),
    [("0", 0), ("512", 512), ("1k", 1024), ("8m", 8 * 1024**2), (" 4G ", 4 * 1024**3), ("2T", 2 * 1024**4)],
)
def test_memory_sizes_are_whole_numbers_with_binary_units(text, size_bytes):
    assert parse_memory_bytes(text) == size_bytes


@pytest.mark.parametrize("text", ["", "g", "1.5g", "-1g", "4GB", "4 g", "9999999999999t", "9" * 5000, "٣k"])
def test_invalid_memory_sizes_are_refused_with_their_field(text):
    with pytest.raises(RuleBroken) as refusal:
        parse_memory_bytes(text)
    assert (refusal.value.field, refusal.value.value) == ("memory", text)


def test_a_memory_size_beyond_64_bits_is_too_large():
    with pytest.raises(RuleBroken, match="'8388608t' is too large; use less than 8388608t"):
        parse_memory_bytes("8388608t")
    assert parse_memory_bytes("8388607t") == 8388607 * 1024**4


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT1H", 3600),
        ("P0DT1M", 60),
        ("P1DT2H", 93_600),
        ("PT1M30S", 90),
        ("P0DT48H", 172_800),
        ("PT0S", 0),
        ("P30DT0H", 2_592_000),
        ("PT1.9S", 1),
        (" P1W ", 604_800),
        ("P1Y", 31_557_600),
        ("P1M", 2_629_800),
    ],
)
def test_durations_are_iso_8601(text, seconds):
    assert parse_duration_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "P", "PT", "P1DT", "1H", "PT-1H", "-PT1H", "PT1.5H", "PT1S1M", "P9999999999999Y"])
def test_invalid_durations_are_refused_with_their_field(text):
    with pytest.raises(RuleBroken) as refusal:
        parse_duration_seconds(text, field="time_limit")
    assert refusal.value.field == "time_limit"


@given(st.integers(min_value=0, max_value=10**12))
def test_a_formatted_duration_parses_to_the_same_value(seconds):
    assert parse_duration_seconds(format_duration(seconds)) == seconds
