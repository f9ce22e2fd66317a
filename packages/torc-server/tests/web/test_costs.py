"""The cost of calls of runners, as numbers of statements and transactions."""

from collections.abc import Callable
from itertools import groupby
from typing import Any, Self

import pytest

from torc_server.web.dispatch import WRITER

Result = Callable[..., dict[str, Any]]

BATCH = 50


class Counter:
    """Counts the statements and commits of the writer's connection."""

    def __init__(self, api: Any) -> None:
        self._writer = api.client.server.app[WRITER]
        self._statements: list[str] = []

    async def __aenter__(self) -> Self:
        await self._writer.outside_transaction(
            lambda connection: connection.set_trace_callback(self._statements.append)
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._writer.outside_transaction(lambda connection: connection.set_trace_callback(None))

    def taken(self) -> tuple[int, int]:
        """Return the statements since the last call, without those of triggers and further rows, and the commits."""
        # SQLite reports a statement again for each trigger, and a prepared INSERT for each row.
        texts = [text for text, _ in groupby(self._statements) if "INSERT INTO result" not in text]
        self._statements.clear()
        return len(texts), texts.count("COMMIT")


@pytest.fixture
async def counter(api: Any) -> Any:
    async with Counter(api) as counter:
        yield counter


async def test_a_claim_a_start_and_a_completion_are_few_statements_and_one_commit_each(api: Any, counter: Counter):
    workflow_id = await api.workflow()
    await api.jobs(workflow_id, 3)
    await api.initialize(workflow_id)
    node_id = await api.node(workflow_id)
    counter.taken()
    (job,) = (await api.claim(workflow_id, 1))["jobs"]
    claim = counter.taken()
    await api.ok("PUT", f"/jobs/{job['id']}/start_job/0/{node_id}")
    start = counter.taken()
    await api.finish(workflow_id, job["id"], node_id)
    complete = counter.taken()
    assert [commits for _, commits in (claim, start, complete)] == [1, 1, 1]
    # Each transaction has four statements of its own. One of a claim looks whether other nodes reserved a job.
    assert claim[0] <= 12
    assert start[0] <= 12
    assert complete[0] <= 16


async def test_batches_are_as_few_statements_as_one_job(api: Any, counter: Counter, make_result: Result):
    workflow_id = await api.workflow()
    await api.jobs(workflow_id, 1 + BATCH)
    await api.initialize(workflow_id)
    node_id = await api.node(workflow_id)
    counts = []
    for size in (1, BATCH):
        counter.taken()
        job_ids = [job["id"] for job in (await api.claim(workflow_id, size))["jobs"]]
        starts = [{"job_id": job_id} for job_id in job_ids]
        body = {"run_id": 0, "compute_node_id": node_id, "starts": starts}
        await api.ok("POST", f"/workflows/{workflow_id}/batch_start_jobs", body)
        completions = [
            {"job_id": job_id, "run_id": 0, "status": "completed", "result": make_result(workflow_id, job_id, node_id)}
            for job_id in job_ids
        ]
        await api.ok("POST", f"/workflows/{workflow_id}/batch_complete_jobs", {"completions": completions})
        counts.append(counter.taken())
    statements, commits = counts[0]
    assert counts[1] == (statements, commits)
    assert commits == 3
    assert statements <= 37


async def test_an_exchange_costs_as_many_statements_for_many_followers_as_for_one(api: Any, counter: Counter) -> None:
    counts = []
    for followers in (1, BATCH):
        workflow_id = await api.workflow()
        (first,) = await api.jobs(workflow_id, 1)
        await api.jobs(workflow_id, followers, depends_on_job_ids=[first])
        await api.initialize(workflow_id)
        node_id = await api.node(workflow_id)
        wish = {"limit": 1, "most_following": 2 * BATCH}
        counter.taken()
        body = {"compute_node_id": node_id, "run_id": 0, "claim": wish}
        answer = await api.ok("POST", f"/workflows/{workflow_id}/report_and_claim", body)
        counts.append(counter.taken())
        assert [each["job"]["name"] for each in answer["following"]] == [f"job{n}" for n in range(followers)]
        assert {each["after_job_id"] for each in answer["following"]} == {first}
    assert counts[0] == counts[1]


async def test_an_exchange_costs_as_many_statements_for_many_output_files_as_for_one(
    api: Any, counter: Counter, make_result: Result
) -> None:
    counts = []
    for number in (1, BATCH):
        workflow_id = await api.workflow()
        files = [{"workflow_id": workflow_id, "name": f"f{each}", "path": f"f{each}"} for each in range(number)]
        file_ids = [(await api.ok("POST", "/files", file))["id"] for file in files]
        (job_id,) = await api.jobs(workflow_id, 1, output_file_ids=file_ids)
        await api.initialize(workflow_id)
        node_id = await api.node(workflow_id)
        body = {"compute_node_id": node_id, "run_id": 0, "claim": {"limit": 1}}
        counter.taken()
        answer = await api.ok("POST", f"/workflows/{workflow_id}/report_and_claim", body)
        assert len(answer["jobs"][0]["output_files"]) == number
        claim = counter.taken()
        times = [{"id": file_id, "st_mtime": 1.5} for file_id in file_ids]
        result = make_result(workflow_id, job_id, node_id)
        end = {"job_id": job_id, "run_id": 0, "status": "completed", "result": result, "output_files": times}
        body = {"compute_node_id": node_id, "run_id": 0, "completions": [end]}
        assert (await api.ok("POST", f"/workflows/{workflow_id}/report_and_claim", body))["errors"] == []
        counts.append((claim, counter.taken()))
    assert counts[0] == counts[1]


async def test_a_claim_with_a_token_is_as_many_statements_as_with_a_password(start: Any) -> None:
    async with start(required=True) as api:
        workflow_id = await api.workflow_of("ann")
        token = (await api.by("ann", "POST", f"/workflows/{workflow_id}/tokens", {}))["token"]
        counts = []
        async with Counter(api) as counter:
            for headers in (api.headers_of("ann"), {"Authorization": f"Bearer {token}"}):
                await api.ok("POST", f"/workflows/{workflow_id}/claim_next_jobs", headers=headers)
                counts.append(counter.taken())
        assert counts[0] == counts[1]
