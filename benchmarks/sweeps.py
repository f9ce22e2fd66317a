"""A large workflow in the middle of its run, as a reader of the dashboard meets it.

Two parameters make its jobs; a part of them is completed, seven failed, some run. The results have measured use.
"""

import asyncio
import datetime as dt
import http.client
import math
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.command_line import write_spec
from benchmarks.flows import Flow, HasId, flow_of, job_ids
from benchmarks.service import API, Service
from benchmarks.simulated import batch_start, checked
from benchmarks.wire import Answer, Connection, request_bytes

SECOND_PARAMETER = 100
OUT_OF_MEMORY, WRONG = (137,) * 5, (1,) * 2
FAILURES = OUT_OF_MEMORY + WRONG
NODES = 12
_CPUS, _MEMORY_GB = 192, 768.0
RUNNING = 96
BATCH = 250
# The jobs of the full size ended within two hours, and the nodes were there a little longer.
_USUAL, _SECONDS_EACH, _LONGEST_MINUTES = 34_019, 0.2, 15
_GIB = 1024**3
_ERROR = b"""Traceback (most recent call last):
  File "simulate.py", line 41, in <module>
    data = read_mesh(sys.argv[1])
FileNotFoundError: [Errno 2] No such file or directory: 'mesh.h5'
"""


class _Batch(msgspec.Struct):
    errors: list[dict[str, object]] = []


@dataclass(frozen=True, slots=True)
class Sweep:
    """The workflow, and some of its jobs."""

    flow: Flow
    failed: Sequence[int]
    running: Sequence[tuple[int, Flow]]
    """Each with the flow whose node runs it."""

    completed: int
    output: Path
    """The folder of the outputs of jobs."""

    def stdout_of(self, job_id: int) -> Path:
        """The path of the output of a job."""
        return self._output_of(job_id).with_suffix(".o")

    def stderr_of(self, job_id: int) -> Path:
        """The same for its errors."""
        return self._output_of(job_id).with_suffix(".e")

    def _output_of(self, job_id: int) -> Path:
        name = f"job_wf{self.flow.workflow_id}_j{job_id}_r{self.flow.run_id}_a1.o"
        return self.output / "job_stdio" / name


def write_sweep(directory: Path, jobs: int) -> Path:
    """Write the spec of a workflow with about `jobs` jobs."""
    rows = max(1, (jobs - 2) // SECOND_PARAMETER)
    names = {"name": "large", "num_cpus": 1, "memory": "4g", "runtime": "PT20M"}
    small = {"name": "small", "num_cpus": 2, "memory": "8g", "runtime": "PT30M"}
    simulate = {
        "name": "simulate_{a}_{b}",
        "command": "python simulate.py --a {a} --b {b} --mesh mesh.h5 --output results/{a}_{b}.csv",
        "parameters": {"a": f"1:{rows}", "b": f"1:{SECOND_PARAMETER}"},
        "depends_on": ["prepare"],
        "resource_requirements": "large",
    }
    jobs_of_spec: list[dict[str, Any]] = [
        {"name": "prepare", "command": "python mesh.py --output mesh.h5", "resource_requirements": "small"},
        simulate,
        {
            "name": "summarise",
            "command": "python summarise.py results --output summary.csv",
            "depends_on_regexes": ["^simulate_"],
            "resource_requirements": "small",
        },
    ]
    about = {"description": "A sweep over two parameters", "project": "climate"}
    return write_spec(directory, jobs_of_spec, resource_requirements=[names, small], **about)


async def run_part(service: Service, completed: int) -> Sweep:
    """Run a part of workflow 1 by simulated runners, and leave the rest as it is."""
    connection = await Connection.open(service.port)
    output = service.directory / "torc_output"
    (output / "job_stdio").mkdir(parents=True)
    await connection.ask("POST", f"{API}/workflows/1/initialize_jobs")
    nodes = [await _register(connection, number, output) for number in range(NODES)]
    flows = [await flow_of(connection, 1, node_id) for node_id in nodes]
    await _complete(connection, flows[0], await _claim(connection, flows[0], 1), 0)
    done = 1
    for number, count in enumerate(_batches(completed - 1)):
        flow = flows[number % NODES]
        await _complete(connection, flow, await _claim(connection, flow, count), done)
        done += count
    failed = await _claim(connection, flows[0], len(FAILURES))
    await _complete(connection, flows[0], failed, done, FAILURES)
    running: list[tuple[int, Flow]] = []
    for flow in flows:
        running += [(job_id, flow) for job_id in await _claim(connection, flow, RUNNING // NODES)]
    sweep = Sweep(flows[0], failed, running, done, output)
    for job_id in failed[-len(WRONG) :]:
        sweep.stderr_of(job_id).write_bytes(_ERROR)
        sweep.stdout_of(job_id).write_bytes(b"reading mesh.h5\n")
    connection.close()
    return sweep


def end_one(service: Service, sweep: Sweep, job_id: int, flow: Flow) -> None:
    """Report the success of a running job, outside of any event loop."""
    body = _completions(flow, [job_id], sweep.completed, ())
    with closing(http.client.HTTPConnection("127.0.0.1", service.port)) as connection:
        connection.request("POST", f"{sweep.flow.path}/batch_complete_jobs", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        refused = msgspec.json.decode(checked(Answer(answer.status, answer.read())), type=_Batch).errors
    assert not refused, refused


async def claim_and_end(service: Service, sweep: Sweep, *, each_second: int, seconds: int) -> None:
    """Let jobs start and end for some seconds: in each tenth of a second a tenth of `each_second`."""
    connection = await Connection.open(service.port)
    loop = asyncio.get_running_loop()
    start = loop.time()
    for tick in range(10 * seconds):
        await asyncio.sleep(max(0.0, start + tick / 10 - loop.time()))
        claimed = await _claim(connection, sweep.flow, each_second // 10)
        await _complete(connection, sweep.flow, claimed, sweep.completed)
    connection.close()


def _batches(count: int) -> Iterator[int]:
    for start in range(0, count, BATCH):
        yield min(BATCH, count - start)


async def _register(connection: Connection, number: int, output: Path) -> int:
    began = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=_USUAL * _SECONDS_EACH, minutes=_LONGEST_MINUTES)
    node = {
        "workflow_id": 1,
        "hostname": f"node-{number + 1:03d}",
        "pid": 1000 + number,
        "start_time": began.isoformat(),
        "num_cpus": _CPUS,
        "memory_gb": _MEMORY_GB,
        "num_gpus": 0,
        "num_nodes": 1,
        "compute_node_type": "local",
        "is_active": True,
        "output_dir": str(output),
    }

    answer = await connection.ask("POST", f"{API}/compute_nodes", node)
    return msgspec.json.decode(answer, type=HasId).id


async def _claim(connection: Connection, flow: Flow, count: int) -> list[int]:
    """Claim and start jobs."""
    claimed = job_ids(checked(await connection.send(flow.claim(count))))
    assert len(claimed) == count, f"{len(claimed)} of {count} jobs were claimed"
    checked(await connection.send(batch_start(flow, claimed)))
    return claimed


async def _complete(
    connection: Connection, flow: Flow, ids: Sequence[int], done: int, codes: Sequence[int] = ()
) -> None:
    path = f"{flow.path}/batch_complete_jobs"
    checked(await connection.send(request_bytes("POST", path, _completions(flow, ids, done, codes))))


def _completions(flow: Flow, ids: Sequence[int], done: int, codes: Sequence[int]) -> bytes:
    """Return the body that reports ends. Exit codes of failures are `codes`; without any, all are successes."""
    entries = []
    now = dt.datetime.now(dt.UTC)
    for place, job_id in enumerate(ids):
        code = codes[place] if codes else 0
        status = "failed" if code else "completed"
        # Repeatable and not even: most jobs use much less than they asked for.
        share = 0.5 + 0.5 * math.sin((done + place) * 0.7)
        use = {
            "exec_time_minutes": 3 + 9 * share**3,
            "peak_memory_bytes": int((4.1 if code == OUT_OF_MEMORY[0] else 0.6 + 2.4 * share**2) * _GIB),
            "avg_memory_bytes": int((0.5 + 1.2 * share**2) * _GIB),
            "peak_cpu_percent": 55 + 45 * share,
            "avg_cpu_percent": 40 + 45 * share,
        }
        ended = now - dt.timedelta(seconds=max(0, _USUAL - done - place) * _SECONDS_EACH)
        result = flow.result(job_id) | use | {"return_code": code, "status": status}
        result["completion_time"] = ended.isoformat()
        entries.append({"job_id": job_id, "run_id": flow.run_id, "status": status, "result": result})
    return msgspec.json.encode({"completions": entries})
