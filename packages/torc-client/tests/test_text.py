"""Numbers, sizes, times and durations as people read them."""

from datetime import UTC, datetime

import pytest

from torc_client.for_terminal import wrapped
from torc_client.limit_words import limit
from torc_client.text import (
    about,
    clock,
    count,
    duration,
    parse_timestamp,
    percent,
    rounded,
    size,
    timestamp,
)  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("job", 0), "0 jobs"),
        (("job", 1), "1 job"),
        (("job", 2), "2 jobs"),
        (("entry", 1, "entries"), "1 entry"),
        (("entry", 5, "entries"), "5 entries"),
    ],
)
def test_the_noun_agrees_with_the_number(arguments, text):
    assert count(*arguments) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (1536, "1.5 KiB"),
        (1 << 20, "1.0 MiB"),
        (5 * (1 << 30), "5.0 GiB"),
        (3 * (1 << 40), "3.0 TiB"),
        (5000 * (1 << 50), "5000.0 PiB"),
    ],
)
def test_a_size_has_the_largest_unit_below_it(number, text):
    assert size(number) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "1970-01-01 00:00:00Z"),
        (1.5, "1970-01-01 00:00:01Z"),
        ("2026-03-01T12:30:00Z", "2026-03-01 12:30:00Z"),
        ("2026-03-01T12:30:00.999+02:00", "2026-03-01 10:30:00Z"),
        ("2026-03-01T12:30:00", "2026-03-01 12:30:00Z"),
        ("yesterday", "yesterday"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_a_timestamp_is_shown_in_utc(value, text):
    assert timestamp(value) == text


def test_a_parsed_timestamp_is_in_utc():
    assert parse_timestamp("2026-03-01T12:30:00+02:00") == datetime(2026, 3, 1, 10, 30, tzinfo=UTC)
    assert parse_timestamp("soon") is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.25, "250 ms"),
        (0.9998, "1.0 s"),
        (4.2, "4.2 s"),
        (30, "30 s"),
        (59.97, "1 min"),
        (60, "1 min"),
        (200, "3 min 20 s"),
        (7200, "2 h"),
        (7500, "2 h 5 min"),
        (129_600, "36 h"),
        (172_800, "2 days"),
        (360_000, "4 days 4 h"),
    ],
)
def test_a_duration_has_the_units_that_suit_it(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "about 5 s"),
        (41, "about 40 s"),
        (58, "about 1 min"),
        (190, "about 3 min"),
        (3599, "about 1 h"),
        (5300, "about 1.5 h"),
        (80_000, "about 22 h"),
        (250_000, "about 3 days"),
    ],
)
def test_an_estimate_is_not_more_exact_than_it_can_be(seconds, text):
    assert about(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(-5, "0:00:00"), (59.9, "0:00:59"), (3723, "1:02:03")])
def test_a_clock_shows_hours_minutes_and_seconds(seconds, text):
    assert clock(seconds) == text


def test_lines_are_broken_at_blanks_and_commands_are_not_broken():
    text = "  The jobs wait; run `torc run 7 --label gpu`, or wait.\nshort"
    assert wrapped(text, 24).split("\n") == [
        "  The jobs wait; run",
        "  `torc run 7 --label gpu`,",
        "  or wait.",
        "short",
    ]
    assert wrapped("a" * 30, 10) == "a" * 30
    assert wrapped("Retry them: torc run 7 --retry-failed", 30) == "Retry them:\ntorc run 7 --retry-failed"


def test_a_line_is_as_wide_as_its_characters_and_keeps_its_indentation():
    assert wrapped("  数値計算の前処理 failed: no memory", 24).split("\n") == [
        "  数値計算の前処理",
        "  failed: no memory",
    ]


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("P0DT1M", "1 min"),
        ("PT1H30M", "1 h 30 min"),
        ("PT90S", "1 min 30 s"),
        ("PT45S", "45 s"),
        ("PT0S", "0 s"),
        ("P1DT12H", "36 h"),
        ("P2DT3H4M5S", "2 days 3 h 4 min 5 s"),
        ("soon", "soon"),
        (None, ""),
    ],
)
def test_a_limit_is_exact_and_has_the_units_of_people(given, text):
    assert limit(given) == text


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (0.254, "0.25"), (23.541, "23.5"), (256, "256"), (1024.04, "1024")]
)
def test_an_amount_has_one_digit_after_the_point(number, text):
    assert rounded(number) == text


def test_a_use_in_percent():
    assert [percent(each) for each in (180.4, 99.95, 2.41, 0)] == ["180 %", "100 %", "2.4 %", "0.0 %"]
