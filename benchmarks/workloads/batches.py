"""Jobs per second of the server with calls for a hundred jobs."""

import asyncio

from benchmarks.flows import ready_flow
from benchmarks.measure import NotMeasured, Round, Row, Sizes, Workload, at_least
from benchmarks.service import Service
from benchmarks.simulated import Tally, batches, connect, together
from benchmarks.wire import Connection

_SIZE = 100


async def _load(port: int, jobs: int, runners: int) -> float:
    connection = await Connection.open(port)
    flow = await ready_flow(connection, jobs)
    connection.close()
    tally = Tally()
    try:
        seconds = await together(await connect(port, runners), batches(flow, tally, _SIZE))
    except* NotMeasured as group:
        raise NotMeasured(str(group.exceptions[0])) from None
    assert not tally.errors, tally.errors[:3]
    assert sorted(tally.claimed) == sorted(set(tally.claimed))
    assert len(tally.claimed) == jobs
    return jobs / seconds


def _run(this: Round, sizes: Sizes) -> None:
    for name, runners in (("one", 1), ("several", sizes["runners"])):
        directory = this.directory / name
        directory.mkdir()
        with Service(directory) as service:
            this.measured[name] = asyncio.run(_load(service.port, sizes["jobs"], runners))


BATCHES = Workload(
    name="batches",
    title="Claim, start, complete: a hundred jobs a call",
    rows=(
        Row("1 runner", "one", "jobs/s", target=at_least(12_000)),
        Row("8 runners", "several", "jobs/s", target=at_least(25_000)),
    ),
    run=_run,
    quick={"jobs": 10_000, "runners": 8},
    full={"jobs": 100_000, "runners": 8},
)
