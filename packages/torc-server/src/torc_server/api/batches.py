"""Many jobs of a workflow that start, or end, in one call and one transaction; each is judged for itself."""

from collections.abc import Iterable
from typing import Annotated, Any

from torc_server.api.executions import report_of
from torc_server.api.of_one import of_workflow
from torc_server.api.operation import Call
from torc_server.engine.errors import EngineError
from torc_server.engine.execution.complete import Completion, complete_jobs
from torc_server.engine.execution.start import Start, start_jobs
from torc_server.engine.ids import JobId, NodeId, RunId
from torc_server.engine.states import JobStatus
from torc_server.resources.fields import Integer, JobStatusField, Record, Text
from torc_server.resources.json_fields import Many, Part
from torc_server.resources.result import ResultModel
from torc_server.resources.typed_bodies import TypedBody, record_of
from torc_server.store.transaction import Transaction


class JobCompletionEntry(TypedBody, kw_only=True, frozen=True):
    """How a job ended."""

    job_id: Annotated[JobId, Integer("The job.", required=True)]
    run_id: Annotated[RunId, Integer("The workflow's run.", required=True)]
    status: Annotated[str, JobStatusField("How it ended.", required=True)]
    result: Annotated[dict[str, Any], Part(ResultModel, "What became of the attempt.", required=True)]


class BatchCompleteJobsRequest(TypedBody, kw_only=True, frozen=True):
    """Jobs that ended."""

    completions: Annotated[
        list[JobCompletionEntry],
        Many(Part(record_of(JobCompletionEntry)), "The jobs, each with its result.", required=True),
    ]


class JobCompletionError(Record):
    """Why a job did not become what it was said to be."""

    job_id = Integer("The job.", required=True)
    message = Text("What is wrong, and what to do.", required=True)


class BatchCompleteJobsResponse(Record):
    """What became of the jobs that ended."""

    completed = Many(Integer(), "The jobs whose end is stored, now or before.", required=True)
    errors = Many(Part(JobCompletionError), "What was refused, and why.", required=True)


class JobStartEntry(TypedBody, kw_only=True, frozen=True):
    """A job that runs now."""

    job_id: Annotated[JobId, Integer("The job.", required=True)]
    run_id: Annotated[RunId | None, Integer("The workflow's run, where it is not that of the whole call.")] = None
    compute_node_id: Annotated[
        NodeId | None, Integer("The node where it runs, where it is not that of the whole call.")
    ] = None


class BatchStartJobsRequest(TypedBody, kw_only=True, frozen=True):
    """Claimed jobs that run now."""

    run_id: Annotated[RunId, Integer("The workflow's run.", required=True)]
    compute_node_id: Annotated[NodeId, Integer("The node where they run.", required=True)]
    starts: Annotated[list[JobStartEntry], Many(Part(record_of(JobStartEntry)), "The jobs.", required=True)]


class BatchStartJobsResponse(Record):
    """What became of the jobs that started."""

    started = Many(Integer(), "The jobs that run there, now or before.", required=True)
    errors = Many(Part(JobCompletionError), "What was refused, and why.", required=True)


def _answer(taken: str, job_ids: Iterable[JobId], refusals: Iterable[EngineError | None]) -> dict[str, Any]:
    """Tell what was taken and what was refused, each in the order of the call, and each job that was taken once."""
    done: dict[JobId, None] = {}
    errors = []
    for job_id, refusal in zip(job_ids, refusals, strict=True):
        if refusal is None:
            done[job_id] = None
        else:
            errors.append({"job_id": job_id, "message": refusal.message})
    return {taken: list(done), "errors": errors}


def completion_of(entry: JobCompletionEntry) -> Completion:
    """Return the completion that an entry describes."""
    return Completion(entry.job_id, JobStatus.from_word(entry.status), entry.run_id, report_of(entry.result))


@of_workflow(
    "batch_complete_jobs",
    "POST",
    "batch_complete_jobs",
    answer=BatchCompleteJobsResponse,
    body=record_of(BatchCompleteJobsRequest),
    routine=True,
)
def batch_complete_jobs(tx: Transaction, call: Call) -> dict[str, Any]:
    """End many jobs with their results, and release what waits for them.

    Each is judged as complete_job does; one that is refused spoils no other. The very same reports again change
    nothing and count as completed.
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
    """Tell that many claimed jobs run now.

    Each is judged as start_job does; one that is refused spoils no other. The same again changes nothing and counts
    as started.
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
