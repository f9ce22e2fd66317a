"""From a query string to a call, and values as cells."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torc_client.vocabulary.records import RESULTS
from torc_dash.record_tables import read_record_query
from torc_dash.table_definitions import number, time

NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["0", "-1", "x", "", "1e3", "٣x"])
def test_a_broken_page_number_is_the_first_page(text):
    assert read_record_query(RESULTS, {"page": text}, NOW).page == 1


@given(st.dictionaries(st.sampled_from(["sort", "reverse", "page", "size", "filter", "columns"]), st.text()))
def test_no_query_asks_for_too_much(query):
    arguments = read_record_query(RESULTS, query, NOW).arguments(RESULTS)
    assert 0 <= arguments["offset"] < 2**63
    assert 1 <= arguments["limit"] <= 250


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (number(8.0), "8"),
        (number(0.5), "0.5"),
        (number(1234567), "1234567"),
        (time("2026-11-23T04:05:06.789Z"), "2026-11-23 04:05:06Z"),
        (time("2026-11-23T04:05:06+02:00"), "2026-11-23 02:05:06Z"),
        (time("<b>noon</b>"), "<b>noon</b>"),
        (time(None), ""),
    ],
)
def test_values_are_shown_with_units(cell, text):
    assert cell.text == text
