"""Digests of the inputs of jobs, to find jobs whose inputs changed since they were initialized.

A digest covers the command and script, the dependencies, the files and user data that the job reads and writes, and
the content of the user data that it reads. Clients compare the content of files, which the server cannot read.
"""

import json
from collections.abc import Sequence

from torc_server.engine.execution.reopen import reopen
from torc_server.engine.ids import JobId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.states import COMPLETE, Cause, JobStatus
from torc_server.engine.workflows import workflow_row
from torc_server.store.transaction import Transaction

# User data is read once for any number of jobs. The digest of a dependency set identifies its members.
DIGESTS = """
WITH content (id, digest) AS MATERIALIZED (
    SELECT user_data.id, hex(digest(coalesce(user_data.data, ''))) FROM user_data
    WHERE user_data.workflow_id = :workflow_id
    AND EXISTS (
        SELECT 1 FROM job_input_user_data AS input WHERE input.user_data_id = user_data.id
        AND (:jobs IS NULL OR input.job_id IN (SELECT value FROM json_each(:jobs)))
    )
), contents (job_id, list) AS MATERIALIZED (
    SELECT input.job_id, group_concat(content.id || ':' || content.digest)
    FROM content CROSS JOIN job_input_user_data AS input ON input.user_data_id = content.id
    GROUP BY input.job_id
), computed (job_id, digest) AS (
    SELECT job.id, digest(
        json_array(job.command, job.invocation_script),
        (
            SELECT group_concat(coalesce(hex(awaited.digest), awaited.id || ':' || (
                SELECT group_concat(member.job_id, '+') FROM dependency_set_member AS member
                WHERE member.set_id = awaited.id
            )))
            FROM job_dependency_set AS waiting CROSS JOIN dependency_set AS awaited ON awaited.id = waiting.set_id
            WHERE waiting.job_id = job.id
        ),
        (SELECT group_concat(file_id) FROM job_input_file WHERE job_id = job.id),
        (SELECT group_concat(file_id) FROM job_output_file WHERE job_id = job.id),
        contents.list,
        (SELECT group_concat(user_data_id) FROM job_output_user_data WHERE job_id = job.id)
    )
    FROM job LEFT JOIN contents ON contents.job_id = job.id
    WHERE job.workflow_id = :workflow_id AND (:jobs IS NULL OR job.id IN (SELECT value FROM json_each(:jobs)))
)
"""
# A pending or running job began with the inputs of its digest. A change is found when it has ended.
STORE_DIGESTS = JobStatement(
    DIGESTS
    + """
UPDATE job SET input_hash = computed.digest FROM computed
WHERE job.id = computed.job_id AND job.input_hash IS NOT computed.digest
AND (job.input_hash IS NULL OR job.status NOT IN {ACTIVE})
"""
)
CHANGED = JobStatement(
    DIGESTS
    + """
SELECT job.id, job.name, job.status, job.ended_badly FROM computed CROSS JOIN job ON job.id = computed.job_id
WHERE job.input_hash IS NOT NULL AND job.input_hash <> computed.digest AND job.status NOT IN {ACTIVE} ORDER BY job.id
"""
)
RESET_CHANGED = JobStatement(
    """
UPDATE job SET status = {TO}, {CLEAR_FAILURE}, {CLEAR_PLACEMENT}
WHERE id IN (SELECT value FROM json_each(:jobs)) AND status IN {FROM}
""",
    cause=Cause.RESET,
)


def store_digests(tx: Transaction, workflow_id: WorkflowId, job_ids: Sequence[JobId] | None = None) -> None:
    """Store the digests of all jobs of a workflow, or of `job_ids`."""
    jobs = None if job_ids is None else json.dumps(job_ids)
    tx.execute(STORE_DIGESTS, {"workflow_id": workflow_id, "jobs": jobs})


def process_changed(tx: Transaction, workflow_id: WorkflowId, *, dry_run: bool) -> list[str]:
    """Make jobs uninitialized whose inputs changed since they were initialized. Return their names.

    Jobs that were never initialized do not change, nor do pending and running jobs. Dependents of changed jobs are
    reset by the next initialization with `only_uninitialized`. With `dry_run` nothing changes. Raises NotFound.
    """
    workflow_row(tx, workflow_id)
    changed = tx.rows(CHANGED, {"workflow_id": workflow_id, "jobs": None})
    if not dry_run and changed:
        jobs = json.dumps([row["id"] for row in changed])
        tx.execute(RESET_CHANGED, {"jobs": jobs})
        reopen(
            tx,
            [(JobId(row["id"]), bool(row["ended_badly"])) for row in changed if JobStatus(row["status"]) in COMPLETE],
        )
    return [row["name"] for row in changed]
