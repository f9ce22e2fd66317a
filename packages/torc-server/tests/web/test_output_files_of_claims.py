"""What a claim brings for the check of output files, and the times that the report of the end stores."""

from typing import Any

import pytest

OFFER = {"num_cpus": 4, "memory_gb": 8.0, "num_gpus": 0, "num_nodes": 1}


@pytest.fixture
async def made(api: Any) -> tuple[int, int, int, list[dict[str, Any]]]:
    """A workflow, its node, a job with two output files and a job without, and the files."""
    workflow_id = await api.workflow()
    files = [
        await api.ok("POST", "/files", {"workflow_id": workflow_id, "name": name, "path": f"/data/{name}"})
        for name in ("one", "two", "foreign")
    ]
    (job_id,) = await api.jobs(workflow_id, 1, output_file_ids=[file["id"] for file in files[:2]])
    await api.ok("POST", "/jobs", {"workflow_id": workflow_id, "name": "without", "command": "true"})
    await api.initialize(workflow_id)
    return workflow_id, await api.node(workflow_id), job_id, files


async def claimed_in_every_way(api: Any, workflow_id: int, node_id: int) -> list[dict[str, Any]]:
    path = f"/workflows/{workflow_id}"
    body = {"compute_node_id": node_id, "run_id": 0, "claim": {"claim_key": "k", "limit": 9, "offer": OFFER}}
    return [
        *(await api.ok("POST", f"{path}/claim_next_jobs?claim_key=k&limit=9&compute_node_id={node_id}"))["jobs"],
        *(await api.ok("POST", f"{path}/claim_jobs_based_on_resources/9?claim_key=k&compute_node_id={node_id}", OFFER))[
            "jobs"
        ],
        *(await api.ok("POST", f"{path}/report_and_claim", body))["jobs"],
    ]


async def test_every_claim_brings_the_paths_of_output_files(api: Any, made: Any) -> None:
    workflow_id, node_id, job_id, files = made
    jobs = await claimed_in_every_way(api, workflow_id, node_id)
    assert len(jobs) == 6
    expected = [{"id": file["id"], "path": file["path"]} for file in files[:2]]
    assert [job.get("output_files") for job in jobs] == [expected, None] * 3
    # Other answers list the ids only, as they did.
    assert "output_files" not in await api.ok("GET", f"/jobs/{job_id}")


async def test_the_report_of_an_end_stores_the_times_of_the_own_output_files(
    api: Any, made: Any, make_result: Any
) -> None:
    workflow_id, node_id, job_id, files = made
    await claimed_in_every_way(api, workflow_id, node_id)

    async def report(run_id: int, st_mtime: float) -> list[dict[str, Any]]:
        completion = {
            "job_id": job_id, "run_id": run_id, "status": "completed",
            "result": make_result(workflow_id, job_id, node_id),
            "output_files": [{"id": files[number]["id"], "st_mtime": st_mtime} for number in (0, 2)],
        }  # fmt: skip
        body = {"compute_node_id": node_id, "run_id": 0, "completions": [completion]}
        answer = await api.ok("POST", f"/workflows/{workflow_id}/report_and_claim", body)
        return list(answer["errors"])

    async def times() -> list[float | None]:
        return [(await api.ok("GET", f"/files/{file['id']}")).get("st_mtime") for file in files]

    assert len(await report(5, 99.0)) == 1
    assert await times() == [None, None, None]
    assert await report(0, 12.25) == []
    assert await times() == [12.25, None, None]
