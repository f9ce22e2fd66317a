"""The sentences with which `torc status` and `torc workflows diagnose` begin."""

from contextlib import suppress

from torc_client.api.records import WorkflowStatusResponse
from torc_client.batch.run_command import run_command
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.job_statuses import WorkflowState, workflow_state
from torc_client.overview.conclusion import RUN_AGAIN, conclusion, next_command
from torc_client.overview.failed_jobs import read_failed_jobs
from torc_client.overview.sentences import pace_sentence
from torc_client.workflow_operations.partial_run import count_left_out, left_out_sentence


async def leading_sentences(client: TorcClient, current: WorkflowStatusResponse) -> list[str]:
    """Return the conclusion, what failed and why, the pace, and the next command."""
    sentences = [conclusion(current)]
    before_retry = ""
    with suppress(TorcError):  # the state is known without the reasons
        failed = await read_failed_jobs(client, current.workflow_id, current.jobs_by_status)
        sentences += [f"  {each}" for each in failed.sentences]
        before_retry = failed.before_retry
    state = workflow_state(current)
    if state is WorkflowState.RUNNING:
        with suppress(TorcError):
            pace = pace_sentence(await client.workflows.get_throughput(current.workflow_id))
            sentences += [f"{pace[:1].upper()}{pace[1:]}."] if pace else []
    num_left_out = await count_left_out(client, current)
    if num_left_out:
        sentences.append(left_out_sentence(current.workflow_id, num_left_out))
    if before_retry and state is WorkflowState.FAILED:
        sentences.append(before_retry)
    run = await run_command(client, current.workflow_id) if state in RUN_AGAIN else ""
    if command := next_command(current, run):
        shortfalls = await _shortfalls(client, current) if command == run and state is WorkflowState.READY else ""
        sentences += [shortfalls, f"Next, on a node that has this: {command}"] if shortfalls else [f"Next: {command}"]
    return sentences


async def _shortfalls(client: TorcClient, current: WorkflowStatusResponse) -> str:
    """Return what ready jobs need that no earlier node had; empty if a runner like the earlier ones can run them."""
    with suppress(TorcError):
        answer = await client.workflows.explain_workflow(current.workflow_id)
        return next((f"{each.shortfalls}." for each in answer.reasons if each.shortfalls), "")
    return ""
