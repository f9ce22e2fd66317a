"""Lines, bars and charts as text, and what the overview quotes and marks."""

from datetime import UTC, datetime

import pytest

from torc_client.api.enums import JobStatus
from torc_client.api.records import ComputeNodeModel, NodeLoadModel
from torc_client.tui.lines.bars import chart, jobs_bar, use_bar, whole_shares
from torc_client.tui.lines.line import LineTarget, Part, TextLine, paragraph, table
from torc_client.tui.lines.running import RunningNow, time_limit_text
from torc_client.tui.styles import style_of_words
from torc_client.tui.tables.compute_node_rows import load_values


def bar_of(width: int, **numbers: int) -> str:
    counts = {JobStatus(name): number for name, number in numbers.items()}
    return "".join(part.text for part in jobs_bar(counts, width))


def test_one_failed_job_of_100_000_has_a_column():
    bar = bar_of(40, completed=99_999, failed=1)
    assert bar == "█" * 39 + "✗"


def test_statuses_differ_without_colors():
    assert bar_of(10, completed=4, failed=2, running=2, ready=2) == "████✗✗▓▓░░"


def test_a_bar_of_no_jobs_is_empty():
    assert bar_of(5) == "░░░░░"


@pytest.mark.parametrize("numbers", [[1], [1, 1, 1], [1_000_000, 1, 1, 1], [3, 0, 7], [5] * 30])
def test_whole_shares_fill_the_width(numbers):
    columns = whole_shares(numbers, 12)
    assert sum(columns) == 12
    assert len(columns) == len(numbers)
    if len(numbers) <= 12:
        assert min(columns) >= 1


def test_use_of_a_limit_is_drawn_in_eighths():
    assert use_bar(30, 60, 4) == "██░░"
    assert use_bar(33, 60, 4) == "██▎░"
    assert use_bar(90, 60, 4) == "████"
    assert use_bar(0, 60, 4) == "░░░░"


def test_a_chart_joins_neighbours_when_there_are_more_numbers_than_columns():
    assert chart([0, 1, 2, 4], 4) == " ▂▄█"
    assert chart([1, 1, 3, 3], 2) == "▃█"
    assert chart([], 10) == chart([0, 0], 10) == chart([1], 0) == ""


def test_a_paragraph_is_indented_below_its_mark():
    lines = paragraph("✗", "some words that are long", 24, target=LineTarget("jobs"))
    assert [each.text for each in lines] == ["✗ some words that are", "  long"]
    assert [each.target is not None for each in lines] == [True, False]


def test_a_long_line_ends_with_an_ellipsis_also_in_wide_characters():
    assert TextLine((Part("abc"), Part("defgh", "red"))).cut(6).text == "abcde…"
    assert TextLine((Part("気温気温"),)).cut(6).text == "気温 …"


def test_columns_of_a_table_are_aligned():
    rows = [((Part("a"), Part("10")), None), ((Part("long"), Part("5")), None)]
    assert [each.text for each in table(rows, right=frozenset({1}))] == ["a     10", "long   5"]


def running(elapsed: float | None, limit: float | None) -> RunningNow:
    return RunningNow(1, "a", "n1", elapsed, limit, "")


def test_a_job_near_its_time_limit_is_marked_also_without_colors():
    assert time_limit_text(running(570, 600)) == ("███████▋ of 10 min !", "bold red")
    assert time_limit_text(running(60, 600))[0] == "▊░░░░░░░ of 10 min"
    assert time_limit_text(running(60, None)) == time_limit_text(running(None, 600)) == ("", "")


def test_the_load_of_an_active_node():
    node = ComputeNodeModel(
        workflow_id=1, compute_node_type="local", hostname="n1", num_cpus=36, memory_gb=96.0, num_gpus=2, num_nodes=1,
        pid=1, start_time="2026-03-01T11:00:00Z", is_active=True, end_time="2026-03-01T12:38:00Z",
    )  # fmt: skip
    load = NodeLoadModel(compute_node_id=1, memory_gb=3.0, num_cpus=12, num_gpus=1, num_jobs=3, silent_seconds=4.0)
    now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    assert load_values(node, load, now) == {
        "heard": "4 s ago", "left": "38 min", "num_jobs": 3, "cpus_used": "12 of 36", "memory_used": "3 of 96",
        "gpus_used": "1 of 2",
    }  # fmt: skip
    node.is_active = False
    assert load_values(node, None, now) == {}


def test_without_colors_a_failure_is_not_dark():
    assert str(style_of_words("bold red", no_color=True)) == "bold"
    assert str(style_of_words("bold red")) == "bold red"
