"""Creation of a graph in which each of many jobs depends on each of many others."""

import asyncio
import resource
import subprocess
import time
from pathlib import Path

from benchmarks.command_line import write_spec
from benchmarks.flows import flow_of, initialize
from benchmarks.measure import NotMeasured, Round, Row, Sizes, Workload, at_most
from benchmarks.service import Service
from benchmarks.wire import Connection

_BYTES_PER_MB = 1024 * 1024
_MOST_SECONDS = 120
_MOST_BYTES = 6 * 1024**3


def _create(service: Service, spec: Path) -> None:
    """Create it within limits of time and memory: a client that sends every pair would need an hour."""
    with service.start_torc("workflows", "create", spec) as process:
        resource.prlimit(process.pid, resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
        try:
            status = process.wait(_MOST_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise NotMeasured(f"not created within {_MOST_SECONDS} s") from None
    if status:
        raise NotMeasured(f"`torc workflows create` ended with {status}, perhaps out of memory")


async def _initialize(port: int) -> None:
    connection = await Connection.open(port)
    await initialize(connection, await flow_of(connection, 1))
    connection.close()


def _seconds_and_bytes(directory: Path, width: int) -> tuple[float, int]:
    directory.mkdir()
    every = {"parameters": {"i": f"1:{width}"}, "command": "true"}
    children = {"name": "child_{i:06d}", "depends_on_regexes": ["^parent_.*$"], **every}
    spec = write_spec(directory, [{"name": "parent_{i:06d}", **every}, children])
    with Service(directory) as service:
        start = time.perf_counter()
        _create(service, spec)
        asyncio.run(_initialize(service.port))
        return time.perf_counter() - start, service.database_bytes()


def _run(this: Round, sizes: Sizes) -> None:
    seconds, in_bytes = _seconds_and_bytes(this.directory / "some", sizes["width"])
    this.measured |= {"some s": seconds, "some MB": in_bytes / _BYTES_PER_MB}
    many = ("many s", "many MB")
    if not sizes["many_width"] or this.is_warm_up:
        this.reasons |= dict.fromkeys(many, "only in the full set")
        return
    try:
        seconds, in_bytes = _seconds_and_bytes(this.directory / "many", sizes["many_width"])
    except NotMeasured as reason:
        this.reasons |= dict.fromkeys(many, str(reason))
    else:
        this.measured |= {"many s": seconds, "many MB": in_bytes / _BYTES_PER_MB}


ALL_TO_ALL = Workload(
    name="all_to_all",
    title="All to all",
    rows=(
        Row("create and initialize `width` by `width`", "some s", "s", target=at_most(0.5), needs_full_size=True),
        Row("its database", "some MB", "MB"),
        Row(
            "create and initialize `many width` by `many width`", "many s", "s", target=at_most(5), needs_full_size=True
        ),
        Row("its database", "many MB", "MB", target=at_most(50), needs_full_size=True),
    ),
    run=_run,
    quick={"width": 200, "many_width": 0},
    full={"width": 1_000, "many_width": 10_000},
)
