"""Find out what failed, and why nothing runs."""

import asyncio
from typing import Final

from torc_client.api.records import ExplainedKind, FailureClusterModel
from torc_client.errors import TorcError
from torc_client.graph.names import group_of
from torc_client.job_statuses import workflow_state
from torc_client.log_files.attempt_sources import load_history, open_source
from torc_client.log_files.error_line import error_line
from torc_client.log_files.line_windows import StoppedError
from torc_client.mcp.answers import Answer, Described, Id, Untrusted, untrusted
from torc_client.mcp.assistant_tool import AssistantTool
from torc_client.mcp.counts import FailureRow, counts_of, failure_row
from torc_client.mcp.session import McpSession
from torc_client.mcp.tools.jobs import JobDetails, get_job_details
from torc_client.mcp.tools.workflows import Reason, reason_row

_CLUSTERS_READ: Final = 12
_EXAMPLES_READ: Final = 3
_READ_SECONDS: Final = 5.0
_AT_ONCE: Final = 4
_KINDS_SHOWN: Final = 15


class ErrorSample(Described):
    """The line of a log that says why a job failed, and the jobs among the examples that have the same one."""

    job_ids: list[int]
    meaning: str | None = None
    """What it means, if it is a known error."""

    remedy: str | None = None
    output: Untrusted


class DiagnosedCluster(FailureRow):
    """Jobs of a group that failed alike, and what their logs say."""

    errors: list[ErrorSample]
    logs_not_read: str | None = None
    """Why no log was read."""


class FailureDiagnosis(Answer):
    """What failed in a workflow, by class."""

    workflow_id: Id
    state: str
    total_failed: int
    clusters: list[DiagnosedCluster]
    """The largest first."""

    clusters_in_all: int
    job_counts_by_status: dict[str, int]
    next_steps: list[str]


async def diagnose_failures(session: McpSession, *, workflow_id: Id) -> FailureDiagnosis:
    """Show what failed, by class: group of jobs, exit code, and the error line of some of their logs. Begin here."""
    workflows = session.client.workflows
    status, failures = await asyncio.gather(
        workflows.get_workflow_status(workflow_id), workflows.list_failures(workflow_id)
    )
    turns = asyncio.Semaphore(_AT_ONCE)
    read, rest = failures.clusters[:_CLUSTERS_READ], failures.clusters[_CLUSTERS_READ:]
    diagnosed = await asyncio.gather(*(_diagnosed(session, cluster, turns) for cluster in read))
    return FailureDiagnosis(
        workflow_id=workflow_id,
        state=workflow_state(status).value,
        total_failed=failures.total_jobs,
        clusters=[*diagnosed, *(_unread(cluster) for cluster in rest)],
        clusters_in_all=len(failures.clusters) + failures.clusters_left_off,
        job_counts_by_status=counts_of(status.jobs_by_status),
        next_steps=_next_steps(failures.clusters),
    )


def _unread(cluster: FailureClusterModel) -> DiagnosedCluster:
    return DiagnosedCluster(**failure_row(cluster).model_dump(), errors=[], logs_not_read="Its class is small.")


async def _diagnosed(session: McpSession, cluster: FailureClusterModel, turns: asyncio.Semaphore) -> DiagnosedCluster:
    examples = cluster.examples[:_EXAMPLES_READ]
    found = await asyncio.gather(*(sample_of(session, each.job_id, turns) for each in examples))
    by_signature: dict[str, ErrorSample] = {}
    for sample in found:
        if isinstance(sample, ErrorSample):
            signature = group_of(sample.output.text)
            by_signature.setdefault(signature, sample.model_copy(update={"job_ids": []})).job_ids.extend(sample.job_ids)
    problems = [each for each in found if isinstance(each, str)]
    row = failure_row(cluster).model_dump()
    errors = list(by_signature.values())
    return DiagnosedCluster(**row, errors=errors, logs_not_read=problems[0] if problems and not errors else None)


async def sample_of(session: McpSession, job_id: int, turns: asyncio.Semaphore) -> ErrorSample | str:
    """Read the line of a job's log that says why it failed. Returns why there is none."""
    try:
        async with turns, asyncio.timeout(_READ_SECONDS):
            history = await load_history(session.client, job_id, {})
            source = await open_source(session.client, history, "")
            try:
                found = await asyncio.to_thread(error_line, source.log)
            finally:
                source.close()
    except TorcError as error:
        return error.message
    except (TimeoutError, StoppedError):
        return f"The log could not be read in {_READ_SECONDS:g} s."
    if found is None:
        return "The log is empty."
    text, pattern = found
    return ErrorSample(
        job_ids=[job_id],
        meaning=pattern.meaning if pattern else None,
        remedy=pattern.remedy if pattern else None,
        output=untrusted(text),
    )


def _next_steps(clusters: list[FailureClusterModel]) -> list[str]:
    kinds = {cluster.kind.value for cluster in clusters}
    steps = []
    if clusters:
        steps.append("get_job_logs of an example shows the lines around its error.")
    if kinds & {"out_of_memory", "time_limit"}:
        steps.append("recover_workflow plans more memory or time for jobs that lacked it.")
    if kinds - {"out_of_memory", "time_limit"}:
        steps.append("When the cause is fixed, recover_workflow with retry_unknown plans to run the others again.")
    return steps


class ReadyKind(Described):
    """Ready jobs with equal requirements."""

    resource_requirements_id: Id
    name: str
    num_jobs: int
    fits: bool
    """Whether a job fits an active node."""

    needs: str
    shortfalls: list[str]
    """What the nodes lack."""


class WaitExplanation(Answer):
    """Why jobs start, or do not start."""

    workflow_id: Id
    is_claimable: bool
    """Whether a runner would get a job now."""

    active_compute_nodes: int
    job_counts_by_status: dict[str, int]
    reasons: list[Reason]
    """The most important first."""

    ready: list[ReadyKind]
    job: JobDetails | None = None
    """The job that was asked for."""


async def explain(session: McpSession, *, workflow_id: Id | None = None, job_id: Id | None = None) -> WaitExplanation:
    """Say why nothing runs, or why a job has its status. Give a workflow or a job."""
    details = None if job_id is None else await get_job_details(session, job_id=job_id)
    owner = workflow_id if details is None else details.workflow_id
    if owner is None:
        raise TorcError("explain needs workflow_id or job_id.")
    if workflow_id is not None and owner != workflow_id:
        raise TorcError(f"Job {job_id} is of workflow {owner}, not of {workflow_id}.")
    found = await session.client.workflows.explain_workflow(owner)
    return WaitExplanation(
        workflow_id=owner,
        is_claimable=found.is_claimable,
        active_compute_nodes=found.active_compute_nodes,
        job_counts_by_status=counts_of(found.jobs_by_status),
        reasons=[reason_row(each) for each in found.reasons],
        ready=[_ready(each) for each in found.ready[:_KINDS_SHOWN]],
        job=details,
    )


def _ready(kind: ExplainedKind) -> ReadyKind:
    amounts = [
        f"{kind.num_cpus} CPUs",
        f"{kind.memory_gb:g} GiB",
        *([f"{kind.num_gpus} GPUs"] if kind.num_gpus else []),
        *([f"{kind.num_nodes} nodes"] if kind.num_nodes > 1 else []),
        kind.runtime,
        *([f"labels {', '.join(kind.labels)}"] if kind.labels else []),
    ]
    return ReadyKind(
        resource_requirements_id=kind.resource_requirements_id,
        name=kind.resource_requirements_name,
        num_jobs=kind.num_jobs,
        fits=kind.fits,
        needs=", ".join(amounts),
        shortfalls=[
            f"{each.hostname or 'a node'} has {each.offered:g} {each.quantity.value}, {each.needed:g} is needed"
            for each in kind.shortfalls[:_EXAMPLES_READ]
        ],
    )


TOOLS: Final = (
    AssistantTool(diagnose_failures, "Diagnose failures"),
    AssistantTool(explain, "Explain why jobs wait"),
)
