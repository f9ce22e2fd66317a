"""Shapes of a timeline: they are within the drawing, and what did not succeed is visible."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from torc_client.api.enums import JobStatus
from torc_client.api.records import TimelineCount, TimelineLane, TimelineRectangle, TimelineResponse
from torc_dash.timeline_drawing import draw, ticks
from torc_dash.timeline_window import Window, text_of, times_of

STATUSES = (JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.TERMINATED, JobStatus.RUNNING)
COUNTS = st.lists(
    st.builds(TimelineCount, status=st.sampled_from(STATUSES), num_attempts=st.integers(1, 10**6)),
    min_size=1,
    max_size=4,
    unique_by=lambda each: each.status,
)


def of(start: float, end: float, counts: list[TimelineCount], job_seconds: float) -> TimelineResponse:
    one = TimelineRectangle(start_seconds=start, end_seconds=end, row=0, counts=counts, job_seconds=job_seconds)
    lane = TimelineLane(key="n", num_rows=1, counts=counts, job_seconds=job_seconds, active=[], rectangles=[one])
    return TimelineResponse(
        run_id=0, num_attempts=1, left_out_attempts=0, counts=counts, lanes=[lane], total_lanes=1, running=[1.0],
        busy_cpus=[1.0], node_cpus=[0.0], busy_cpu_seconds=1.0, node_cpu_seconds=0.0,
    )  # fmt: skip


@given(st.floats(-100, 99.9), st.floats(0.001, 300), COUNTS, st.floats(0.001, 10**9))
def test_shapes_are_within_the_drawing(start, length, counts, job_seconds):
    found = of(start, max(start + length, 0.001), counts, job_seconds)
    drawing = draw(found, Window(0.0, 100.0), lambda _lane, _one: "/", is_same_scale=True)
    ((mark,),) = [lane.marks for lane in drawing.lanes]
    (lane,) = drawing.lanes
    assert mark.x >= 0
    assert mark.width > 0
    assert mark.x + mark.width <= 100.2
    for part in mark.parts:
        assert lane.y - 0.1 <= part.y
        assert part.y + part.height <= lane.y + lane.height + 0.2
    assert {part.status for part in mark.parts} == {each.status.value for each in counts}
    assert all(part.height > 0 for part in mark.parts)


@given(st.floats(0, 4 * 10**9), st.floats(0.05, 10**9))
def test_ticks_are_round_and_few(start, length):
    window = Window(start, start + length)
    found = ticks(window)
    assert len(found) <= 6
    assert all(0 <= tick.x <= 100 for tick in found)
    assert [tick.x for tick in found] == sorted({tick.x for tick in found})


def test_a_tick_at_which_the_day_changes_has_the_date():
    start = datetime(2026, 3, 28, 22, tzinfo=UTC).timestamp()
    assert [tick.text for tick in ticks(Window(start, start + 4 * 3600))] == [
        "03-28 22:00", "23:00", "03-29 00:00", "01:00", "02:00",
    ]  # fmt: skip


@given(st.floats(32 * 10**6, 7 * 10**9))
def test_a_time_in_an_address_is_read_again(seconds):
    text = text_of(seconds)
    times = times_of({"start": text, "end": text_of(seconds + 1)})
    assert times["start"] == text
