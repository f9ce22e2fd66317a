"""A thousand runners that start within a second: each job must be claimed once."""

import asyncio
import time
from dataclasses import replace

from benchmarks.flows import Flow, ready_flow, register
from benchmarks.measure import Round, Row, Sizes, Workload, at_most
from benchmarks.service import Service
from benchmarks.simulated import Tally, allow_open_files, completed_jobs, single_calls
from benchmarks.wire import Connection, Unexpected

_WITHIN_SECONDS = 1.0
_SPARE_FILES = 200


async def _runner(port: int, flow: Flow, tally: Tally, after_seconds: float) -> None:
    await asyncio.sleep(after_seconds)
    try:
        connection = await Connection.open(port)
        mine = replace(flow, node_id=await register(connection, flow.workflow_id))
        await single_calls(mine, tally)(connection)
        connection.close()
    except (OSError, Unexpected) as error:
        tally.errors.append(str(error))


async def _load(this: Round, port: int, runners: int, jobs: int) -> None:
    connection = await Connection.open(port)
    flow = await ready_flow(connection, jobs)
    tally = Tally()
    start = time.perf_counter()
    comings = [_WITHIN_SECONDS * number / runners for number in range(runners)]
    await asyncio.gather(*[_runner(port, flow, tally, coming) for coming in comings])
    this.measured["seconds"] = time.perf_counter() - start
    this.measured["errors"] = len(tally.errors)
    this.measured["doubled"] = tally.doubled
    this.measured["lost"] = jobs - await completed_jobs(connection, flow)
    if tally.errors:
        this.reasons["errors"] = tally.errors[0]
    connection.close()


def _run(this: Round, sizes: Sizes) -> None:
    allow_open_files(sizes["runners"] + _SPARE_FILES)
    with Service(this.directory) as service:
        asyncio.run(_load(this, service.port, sizes["runners"], sizes["jobs"]))


MANY_RUNNERS = Workload(
    name="many_runners",
    title="Runners that start within one second",
    rows=(
        Row("errors", "errors", target=at_most(0)),
        Row("jobs given twice", "doubled", target=at_most(0)),
        Row("jobs lost", "lost", target=at_most(0)),
        Row("until all jobs are completed", "seconds", "s"),
    ),
    run=_run,
    quick={"runners": 1_000, "jobs": 3_000},
    full={"runners": 1_000, "jobs": 10_000},
)
