"""Simulated runners: the requests of a runner, without jobs.

They run in the process of the benchmark. With two cores that leaves about one to the server, as much as an event
loop can use.
"""

import asyncio
import resource
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import msgspec

from benchmarks.flows import Flow, job_ids
from benchmarks.measure import NotMeasured
from benchmarks.service import API
from benchmarks.wire import Answer, Connection, Unexpected, request_bytes

_NOT_THERE = (404, 405)


@dataclass(slots=True)
class Tally:
    """Results of a group of simulated runners."""

    claimed: list[int] = field(default_factory=list)
    requests: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def doubled(self) -> int:
        """Number of claimed jobs that had been claimed before."""
        return len(self.claimed) - len(set(self.claimed))


def allow_open_files(count: int) -> None:
    """Raise the limit of open files for this process and its children. Raises NotMeasured if that is not allowed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= count:
        return
    if hard != resource.RLIM_INFINITY and hard < count:
        raise NotMeasured(f"needs {count} open files; the limit here is {hard} (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


async def connect(port: int, count: int) -> list[Connection]:
    """Open connections, a hundred at a time so that no queue of the kernel overflows."""
    found: list[Connection] = []
    while len(found) < count:
        wanted = min(100, count - len(found))
        found += await asyncio.gather(*[Connection.open(port) for _ in range(wanted)])
    return found


async def together(connections: Sequence[Connection], work: Callable[[Connection], Awaitable[None]]) -> float:
    """Run the work of all connections at the same time; return the seconds until the last one has finished."""
    start = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for connection in connections:
            group.create_task(_one(connection, work))
    seconds = time.perf_counter() - start
    for connection in connections:
        connection.close()
    return seconds


async def _one(connection: Connection, work: Callable[[Connection], Awaitable[None]]) -> None:
    await work(connection)


async def requests_a_second(port: int, clients: int, requests: int) -> float:
    """Send the three calls of a job repeatedly to a server that answers anything."""
    flow = Flow(1, 1, 1)
    calls = [flow.claim(1), flow.start(1), flow.complete(1)]
    rounds = requests // clients // len(calls)

    async def work(connection: Connection) -> None:
        for _ in range(rounds):
            for call in calls:
                await connection.send(call)

    seconds = await together(await connect(port, clients), work)
    return rounds * clients * len(calls) / seconds


def single_calls(flow: Flow, tally: Tally, wait_seconds: float = 0) -> Callable[[Connection], Awaitable[None]]:
    """Claim, start and complete one job at a time, until there is none."""

    async def work(connection: Connection) -> None:
        while True:
            claimed = job_ids(checked(await connection.send(flow.claim(1, wait_seconds))))
            tally.requests += 1
            if not claimed:
                return
            tally.claimed += claimed
            checked(await connection.send(flow.start(claimed[0])))
            checked(await connection.send(flow.complete(claimed[0])))
            tally.requests += 2

    return work


def batches(flow: Flow, tally: Tally, size: int) -> Callable[[Connection], Awaitable[None]]:
    """Claim, start and complete jobs in batches, until there are none."""

    async def work(connection: Connection) -> None:
        while True:
            claimed = job_ids(checked(await connection.send(flow.claim(size))))
            if not claimed:
                return
            tally.claimed += claimed
            _tell_errors(tally, checked(await connection.send(batch_start(flow, claimed))))
            _tell_errors(tally, checked(await connection.send(batch_complete(flow, claimed))))

    return work


def batch_start(flow: Flow, ids: Sequence[int]) -> bytes:
    """Return the request that reports the start of jobs."""
    body = {"run_id": flow.run_id, "compute_node_id": flow.node_id, "starts": [{"job_id": job_id} for job_id in ids]}
    return request_bytes("POST", f"{flow.path}/batch_start_jobs", msgspec.json.encode(body))


def batch_complete(flow: Flow, ids: Sequence[int]) -> bytes:
    """Return the request that reports the success of jobs."""
    completions = [
        {"job_id": job_id, "run_id": flow.run_id, "status": "completed", "result": flow.result(job_id)}
        for job_id in ids
    ]
    body = msgspec.json.encode({"completions": completions})
    return request_bytes("POST", f"{flow.path}/batch_complete_jobs", body)


class _Batch(msgspec.Struct):
    errors: list[dict[str, object]] = []


def _tell_errors(tally: Tally, body: bytes) -> None:
    tally.errors += [str(error) for error in msgspec.json.decode(body, type=_Batch).errors]


def checked(answer: Answer) -> bytes:
    """Return the body of a successful answer. Raises NotMeasured for an unknown operation, Unexpected otherwise."""
    if answer.status == 200:
        return answer.body
    text = answer.body[:300].decode(errors="replace")
    if answer.status in _NOT_THERE and "error" not in text:
        raise NotMeasured(f"this server has no such operation ({answer.status})")
    raise Unexpected(f"{answer.status} {text}")


async def completed_jobs(connection: Connection, flow: Flow) -> int:
    """Return the number of completed jobs of the workflow."""
    path = f"{API}/jobs?workflow_id={flow.workflow_id}&status=completed&limit=1"
    return msgspec.json.decode(await connection.ask("GET", path), type=_Page).total_count


class _Page(msgspec.Struct):
    total_count: int
