"""Start, completion and retry of one attempt, as reported by its runner."""

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Raw

from torc_server.api.generic import view_for
from torc_server.api.of_one import of_job, of_workflow
from torc_server.api.operation import Call, Parameter
from torc_server.engine import events
from torc_server.engine.execution import start
from torc_server.engine.execution.complete import FIRST_ATTEMPT, AttemptReport, complete
from torc_server.engine.execution.fail import fail_jobs as fail
from torc_server.engine.execution.retry import retry
from torc_server.engine.ids import AttemptId, JobId, NodeId, RunId, WorkflowId
from torc_server.engine.lifecycle.disable import disable_jobs as disable
from torc_server.engine.lifecycle.manage import set_status
from torc_server.engine.lifecycle.tasks import require_no_task
from torc_server.engine.states import JobStatus
from torc_server.resources import records
from torc_server.resources.fields import Integer, JobStatusField, Record
from torc_server.resources.job import JOB, JobModel
from torc_server.resources.json_fields import Many
from torc_server.resources.result import ResultModel
from torc_server.resources.typed_bodies import TypedBody, record_of
from torc_server.store.transaction import Transaction

RUN_ID = Integer("The run of the workflow.", required=True)


def report_of(body: Mapping[str, Any]) -> AttemptReport:
    """Convert a result to the report of a runner about an attempt."""
    attempt_id = body.get("attempt_id")
    return AttemptReport(
        job_id=JobId(body["job_id"]),
        run_id=RunId(body["run_id"]),
        workflow_id=WorkflowId(body["workflow_id"]),
        attempt_id=FIRST_ATTEMPT if attempt_id is None else AttemptId(attempt_id),
        node_id=NodeId(body["compute_node_id"]),
        status=JobStatus.from_word(body["status"]),
        return_code=body["return_code"],
        exec_time_minutes=body["exec_time_minutes"],
        completion_time=body["completion_time"],
        peak_memory_bytes=body.get("peak_memory_bytes"),
        avg_memory_bytes=body.get("avg_memory_bytes"),
        peak_cpu_percent=body.get("peak_cpu_percent"),
        avg_cpu_percent=body.get("avg_cpu_percent"),
        reason=body.get("reason"),
    )


def _job(tx: Transaction, call: Call) -> Raw:
    return records.one(tx, JOB, call.path["id"], view_for(call))


@of_job(
    "complete_job",
    "POST",
    "complete_job/{status}/{run_id}",
    answer=JobModel,
    path_fields={
        "status": JobStatusField("The final status.", required=True),
        "run_id": RUN_ID,
    },
    body=ResultModel,
    errors=(409, 422),
    routine=True,
)
def complete_job(tx: Transaction, call: Call) -> Raw:
    """Complete an attempt with its result, and release the jobs that depend on the job.

    A repeated report changes nothing and gets the same answer.
    """
    report = report_of(call.body)
    status = JobStatus.from_word(call.path["status"])
    complete(tx, JobId(call.path["id"]), status, RunId(call.path["run_id"]), report, now=call.now)
    return _job(tx, call)


@of_job(
    "retry_job",
    "POST",
    "retry/{run_id}",
    answer=JobModel,
    path_fields={"run_id": RUN_ID},
    query=(Parameter("max_retries", Integer("Maximum number of attempts in all.", required=True)),),
    errors=(422,),
)
def retry_job(tx: Transaction, call: Call) -> Raw:
    """Start another attempt of a running or failed job."""
    max_retries = call.query["max_retries"]
    retry(tx, JobId(call.path["id"]), RunId(call.path["run_id"]), max_retries=max_retries, now=call.now)
    return _job(tx, call)


@of_job(
    "start_job",
    "PUT",
    "start_job/{run_id}/{compute_node_id}",
    answer=JobModel,
    path_fields={"run_id": RUN_ID, "compute_node_id": Integer("The compute node that runs the job.", required=True)},
    errors=(409, 422),
    routine=True,
)
def start_job(tx: Transaction, call: Call) -> Raw:
    """Report that a claimed job was started on a node. A repeated report changes nothing."""
    node_id = NodeId(call.path["compute_node_id"])
    start.start(tx, JobId(call.path["id"]), RunId(call.path["run_id"]), node_id, now=call.now)
    return _job(tx, call)


@of_job(
    "manage_status_change",
    "PUT",
    "manage_status_change/{status}/{run_id}",
    answer=JobModel,
    path_fields={"status": JobStatusField("The new status.", required=True), "run_id": RUN_ID},
    errors=(422,),
)
def manage_status_change(tx: Transaction, call: Call) -> Raw:
    """Change the status of a job by hand.

    Only complete_job can complete a job. If a complete job becomes uninitialized, its direct dependents that completed
    or failed do too.
    """
    status = JobStatus.from_word(call.path["status"])
    set_status(tx, JobId(call.path["id"]), status, RunId(call.path["run_id"]), now=call.now)
    return records.one(tx, JOB, call.path["id"], view_for(call, relations=True))


class FailJobsRequest(TypedBody, kw_only=True, frozen=True):
    """The jobs that failed."""

    job_ids: Annotated[
        list[JobId] | None, Many(Integer(), "The jobs. All `pending_failed` jobs of the workflow if absent.")
    ] = None


class FailJobsResponse(Record):
    """The jobs that are failed now."""

    job_ids = Many(Integer(), "The jobs.", required=True)


@of_workflow(
    "fail_jobs",
    "POST",
    "fail_jobs",
    answer=FailJobsResponse,
    body=record_of(FailJobsRequest),
    errors=(409, 422),
    extension=True,
)
def fail_jobs(tx: Transaction, call: Call) -> dict[str, Any]:
    """Decide that `pending_failed` jobs failed: all of the named ones, or none on an error.

    Jobs that depend on them are canceled or released, as after any failure.
    """
    workflow_id, body = call.workflow_id, call.body
    require_no_task(tx, workflow_id)
    job_ids = fail(tx, workflow_id, body.job_ids)
    event = events.user_action_event("fail_jobs", call.identity.name, workflow_id=workflow_id, job_ids=job_ids)
    events.record(tx, workflow_id, event, now=call.now)
    return {"job_ids": job_ids}


class DisableJobsRequest(TypedBody, kw_only=True, frozen=True):
    """The jobs to take out of the workflow."""

    job_ids: Annotated[list[JobId], Many(Integer(), "The jobs.", required=True)]
    known_run_id: Annotated[
        RunId | None,
        Integer("The run that the caller saw. The call is refused if the workflow is in another run."),
    ] = None


class DisableJobsResponse(Record):
    """What was disabled."""

    updated_count = Integer("The number of jobs that were not disabled before.", required=True)


@of_workflow(
    "disable_jobs",
    "POST",
    "disable_jobs",
    answer=DisableJobsResponse,
    body=record_of(DisableJobsRequest),
    errors=(409, 422),
    extension=True,
)
def disable_jobs(tx: Transaction, call: Call) -> dict[str, Any]:
    """Disable jobs that are uninitialized, blocked or ready: all of the named ones, or none on an error."""
    workflow_id, body = call.workflow_id, call.body
    require_no_task(tx, workflow_id)
    count = disable(tx, workflow_id, body.job_ids, body.known_run_id)
    event = events.user_action_event("disable_jobs", call.identity.name, workflow_id=workflow_id, updated_count=count)
    events.record(tx, workflow_id, event, now=call.now)
    return {"updated_count": count}


EXECUTION_OPERATIONS = (complete_job, retry_job, start_job, manage_status_change, fail_jobs, disable_jobs)
