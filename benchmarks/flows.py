"""Workflows for the benchmarks, created over HTTP without the cost of a client."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from benchmarks.service import API
from benchmarks.wire import Connection, request_bytes

JOBS_A_REQUEST = 10_000


class HasId(msgspec.Struct):
    """The members of a record that a benchmark needs."""

    id: int


class _Jobs(msgspec.Struct):
    jobs: list[HasId]


class _Run(msgspec.Struct):
    run_id: int


_read_run = msgspec.json.Decoder(_Run)
_read_jobs = msgspec.json.Decoder(_Jobs)
_read_id = msgspec.json.Decoder(HasId)


@dataclass(frozen=True, slots=True)
class Flow:
    """A workflow with a compute node that runs its jobs."""

    workflow_id: int
    node_id: int
    run_id: int

    @property
    def path(self) -> str:
        """Path of its operations."""
        return f"{API}/workflows/{self.workflow_id}"

    def claim(self, limit: int, wait_seconds: float = 0) -> bytes:
        """Return the request that claims jobs."""
        wait = f"&wait_seconds={wait_seconds:g}" if wait_seconds else ""
        return request_bytes("POST", f"{self.path}/claim_next_jobs?limit={limit}{wait}")

    def start(self, job_id: int) -> bytes:
        """Return the request that reports the start of a job."""
        return request_bytes("PUT", f"{API}/jobs/{job_id}/start_job/{self.run_id}/{self.node_id}")

    def complete(self, job_id: int) -> bytes:
        """Return the request that reports the success of a job."""
        path = f"{API}/jobs/{job_id}/complete_job/completed/{self.run_id}"
        return request_bytes("POST", path, msgspec.json.encode(self.result(job_id)))

    def result(self, job_id: int) -> dict[str, object]:
        """Return the record of a success."""
        return {
            "job_id": job_id,
            "workflow_id": self.workflow_id,
            "run_id": self.run_id,
            "attempt_id": 1,
            "compute_node_id": self.node_id,
            "return_code": 0,
            "exec_time_minutes": 0.001,
            "completion_time": dt.datetime.now(dt.UTC).isoformat(),
            "status": "completed",
        }


def job_ids(body: bytes) -> list[int]:
    """Return the ids in an answer that lists jobs."""
    return [job.id for job in _read_jobs.decode(body).jobs]


async def create_flow(connection: Connection, name: str = "load") -> Flow:
    """Create an empty workflow with a compute node."""
    workflow = {"name": name, "user": "bench"}
    workflow_id = _read_id.decode(await connection.ask("POST", f"{API}/workflows", workflow)).id
    return await flow_of(connection, workflow_id, await register(connection, workflow_id))


async def register(connection: Connection, workflow_id: int) -> int:
    """Register a compute node, as a runner does; return its id."""
    node = {
        "workflow_id": workflow_id,
        "hostname": "bench",
        "pid": 1,
        "start_time": dt.datetime.now(dt.UTC).isoformat(),
        "num_cpus": 64,
        "memory_gb": 256.0,
        "num_gpus": 0,
        "num_nodes": 1,
        "compute_node_type": "local",
        "is_active": True,
    }
    return _read_id.decode(await connection.ask("POST", f"{API}/compute_nodes", node)).id


async def flow_of(connection: Connection, workflow_id: int, node_id: int = 0) -> Flow:
    """Return the current run of an existing workflow."""
    answer = await connection.ask("GET", f"{API}/workflows/{workflow_id}/status")
    return Flow(workflow_id, node_id, _read_run.decode(answer).run_id)


async def create_jobs(
    connection: Connection, flow: Flow, count: int, *, depends_on: Sequence[Sequence[int]] | None = None
) -> list[int]:
    """Create jobs in requests of 10,000 and return their ids; `depends_on` has the dependencies of each."""
    ids: list[int] = []
    for numbers in _ranges(count):
        jobs = [_job(flow, number, depends_on[number] if depends_on else ()) for number in numbers]
        ids += job_ids(await connection.ask("POST", f"{API}/bulk_jobs", {"jobs": jobs}))
    return ids


async def initialize(connection: Connection, flow: Flow) -> None:
    """Make the jobs ready or blocked."""
    await connection.ask("POST", f"{flow.path}/initialize_jobs")


async def ready_flow(connection: Connection, count: int, name: str = "load") -> Flow:
    """Create a workflow of ready jobs."""
    flow = await create_flow(connection, name)
    await create_jobs(connection, flow, count)
    await initialize(connection, flow)
    return flow


def _job(flow: Flow, number: int, parents: Sequence[int]) -> dict[str, object]:
    record: dict[str, object] = {"workflow_id": flow.workflow_id, "name": f"job_{number:07d}", "command": "true"}
    if parents:
        record["depends_on_job_ids"] = list(parents)
    return record


def _ranges(count: int) -> Iterator[range]:
    for start in range(0, count, JOBS_A_REQUEST):
        yield range(start, min(start + JOBS_A_REQUEST, count))
