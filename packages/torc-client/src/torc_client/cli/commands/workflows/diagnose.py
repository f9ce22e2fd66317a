"""`torc workflows diagnose`: why jobs run or do not run, as the server explains it."""

import click
import msgspec

from torc_client.api.enums import ExplainCode
from torc_client.api.records import ExplainedReason, ExplainResponse, WorkflowStatusResponse
from torc_client.cli.commands.workflows.allocation_sentences import allocations_of
from torc_client.cli.commands.workflows.leading_sentences import leading_sentences
from torc_client.cli.commands.workflows.status import labels_warning
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.output.show import say
from torc_client.cli.framework.picker import named, pick
from torc_client.cli.framework.results import Column, Listing, Report
from torc_client.client import TorcClient
from torc_client.job_statuses import workflow_state
from torc_client.overview.conclusion import conclusion
from torc_client.recovery.packing import packing_of
from torc_client.text import count

_HEADINGS = {
    ExplainCode.BLOCKED: "Blocked jobs",
    ExplainCode.CANCELED_BY_FAILURE: "Canceled jobs",
    ExplainCode.PENDING_OR_RUNNING: "Pending or running jobs",
    ExplainCode.UNINITIALIZED: "Jobs that are not initialized",
    ExplainCode.BEHIND_UNINITIALIZED: "Jobs that wait for jobs that are not initialized",
    ExplainCode.BEHIND_DISABLED: "Jobs that wait for disabled jobs",
    ExplainCode.BEHIND_PENDING_FAILED: "Jobs that wait for a decision on a failed job",
    ExplainCode.RING: "Jobs that wait for each other",
    **dict.fromkeys(
        (ExplainCode.NO_ACTIVE_NODES, ExplainCode.CLAIMABLE, ExplainCode.TOO_LARGE, ExplainCode.NO_SUCH_LABEL,
         ExplainCode.ONLY_LABELED_NODES, ExplainCode.OTHER_SCHEDULER),
        "Ready jobs",
    ),
}  # fmt: skip
_COLUMNS = (Column("Code", "code"), Column("Jobs", "count", right=True), Column("Reason", "message", wraps=True))
_IMPORTANCE = ("message", "count", "code")


@command(is_list=True, short_help="Show why jobs run or do not run.")
@workflow_argument
@click.option("--num-cpus", type=int, help="Check against a node with this number of CPUs, not the active nodes.")
@click.option("--memory-gb", type=float, help="Memory of this node in GiB.")
@click.option("--num-gpus", type=int, help="Number of GPUs of this node.")
@click.option("--num-nodes", type=int, help="Number of nodes of its allocation.")
@click.option("--time-limit", metavar="DURATION", help="Remaining time of this node, for example PT4H.")
@click.option("--scheduler-config-id", type=int, help="Scheduler configuration of this node.")
async def diagnose(app: App, workflow_id: int | None, **offer: float | str | None) -> Report:
    """Show why the ready jobs of a workflow do not start, what the other jobs wait for, and the remedies.

    Jobs are checked against the active nodes, or against a node that the options describe: check in this way whether
    a node would get jobs before you request it.
    """
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id, is_titled=app.format == "table")
        title = await named(client, workflow_id)
        known = {name: value for name, value in offer.items() if value is not None}
        answer = await client.workflows.explain_workflow(workflow_id, **known)  # type: ignore[arg-type]
        current = await client.workflows.get_workflow_status(workflow_id)
        allocations = await allocations_of(client, current)
        num_requested = current.active_scheduled_nodes + current.pending_scheduled_nodes
        for reason in answer.reasons:
            if reason.code is ExplainCode.NO_ACTIVE_NODES and allocations.num_ended and not current.is_canceled:
                reason.message = _no_nodes(reason, num_requested - allocations.num_ended)
        lacks_nodes = any(each.code is ExplainCode.NO_ACTIVE_NODES for each in answer.reasons)
        if lacks_nodes and current.unserved_ready_labels:
            say(labels_warning(workflow_id, current.unserved_ready_labels))
        leading = await _leading(client, current, answer, on_offer=bool(known)) if app.format == "table" else []
        packing = await packing_of(client, workflow_id) if app.format == "json" else None
    named_jobs = [
        f"{_HEADINGS.get(each.code, 'Other jobs')}: {', '.join(job.job_name for job in each.jobs)}"
        for each in answer.reasons
        if each.jobs and not workflow_state(current).is_over
    ]
    # For people, each reason is shown once: in the conclusion or in the list.
    listed = [reason for reason in answer.reasons if not any(reason.message in sentence for sentence in leading)]
    listing = Listing(listed, _COLUMNS, "reason", "reasons", title, importance=_IMPORTANCE)
    record = msgspec.to_builtins(answer)
    if packing is not None:
        record = {**msgspec.to_builtins(packing), **record, "allocations": allocations.sentences}
    return Report(record, listing, [*leading, *allocations.sentences, *named_jobs])


async def _leading(
    client: TorcClient, current: WorkflowStatusResponse, answer: ExplainResponse, *, on_offer: bool
) -> list[str]:
    """Return the conclusion, and for a workflow that is not over, whether a job can start, with the first reason."""
    if workflow_state(current).is_over:
        return await leading_sentences(client, current)
    where = " on such a node" if on_offer else ""
    if not answer.is_claimable:
        first = next((reason.message for reason in answer.reasons), "")
        can_start = f"No job can start now{where}" + (f": {first}" if first else "")
    elif on_offer:
        can_start = "A job can start now on such a node"
    else:
        # A job that fits a node may wait for jobs that run there; the message of the server says which is the case.
        claimable = (reason.message for reason in answer.reasons if reason.code is ExplainCode.CLAIMABLE)
        can_start = next(claimable, "A job can start now")
    return [conclusion(current), f"{can_start}. Active compute nodes: {answer.active_compute_nodes}."]


def _no_nodes(reason: ExplainedReason, num_allocations: int) -> str:
    """Return the reason of the server without the allocations that have ended for the batch system."""
    allocations = count("allocation", num_allocations)
    were = "was" if num_allocations == 1 else "were"
    remedy = (
        f"{allocations} that {were} requested can start one"
        if num_allocations > 0
        else "request another allocation, or start a runner"
    )
    lacking, _, _ = reason.message.partition("; ")
    _, dot, shortfalls = reason.message.partition(". ")
    return f"{lacking}; {remedy}{dot}{shortfalls}"
