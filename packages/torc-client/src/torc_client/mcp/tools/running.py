"""Plan to run workflows, here or in allocations of Slurm, and wait for them."""

import asyncio
import shutil
import time
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from mcp.server.mcpserver import Context
from pydantic import Field

from torc_client.api.records import WorkflowStatusResponse
from torc_client.errors import TorcError
from torc_client.job_statuses import COMPLETE, count_in, workflow_state
from torc_client.local_runner import require_runner
from torc_client.mcp.answers import Answer, Id
from torc_client.mcp.assistant_tool import AssistantTool
from torc_client.mcp.children import start_detached, torc_json
from torc_client.mcp.counts import counts_of
from torc_client.mcp.plans import PlanAnswer, PlannedChange
from torc_client.mcp.session import McpSession
from torc_client.text import count

_LONGEST_WAIT: Final = 3600
_POLL_SECONDS: Final = 2.0
_LONG_POLL_SECONDS: Final = 10.0


async def plan_run(
    session: McpSession,
    *,
    workflow_id: Id,
    max_parallel_jobs: Annotated[int, Field(ge=1, le=10_000)] | None = None,
    time_limit: Annotated[str, Field(max_length=40, description="ISO 8601, such as PT2H")] | None = None,
) -> PlanAnswer:
    """Plan to run a workflow on the machine of this server, with its CPUs and memory, until it is complete.

    The runner continues when the assistant leaves; plan_cancel stops it.
    """
    require_runner()
    status = await session.client.workflows.get_workflow_status(workflow_id)
    state = workflow_state(status)
    if state.is_over:
        raise TorcError(f"Workflow {workflow_id} is {state}.", "Retry, reset or initialize its jobs first.")
    words = ["run", str(workflow_id), f"--output-dir={session.settings.output_dir}"]
    words += [f"--max-parallel-jobs={max_parallel_jobs}"] if max_parallel_jobs else []
    words += [f"--time-limit={time_limit}"] if time_limit else []
    log = session.settings.output_dir / f"assistant_run_wf{workflow_id}_{int(time.time())}.log"

    async def look() -> object:
        found = await session.client.workflows.get_workflow_status(workflow_id)
        return (found.run_id, found.is_canceled, found.total_jobs, workflow_state(found).is_over)

    async def carry_out() -> Sequence[str]:
        pid = start_detached(session, words, log)
        return [f"Process {pid} runs it, with its output in {log.absolute()}.", "`wait` waits for its end."]

    left = status.total_jobs - count_in(status.jobs_by_status, COMPLETE) - status.jobs_by_status.disabled
    lines = [
        f"A runner starts on this machine and runs {count('job', left)}: torc {' '.join(words)}",
        "It continues when the assistant leaves.",
        *(
            [f"{count('other runner', status.active_compute_nodes)} work for it."]
            if status.active_compute_nodes
            else []
        ),
    ]
    title = f"Run workflow {workflow_id} ({status.workflow_name}) here"
    return await session.plans.add(PlannedChange(title, lines, look, carry_out, workflow_id))


async def plan_submit(session: McpSession, *, workflow_id: Id) -> PlanAnswer:
    """Plan to request the allocations of a workflow from Slurm. A runner starts in each."""
    if shutil.which("sbatch") is None:
        raise TorcError("Slurm is not installed on the machine of this server, so nothing can be submitted here.")
    client = session.client
    status = await client.workflows.get_workflow_status(workflow_id)

    async def look() -> object:
        found = await client.workflows.get_workflow_status(workflow_id)
        actions = await client.workflow_actions.get_workflow_actions(workflow_id)
        return (found.run_id, found.is_canceled, found.total_jobs, [(each.id, each.executed) for each in actions])

    async def carry_out() -> Sequence[str]:
        done = await torc_json(
            session, ["submit", str(workflow_id), "--no-prompts", f"--output-dir={session.settings.output_dir}"]
        )
        return [f"Requested allocations: {', '.join(map(str, done['allocation_ids']))}."]

    lines = []
    for action in await client.workflow_actions.get_workflow_actions(workflow_id):
        if action.action_type == "schedule_nodes":
            config: dict[str, Any] = action.action_config if isinstance(action.action_config, dict) else {}
            number = count("allocation", int(config.get("num_allocations") or 1))
            when = "was carried out" if action.executed else f"is due {action.trigger_type}"
            lines.append(f"{number} of scheduler {config.get('scheduler_id')}: {when}")
    if not lines:
        raise TorcError(f"Workflow {workflow_id} has no action that requests allocations.")
    title = f"Submit workflow {workflow_id} ({status.workflow_name}) to Slurm"
    return await session.plans.add(PlannedChange(title, lines, look, carry_out, workflow_id))


class Waited(Answer):
    """The state after a wait."""

    workflow_id: Id
    reached: bool
    """Whether what was waited for happened. Otherwise the time is over: wait again."""

    state: str
    total_jobs: int
    job_counts_by_status: dict[str, int]
    waited_seconds: float


async def wait(
    session: McpSession,
    context: Context[McpSession, Any],
    *,
    workflow_id: Id,
    until: Literal["done", "failed", "changed"] = "done",
    timeout_seconds: Annotated[int, Field(ge=1, le=_LONGEST_WAIT)] = 60,
) -> Waited:
    """Wait until a workflow has ended, until a job fails, or until anything changes. Reports progress meanwhile.

    Many clients end a call after one minute: wait again with the same arguments.
    """
    begin = time.monotonic()
    first = await session.client.workflows.get_workflow_status(workflow_id)
    status, reported = first, -1
    while True:
        ended = count_in(status.jobs_by_status, COMPLETE)
        if ended != reported:
            reported = ended
            await context.report_progress(
                ended, status.total_jobs, f"{ended} of {count('job', status.total_jobs)} ended"
            )
        left = timeout_seconds - (time.monotonic() - begin)
        is_reached = _is_reached(until, first, status)
        if is_reached or left <= 0:
            break
        await _pause(session, workflow_id, min(left, _LONG_POLL_SECONDS), until=until)
        status = await session.client.workflows.get_workflow_status(workflow_id)
    return Waited(
        workflow_id=workflow_id,
        reached=is_reached,
        state=workflow_state(status).value,
        total_jobs=status.total_jobs,
        job_counts_by_status=counts_of(status.jobs_by_status),
        waited_seconds=round(time.monotonic() - begin, 1),
    )


async def _pause(session: McpSession, workflow_id: int, most_seconds: float, *, until: str) -> None:
    """Wait for the end of the workflow by a long poll, or a short time for anything else."""
    seconds = min(most_seconds, _POLL_SECONDS)
    clock = asyncio.get_running_loop()
    begin = clock.time()
    if until == "done":
        await session.client.workflows.is_workflow_complete(workflow_id, wait_seconds=seconds)
    # A server without long polls answers at once, and so does one whose workflow has ended.
    await asyncio.sleep(max(0.0, min(seconds, 0.2) if until == "done" else seconds - (clock.time() - begin)))


def _is_reached(until: str, first: WorkflowStatusResponse, now: WorkflowStatusResponse) -> bool:
    is_over = workflow_state(now).is_over
    if until == "done":
        return is_over
    if until == "failed":
        counts = now.jobs_by_status
        return is_over or counts.failed + counts.terminated + counts.pending_failed > 0
    return is_over or now.jobs_by_status != first.jobs_by_status or now.run_id != first.run_id


TOOLS: Final = (
    AssistantTool(plan_run, "Plan to run here", reads_only=False, allowance="run"),
    AssistantTool(plan_submit, "Plan to submit to Slurm", reads_only=False, allowance="submit"),
    AssistantTool(wait, "Wait for a workflow"),
)
