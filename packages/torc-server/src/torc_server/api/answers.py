"""The shapes of answers and bodies that are not stored records."""

from functools import cache
from typing import Annotated

from torc_server.engine.ids import RunId
from torc_server.resources.fields import Boolean, Column, Integer, Number, Record, Text
from torc_server.resources.job import JobModel
from torc_server.resources.job_counts import JobStatusCounts
from torc_server.resources.json_fields import MOST_RECORDS, AnyJson, IntegerMap, JsonObject, Many, Part
from torc_server.resources.typed_bodies import TypedBody


class ErrorResponse(Record):
    """The answer to every request that failed."""

    error = AnyJson("The error: an object whose `message` says what is wrong and what to do.", required=True)
    errorNum = Integer("Always absent. Older servers sent it.")  # noqa: N815 - the contract's name
    errorMessage = Text("Always absent. Older servers sent it.")  # noqa: N815 - the contract's name
    code = Integer("Always absent. Older servers sent it.")


class MessageResponse(Record):
    """A message."""

    message = Text("The action that was done.", required=True)


class DeleteCountResponse(Record):
    """Number of deleted records."""

    count = Integer("Number of deleted records.", required=True)


class PingResponse(Record):
    """A sign that the server is running."""

    status = Text("ok", required=True)


class VersionResponse(Record):
    """The versions of the server."""

    version = Text("The version of the contract that the server implements.", required=True)
    api_version = Text("The version of the contract's document.", required=True)
    git_hash = Text("The commit from which the server was built.")
    torc_server = Text("The version of this server.", extension=True)
    database_id = Text(
        "The id of the database. Clients that send it in the header `X-Torc-Database` are refused (409, code"
        " `other_database`) when the server has another database.",
        extension=True,
    )


class WorkflowStatusModel(TypedBody, kw_only=True, frozen=True):
    """The state of a workflow's current run, in the form that clients of 0.12 read and write."""

    id: Annotated[int | None, Integer("The id of the workflow.", read_only=True)] = None
    run_id: Annotated[RunId, Integer("The number of the run.", required=True)]
    is_canceled: Annotated[bool, Boolean("Whether the workflow was canceled.", required=True)]
    is_archived: Annotated[bool, Boolean("Whether the workflow was archived.", default=False)] = False
    has_detected_need_to_run_completion_script: Annotated[bool, Boolean("Kept for clients of 0.12.", default=False)] = (
        False
    )


class WorkflowStatusResponse(Record):
    """The status of a workflow: a summary and the status record of 0.12."""

    workflow_id = Integer("The workflow.", required=True)
    workflow_name = Text("Its name.", required=True)
    workflow_user = Text("Its owner.", required=True)
    total_jobs = Integer("Number of jobs.", required=True)
    jobs_by_status = Part(JobStatusCounts, "Number of jobs of each status.", required=True)
    active_compute_nodes = Integer("Number of active compute nodes.", required=True)
    active_scheduled_nodes = Integer("Number of running allocations.", required=True)
    pending_scheduled_nodes = Integer("Number of pending allocations.", required=True)
    is_canceled = Boolean("Whether the workflow was canceled.", required=True)
    is_complete = Boolean("Whether no job is left to run.", required=True)
    total_exec_time_minutes = Number("Total run time of all current results.", required=True)
    walltime_seconds = Number(
        "Time from the first start to the last completion of the current results, with the pauses between."
    )
    seconds_left = Number(
        "Seconds until the jobs that are left have ended, at the rate of `throughput`. Absent if that is unknown.",
        nullable=False,
        extension=True,
    )
    runtime_blocked_ready_jobs = Integer(
        "Number of ready jobs without labels that need at least two minutes more than any active node has left. 0 if a"
        " node without labels has no end, or none is active.",
        required=True,
    )
    longest_ready_runtime_seconds = Integer(
        "Longest runtime of the ready jobs without labels. Absent if no time of nodes limits them."
    )
    max_allocation_remaining_seconds = Integer(
        "Remaining time of the active node that ends last. Absent if none has an end."
    )
    unserved_ready_labels = IntegerMap(
        "Number of ready jobs by their labels, with commas between, for labels that no active node has together. Absent"
        " if there are none.",
        nullable=False,
    )
    id = Integer("The id of the workflow, as `workflow_id`.", nullable=False)
    run_id = Integer("The number of its current run.", nullable=False)
    is_archived = Boolean("Whether the workflow was archived.", nullable=False)
    has_detected_need_to_run_completion_script = Boolean("Kept for clients of 0.12.", nullable=False)


class IsCompleteResponse(Record):
    """Whether a workflow is complete or canceled."""

    is_canceled = Boolean("Whether the workflow was canceled.", required=True)
    is_complete = Boolean("Whether no job is left to run. True for a canceled workflow.", required=True)
    needs_to_run_completion_script = Boolean("Always false. Kept for clients of 0.12.", nullable=False)
    run_id = Integer("The current run, if the request names a run.", nullable=False, extension=True)
    fences = Integer(
        "If the request has `known_fences`: how often jobs of the workflow were begun again whose attempts may still"
        " run. If it has grown, a runner reports the starts of its running attempts again, and ends those that are"
        " refused.",
        nullable=False,
        extension=True,
    )


class StartRunResponse(Record):
    """Whether a run was started, and the current run."""

    is_started = Boolean("Whether this call started the run.", required=True)
    run_id = Integer("The current run.", required=True)


class IsUninitializedResponse(Record):
    """Whether a workflow was not initialized yet."""

    is_uninitialized = Boolean("Whether every job is uninitialized or disabled.", required=True)


class ResetJobStatusResponse(Record):
    """The result of a reset of jobs."""

    workflow_id = Integer("The workflow.", required=True)
    updated_count = Integer("Number of selected jobs, without jobs that only depend on them.", required=True)
    status = Text("The new status of the jobs.", required=True)
    reset_type = Text("failed_only if only unsuccessful jobs were reset.")


class ProcessChangedJobInputsResponse(Record):
    """Jobs whose inputs have changed."""

    reinitialized_jobs = Many(Text(), "The names of the jobs.", required=True)


class LatestEventTimestampResponse(Record):
    """The time of the last event of a workflow."""

    timestamp = Integer("Milliseconds since the epoch. Null if there is no event.", column=Column(null_shown=True))


class LiveEvent(Record):
    """A notification about a workflow in the stream of events."""

    workflow_id = Integer("The workflow.", required=True)
    timestamp = Integer("When it was sent, in milliseconds since the epoch.", required=True)
    event_type = Text("The type of the event, such as job_completed.", required=True)
    severity = Text("debug, info, warning or error.", required=True)
    data = JsonObject("The details, which depend on the type.", required=True)


class ChangedWorkflows(Record):
    """Workflows that changed since the last such event."""

    workflow_ids = Many(Integer(), "The workflows, in ascending order.", required=True)
    everything = Boolean(
        "Whether any workflow may have changed: at the start, after many changes, and when one was deleted or shared.",
        required=True,
    )


class ClaimJobsBasedOnResources(Record):
    """The claimed jobs, which are now pending."""

    jobs = Many(Part(JobModel), "The jobs, highest priority first.")
    reason = Text("Why there are no jobs, if that will not change.")


class ClaimNextJobsResponse(Record):
    """The claimed jobs, which are now pending."""

    jobs = Many(Part(JobModel), "The jobs, highest priority first.")


@cache
def page_of(record: type[Record], many: str, name: str = "") -> type[Record]:
    """Make the envelope of a list. `name` replaces the regular name."""
    members = {
        "items": Many(Part(record), "The records.", required=True),
        "offset": Integer("Number of skipped records.", required=True),
        "max_limit": Integer("Maximum number of records in one answer.", required=True),
        "count": Integer("Number of records in this answer.", required=True),
        "total_count": Integer("Number of matching records in all.", required=True),
        "has_more": Boolean("Whether there are more records.", required=True),
    }
    words = "".join(word.capitalize() for word in many.split("_"))
    return type(name or f"List{words}Response", (Record,), {"__doc__": f"A page of a list of {words}.", **members})


@cache
def bulk_body(name: str, member: str, record: type[Record]) -> type[Record]:
    """Make the body with many new records."""
    records = Many(Part(record), "The records, all of one workflow.", required=True, most=MOST_RECORDS)
    members = {member: records}
    return type(name, (Record,), {"__doc__": "Many new records.", **members})


@cache
def bulk_answer(name: str, member: str, record: type[Record]) -> type[Record]:
    """Make the answer that has many new records."""
    members = {member: Many(Part(record), "The records as stored, in the order of the request.")}
    return type(name, (Record,), {"__doc__": "The new records.", **members})
