"""The shapes of answers, and of bodies, that are no stored record."""

from functools import cache
from typing import Annotated

from torc_server.engine.ids import RunId
from torc_server.engine.states import JobStatus
from torc_server.resources.fields import Boolean, Integer, Number, Record, Text
from torc_server.resources.job import JobModel
from torc_server.resources.json_fields import AnyJson, JsonObject, Many, Part
from torc_server.resources.typed_bodies import TypedBody


class ErrorResponse(Record):
    """What every answer that is no success looks like."""

    error = AnyJson("What is wrong: an object whose `message` says what to do.", required=True)
    errorNum = Integer("Always absent; older servers sent it.")  # noqa: N815 - the contract's name
    errorMessage = Text("Always absent; older servers sent it.")  # noqa: N815 - the contract's name
    code = Integer("Always absent; older servers sent it.")


class MessageResponse(Record):
    """A sentence."""

    message = Text("What was done.", required=True)


class DeleteCountResponse(Record):
    """How many records were deleted."""

    count = Integer("How many there were.", required=True)


class PingResponse(Record):
    """The server is there."""

    status = Text("ok", required=True)


class VersionResponse(Record):
    """What the server is."""

    version = Text("The version of the contract that it keeps.", required=True)
    api_version = Text("The version of the contract's document.", required=True)
    git_hash = Text("The commit that it was built from.")
    torc_server = Text("The version of the server itself.", extension=True)


class WorkflowStatusModel(TypedBody, kw_only=True, frozen=True):
    """The state of a workflow's current run, as clients of 0.12 read and write it."""

    id: Annotated[int | None, Integer("The workflow's id.", read_only=True)] = None
    run_id: Annotated[RunId, Integer("The number of the run.", required=True)]
    is_canceled: Annotated[bool, Boolean("Whether the workflow was canceled.", required=True)]
    is_archived: Annotated[bool, Boolean("Whether the workflow was put away.", default=False)] = False
    has_detected_need_to_run_completion_script: Annotated[bool, Boolean("Kept for clients of 0.12.", default=False)] = (
        False
    )


JobStatusCounts = type(
    "JobStatusCounts",
    (Record,),
    {
        "__doc__": "How many jobs there are of each status.",
        "__module__": __name__,
        **{status.word: Integer(f"Jobs that are {status.word}.", required=True) for status in JobStatus},
    },
)


class WorkflowStatusResponse(Record):
    """How a workflow stands: a summary, and the status record of 0.12 with it."""

    workflow_id = Integer("The workflow.", required=True)
    workflow_name = Text("Its name.", required=True)
    workflow_user = Text("Its owner.", required=True)
    total_jobs = Integer("How many jobs it has.", required=True)
    jobs_by_status = Part(JobStatusCounts, "How many jobs there are of each status.", required=True)
    active_compute_nodes = Integer("How many compute nodes run.", required=True)
    active_scheduled_nodes = Integer("How many allocations run.", required=True)
    pending_scheduled_nodes = Integer("How many allocations wait.", required=True)
    is_canceled = Boolean("Whether it was canceled.", required=True)
    is_complete = Boolean("Whether no job is left to be done.", required=True)
    total_exec_time_minutes = Number("Run time of all current results together.", required=True)
    walltime_seconds = Number("From the first start to the last completion.")
    id = Integer("The workflow's id again.", nullable=False)
    run_id = Integer("The number of its current run.", nullable=False)
    is_archived = Boolean("Whether it was put away.", nullable=False)
    has_detected_need_to_run_completion_script = Boolean("Kept for clients of 0.12.", nullable=False)


class IsCompleteResponse(Record):
    """Whether anybody should go on with a workflow."""

    is_canceled = Boolean("Whether it was canceled.", required=True)
    is_complete = Boolean("Whether no job is left to be done; true for a canceled workflow.", required=True)
    needs_to_run_completion_script = Boolean("Always false; for clients of 0.12.", nullable=False)


class IsUninitializedResponse(Record):
    """Whether a workflow was initialized."""

    is_uninitialized = Boolean("Whether every job is uninitialized or disabled.", required=True)


class ResetJobStatusResponse(Record):
    """What a reset of jobs did."""

    workflow_id = Integer("The workflow.", required=True)
    updated_count = Integer("How many jobs were selected, without those that only depend on them.", required=True)
    status = Text("The status that they have now.", required=True)
    reset_type = Text("failed_only, where only those without success were reset.")


class ProcessChangedJobInputsResponse(Record):
    """What was made of something else."""

    reinitialized_jobs = Many(Text(), "The names of the jobs.", required=True)


class LatestEventTimestampResponse(Record):
    """When the last event of a workflow was noted."""

    timestamp = Integer("Milliseconds since the epoch; null where there is no event.", null_shown=True)


class LiveEvent(Record):
    """News of a workflow, as those get it who follow it."""

    workflow_id = Integer("The workflow.", required=True)
    timestamp = Integer("When it was told, in milliseconds since the epoch.", required=True)
    event_type = Text("What happened, such as job_completed.", required=True)
    severity = Text("debug, info, warning or error.", required=True)
    data = JsonObject("What is known about it, by its type.", required=True)


class ClaimJobsBasedOnResources(Record):
    """The claimed jobs, which are pending now."""

    jobs = Many(Part(JobModel), "The jobs, the most urgent first.")
    reason = Text("Why there are none, where that will not change.")


class ClaimNextJobsResponse(Record):
    """The claimed jobs, which are pending now."""

    jobs = Many(Part(JobModel), "The jobs, the most urgent first.")


@cache
def page_of(record: type[Record], many: str, name: str = "") -> type[Record]:
    """Make the envelope of a list; `name` is its own where that is irregular."""
    members = {
        "items": Many(Part(record), "The records.", required=True),
        "offset": Integer("How many were passed over.", required=True),
        "max_limit": Integer("The most that one answer has.", required=True),
        "count": Integer("How many there are here.", required=True),
        "total_count": Integer("How many match in all.", required=True),
        "has_more": Boolean("Whether more follow.", required=True),
    }
    words = "".join(word.capitalize() for word in many.split("_"))
    return type(name or f"List{words}Response", (Record,), {"__doc__": f"A part of a list of {words}.", **members})


@cache
def bulk_body(name: str, member: str, record: type[Record]) -> type[Record]:
    """Make the body that has many new records."""
    members = {member: Many(Part(record), "The records, all of one workflow.", required=True)}
    return type(name, (Record,), {"__doc__": "Many new records.", **members})


@cache
def bulk_answer(name: str, member: str, record: type[Record]) -> type[Record]:
    """Make the answer that has many new records."""
    members = {member: Many(Part(record), "The records as stored, in the order of the request.")}
    return type(name, (Record,), {"__doc__": "The new records.", **members})
