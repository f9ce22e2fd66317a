"""Start a run of a workflow, or restart some of its jobs with corrected requirements, in one transaction."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from torc_server.api.answers import MessageResponse, StartRunResponse
from torc_server.api.extensions import ASYNC, flag
from torc_server.api.of_one import of_workflow
from torc_server.api.operation import Accepted, Call, WorkflowWide
from torc_server.engine import events
from torc_server.engine.errors import NotFound, RuleBroken
from torc_server.engine.ids import JobId, RunId, WorkflowId
from torc_server.engine.lifecycle import tasks
from torc_server.engine.lifecycle.file_times import store_file_times
from torc_server.engine.lifecycle.restart import JobScope, Restart
from torc_server.engine.lifecycle.restart import restart_jobs as restart
from torc_server.engine.signals import JobsBecameReady
from torc_server.engine.status import progress
from torc_server.engine.workflows import run_of, workflow_row
from torc_server.resources import records
from torc_server.resources.fields import Boolean, Duration, Integer, Memory, Number, Record, Word
from torc_server.resources.json_fields import MOST_RECORDS, Many, Part
from torc_server.resources.resource import Body
from torc_server.resources.resource_requirements import RESOURCE_REQUIREMENTS
from torc_server.resources.task import TASK, TaskModel
from torc_server.resources.typed_bodies import TypedBody, record_of
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

MOST_COPIES = 32
"""The number of new records for which an operation on a huge workflow reserves ids."""
MOST_SHOWN = 20
"""Ids of jobs in a message."""


class RequirementsCorrection(TypedBody, kw_only=True, frozen=True):
    """New amounts for resource requirements. Absent members keep their value."""

    resource_requirements_id: Annotated[int, Integer("The resource requirements.", required=True)]
    memory: Annotated[str | None, Memory("The memory.")] = None
    runtime: Annotated[str | None, Duration("The maximum run time.")] = None
    num_cpus: Annotated[int | None, Integer("The number of CPUs.")] = None
    job_ids: Annotated[
        list[JobId],
        Many(Integer(), "Give these jobs a corrected copy of the requirements, which do not change."),
    ] = []


ASSIGN_REQUIREMENTS = Statement("""
UPDATE job SET resource_requirements_id = :requirements_id
WHERE workflow_id = :workflow_id AND id IN (SELECT value FROM json_each(:jobs))
""")


def _correct_requirements(
    tx: Transaction, workflow_id: WorkflowId, corrections: Sequence[RequirementsCorrection], *, now: datetime
) -> None:
    """Change requirements. Raises NotFound for records of other workflows, and RuleBroken for invalid amounts."""
    if sum(bool(each.job_ids) for each in corrections) > MOST_COPIES:
        raise RuleBroken(
            f"At most {MOST_COPIES} corrections of one call can have job_ids; send the others in another call",
            field="corrections",
        )
    for each in corrections:
        record_id = each.resource_requirements_id
        stored = records.stored(tx, RESOURCE_REQUIREMENTS, record_id)
        if stored["workflow_id"] != workflow_id:
            raise records.missing(RESOURCE_REQUIREMENTS, record_id)
        amounts = {"memory": each.memory, "runtime": each.runtime, "num_cpus": each.num_cpus}
        changed = {name: amount for name, amount in amounts.items() if amount is not None}
        if each.job_ids:
            _assign_copy(tx, workflow_id, stored | changed, each.job_ids, now=now)
        else:
            records.update(tx, RESOURCE_REQUIREMENTS, record_id, changed)


def _assign_copy(
    tx: Transaction, workflow_id: WorkflowId, requirements: Body, job_ids: Sequence[JobId], *, now: datetime
) -> None:
    """Create requirements, named after the first of the jobs, and assign them to the jobs. Emits JobsBecameReady."""
    copy = {name: value for name, value in requirements.items() if name != "id"}
    (copy_id,) = records.create(tx, RESOURCE_REQUIREMENTS, [copy | {"name": f"corrected_{job_ids[0]}"}], now)
    jobs = set(job_ids)
    which = {"requirements_id": copy_id, "workflow_id": workflow_id, "jobs": json.dumps(sorted(jobs))}
    if tx.execute(ASSIGN_REQUIREMENTS, which) != len(jobs):
        shown = [*map(str, sorted(jobs)[:MOST_SHOWN]), *(["..."] if len(jobs) > MOST_SHOWN else [])]
        raise NotFound(f"Workflow {workflow_id} does not have all of the jobs {', '.join(shown)}")
    tx.emit(JobsBecameReady(workflow_id))


class FileTime(TypedBody, kw_only=True, frozen=True):
    """The time of a file on the machine of the caller."""

    file_id: Annotated[int, Integer("The file.", required=True)]
    st_mtime: Annotated[
        float | None, Number("When it was last modified, in seconds since the epoch. Null if it does not exist.")
    ] = None


FILE_TIMES = Many(Part(record_of(FileTime)), "Times of files, stored with the restart.")


def _store_file_times(tx: Transaction, workflow_id: WorkflowId, times: Sequence[FileTime]) -> None:
    store_file_times(tx, workflow_id, [(each.file_id, each.st_mtime) for each in times])


class StartRunRequest(TypedBody, kw_only=True, frozen=True):
    """What is stored with the start of a run."""

    file_times: Annotated[list[FileTime], FILE_TIMES] = []


@of_workflow(
    "start_run",
    "POST",
    "start_run",
    workflow_wide=WorkflowWide.CHANGES,
    answer=StartRunResponse,
    query=(
        flag(
            "only_if_uninitialized",
            "Do nothing unless every job is uninitialized or disabled, and the workflow is not canceled.",
        ),
        flag("force", "Start the run even if jobs are pending or running."),
    ),
    body=record_of(StartRunRequest),
    body_required=False,
    errors=(409, 422),
    extension=True,
)
def start_run(tx: Transaction, call: Call) -> dict[str, Any]:
    """Begin the next run of a workflow: reset its flags and its jobs, and initialize the jobs, in one step.

    Of several calls with `only_if_uninitialized`, one starts the run. They do not lift a cancellation.
    """
    workflow_id, user, force = call.workflow_id, call.identity.name, call.query["force"]
    tasks.require_no_task(tx, workflow_id)
    is_started = not call.query["only_if_uninitialized"] or (
        progress.is_uninitialized(tx, workflow_id) and not workflow_row(tx, workflow_id)["is_canceled"]
    )
    if is_started:
        _store_file_times(tx, workflow_id, () if call.body is None else call.body.file_times)
        restart(tx, workflow_id, Restart(scope=JobScope.ALL, force=force), user=user)
        event = events.user_action_event("start_run", user, workflow_id=workflow_id, force=force)
        events.record(tx, workflow_id, event, now=call.now)
    return {"is_started": is_started, "run_id": run_of(tx, workflow_id)}


class RestartJobsRequest(TypedBody, kw_only=True, frozen=True):
    """The jobs to restart, and how."""

    scope: Annotated[
        str,
        Word(
            "`listed`: the jobs in `job_ids`. `unsuccessful`: all jobs that did not succeed, and their dependents."
            " `all`: all jobs.",
            component="JobScope",
            words=tuple(scope.value for scope in JobScope),
            required=True,
        ),
    ]
    job_ids: Annotated[list[JobId], Many(Integer(), "The jobs of the scope `listed`.")] = []
    known_run_id: Annotated[
        RunId | None,
        Integer("The run that the caller saw. The call is refused if the workflow is in another run."),
    ] = None
    begins_run: Annotated[
        bool,
        Boolean(
            "Clear the flags of the workflow and begin its next run. A canceled workflow without a job that can run"
            " stays in its run.",
            default=True,
        ),
    ] = True
    initializes: Annotated[bool, Boolean("Make the jobs and their dependents blocked or ready.", default=True)] = True
    force: Annotated[
        bool, Boolean("Restart even if jobs are pending or running. Their attempts are ended.", default=False)
    ] = False
    corrections: Annotated[
        list[RequirementsCorrection],
        Many(
            Part(record_of(RequirementsCorrection)),
            "Changes of resource requirements, made before the restart.",
            most=MOST_RECORDS,
        ),
    ] = []
    file_times: Annotated[list[FileTime], FILE_TIMES] = []


class RestartJobsResponse(Record):
    """What was restarted."""

    run_id = Integer("The current run.", required=True)
    updated_count = Integer("The number of jobs that were reset, without their dependents.", required=True)
    cancellation_lifted = Boolean("Whether the workflow was canceled, and no longer is.")


@of_workflow(
    "restart_jobs",
    "POST",
    "restart_jobs",
    workflow_wide=WorkflowWide.CHANGES,
    answer=RestartJobsResponse,
    accepted=TaskModel,
    query=(ASYNC,),
    body=record_of(RestartJobsRequest),
    errors=(409, 422),
    extension=True,
)
def restart_jobs(tx: Transaction, call: Call) -> dict[str, Any] | Accepted:
    """Correct requirements, begin the next run, reset jobs and initialize them: all of it or nothing."""
    workflow_id, user = call.workflow_id, call.identity.name
    body: RestartJobsRequest = call.body
    tasks.require_no_task(tx, workflow_id)
    was_canceled = bool(workflow_row(tx, workflow_id)["is_canceled"])
    _correct_requirements(tx, workflow_id, body.corrections, now=call.now)
    _store_file_times(tx, workflow_id, body.file_times)
    request = Restart(
        scope=JobScope(body.scope),
        job_ids=body.job_ids,
        known_run_id=body.known_run_id,
        begins_run=body.begins_run,
        initializes=body.initializes and not call.query[ASYNC.name],
        force=body.force,
    )
    count = restart(tx, workflow_id, request, user=user)
    event = events.user_action_event(
        "restart_jobs", user, workflow_id=workflow_id, scope=body.scope, updated_count=count
    )
    events.record(tx, workflow_id, event, now=call.now)
    if call.query[ASYNC.name]:
        arguments = {
            "only_uninitialized": request.only_uninitialized,
            "clear_ephemeral_user_data": False,
            "user": user,
        }
        return Accepted(records.one(tx, TASK, tasks.queue(tx, workflow_id, "initialize_jobs", arguments, now=call.now)))
    lifted = was_canceled and request.begins_run
    return {"run_id": run_of(tx, workflow_id), "updated_count": count, "cancellation_lifted": lifted}


class CorrectRequirementsRequest(TypedBody, kw_only=True, frozen=True):
    """Changes of resource requirements."""

    corrections: Annotated[
        list[RequirementsCorrection],
        Many(Part(record_of(RequirementsCorrection)), "The changes.", required=True, most=MOST_RECORDS),
    ]


@of_workflow(
    "correct_resource_requirements",
    "POST",
    "correct_resource_requirements",
    answer=MessageResponse,
    body=record_of(CorrectRequirementsRequest),
    errors=(409, 422),
    extension=True,
)
def correct_resource_requirements(tx: Transaction, call: Call) -> dict[str, Any]:
    """Change resource requirements of a workflow: all of them or none."""
    body: CorrectRequirementsRequest = call.body
    _correct_requirements(tx, call.workflow_id, body.corrections, now=call.now)
    return {"message": f"Corrected resource requirements: {len(body.corrections)}"}


RESTART_OPERATIONS = (start_run, restart_jobs, correct_resource_requirements)
