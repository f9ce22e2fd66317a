"""Claims on a server without keys: no claimed job is forgotten, and none is handed out twice."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from torc_client.api import Subjects
from torc_client.api.enums import JobStatus
from torc_client.api.records import (
    ClaimNextJobsResponse,
    ComputeNodeModel,
    JobModel,
    ListComputeNodesResponse,
    ListJobsResponse,
    WorkflowModel,
)
from torc_client.errors import ConflictError, ServerUnreachableError
from torc_client.operation import Answer, Operation
from torc_client.plain_contract.claims import Claim, Claims

NODE = 5


class Plain:
    """A server with jobs of one workflow. Calls named in `lost` are performed, and their answers are lost once."""

    def __init__(self, num_jobs: int) -> None:
        self.jobs = {
            number: JobModel(id=number, workflow_id=1, name=f"job{number}", command="true", status=JobStatus.READY)
            for number in range(1, num_jobs + 1)
        }
        self.nodes = [NODE]
        self.run_id = 1
        self.lost: list[str] = []
        self.is_claiming = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def send(
        self, operation: Operation[Answer], path: Mapping[str, Any], query: Mapping[str, Any], body: Any
    ) -> Answer:
        del body
        answer: Any = getattr(self, operation.id)(path, query)
        if operation.id == "claim_next_jobs":
            self.is_claiming.set()
            await self.may_answer.wait()
        if operation.id in self.lost:
            self.lost.remove(operation.id)
            raise ServerUnreachableError("http://here", "the connection broke.", may_be_done=True)
        return answer

    def get_workflow(self, _path: Any, _query: Any) -> WorkflowModel:
        return WorkflowModel(id=1, name="w", user="u", run_id=self.run_id)

    def claim_next_jobs(self, _path: Any, query: Any) -> ClaimNextJobsResponse:
        ready = [job for job in self.jobs.values() if job.status is JobStatus.READY][: query["limit"]]
        for job in ready:
            job.status = JobStatus.PENDING
        return ClaimNextJobsResponse(jobs=ready)

    def start_job(self, path: Any, _query: Any) -> JobModel:
        job = self.jobs[path["id"]]
        assert job.status is JobStatus.PENDING
        job.status, job.compute_node_id = JobStatus.RUNNING, path["compute_node_id"]
        return job

    def get_job(self, path: Any, _query: Any) -> JobModel:
        return self.jobs[path["id"]]

    def list_jobs(self, _path: Any, query: Any) -> ListJobsResponse:
        node = query.get("active_compute_node_id")
        found = [
            job for job in self.jobs.values() if job.status is query["status"] and node in {None, job.compute_node_id}
        ]
        number = len(found)
        return ListJobsResponse(items=found, offset=0, max_limit=100, count=number, total_count=number, has_more=False)

    def manage_status_change(self, path: Any, _query: Any) -> JobModel:
        job = self.jobs[path["id"]]
        job.status = JobStatus(path["status"])
        return job

    def list_compute_nodes(self, _path: Any, _query: Any) -> ListComputeNodesResponse:
        nodes = [
            ComputeNodeModel(
                id=each,
                workflow_id=1,
                hostname="h",
                pid=1,
                num_cpus=1,
                memory_gb=1.0,
                num_gpus=0,
                num_nodes=1,
                start_time="",
                compute_node_type="local",
            )
            for each in self.nodes
        ]
        number = len(nodes)
        return ListComputeNodesResponse(
            items=nodes, offset=0, max_limit=100, count=number, total_count=number, has_more=False
        )

    def statuses(self) -> list[str]:
        return [str(job.status) for job in self.jobs.values()]


def claim(key: str, limit: int = 1) -> Claim:
    return Claim(workflow_id=1, run_id=1, compute_node_id=NODE, key=key, limit=limit, labels=None, offer=None)


def ids(jobs: list[JobModel]) -> list[int | None]:
    return [job.id for job in jobs]


async def test_claimed_jobs_are_started_and_a_key_finds_them_again() -> None:
    server = Plain(3)
    claims = Claims(Subjects(server))
    assert ids(await claims.claim(claim("a", 2))) == [1, 2]
    assert ids(await claims.claim(claim("a", 0))) == [1, 2]
    assert server.statuses() == ["running", "running", "ready"]
    assert ids(await claims.claim(claim("b", 2))) == [3]
    assert ids(await claims.claim(claim("c", 2))) == []


async def test_a_claim_continues_if_its_caller_does_not_wait() -> None:
    server = Plain(2)
    server.may_answer.clear()
    claims = Claims(Subjects(server))
    waiting = asyncio.create_task(claims.claim(claim("a")))
    await server.is_claiming.wait()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    server.may_answer.set()
    assert ids(await claims.claim(claim("a", 0))) == [1]
    assert server.statuses() == ["running", "ready"]


@pytest.mark.parametrize("lost", ["claim_next_jobs", "start_job"])
async def test_jobs_whose_answer_was_lost_are_claimed_again(lost: str) -> None:
    server = Plain(2)
    server.lost = [lost]
    claims = Claims(Subjects(server))
    with pytest.raises(ServerUnreachableError):
        await claims.claim(claim("a", 2))
    found = await claims.claim(claim("a", 2))
    found += await claims.claim(claim("b", 2))
    assert sorted(ids(found), key=str) == [1, 2]
    assert server.statuses() == ["running", "running"]


async def test_jobs_that_another_node_may_have_claimed_stay() -> None:
    server = Plain(1)
    server.jobs[1].status = JobStatus.PENDING
    server.nodes.append(6)
    assert await Claims(Subjects(server)).claim(claim("a")) == []
    assert server.statuses() == ["pending"]


async def test_a_claim_of_an_earlier_run_names_the_current_run() -> None:
    server = Plain(1)
    server.run_id = 2
    with pytest.raises(ConflictError) as refusal:
        await Claims(Subjects(server)).claim(claim("a"))
    assert refusal.value.details == {"run_id": 2}
    assert server.statuses() == ["ready"]
