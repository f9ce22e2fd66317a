"""Limits of this machine, with which the other numbers are compared."""

import asyncio

from benchmarks.command_line import slots
from benchmarks.limits.commits import commits_a_second
from benchmarks.limits.empty_handler import empty_handler
from benchmarks.limits.spawn import spawn_seconds
from benchmarks.measure import Round, Row, Sizes, Workload
from benchmarks.simulated import requests_a_second


def _run(this: Round, sizes: Sizes) -> None:
    jobs = sizes["jobs"]
    this.measured["at once"] = jobs / spawn_seconds(this.cache, this.directory / "loop", jobs, slots())
    this.measured["one by one"] = jobs / spawn_seconds(this.cache, this.directory / "chain", jobs, 1)
    this.measured["commits"] = commits_a_second(this.directory, sizes["commits"])
    with empty_handler(sizes["answer_bytes"]) as port:
        rate = requests_a_second(port, sizes["clients"], sizes["requests"])
        this.measured["requests"] = asyncio.run(rate)


LIMITS = Workload(
    name="limits",
    title="What the machine does",
    rows=(
        Row("`bash -c true` by the bare C loop, as many at once as CPUs", "at once", "jobs/s"),
        Row("the same, one by one", "one by one", "jobs/s"),
        Row("durable SQLite commits, one by one", "commits", "/s"),
        Row("requests to an empty aiohttp handler", "requests", "/s"),
    ),
    run=_run,
    quick={"jobs": 500, "commits": 300, "clients": 64, "requests": 5_000, "answer_bytes": 400},
    full={"jobs": 2_000, "commits": 2_000, "clients": 64, "requests": 30_000, "answer_bytes": 400},
)
