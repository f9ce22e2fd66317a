"""A job's own row."""

import sqlite3

from torc_server.engine.errors import NotFound, RuleBroken
from torc_server.engine.ids import JobId
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

JOB = Statement("SELECT * FROM job WHERE id = :job_id", hot=True)


def job_row(tx: Transaction, job_id: JobId) -> sqlite3.Row:
    """Give the job's row; raises NotFound."""
    row = tx.row(JOB, {"job_id": job_id})
    if row is None:
        raise no_job(job_id)
    return row


def no_job(job_id: JobId) -> NotFound:
    """Make the error for a job that is not there."""
    return NotFound(f"There is no job {job_id}")


def not_of_workflow(job_id: JobId) -> RuleBroken:
    """Make the error for a job that the call is not about."""
    return RuleBroken(f"Job {job_id} belongs to another workflow", field="job_id", value=job_id)
