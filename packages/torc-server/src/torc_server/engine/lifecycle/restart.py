"""Restart jobs: correct requirements, begin the next run, reset jobs and initialize them, in one transaction."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from torc_server.engine.errors import NotFound, RuleBroken
from torc_server.engine.execution.reopen import reopen
from torc_server.engine.fencing import note_fence
from torc_server.engine.ids import JobId, RunId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.lifecycle.initialize import initialize_jobs
from torc_server.engine.lifecycle.reset import reset_job_status, reset_workflow_status
from torc_server.engine.signals import JobsBecameReady
from torc_server.engine.states import ACTIVE, COMPLETE, TERMINAL, Cause, JobStatus
from torc_server.engine.workflows import require_known_run, workflow_row
from torc_server.store.transaction import Transaction


class JobScope(StrEnum):
    """The jobs that a restart resets."""

    LISTED = "listed"
    UNSUCCESSFUL = "unsuccessful"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart:
    """What a restart does."""

    scope: JobScope
    job_ids: Sequence[JobId] = ()
    """The jobs of the scope `listed`."""
    known_run_id: RunId | None = None
    """The run that the caller saw. A workflow in another run is not restarted."""
    begins_run: bool = True
    """A canceled workflow without a job that can run stays in its run."""
    initializes: bool = True
    force: bool = False
    """Restart even if jobs are pending or running. The attempts of the restarted jobs are fenced."""

    @property
    def only_uninitialized(self) -> bool:
        """Whether the initialization leaves the jobs unchanged that neither were reset nor depend on a job that was."""
        return self.scope is not JobScope.ALL


LISTED = JobStatement("""
SELECT id, name, status, ended_badly FROM job
WHERE workflow_id = :workflow_id AND id IN (SELECT value FROM json_each(:jobs))
""")
# They read what the listed jobs write, so they cannot continue while those run again.
ACTIVE_DEPENDENTS = JobStatement("""
WITH RECURSIVE reached (is_set, id) AS (
    SELECT 0, id FROM job WHERE workflow_id = :workflow_id AND id IN (SELECT value FROM json_each(:jobs))
    {UNION_DEPENDENTS}
)
SELECT id, name, status, ended_badly FROM job
WHERE id IN (SELECT id FROM reached WHERE NOT is_set) AND status IN {ACTIVE}
AND id NOT IN (SELECT value FROM json_each(:jobs)) ORDER BY id
""")
RESET_LISTED = JobStatement(
    """
UPDATE job SET status = {TO}, {FENCE}, {CLEAR_FAILURE}, {CLEAR_PLACEMENT}
WHERE id IN (SELECT value FROM json_each(:jobs)) AND status IN {FROM}
""",
    cause=Cause.RESET_ALL,
)
HAS_JOB_WITH_STATUS = JobStatement("""
SELECT EXISTS (
    SELECT 1 FROM job WHERE workflow_id = :workflow_id AND status IN (SELECT value FROM json_each(:statuses))
)
""")
_NAMES_SHOWN = 5


def _reset_listed_jobs(tx: Transaction, workflow_id: WorkflowId, job_ids: Sequence[JobId], *, force: bool) -> int:
    """Make jobs uninitialized and return the number of those that were not. Dependents that it canceled are blocked.

    Pending and running jobs that depend on them become uninitialized too, and are not counted. Raises NotFound for jobs
    of other workflows; RuleBroken, without `force`, if one of all these jobs is pending or running.
    """
    which = {"workflow_id": workflow_id, "jobs": json.dumps(job_ids)}
    jobs = tx.rows(LISTED, which)
    missing = sorted(set(job_ids) - {row["id"] for row in jobs})
    if missing:
        raise NotFound(f"Workflow {workflow_id} has no job {', '.join(map(str, missing[:_NAMES_SHOWN]))}")
    count = len([row for row in jobs if row["status"] != JobStatus.UNINITIALIZED])
    jobs += tx.rows(ACTIVE_DEPENDENTS, which)
    active = [row["name"] for row in jobs if row["status"] in ACTIVE]
    if active and not force:
        names = ", ".join(map(repr, active[:_NAMES_SHOWN])) + ", ..." * (len(active) > _NAMES_SHOWN)
        raise RuleBroken(
            f"{len(active)} of the jobs, or of those that depend on them, are pending or running: {names}; wait for"
            " their end, cancel the workflow, or use --force (in requests: force), which ends their attempts"
        )
    if active:
        note_fence(tx, workflow_id)
    changed = [row for row in jobs if row["status"] != JobStatus.UNINITIALIZED]
    tx.execute(RESET_LISTED, {"jobs": json.dumps([row["id"] for row in changed])})
    if any(row["status"] == JobStatus.READY for row in changed):
        # They may have held other jobs back.
        tx.emit(JobsBecameReady(workflow_id))
    reopen(tx, [(JobId(row["id"]), bool(row["ended_badly"])) for row in changed if row["status"] in COMPLETE])
    return count


def _only_lifts_cancellation(tx: Transaction, workflow_id: WorkflowId, restart: Restart) -> bool:
    """Whether the workflow is canceled and has no job that could run in the next run."""
    if restart.scope is JobScope.ALL or restart.job_ids or not workflow_row(tx, workflow_id)["is_canceled"]:
        return False
    left = set(JobStatus) - {JobStatus.COMPLETED, JobStatus.DISABLED}
    if restart.scope is JobScope.LISTED:
        left -= TERMINAL
    return not tx.value(HAS_JOB_WITH_STATUS, {"workflow_id": workflow_id, "statuses": json.dumps(sorted(left))})


def restart_jobs(tx: Transaction, workflow_id: WorkflowId, restart: Restart, *, user: str) -> int:
    """Reset jobs and return their number. Dependents are reset by the initialization and are not counted.

    Raises NotFound; Conflict if the workflow is not in the known run; RuleBroken for a job of another workflow, and for
    pending and running jobs without `force`. Emits the signals of the parts.
    """
    require_known_run(tx, workflow_id, restart.known_run_id)
    if restart.begins_run:
        is_for_nothing = _only_lifts_cancellation(tx, workflow_id, restart)
        reset_workflow_status(tx, workflow_id, force=restart.force, advance_run=not is_for_nothing)
    if restart.scope is JobScope.LISTED:
        count = _reset_listed_jobs(tx, workflow_id, restart.job_ids, force=restart.force)
    else:
        count = reset_job_status(tx, workflow_id, failed_only=restart.scope is JobScope.UNSUCCESSFUL).updated_count
    if restart.initializes:
        initialize_jobs(
            tx,
            workflow_id,
            only_uninitialized=restart.only_uninitialized,
            clear_ephemeral_user_data=False,
            user=user,
        )
    return count
