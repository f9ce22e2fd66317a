"""Every tool of `torc-mcp-server` about a large workflow in the middle of its run, called over stdin and stdout."""

import asyncio
import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from mcp.client.stdio import StdioServerParameters
from mcp_types import CallToolResult

from benchmarks.measure import Round, Row, Sizes, Workload, at_most
from benchmarks.service import PROGRAMS, Service
from benchmarks.sweeps import Sweep, run_part, write_sweep
from mcp import Client
from torc_client.mcp.tools import TOOLS

_LIMIT_KB: Final = 25
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


async def _drive(this: Round, service: Service, sweep: Sweep, repeats: int) -> None:
    program = StdioServerParameters(
        command=str(PROGRAMS / "torc-mcp-server"),
        args=["--allow", "all"],
        env=dict(service.environment),
        cwd=service.directory,
    )
    async with Client(program) as client:
        listed = await client.list_tools()
        this.measured["kB of tools"] = len(listed.model_dump_json(exclude_none=True, by_alias=True)) / 1000
        for name in CALLED:
            arguments = ARGUMENTS[name](sweep) if name in ARGUMENTS else _WORKFLOW
            answer, seconds = await _timed(client, name, arguments, repeats)
            text = str(getattr(answer.content[0], "text", ""))
            if answer.is_error:
                this.reasons |= dict.fromkeys((f"kB of {name}", f"s of {name}"), text[:200])
                continue
            this.measured[f"kB of {name}"] = len(text.encode()) / 1000
            this.measured[f"s of {name}"] = seconds


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
        asyncio.run(_drive(this, service, sweep, sizes["repeats"]))


MCP = Workload(
    name="mcp",
    title="Tools for assistants about a large workflow",
    rows=(
        Row("the list of all tools", "kB of tools", "kB"),
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
