"""Time of frequent calls in a workflow of a million jobs, and memory of the server."""

import asyncio
import statistics
import time

from benchmarks.flows import Flow, create_flow, create_jobs, initialize, job_ids
from benchmarks.measure import Round, Row, Sizes, Workload, at_most
from benchmarks.service import API, Service
from benchmarks.simulated import checked
from benchmarks.wire import Connection, request_bytes

_CALLS = ("claim", "start", "complete", "first page", "last page", "status")
_BYTES_PER_MB = 1024 * 1024
_PAGE = 100


async def _timed(connection: Connection, request: bytes) -> tuple[float, bytes]:
    start = time.perf_counter()
    answer = await connection.send(request)
    seconds = time.perf_counter() - start
    return seconds, checked(answer)


async def _visit(connection: Connection, flow: Flow, jobs: int) -> dict[str, float]:
    """Make each call once; return the seconds of each."""
    seconds: dict[str, float] = {}
    seconds["claim"], body = await _timed(connection, flow.claim(1))
    job_id = job_ids(body)[0]
    seconds["start"], _ = await _timed(connection, flow.start(job_id))
    seconds["complete"], _ = await _timed(connection, flow.complete(job_id))
    page = f"{API}/jobs?workflow_id={flow.workflow_id}&limit={_PAGE}"
    seconds["first page"], _ = await _timed(connection, request_bytes("GET", page))
    last = f"{page}&offset={jobs - _PAGE}"
    seconds["last page"], _ = await _timed(connection, request_bytes("GET", last))
    seconds["status"], _ = await _timed(connection, request_bytes("GET", f"{flow.path}/status"))
    return seconds


async def _load(this: Round, service: Service, sizes: Sizes) -> None:
    connection = await Connection.open(service.port)
    counts = {"small": sizes["jobs"], "large": sizes["many_jobs"]}
    flows = {}
    for name, count in counts.items():
        flows[name] = await create_flow(connection, name)
        await create_jobs(connection, flows[name], count)
        await initialize(connection, flows[name])
    visits: dict[str, list[dict[str, float]]] = {name: [] for name in flows}
    for _ in range(sizes["repeats"]):
        for name, flow in flows.items():
            visits[name].append(await _visit(connection, flow, counts[name]))
    for name, found in visits.items():
        for call in _CALLS:
            this.measured[f"{name} {call}"] = 1000 * statistics.median(each[call] for each in found)
    this.measured["MB"] = service.resident_bytes() / _BYTES_PER_MB
    this.measured["database MB"] = service.database_bytes() / _BYTES_PER_MB
    connection.close()


def _run(this: Round, sizes: Sizes) -> None:
    with Service(this.directory) as service:
        asyncio.run(_load(this, service, sizes))


SCALE = Workload(
    name="scale",
    title="A million jobs",
    rows=(
        *(
            Row(
                f"time of `{call}` with `many jobs` to that with `jobs`",
                f"large {call}",
                "times",
                per=f"small {call}",
                target=at_most(1.5) if call != "status" else None,
                needs_full_size=True,
            )
            for call in _CALLS
        ),
        *(Row(f"`{call}` with `many jobs`", f"large {call}", "ms") for call in _CALLS),
        Row("memory of the server", "MB", "MB", target=at_most(150), needs_full_size=True),
        Row("database", "database MB", "MB"),
    ),
    run=_run,
    runs=1,
    has_warm_up=False,
    quick={"jobs": 1_000, "many_jobs": 20_000, "repeats": 100},
    full={"jobs": 1_000, "many_jobs": 1_000_000, "repeats": 500},
)
