"""Time of short commands."""

import asyncio
import statistics
import subprocess
import sys
import time

from benchmarks.command_line import seconds_of
from benchmarks.flows import ready_flow
from benchmarks.measure import Round, Row, Sizes, Workload, at_most
from benchmarks.service import Service
from benchmarks.wire import Connection

_MS = 1000


async def _create_jobs(port: int, count: int) -> None:
    connection = await Connection.open(port)
    await ready_flow(connection, count)
    connection.close()


def _run(this: Round, sizes: Sizes) -> None:
    commands = {"help": ("--help",), "list": ("jobs", "list", "1")}
    with Service(this.directory) as service:
        asyncio.run(_create_jobs(service.port, sizes["jobs"]))
        seconds = [seconds_of(service, commands) for _ in range(sizes["repeats"])]
    for name in commands:
        this.measured[name] = _MS * statistics.median(each[name] for each in seconds)
    bare = []
    for _ in range(sizes["repeats"]):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        bare.append(time.perf_counter() - start)
    this.measured["python"] = _MS * statistics.median(bare)


CLI_START = Workload(
    name="cli_start",
    title="Commands",
    rows=(
        Row("`torc --help`", "help", "ms", target=at_most(150)),
        Row("`torc jobs list` of 100 jobs", "list", "ms", target=at_most(350)),
        Row("`python -c pass`", "python", "ms"),
    ),
    run=_run,
    quick={"jobs": 100, "repeats": 3},
    full={"jobs": 100, "repeats": 15},
)
