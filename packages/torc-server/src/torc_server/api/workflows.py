"""Operations on a whole workflow."""

from dataclasses import asdict
from typing import Annotated, Any

import msgspec
from msgspec import Raw

from torc_server.api.answers import (
    IsCompleteResponse,
    IsUninitializedResponse,
    MessageResponse,
    ProcessChangedJobInputsResponse,
    ResetJobStatusResponse,
    WorkflowStatusModel,
    WorkflowStatusResponse,
)
from torc_server.api.extensions import ASYNC, KNOWN_FENCES, WAIT_SECONDS, flag
from torc_server.api.generic import view_for
from torc_server.api.of_one import of_workflow
from torc_server.api.operation import Accepted, Call, NothingYet, Parameter, Waiting, WorkflowWide
from torc_server.engine import events
from torc_server.engine.ids import RunId, WorkflowId
from torc_server.engine.lifecycle import tasks
from torc_server.engine.lifecycle.cancel import cancel_workflow as cancel
from torc_server.engine.lifecycle.initialize import initialize_jobs as initialize
from torc_server.engine.lifecycle.inputs import process_changed
from torc_server.engine.lifecycle.reset import reset_job_status as reset_jobs
from torc_server.engine.lifecycle.reset import reset_workflow_status as reset_workflow
from torc_server.engine.signals import (
    AttemptsFenced,
    JobsBecameReady,
    RunBegan,
    WorkflowCanceled,
    WorkflowCompleted,
)
from torc_server.engine.states import JobStatus
from torc_server.engine.status import progress
from torc_server.engine.status.ready_jobs import ready_jobs
from torc_server.engine.status.throughput import seconds_left
from torc_server.engine.workflows import (
    archive,
    begin_run,
    finish_creation,
    require_not_draft,
    workflow_row,
)
from torc_server.resources import records
from torc_server.resources.fields import Boolean, Integer
from torc_server.resources.generation import Generation
from torc_server.resources.task import TASK, TaskModel
from torc_server.resources.typed_bodies import TypedBody, record_of
from torc_server.resources.workflow import WORKFLOW, WorkflowModel
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction


@of_workflow(
    "initialize_jobs",
    "POST",
    "initialize_jobs",
    workflow_wide=WorkflowWide.CHANGES,
    answer=MessageResponse,
    accepted=TaskModel,
    query=(
        flag("only_uninitialized", "Only jobs that are uninitialized or depend on an uninitialized job."),
        flag("clear_ephemeral_user_data", "Clear the ephemeral user data that jobs write."),
        ASYNC,
    ),
    errors=(409, 422),
)
def initialize_jobs(tx: Transaction, call: Call) -> dict[str, Any] | Accepted:
    """Make the jobs of a workflow blocked or ready.

    Dependencies by files and user data are added first.
    """
    workflow_id = call.workflow_id
    require_not_draft(workflow_row(tx, workflow_id))
    arguments = {
        "only_uninitialized": call.query["only_uninitialized"],
        "clear_ephemeral_user_data": call.query["clear_ephemeral_user_data"],
        "user": call.identity.name,
    }
    if call.query[ASYNC.name]:
        task_id = tasks.queue(tx, workflow_id, "initialize_jobs", arguments, now=call.now)
        return Accepted(records.one(tx, TASK, task_id))
    tasks.require_no_task(tx, workflow_id)
    initialize(tx, workflow_id, **arguments)
    return {"message": "Initialized job status"}


@of_workflow(
    "reset_job_status",
    "POST",
    "reset_job_status",
    workflow_wide=WorkflowWide.CHANGES,
    answer=ResetJobStatusResponse,
    query=(flag("failed_only", "Only unsuccessful jobs and the jobs that depend on them."),),
    errors=(409,),
)
def reset_job_status(tx: Transaction, call: Call) -> dict[str, Any]:
    """Make the jobs of a workflow uninitialized."""
    tasks.require_no_task(tx, call.workflow_id)
    reset = reset_jobs(tx, call.workflow_id, failed_only=call.query["failed_only"])
    event = events.user_action_event("reset_job_status", call.identity.name, **asdict(reset))
    events.record(tx, reset.workflow_id, event, now=call.now)
    answer = {"workflow_id": reset.workflow_id, "updated_count": reset.updated_count, "status": "uninitialized"}
    return {**answer, "reset_type": "failed_only"} if reset.failed_only else answer


@of_workflow(
    "reset_workflow_status",
    "POST",
    "reset_status",
    answer=record_of(WorkflowStatusModel),
    query=(flag("force", "Reset even if jobs are pending or running."),),
    errors=(409, 422),
)
def reset_workflow_status(tx: Transaction, call: Call) -> Raw:
    """Clear the flags of a workflow and begin its next run.

    With `force`, pending and running jobs become uninitialized: reports of an earlier run are refused.
    """
    # COMPAT 0.12: its clients increment the run themselves (PUT status). Remove it when no client of 0.12 is left.
    advance_run = call.generation is not Generation.V012
    workflow_id, force = call.workflow_id, call.query["force"]
    tasks.require_no_task(tx, workflow_id)
    reset_workflow(tx, workflow_id, force=force, advance_run=advance_run)
    event = events.user_action_event("reset_workflow_status", call.identity.name, workflow_id=workflow_id, force=force)
    events.record(tx, workflow_id, event, now=call.now)
    return _whole_status(tx, call)


@of_workflow(
    "process_changed_job_inputs",
    "POST",
    "process_changed_job_inputs",
    workflow_wide=WorkflowWide.CHANGES,
    answer=ProcessChangedJobInputsResponse,
    query=(
        Parameter(
            "dry_run",
            Boolean("Return the jobs without changing them.", nullable=False, default=False, default_shown=False),
        ),
    ),
    errors=(409,),
)
def process_changed_job_inputs(tx: Transaction, call: Call) -> dict[str, Any]:
    """Make jobs uninitialized whose inputs have changed since they were initialized.

    Inputs are the command, the dependencies, the files and user data that a job reads and writes, and the content of
    the user data that it reads.
    """
    workflow_id, dry_run = call.workflow_id, call.query["dry_run"]
    if not dry_run:
        tasks.require_no_task(tx, workflow_id)
    names = process_changed(tx, workflow_id, dry_run=dry_run)
    if not dry_run:
        found = {"reinitialized_count": len(names), "reinitialized_jobs": names}
        event = events.user_action_event(
            "process_changed_job_inputs", call.identity.name, workflow_id=workflow_id, **found
        )
        events.record(tx, workflow_id, event, now=call.now)
    return {"reinitialized_jobs": names}


@of_workflow(
    "cancel_workflow",
    "PUT",
    "cancel",
    workflow_wide=WorkflowWide.ENDS,
    answer=record_of(WorkflowStatusModel),
)
def cancel_workflow(tx: Transaction, call: Call) -> Raw:
    """Cancel a workflow with its pending and running jobs."""
    workflow_id = call.workflow_id
    cancel(tx, workflow_id)
    run_id = RunId(workflow_row(tx, workflow_id)["run_id"])
    event = events.workflow_canceled_event(workflow_id, run_id, call.identity.name)
    events.record(tx, workflow_id, event, now=call.now)
    return _whole_status(tx, call)


KNOWN_RUN_ID = Parameter(
    "run_id",
    Integer("Return the current run, and with `wait_seconds` also answer when it is not this one.", nullable=False),
    extension=True,
)


@of_workflow(
    "is_workflow_complete",
    "GET",
    "is_complete",
    answer=IsCompleteResponse,
    query=(WAIT_SECONDS, KNOWN_RUN_ID, KNOWN_FENCES),
    waiting=Waiting(
        (WorkflowCompleted, WorkflowCanceled, RunBegan, AttemptsFenced),
        alike=lambda call: (call.path["id"], call.query.get(KNOWN_RUN_ID.name), call.query.get(KNOWN_FENCES.name)),
    ),
)
def is_workflow_complete(tx: Transaction, call: Call) -> dict[str, Any] | NothingYet:
    """Return whether a workflow is complete or canceled."""
    completion = progress.is_complete(tx, call.workflow_id)
    answer: dict[str, Any] = {
        "is_canceled": completion.is_canceled,
        "is_complete": completion.is_complete,
        "needs_to_run_completion_script": False,
    }
    known = {
        "run_id": (call.query.get(KNOWN_RUN_ID.name), completion.run_id),
        "fences": (call.query.get(KNOWN_FENCES.name), completion.fences),
    }
    answer |= {name: current for name, (named, current) in known.items() if named is not None}
    has_news = any(named not in {None, current} for named, current in known.values())
    return answer if completion.is_complete or has_news else NothingYet(answer)


@of_workflow(
    "is_workflow_uninitialized",
    "GET",
    "is_uninitialized",
    answer=IsUninitializedResponse,
)
def is_workflow_uninitialized(tx: Transaction, call: Call) -> dict[str, Any]:
    """Return whether every job is uninitialized or disabled."""
    return {"is_uninitialized": progress.is_uninitialized(tx, call.workflow_id)}


@of_workflow(
    "get_workflow_status",
    "GET",
    "status",
    answer=WorkflowStatusResponse,
)
def get_workflow_status(tx: Transaction, call: Call) -> dict[str, Any]:
    """Return the status of a workflow."""
    summary = asdict(progress.summary(tx, call.workflow_id)) | asdict(ready_jobs(tx, call.workflow_id, call.now))
    counts = {JobStatus.from_word(word): number for word, number in summary["jobs_by_status"].items()}
    summary["seconds_left"] = seconds_left(tx, call.workflow_id, counts, call.now)
    # COMPAT 0.12: its clients read the status record from here. Remove it when no client of 0.12 is left.
    known = {name: value for name, value in summary.items() if value is not None}
    return {**_status_record(tx, call.workflow_id), **known}


SET_FLAGS = Statement("""
UPDATE workflow SET is_canceled = :is_canceled, is_archived = :is_archived,
    has_detected_need_to_run_completion_script = :has_detected_need_to_run_completion_script
WHERE id = :workflow_id
""")


@of_workflow(
    "update_workflow_status",
    "PUT",
    "status",
    answer=record_of(WorkflowStatusModel),
    body=record_of(WorkflowStatusModel),
)
def update_workflow_status(tx: Transaction, call: Call) -> dict[str, Any]:
    """Overwrite the run and the flags of a workflow.

    If the run changes, pending and running jobs become uninitialized: reports of another run are refused.
    """
    workflow_id = call.workflow_id
    body: WorkflowStatusModel = call.body
    begin_run(tx, workflow_id, body.run_id)
    flags = {
        "is_canceled": body.is_canceled,
        "is_archived": body.is_archived,
        "has_detected_need_to_run_completion_script": body.has_detected_need_to_run_completion_script,
    }
    tx.execute(SET_FLAGS, {**flags, "workflow_id": workflow_id})
    # Requests that wait for jobs or for the end of the workflow run again.
    tx.emit(WorkflowCanceled(workflow_id) if body.is_canceled else JobsBecameReady(workflow_id))
    return _status_record(tx, workflow_id)


class ArchiveWorkflowRequest(TypedBody, kw_only=True, frozen=True):
    """Whether a workflow is archived."""

    is_archived: Annotated[bool, Boolean("True archives the workflow, false restores it.", required=True)]


@of_workflow("archive_workflow", "POST", "archive", answer=WorkflowModel, body=record_of(ArchiveWorkflowRequest))
def archive_workflow(tx: Transaction, call: Call) -> Raw:
    """Archive a workflow, or restore it. Lists can omit archived workflows, and they cannot be reset."""
    body: ArchiveWorkflowRequest = call.body
    workflow_id, is_archived = call.workflow_id, body.is_archived
    archive(tx, workflow_id, is_archived=is_archived)
    event = events.user_action_event(
        "archive_workflow", call.identity.name, workflow_id=workflow_id, is_archived=is_archived
    )
    events.record(tx, workflow_id, event, now=call.now)
    return records.one(tx, WORKFLOW, call.path["id"], view_for(call, relations=True))


@of_workflow("finish_creation", "POST", "finish_creation", answer=WorkflowModel, extension=True)
def finish_workflow_creation(tx: Transaction, call: Call) -> Raw:
    """End the creation of a draft: all its records were created. Nothing changes for other workflows."""
    finish_creation(tx, call.workflow_id)
    return records.one(tx, WORKFLOW, call.path["id"], view_for(call, relations=True))


def _status_record(tx: Transaction, workflow_id: WorkflowId) -> dict[str, Any]:
    row = workflow_row(tx, workflow_id)
    return {
        "id": workflow_id,
        "run_id": row["run_id"],
        "is_canceled": bool(row["is_canceled"]),
        "is_archived": bool(row["is_archived"]),
        "has_detected_need_to_run_completion_script": bool(row["has_detected_need_to_run_completion_script"]),
    }


def _whole_status(tx: Transaction, call: Call) -> Raw:
    """Return the members of the workflow and those of its status record; clients of 0.12 get the record alone.

    COMPAT 0.12, 0.35, 1.0: clients of 1.0 read a workflow, others the status record. Remove it when only one is left.
    """
    if call.generation is Generation.V012:
        return Raw(msgspec.json.encode(_status_record(tx, call.workflow_id)))
    workflow = msgspec.json.decode(
        bytes(records.one(tx, WORKFLOW, call.path["id"], view_for(call, relations=True))), type=dict[str, Raw]
    )
    return Raw(msgspec.json.encode({**_status_record(tx, call.workflow_id), **workflow}))


WORKFLOW_OPERATIONS = (
    initialize_jobs,
    reset_job_status,
    reset_workflow_status,
    process_changed_job_inputs,
    cancel_workflow,
    archive_workflow,
    finish_workflow_creation,
    is_workflow_complete,
    is_workflow_uninitialized,
    get_workflow_status,
    update_workflow_status,
)
