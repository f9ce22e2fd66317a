"""Cost of idle runners."""

import asyncio
import time

from benchmarks.flows import Flow, ready_flow
from benchmarks.measure import Round, Row, Sizes, Workload, at_most
from benchmarks.service import Service
from benchmarks.simulated import Tally, allow_open_files, checked, connect
from benchmarks.wire import Connection, Unexpected

_WAIT_SECONDS = 60.0
_SPARE_FILES = 200
_SETTLE_SECONDS = 2.0


async def _wait_again_and_again(connection: Connection, flow: Flow, tally: Tally) -> None:
    try:
        while True:
            checked(await connection.send(flow.claim(1, _WAIT_SECONDS)))
    except (OSError, Unexpected) as error:
        tally.errors.append(str(error))


async def _cores_used(service: Service, seconds: float) -> float:
    cpu_seconds, start = service.cpu_seconds(), time.perf_counter()
    await asyncio.sleep(seconds)
    return (service.cpu_seconds() - cpu_seconds) / (time.perf_counter() - start)


async def _load(this: Round, service: Service, sizes: Sizes) -> None:
    connection = await Connection.open(service.port)
    flow = await ready_flow(connection, 1)
    checked(await connection.send(flow.claim(1)))  # one job is pending, so the workflow is not complete
    tally = Tally()
    empty_bytes = service.resident_bytes()
    connections = await connect(service.port, sizes["runners"])
    waiting = [asyncio.create_task(_wait_again_and_again(each, flow, tally)) for each in connections]
    await asyncio.sleep(_SETTLE_SECONDS + sizes["runners"] / 1000)
    this.measured["parked"] = 100 * await _cores_used(service, sizes["seconds"])
    this.measured["KB"] = (service.resident_bytes() - empty_bytes) / len(connections) / 1024
    if sizes["minutes"]:
        this.measured["renewed"] = 100 * await _cores_used(service, _WAIT_SECONDS * sizes["minutes"])
    else:
        this.reasons["renewed"] = "only in the full set"
    this.measured["errors"] = len(tally.errors)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    for each in [connection, *connections]:
        each.close()


def _run(this: Round, sizes: Sizes) -> None:
    allow_open_files(sizes["runners"] + _SPARE_FILES)
    with Service(this.directory) as service:
        asyncio.run(_load(this, service, sizes))


IDLE_RUNNERS = Workload(
    name="idle_runners",
    title="Runners that wait in long-polls",
    rows=(
        Row("server's use of a core while they wait", "parked", "%", target=at_most(2), needs_full_size=True),
        Row("the same over a whole minute, in which each asks again once", "renewed", "%"),
        Row("errors", "errors", target=at_most(0)),
        Row("memory of the server for each", "KB", "KB"),
    ),
    run=_run,
    runs=2,
    has_warm_up=False,
    quick={"runners": 1_000, "seconds": 4, "minutes": 0},
    full={"runners": 10_000, "seconds": 20, "minutes": 1},
)
