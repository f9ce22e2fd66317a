"""Rate of durable calls for single jobs, compared with an empty handler."""

import asyncio

from benchmarks.flows import ready_flow
from benchmarks.limits.empty_handler import empty_handler
from benchmarks.measure import Round, Row, Sizes, Workload, at_least, in_turn
from benchmarks.service import Service
from benchmarks.simulated import Tally, connect, requests_a_second, single_calls, together
from benchmarks.wire import Connection


async def _load(service: Service, jobs: int, runners: int) -> tuple[float, float]:
    """Return the requests per second and the cores that the server used."""
    connection = await Connection.open(service.port)
    flow = await ready_flow(connection, jobs)
    connection.close()
    tally = Tally()
    connections = await connect(service.port, runners)
    cpu_seconds = service.cpu_seconds()
    seconds = await together(connections, single_calls(flow, tally))
    assert sorted(tally.claimed) == sorted(set(tally.claimed))
    assert len(tally.claimed) == jobs
    return tally.requests / seconds, (service.cpu_seconds() - cpu_seconds) / seconds


def _run(this: Round, sizes: Sizes) -> None:
    for way in in_turn(("torc", "empty"), this.number):
        if way == "torc":
            with Service(this.directory) as service:
                rate, cores = asyncio.run(_load(service, sizes["jobs"], sizes["runners"]))
            this.measured |= {"torc": rate, "cores": cores}
        else:
            with empty_handler(400) as port:
                this.measured["empty"] = asyncio.run(requests_a_second(port, sizes["runners"], 3 * sizes["jobs"]))


SINGLE_CALLS = Workload(
    name="single_calls",
    title="Claim, start, complete: single calls",
    rows=(
        Row("requests a second to those of an empty aiohttp handler", "torc", per="empty", target=at_least(0.75)),
        Row("requests to torc-server", "torc", "/s"),
        Row("requests to the empty handler", "empty", "/s"),
        Row("cores that the server used", "cores"),
    ),
    run=_run,
    quick={"jobs": 1_500, "runners": 64},
    full={"jobs": 20_000, "runners": 64},
)
