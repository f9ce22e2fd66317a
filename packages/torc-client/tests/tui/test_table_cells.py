"""Cells and columns of tables."""

from datetime import UTC, datetime

from torc_client.api.enums import JobStatus
from torc_client.api.records import EventModel, JobModel, ResultModel
from torc_client.tui.tables.keys_of_tables import copied, same_word, sort_keys
from torc_client.tui.tables.table_cells import cell_of, placed
from torc_client.vocabulary import records
from torc_client.vocabulary.rows import Row

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
COLUMNS = {column.member: column for column in records.JOBS.columns}


def job(**members):
    return JobModel(**{"id": 1, "workflow_id": 1, "name": "work", "command": "true", **members})


def shown(member, **members):
    return cell_of(COLUMNS[member], Row(job(**members)), NOW)


def test_a_status_has_a_mark_so_that_it_is_clear_without_colours():
    assert shown("status", status=JobStatus.PENDING_FAILED).text == "? pending failed"
    assert shown("status", status=JobStatus.FAILED).style == "red"


def test_control_characters_of_a_name_are_visible_text():
    assert shown("name", name="a\x1b[31m\nb\u202e").text == "a\\u001b[31m\\nb\\u202e"
    assert shown("name", name="a\tb").text == "a\\tb"


def test_a_time_of_today_is_a_time_of_day():
    assert shown("start_time", start_time="2026-11-30T08:05:00Z").text == "08:05:00Z"
    assert shown("start_time", start_time="2026-11-29T08:05:00Z").text == "2026-11-29 08:05:00Z"


def placed_members(room, widths, *, skipped=0, empty=()):
    columns = [COLUMNS[name] for name in ("id", "name", "status", "host", "start_time")]
    found = placed(columns, dict(enumerate(widths)), room, skipped, frozenset(empty))
    assert sum(one.width + 1 for one in found) - 1 <= room
    return [(one.column.member, one.width) for one in found]


def test_where_there_is_room_every_column_has_the_width_of_its_cells():
    assert [width for _, width in placed_members(100, [6, 18, 13, 8, 20])] == [6, 18, 13, 8, 20]


def test_columns_without_values_are_left_out_first():
    assert [name for name, _ in placed_members(50, [6, 18, 13, 8, 20], empty=[4])] == ["id", "name", "status", "host"]


def test_a_long_name_shrinks_before_columns_are_left_out():
    assert placed_members(70, [6, 40, 13, 8, 8])[1:] == [("name", 31), ("status", 13), ("host", 8), ("start_time", 8)]


def test_id_and_name_stay_in_view():
    assert [name for name, _ in placed_members(60, [6, 18, 13, 8, 20], skipped=2)] == ["id", "name", "start_time"]


def test_a_wide_character_takes_two_cells():
    (one,) = placed([COLUMNS["name"]], {0: 5}, 80)
    assert one.fitted("日本語") == "日本…"
    assert one.fitted("日本") == "日本 "


def test_the_sort_keys_are_those_of_the_original():
    assert sort_keys(records.JOBS)[:3] == ("id", "name", "status")
    assert sort_keys(records.RESULTS) == (
        "id", "job_id", "job_name", "return_code", "exec_time_minutes", "completion_time", "peak_memory_bytes",
        "peak_cpu_percent",
    )  # fmt: skip
    assert sort_keys(records.RUNNING_JOBS) == ()


def test_the_value_of_a_row_becomes_a_word_of_the_filter():
    result = ResultModel(
        id=1, job_id=1, workflow_id=1, run_id=1, return_code=1, exec_time_minutes=1.0,
        completion_time="2026-11-30T08:05:00Z", status=JobStatus.FAILED, compute_node_id=1,
    )  # fmt: skip
    assert same_word(records.RESULTS, Row(result)) == "status=failed"


def test_a_copied_row_is_one_line():
    assert copied(records.JOBS, Row(job(command="a\n\tb"))).count("\n") == 0


def test_an_event_without_a_type_is_filtered_by_its_category():
    def word(data):
        return same_word(records.EVENTS, Row(EventModel(id=1, workflow_id=1, timestamp=0, data=data)))

    assert word({"type": "job_failed", "category": "job"}) == "type=job_failed"
    assert word({"category": "user_action"}) == "category=user_action"
    assert word("a text") == ""
