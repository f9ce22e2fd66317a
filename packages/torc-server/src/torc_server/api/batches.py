"""Start or complete many jobs in one call and one transaction. Each job is checked by itself."""

from collections.abc import Iterable
from typing import Annotated, Any

from torc_server.api.executions import report_of
from torc_server.api.of_one import of_workflow
from torc_server.api.operation import Call
from torc_server.engine.errors import EngineError
from torc_server.engine.execution.complete import JobCompletion, complete_jobs
from torc_server.engine.execution.start import Start, start_jobs
from torc_server.engine.ids import JobId, NodeId, RunId
from torc_server.engine.states import JobStatus
from torc_server.resources.fields import Integer, JobStatusField, Record, Text
from torc_server.resources.json_fields import MOST_RECORDS, Many, Part
from torc_server.resources.result import ResultModel
from torc_server.resources.typed_bodies import TypedBody, record_of
from torc_server.store.transaction import Transaction


class JobCompletionEntry(TypedBody, kw_only=True, frozen=True):
    """The completion of a job."""

    job_id: Annotated[JobId, Integer("The job.", required=True)]
    run_id: Annotated[RunId, Integer("The run of the workflow.", required=True)]
    status: Annotated[str, JobStatusField("The final status.", required=True)]
    result: Annotated[dict[str, Any], Part(ResultModel, "The result of the attempt.", required=True)]


class BatchCompleteJobsRequest(TypedBody, kw_only=True, frozen=True):
    """Completions of jobs."""

    completions: Annotated[
        list[JobCompletionEntry],
        Many(Part(record_of(JobCompletionEntry)), "The completions.", required=True, most=MOST_RECORDS),
    ]


class JobCompletionError(Record):
    """Why the report about a job was refused."""

    job_id = Integer("The job.", required=True)
    message = Text("What is wrong and what to do.", required=True)


class BatchCompleteJobsResponse(Record):
    """The results of a batch of completions."""

    completed = Many(Integer(), "The jobs whose completion is stored, by this call or an earlier one.", required=True)
    errors = Many(Part(JobCompletionError), "The refused jobs, with the reasons.", required=True)


class JobStartEntry(TypedBody, kw_only=True, frozen=True):
    """A started job."""

    job_id: Annotated[JobId, Integer("The job.", required=True)]
    run_id: Annotated[RunId | None, Integer("The run of the workflow, if it differs from that of the call.")] = None
    compute_node_id: Annotated[NodeId | None, Integer("The compute node, if it differs from that of the call.")] = None


class BatchStartJobsRequest(TypedBody, kw_only=True, frozen=True):
    """Claimed jobs that were started."""

    run_id: Annotated[RunId, Integer("The run of the workflow.", required=True)]
    compute_node_id: Annotated[NodeId, Integer("The compute node that runs the jobs.", required=True)]
    starts: Annotated[
        list[JobStartEntry], Many(Part(record_of(JobStartEntry)), "The jobs.", required=True, most=MOST_RECORDS)
    ]


class BatchStartJobsResponse(Record):
    """The results of a batch of starts."""

    started = Many(Integer(), "The jobs whose start is stored, by this call or an earlier one.", required=True)
    errors = Many(Part(JobCompletionError), "The refused jobs, with the reasons.", required=True)


def _answer(accepted: str, job_ids: Iterable[JobId], refusals: Iterable[EngineError | None]) -> dict[str, Any]:
    """Return the accepted and the refused jobs in the order of the call, each accepted job once."""
    done: dict[JobId, None] = {}
    errors = []
    for job_id, refusal in zip(job_ids, refusals, strict=True):
        if refusal is None:
            done[job_id] = None
        else:
            errors.append({"job_id": job_id, "message": refusal.message})
    return {accepted: list(done), "errors": errors}


def completion_of(entry: JobCompletionEntry) -> JobCompletion:
    """Return the completion that an entry describes."""
    return JobCompletion(entry.job_id, JobStatus.from_word(entry.status), entry.run_id, report_of(entry.result))


@of_workflow(
    "batch_complete_jobs",
    "POST",
    "batch_complete_jobs",
    answer=BatchCompleteJobsResponse,
    body=record_of(BatchCompleteJobsRequest),
    routine=True,
)
def batch_complete_jobs(tx: Transaction, call: Call) -> dict[str, Any]:
    """Complete many jobs with their results, and release the jobs that depend on them.

    Each job is checked as by complete_job. A refused job does not affect the others. A repeated report changes nothing
    and counts as completed.
    """
    body: BatchCompleteJobsRequest = call.body
    completions = [completion_of(each) for each in body.completions]
    refusals = complete_jobs(tx, call.workflow_id, completions, now=call.now)
    return _answer("completed", (each.job_id for each in completions), refusals)


@of_workflow(
    "batch_start_jobs",
    "POST",
    "batch_start_jobs",
    answer=BatchStartJobsResponse,
    body=record_of(BatchStartJobsRequest),
    extension=True,
    routine=True,
)
def batch_start_jobs(tx: Transaction, call: Call) -> dict[str, Any]:
    """Report that many claimed jobs were started.

    Each job is checked as by start_job. A refused job does not affect the others. A repeated report changes nothing and
    counts as started.
    """
    body: BatchStartJobsRequest = call.body
    starts = [
        Start(
            each.job_id,
            body.run_id if each.run_id is None else each.run_id,
            body.compute_node_id if each.compute_node_id is None else each.compute_node_id,
        )
        for each in body.starts
    ]
    refusals = start_jobs(tx, call.workflow_id, starts, now=call.now)
    return _answer("started", (each.job_id for each in starts), refusals)


BATCH_OPERATIONS = (batch_complete_jobs, batch_start_jobs)
