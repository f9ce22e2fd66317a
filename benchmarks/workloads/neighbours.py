"""Latency of claims while huge workflows are reset, canceled and deleted."""

import asyncio
import time

from benchmarks.flows import Flow, ready_flow
from benchmarks.measure import Round, Row, Sizes, Workload, at_most, percentile
from benchmarks.service import API, Service
from benchmarks.simulated import checked
from benchmarks.wire import Connection


async def _disturb(connection: Connection, flow: Flow) -> None:
    await connection.ask("POST", f"{flow.path}/reset_job_status")
    await connection.ask("POST", f"{flow.path}/initialize_jobs")
    await connection.ask("PUT", f"{flow.path}/cancel")
    await connection.ask("DELETE", f"{API}/workflows/{flow.workflow_id}")
    connection.close()


async def _claim_meanwhile(connection: Connection, flow: Flow, meanwhile: asyncio.Future[list[None]]) -> list[float]:
    seconds = []
    while not meanwhile.done():
        start = time.perf_counter()
        checked(await connection.send(flow.claim(1)))
        seconds.append(time.perf_counter() - start)
        await asyncio.sleep(0.002)
    return seconds


async def _load(this: Round, port: int, sizes: Sizes) -> None:
    connection = await Connection.open(port)
    elsewhere = await ready_flow(connection, sizes["jobs"], "elsewhere")
    huge = [await ready_flow(connection, sizes["jobs"], f"huge {number}") for number in range(sizes["workflows"])]
    start = time.perf_counter()
    work = [_disturb(await Connection.open(port), flow) for flow in huge]
    meanwhile = asyncio.gather(*work)
    seconds = await _claim_meanwhile(connection, elsewhere, meanwhile)
    await meanwhile
    this.measured |= {
        "all s": time.perf_counter() - start,
        "p99": 1000 * percentile(seconds, 99),
        "median": 1000 * percentile(seconds, 50),
        "worst": 1000 * max(seconds),
        "claims": len(seconds),
    }
    connection.close()


def _run(this: Round, sizes: Sizes) -> None:
    with Service(this.directory) as service:
        asyncio.run(_load(this, service.port, sizes))


NEIGHBOURS = Workload(
    name="neighbours",
    title="Claims beside huge workflows being reset, initialized, canceled and deleted",
    rows=(
        Row("claim elsewhere, 99 of 100", "p99", "ms", target=at_most(100), needs_full_size=True),
        Row("claim elsewhere, median", "median", "ms"),
        Row("claim elsewhere, worst", "worst", "ms"),
        Row("claims made meanwhile", "claims"),
        Row("until all is done", "all s", "s"),
    ),
    run=_run,
    runs=2,
    has_warm_up=False,
    quick={"workflows": 2, "jobs": 10_000},
    full={"workflows": 8, "jobs": 100_000},
)
