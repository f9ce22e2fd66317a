"""Drawings: bars in which each status is visible, and names that fit their boxes."""

from hypothesis import given
from hypothesis import strategies as st

from torc_client.api.enums import JobStatus
from torc_client.graph.canvas import columns_of, cut
from torc_dash.graph_drawing import bar


def test_one_failed_job_of_many_is_visible():
    parts = bar({JobStatus.COMPLETED: 99_999, JobStatus.FAILED: 1}, 10, 120)
    assert [(part.status, part.width) for part in parts] == [("completed", 117.0), ("failed", 3.0)]
    assert parts[1].x == 127


@given(st.dictionaries(st.sampled_from(list(JobStatus)), st.integers(0, 10**6)))
def test_a_bar_is_filled(counts: dict[JobStatus, int]):
    parts = bar(counts, 0, 200)
    if any(counts.values()):
        assert abs(sum(part.width for part in parts) - 200) < 0.2
        assert all(part.width > 2.9 for part in parts)


@given(st.text(), st.integers(5, 30))
def test_a_name_is_cut_to_its_columns(name: str, most: int):
    assert columns_of(cut(name, most)) <= most
    if columns_of(name) <= most:
        assert cut(name, most) == name
