"""Time from the report of the last dependency until an idle runner starts the dependent.

The runner is a real one: its job writes the time at which bash started it, so the start of the process is included.
The dependencies need more CPUs than that runner offers, so only this program claims and reports them. At the same time
jobs of another workflow on the same server are completed at a steady rate.
"""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from benchmarks.command_line import write_spec
from benchmarks.flows import Flow, create_flow, create_jobs, flow_of, initialize
from benchmarks.measure import Round, Row, Sizes, Workload, at_most, percentile
from benchmarks.service import API, Service
from benchmarks.simulated import checked, connect
from benchmarks.wire import Connection, request_bytes

_PIPE = "began"
_PAUSE_SECONDS = 0.02
_LONG_PAUSE_SECONDS = 0.5
_STOP_SECONDS = 30


@contextmanager
def _idle_runner(service: Service) -> Iterator[None]:
    with service.start_torc("run", "1", "--num-cpus", "1") as process:
        yield
        process.send_signal(signal.SIGTERM)
        process.wait(_STOP_SECONDS)


async def _set_up(service: Service, samples: int) -> list[int]:
    """Create the workflow of pairs; return the ids of the dependencies, which are to be reported."""
    report = f'echo "$EPOCHREALTIME" > {_PIPE}'
    pairs = {"parameters": {"i": f"1:{samples}"}}
    spec = write_spec(
        service.directory,
        [
            {"name": "parent_{i:05d}", "command": "true", "resource_requirements": "large", **pairs},
            {"name": "child_{i:05d}", "command": report, "depends_on": ["parent_{i:05d}"], **pairs},
        ],
        resource_requirements=[{"name": "large", "num_cpus": 64, "memory": "1m", "runtime": "PT1M"}],
        compute_node_wait_for_new_jobs_seconds=3600,
    )
    service.torc("workflows", "create", spec)
    connection = await Connection.open(service.port)
    flow = await flow_of(connection, 1)
    await initialize(connection, flow)
    offer = {"num_cpus": 1_000_000, "memory_gb": 1_000_000, "num_gpus": 0, "num_nodes": 1}
    body = msgspec.json.encode(offer)
    claim = request_bytes("POST", f"{flow.path}/claim_jobs_based_on_resources/{samples}", body)
    jobs = msgspec.json.decode(checked(await connection.send(claim)))["jobs"]
    connection.close()
    return [job["id"] for job in jobs]


async def _background(service: Service, jobs: int) -> tuple[Flow, list[int]]:
    """Create a workflow whose jobs are all running."""
    connection = await Connection.open(service.port)
    flow = await create_flow(connection, "background")
    ids = await create_jobs(connection, flow, jobs)
    await initialize(connection, flow)
    checked(await connection.send(flow.claim(jobs)))
    for job_id in ids:
        checked(await connection.send(flow.start(job_id)))
    connection.close()
    return flow, ids


async def _complete_at_pace(port: int, flow: Flow, ids: list[int], a_second: int, enough: asyncio.Event) -> float:
    """Complete jobs at a steady rate until `enough` is set; return the achieved rate."""
    connections = await connect(port, 8)
    start = time.perf_counter()
    left = iter(enumerate(ids))
    completed = 0

    async def work(connection: Connection) -> None:
        nonlocal completed
        for number, job_id in left:
            await asyncio.sleep(max(0.0, start + number / a_second - time.perf_counter()))
            if enough.is_set():
                break
            checked(await connection.send(flow.complete(job_id)))
            completed += 1
        connection.close()

    await asyncio.gather(*[work(connection) for connection in connections])
    return completed / (time.perf_counter() - start)


class _Words:
    """A named pipe to which each job writes a line."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        # Open for reading and writing: otherwise the pipe ends when no job has it open.
        self._descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        self._lines: asyncio.Queue[bytes] = asyncio.Queue()
        asyncio.get_running_loop().add_reader(self._descriptor, self._read)

    def _read(self) -> None:
        for line in os.read(self._descriptor, 65536).splitlines():
            self._lines.put_nowait(line)

    async def next(self) -> float:
        """Wait for the next job and return its start, in seconds since the epoch."""
        return float((await asyncio.wait_for(self._lines.get(), _STOP_SECONDS)).replace(b",", b"."))

    def close(self) -> None:
        """Close the pipe."""
        asyncio.get_running_loop().remove_reader(self._descriptor)
        os.close(self._descriptor)


async def _sample(connection: Connection, flow: Flow, job_id: int, words: _Words) -> float:
    """Report a dependency and wait for the start of its dependent; return the seconds between."""
    checked(await connection.send(flow.start(job_id)))
    report = flow.complete(job_id)
    sent_at = time.time()
    checked(await connection.send(report))
    return await words.next() - sent_at


async def _load(this: Round, service: Service, sizes: Sizes) -> None:
    parents = await _set_up(service, sizes["samples"])
    background, running = await _background(service, sizes["background_jobs"])
    connection = await Connection.open(service.port)
    enough = asyncio.Event()
    words = _Words(service.directory / _PIPE)
    latencies = []
    with _idle_runner(service):
        flow = await flow_of(connection, 1, await _node_of_runner(connection))
        pace = asyncio.create_task(
            _complete_at_pace(service.port, background, running, sizes["completions_a_second"], enough)
        )
        for job_id in parents:
            await asyncio.sleep(_PAUSE_SECONDS)  # the runner reports the previous job and waits again
            latencies.append(await _sample(connection, flow, job_id, words))
            if pace.done():
                break
        enough.set()
        this.measured["pace"] = await pace
    words.close()
    connection.close()
    this.measured |= {"median": 1000 * percentile(latencies, 50), "p99": 1000 * percentile(latencies, 99)}
    this.measured["samples"] = len(latencies)


async def _node_of_runner(connection: Connection) -> int:
    """Wait until the runner has registered and waits for jobs."""
    while True:
        await asyncio.sleep(_LONG_PAUSE_SECONDS)
        nodes = msgspec.json.decode(await connection.ask("GET", f"{API}/compute_nodes?workflow_id=1"))["items"]
        if nodes:
            await asyncio.sleep(_LONG_PAUSE_SECONDS)
            return int(nodes[0]["id"])


def _run(this: Round, sizes: Sizes) -> None:
    with Service(this.directory) as service:
        asyncio.run(_load(this, service, sizes))


RELEASE_LATENCY = Workload(
    name="release_latency",
    title="From the report of the last parent to the start of its child",
    rows=(
        Row("median", "median", "ms", target=at_most(5)),
        Row("99 of 100", "p99", "ms", target=at_most(25), needs_full_size=True),
        Row("samples a round", "samples"),
        Row("completions a second meanwhile, of 500 wanted", "pace", "/s"),
    ),
    run=_run,
    has_warm_up=False,
    quick={"samples": 60, "background_jobs": 2_000, "completions_a_second": 500},
    full={"samples": 500, "background_jobs": 15_000, "completions_a_second": 500},
)
