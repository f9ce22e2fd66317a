"""Drawings of what jobs used: places are in the picture, and axes are round."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torc_client.api.records import QuantilesModel, ResourceRequirementsModel, UseOfJob
from torc_client.recovery.outcomes import required_resources
from torc_client.recovery.use_summary import UseComparison
from torc_client.recovery.utilization import Resource
from torc_dash.use_drawing import axis, box_plot, scatter

AMOUNTS = st.lists(st.floats(0, 1e15), min_size=7, max_size=7).map(sorted)


@given(st.sampled_from(Resource), st.lists(AMOUNTS, min_size=1, max_size=4), st.none() | st.floats(1, 1e15))
def test_boxes_are_in_the_picture_and_in_order(
    resource: Resource, rows: list[list[float]], required: float | None
) -> None:
    names = ("least", "p25", "p50", "p75", "p90", "p99", "most")
    used = [QuantilesModel(**dict(zip(names, row, strict=True))) for row in rows]
    plot = box_plot([("all", UseComparison(resource, required, each)) for each in used])
    for box in plot.boxes:
        places = [getattr(box, name) for name in names]
        assert places == sorted(places)
        assert all(plot.left <= place <= plot.width for place in (*places, *([box.required] if box.required else [])))
        assert box.y < plot.height
    assert all(plot.left <= tick.at <= plot.width for tick in plot.ticks)


@given(st.sampled_from(Resource), st.floats(1e-3, 1e18))
def test_an_axis_has_few_marks_from_zero_to_the_largest(resource: Resource, most: float) -> None:
    marks = axis(resource, most)
    assert marks[0] == 0
    assert marks == sorted(marks)
    assert 1 <= len(marks) <= 6
    assert marks[-1] <= most


@pytest.mark.parametrize(
    ("resource", "most", "marks"),
    [
        (Resource.MEMORY, 12 * 2**30, [0, 4 * 2**30, 8 * 2**30, 12 * 2**30]),
        (Resource.RUNTIME, 7200, [0, 1800, 3600, 5400, 7200]),
        (Resource.CPU, 400, [0, 100, 200, 300, 400]),
        (Resource.RUNTIME, 0.4, [0, 0.1, 0.2, 0.3, 0.4]),
    ],
)
def test_axes_are_round(resource: Resource, most: float, marks: list[float]) -> None:
    assert axis(resource, most) == pytest.approx(marks)


def test_jobs_without_a_measure_are_not_drawn() -> None:
    required = required_resources(ResourceRequirementsModel(workflow_id=1, name="r", memory="4g", runtime="PT1H"))
    jobs = [
        UseOfJob(job_id=n, job_name=f"j{n}", seconds=60.0 * n, return_code=n == 2, memory_bytes=memory)
        for n, memory in enumerate((None, 2**30, 2**31, 0))
    ]
    drawing = scatter(jobs, required)
    assert drawing is not None
    assert [point.is_failed for point in drawing.points] == [False, True]
    assert drawing.points[0].title == "j1: 1 GiB, 1 min"
    assert scatter(jobs[:2], required) is None


def test_a_requirement_far_from_the_use_is_named_and_not_drawn() -> None:
    required = required_resources(ResourceRequirementsModel(workflow_id=1, name="r", memory="4g", runtime="PT1H"))
    jobs = [UseOfJob(job_id=n, job_name=f"j{n}", seconds=1000.0, return_code=0, memory_bytes=n * 2**20) for n in (1, 2)]
    drawing = scatter(jobs, required)
    assert drawing is not None
    assert (drawing.outside, drawing.required_y) == ("memory", None)
    assert drawing.required_x is not None
    assert min(point.y for point in drawing.points) < drawing.height / 4
