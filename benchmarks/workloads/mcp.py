"""Every tool of `torc-mcp-server` about a large workflow in the middle of its run.

The sizes and times are those over stdin and stdout. Then each tool is called once over HTTP on a UNIX socket.
"""

import asyncio
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx2
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult

from benchmarks.measure import Round, Row, Sizes, Workload, at_least, at_most
from benchmarks.service import PROGRAMS, Service
from benchmarks.sweeps import Sweep, run_part, write_sweep
from mcp import Client
from torc_client.mcp.tools import TOOLS

_PROGRAM: Final = PROGRAMS / "torc-mcp-server"
_WORDS: Final = ("--allow", "all")
_LIMIT_KB: Final = 25
_TOOLS_KB: Final = 75
_SPEC: Final[dict[str, Any]] = {
    "name": "many",
    "jobs": [{"name": "simulate_{i}", "command": "true", "parameters": {"i": "1:100000"}}],
}
_WORKFLOW: Final[dict[str, Any]] = {"workflow_id": 1}

Arguments = Callable[[Sweep], dict[str, Any]]
ARGUMENTS: Final[Mapping[str, Arguments]] = {
    "list_workflows": lambda _: {"all_users": True},
    "find": lambda _: {"text": "simulate_9", "workflow_id": 1},
    "explain": lambda sweep: {"job_id": sweep.failed[0]},
    "list_jobs": lambda _: _WORKFLOW | {"limit": 1000},
    "list_jobs_by_status": lambda _: _WORKFLOW | {"status": "completed", "limit": 1000},
    "list_results": lambda _: _WORKFLOW | {"limit": 1000, "sort_by": "peak_memory_bytes", "reverse_sort": True},
    "get_job_details": lambda sweep: {"job_id": sweep.failed[-1]},
    "get_job_logs": lambda sweep: {"job_id": sweep.failed[-1]},
    "get_execution_plan": lambda _: {"spec_or_id": "1"},
    "update_job_resources": lambda sweep: {"job_id": sweep.failed[0], "memory": "8g"},
    "regroup_job_resources": lambda sweep: (
        _WORKFLOW | {"groups": [{"memory": "8g", "num_cpus": 1, "runtime": "PT30M", "job_ids": list(sweep.failed)}]}
    ),
    "plan_reset_jobs": lambda sweep: _WORKFLOW | {"job_ids": list(sweep.failed)},
    "wait": lambda _: _WORKFLOW | {"timeout_seconds": 1},
    "search_docs": lambda _: {"query": "memory limit"},
    "get_docs": lambda _: {"topic": "how-to/write-specs"},
    "list_examples": lambda _: {},
    "get_example": lambda _: {"name": "word_count"},
    "validate_spec": lambda _: {"spec": _SPEC},
    "explain_spec": lambda _: {"spec": _SPEC},
}
"""The arguments of tools that take more than a workflow."""

NOT_CALLED: Final[Mapping[str, str]] = {
    "slurm_queue": "needs Slurm",
    "list_partitions": "needs Slurm",
    "plan_allocations": "needs Slurm",
    "plan_submit": "needs Slurm",
    "save_spec_file": "writes a file",
    "create_workflow": "changes the workflows",
    "apply_plan": "needs a plan",
    "recover_workflow": "the workflow has not ended",
    "classify_and_resolve_failures": "no failure waits for a decision",
}
CALLED: Final = tuple(tool.name for tool in TOOLS if tool.name not in NOT_CALLED)


def _arguments(name: str, sweep: Sweep) -> dict[str, Any]:
    return ARGUMENTS[name](sweep) if name in ARGUMENTS else dict(_WORKFLOW)


async def _over_stdio(this: Round, service: Service, sweep: Sweep, repeats: int) -> None:
    program = StdioServerParameters(
        command=str(_PROGRAM), args=list(_WORDS), env=dict(service.environment), cwd=service.directory
    )
    async with Client(program) as client:
        listed = await client.list_tools()
        this.measured["kB of tools"] = len(listed.model_dump_json(exclude_none=True, by_alias=True)) / 1000
        for name in CALLED:
            answer, seconds = await _timed(client, name, _arguments(name, sweep), repeats)
            text = str(getattr(answer.content[0], "text", ""))
            if answer.is_error:
                this.reasons |= dict.fromkeys((f"kB of {name}", f"s of {name}"), text[:200])
                continue
            this.measured[f"kB of {name}"] = len(text.encode()) / 1000
            this.measured[f"s of {name}"] = seconds


async def _over_http(this: Round, socket: Path, sweep: Sweep) -> None:
    transport = httpx2.AsyncHTTPTransport(uds=str(socket))
    async with (
        httpx2.AsyncClient(transport=transport, timeout=300) as http,
        Client(streamable_http_client("http://torc/mcp", http_client=http)) as client,
    ):
        start, answered = time.perf_counter(), 0
        for name in CALLED:
            answered += not (await client.call_tool(name, _arguments(name, sweep))).is_error
        this.measured["tools over HTTP"] = answered
        this.measured["s of all over HTTP"] = time.perf_counter() - start


@contextmanager
def _listening(service: Service) -> Iterator[Path]:
    """Start the server on a UNIX socket, and end it."""
    socket = service.directory / "mcp.sock"
    with subprocess.Popen(
        [_PROGRAM, *_WORDS, "--http", socket],
        cwd=service.directory, env=service.environment, stderr=subprocess.PIPE, text=True,
    ) as program:  # fmt: skip
        try:
            assert program.stderr is not None
            assert "Listening on" in (line := program.stderr.readline()), line
            yield socket
        finally:
            program.terminate()


async def _timed(client: Client, name: str, arguments: dict[str, Any], repeats: int) -> tuple[CallToolResult, float]:
    """Return the last answer of a tool, and the median of the seconds that it took."""
    answers, seconds = [], []
    for _ in range(repeats):
        start = time.perf_counter()
        answers.append(await client.call_tool(name, arguments))
        seconds.append(time.perf_counter() - start)
    return answers[-1], statistics.median(seconds)


def _run(this: Round, sizes: Sizes) -> None:
    with Service(this.directory) as service:
        service.torc("create", write_sweep(this.directory, sizes["jobs"]))
        sweep = asyncio.run(run_part(service, sizes["completed"]))
        asyncio.run(_over_stdio(this, service, sweep, sizes["repeats"]))
        with _listening(service) as socket:
            asyncio.run(_over_http(this, socket, sweep))


MCP = Workload(
    name="mcp",
    title="Tools for assistants about a large workflow",
    rows=(
        Row("the list of all tools", "kB of tools", "kB", target=at_most(_TOOLS_KB)),
        Row("tools that answer over HTTP", "tools over HTTP", target=at_least(len(CALLED))),
        Row("all of them over HTTP, once each: time", "s of all over HTTP", "s"),
        *(
            row
            for name in CALLED
            for row in (
                Row(f"`{name}`: size", f"kB of {name}", "kB", target=at_most(_LIMIT_KB)),
                Row(f"`{name}`: time", f"s of {name}", "s"),
            )
        ),
    ),
    run=_run,
    runs=1,
    has_warm_up=False,
    quick={"jobs": 2_002, "completed": 701, "repeats": 1},
    full={"jobs": 100_002, "completed": 34_012, "repeats": 3},
)
