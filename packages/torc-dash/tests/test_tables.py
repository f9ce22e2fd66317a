"""From a query string to a call, from an answer to rows and links."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_builders import job, listed
from torc_client.api.enums import JobStatus
from torc_client.api.records import ListJobsResponse
from torc_dash.table_definitions import COMPUTE_NODES, JOBS, RESULTS, WORKFLOWS, duration, minutes, number, size, time
from torc_dash.tables import Cell, CellKind, read_query, shape


def test_without_a_query_the_defaults_are_asked_for():
    query = read_query(JOBS, {})
    assert query.arguments() == {"offset": 0, "limit": 50, "sort_by": "id", "reverse_sort": False}


def test_a_query_becomes_arguments():
    query = read_query(
        JOBS, {"sort": "name", "reverse": "1", "page": "3", "size": "25", "status": "failed", "name": "x"}
    )
    assert query.arguments() == {
        "offset": 50,
        "limit": 25,
        "sort_by": "name",
        "reverse_sort": True,
        "status": JobStatus.FAILED,
        "name": "x",
    }
    assert query.problems == ()


@pytest.mark.parametrize(
    ("of", "query", "word"),
    [
        (JOBS, {"sort": "id; DROP TABLE job"}, "sort by"),
        (JOBS, {"sort": "attempt_id"}, "sort by"),
        (JOBS, {"status": "splendid"}, "one of uninitialized"),
        (RESULTS, {"job_id": "seven"}, "whole number"),
        (RESULTS, {"return_code": str(2**63)}, "whole number"),
        (COMPUTE_NODES, {"is_active": "perhaps"}, "one of yes, no"),
    ],
)
def test_an_invalid_value_is_ignored_and_reported(of, query, word):
    query = read_query(of, query)
    assert len(query.problems) == 1
    assert word in query.problems[0]
    assert query.arguments() == read_query(of, {}).arguments()


@pytest.mark.parametrize("text", ["0", "-1", "x", "", "1e3", "٣x"])
def test_a_broken_page_number_is_the_first_page(text):
    assert read_query(JOBS, {"page": text}).page == 1


@given(st.dictionaries(st.sampled_from(["sort", "reverse", "page", "size", "status", "job_id", "name"]), st.text()))
def test_no_query_asks_for_too_much(query):
    arguments = read_query(RESULTS, query).arguments()
    assert 0 <= arguments["offset"] < 2**63
    assert 1 <= arguments["limit"] <= 250


def test_rows_headings_and_links():
    query = read_query(JOBS, {"page": "2", "size": "25", "status": "ready", "name": "a&b=c"})
    table = shape(
        JOBS, query, listed(ListJobsResponse, [job(26)], total=76, offset=25), "/workflows/1", {"tab": "jobs"}
    )
    assert (table.first, table.last, table.total, table.pages) == (26, 26, 76, 4)
    kept = "tab=jobs&status=ready&name=a%26b%3Dc&size=25"
    assert table.next_href == f"/workflows/1?{kept}&page=3"
    assert table.previous_href == f"/workflows/1?{kept}&page=1"
    assert table.clear_href == "/workflows/1?tab=jobs"
    assert table.rows[0][2] == Cell("ready", CellKind.STATUS)
    assert {field.name: field.value for field in table.fields} == {"status": "ready", "name": "a&b=c", "command": ""}


def test_a_click_on_the_sorted_column_reverses_it():
    answer = listed(ListJobsResponse, [job()])
    up = {one.title: one for one in shape(JOBS, read_query(JOBS, {"sort": "name"}), answer, "/", {}).headings}
    assert (up["Name"].sorted, up["Name"].href) == ("ascending", "/?sort=name&reverse=1")
    assert (up["ID"].sorted, up["ID"].href) == (None, "/?sort=id")
    assert up["Attempt"].href is None
    down = shape(JOBS, read_query(JOBS, {"sort": "name", "reverse": "1"}), answer, "/", {}).headings[1]
    assert (down.sorted, down.href) == ("descending", "/?sort=name")


def test_a_table_that_begins_with_the_newest_can_be_reversed():
    answer = listed(ListJobsResponse, [])
    newest_first = shape(WORKFLOWS, read_query(WORKFLOWS, {}), answer, "/", {}).headings[0]
    assert (newest_first.sorted, newest_first.href) == ("descending", "/?sort=id")
    turned = read_query(WORKFLOWS, {"sort": "id"})
    assert (turned.sort, turned.reverse) == ("id", False)


def test_beyond_the_last_page_a_link_leads_back_to_it():
    answer = listed(ListJobsResponse, [], total=60)
    table = shape(JOBS, read_query(JOBS, {"page": "900"}), answer, "/", {})
    assert table.previous_href == "/?page=2"
    assert table.next_href is None


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (size(None), ""),
        (size(512), "512 B"),
        (size(3 * 1024**2), "3.0 MiB"),
        (size(5 * 1024**5), "5.0 PiB"),
        (number(8.0), "8"),
        (number(0.5), "0.5"),
        (number(1234567), "1234567"),
        (minutes(0.25), "15.0 s"),
        (minutes(90), "1 h 30 min"),
        (time("2026-11-23T04:05:06.789Z"), "2026-11-23 04:05:06Z"),
        (time("2026-11-23T04:05:06+02:00"), "2026-11-23 02:05:06Z"),
        (time("<b>noon</b>"), "<b>noon</b>"),
        (time(None), ""),
    ],
)
def test_values_are_shown_with_units(cell, text):
    assert cell.text == text


def test_durations():
    assert [duration(seconds) for seconds in (0, 0.0123, 59.94, 61, 7260)] == [
        "0.0 s",
        "12 ms",
        "59.9 s",
        "1 min 1 s",
        "2 h 1 min",
    ]


def test_a_single_row_is_counted_in_the_singular():
    assert (
        shape(JOBS, read_query(JOBS, {}), listed(ListJobsResponse, [job(1)], total=1), "/x", {}).total_text == "1 job"
    )
    assert (
        shape(JOBS, read_query(JOBS, {}), listed(ListJobsResponse, [job(1)], total=1234), "/x", {}).total_text
        == "1,234 jobs"
    )
