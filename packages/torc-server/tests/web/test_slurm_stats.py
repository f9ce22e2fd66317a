"""Statistics of Slurm: they complete the result of their attempt."""

from typing import Any

import pytest

MIB = 2**20


async def stored_result(api: Any, **measured: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Store a result of half a minute, and return it with the beginning of its statistics."""
    workflow_id = await api.workflow()
    (job_id,) = await api.jobs(workflow_id, 1)
    node_id = await api.node(workflow_id)
    which = {"workflow_id": workflow_id, "job_id": job_id, "run_id": 1, "attempt_id": 1}
    result = {
        **which, "compute_node_id": node_id, "return_code": 0, "exec_time_minutes": 0.5, "status": "completed",
        "completion_time": "2026-01-01T00:00:30Z", **measured,
    }  # fmt: skip
    return await api.ok("POST", "/results", result), which


@pytest.mark.parametrize(
    ("measured", "statistics", "expected"),
    [
        ({}, {"max_rss_bytes": 5 * MIB, "ave_cpu_seconds": 15}, (5 * MIB, 50.0, 50.0)),
        ({"peak_memory_bytes": 7 * MIB}, {"max_rss_bytes": 5 * MIB}, (7 * MIB, None, None)),
        ({"peak_memory_bytes": 3 * MIB}, {"max_rss_bytes": 5 * MIB}, (5 * MIB, None, None)),
        ({"avg_cpu_percent": 20.0, "peak_cpu_percent": 90.0}, {"ave_cpu_seconds": 15}, (None, 20.0, 90.0)),
        ({}, {"max_rss_bytes": None, "ave_cpu_seconds": 0}, (None, None, None)),
        ({"exec_time_minutes": 0}, {"ave_cpu_seconds": 1}, (None, None, None)),
        # Another attempt.
        ({}, {"attempt_id": 2, "max_rss_bytes": 5 * MIB}, (None, None, None)),
    ],
)
async def test_statistics_complete_the_result_of_their_attempt(
    api: Any, measured: dict[str, Any], statistics: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    result, which = await stored_result(api, **measured)
    await api.ok("POST", "/slurm_stats", {**which, **statistics})
    found = await api.ok("GET", f"/results/{result['id']}")
    members = ("peak_memory_bytes", "avg_cpu_percent", "peak_cpu_percent")
    assert tuple(found.get(name) for name in members) == expected
