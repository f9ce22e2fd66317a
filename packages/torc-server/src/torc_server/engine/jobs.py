"""Read the row of a job."""

import sqlite3

from torc_server.engine.errors import NotFound, RuleBroken
from torc_server.engine.ids import JobId, WorkflowId
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

JOB = Statement("SELECT * FROM job WHERE id = :job_id", hot=True)
WORKFLOW_OF_JOB = Statement("SELECT workflow_id FROM job WHERE id = :job_id", hot=True)


def job_row(tx: Transaction, job_id: JobId) -> sqlite3.Row:
    """Return the row of a job. Raises NotFound."""
    row = tx.row(JOB, {"job_id": job_id})
    if row is None:
        raise _missing(job_id)
    return row


def workflow_of_job(tx: Transaction, job_id: JobId) -> WorkflowId:
    """Return the id of the workflow that the job belongs to. Raises NotFound."""
    workflow_id = tx.value(WORKFLOW_OF_JOB, {"job_id": job_id})
    if workflow_id is None:
        raise _missing(job_id)
    return WorkflowId(workflow_id)


def _missing(job_id: JobId) -> NotFound:
    return NotFound(f"There is no job {job_id}")


def not_of_workflow(workflow_id: WorkflowId, job_id: JobId) -> RuleBroken:
    """Return the error for a job that is not in the workflow. It does not disclose whether the job exists elsewhere."""
    return RuleBroken(f"Workflow {workflow_id} has no job {job_id}", field="job_id", value=job_id)
