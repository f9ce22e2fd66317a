"""The line that a watch prints."""

import pytest

from torc_client.api.records import JobStatusCounts
from torc_client.recovery.progress_text import progress_text


@pytest.mark.parametrize(
    ("counts", "line"),
    [
        (
            {"completed": 2, "failed": 1, "running": 4, "pending_failed": 1},
            "3 of 8 jobs have ended: 1 unsuccessful; 4 running; 1 waiting for a decision",
        ),
        ({"ready": 1}, "0 of 1 job has ended"),
    ],
)
def test_the_line_shows_the_progress(make, counts, line):
    each = JobStatusCounts(**{name: counts.get(name, 0) for name in JobStatusCounts.__struct_fields__})
    status = make.status(jobs_by_status=each, total_jobs=sum(counts.values()))
    assert str(progress_text(status)) == line
    by_status = ", ".join(f"{counts[name]} {name}" for name in JobStatusCounts.__struct_fields__ if name in counts)
    assert str(progress_text(status, with_counts=True)) == f"{line} ({by_status})"
