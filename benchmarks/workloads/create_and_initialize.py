"""Time of a large graph, from the file until its jobs are ready."""

import asyncio
import time
from pathlib import Path
from typing import Any

from benchmarks.command_line import write_spec
from benchmarks.flows import flow_of, initialize
from benchmarks.measure import Round, Row, Sizes, Workload, at_most
from benchmarks.service import Service
from benchmarks.wire import Connection

_LAYERS = ("first", "second", "third")


def _layers(count: int) -> list[dict[str, Any]]:
    """Return three layers; each job of the second and third has one dependency."""
    per_layer = {"i": f"1:{count // len(_LAYERS)}"}
    jobs: list[dict[str, Any]] = []
    for before, layer in zip((None, *_LAYERS), _LAYERS, strict=False):
        waits = {} if before is None else {"depends_on": [f"{before}_{{i:07d}}"]}
        jobs.append({"name": f"{layer}_{{i:07d}}", "command": "true", "parameters": per_layer, **waits})
    return jobs


async def _initialize(port: int) -> float:
    connection = await Connection.open(port)
    start = time.perf_counter()
    await initialize(connection, await flow_of(connection, 1))
    seconds = time.perf_counter() - start
    connection.close()
    return seconds


def _create_and_initialize(directory: Path, jobs: int) -> tuple[float, float]:
    directory.mkdir()
    spec = write_spec(directory, _layers(jobs))
    with Service(directory) as service:
        start = time.perf_counter()
        service.torc("workflows", "create", spec)
        create_seconds = time.perf_counter() - start
        return create_seconds, asyncio.run(_initialize(service.port))


def _run(this: Round, sizes: Sizes) -> None:
    create_seconds, initialize_seconds = _create_and_initialize(this.directory / "some", sizes["jobs"])
    this.measured |= {"create": create_seconds, "initialize": initialize_seconds}
    if sizes["many_jobs"] and this.number == 0 and not this.is_warm_up:  # once: it takes minutes
        create_seconds, initialize_seconds = _create_and_initialize(this.directory / "many", sizes["many_jobs"])
        this.measured |= {"create many": create_seconds, "initialize many": initialize_seconds}
    else:
        this.reasons |= dict.fromkeys(("create many", "initialize many"), "only in the full set")


CREATE_AND_INITIALIZE = Workload(
    name="create_and_initialize",
    title="Creating and initializing a graph of three layers",
    rows=(
        Row("`torc workflows create` of `jobs`", "create", "s", target=at_most(8), needs_full_size=True),
        Row("`initialize_jobs` of them", "initialize", "s", target=at_most(2), needs_full_size=True),
        Row("`torc workflows create` of `many jobs`", "create many", "s", target=at_most(80), needs_full_size=True),
        Row("`initialize_jobs` of them", "initialize many", "s", target=at_most(20), needs_full_size=True),
        Row("creating `many jobs` to creating `jobs`", "create many", "times", per="create"),
        Row("initializing `many jobs` to initializing `jobs`", "initialize many", "times", per="initialize"),
    ),
    run=_run,
    quick={"jobs": 9_999, "many_jobs": 0},
    full={"jobs": 99_999, "many_jobs": 999_999},
)
