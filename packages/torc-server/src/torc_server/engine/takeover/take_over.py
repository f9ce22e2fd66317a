"""Take over an earlier database: copy its rows, settle its jobs, and report what could not be carried over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from torc_server.engine.takeover.jobs import settle_jobs, store_dependencies
from torc_server.engine.takeover.rows import copy_rows
from torc_server.engine.timestamps import timestamp
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

UNKNOWN_STATUS = Statement("SELECT COUNT(*) FROM earlier.job WHERE status NOT BETWEEN 0 AND 10 OR status IS NULL")
UNFINISHED_TASKS = Statement("SELECT COUNT(*) FROM earlier.async_handle WHERE status IN ('queued', 'running')")
INVALID_JSON = Statement("""
SELECT COUNT(*) FROM (
    SELECT metadata AS text FROM earlier.workflow UNION ALL SELECT resource_monitor_config FROM earlier.workflow
    UNION ALL SELECT slurm_defaults FROM earlier.workflow UNION ALL SELECT env FROM earlier.workflow
    UNION ALL SELECT execution_config FROM earlier.workflow UNION ALL SELECT dynamic_jobs FROM earlier.workflow
    UNION ALL SELECT env FROM earlier.job UNION ALL SELECT rules FROM earlier.failure_handler
    UNION ALL SELECT action_config FROM earlier.workflow_action UNION ALL SELECT job_ids FROM earlier.workflow_action
    UNION ALL SELECT metadata FROM earlier.ro_crate_entity
) WHERE text IS NOT NULL AND NOT json_valid(text)
""")
END_NODES = Statement("UPDATE compute_node SET is_active = 0 WHERE is_active")
ACTIVE_NODES = Statement("SELECT COUNT(*) FROM compute_node WHERE is_active")
REMEMBER = Statement("""
INSERT INTO taken_over (digest, path, schema, taken_over_at) VALUES (:digest, :path, :schema, :taken_over_at)
""")
TAKEN_OVER = Statement("SELECT path, taken_over_at FROM taken_over WHERE digest = :digest")
JOBS_WITHOUT_WORKFLOW = Statement(
    "SELECT COUNT(*) FROM earlier.job WHERE workflow_id NOT IN (SELECT id FROM earlier.workflow)"
)
DANGLING = Statement("""
SELECT DISTINCT "table", rowid FROM pragma_foreign_key_check WHERE rowid IS NOT NULL
""")
TALLIES_WITHOUT_WORKFLOW = (
    Statement("DELETE FROM row_tally WHERE workflow_id NOT IN (SELECT id FROM workflow)"),
    Statement("DELETE FROM job_tally WHERE workflow_id NOT IN (SELECT id FROM workflow)"),
    Statement("DELETE FROM job_group WHERE workflow_id NOT IN (SELECT id FROM workflow)"),
    Statement("DELETE FROM job_group_change WHERE workflow_id NOT IN (SELECT id FROM workflow)"),
    Statement("DELETE FROM result_change WHERE workflow_id NOT IN (SELECT id FROM workflow)"),
    Statement("DELETE FROM timeline_change WHERE workflow_id NOT IN (SELECT id FROM workflow)"),
)


@dataclass(frozen=True, slots=True)
class TakenOver:
    """The numbers of copied rows by the words for them, and sentences about what changed or was lost."""

    counts: dict[str, int]
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """The earlier database: a digest of its content, its path and the number of its schema."""

    digest: str
    path: str
    schema: int


def take_over(tx: Transaction, source: Source, *, runners_ended: bool, now: datetime) -> TakenOver:
    """Fill a new database. The earlier one is attached as `earlier`, and foreign keys are not enforced.

    With `runners_ended` no compute node is active afterwards, and no job is pending or running.
    """
    counts = copy_rows(tx)
    if runners_ended:
        tx.execute(END_NODES)
    dropped = _drop_dangling(tx)
    counts |= {"dependencies": store_dependencies(tx)}
    returned = settle_jobs(tx)
    tx.execute(
        REMEMBER,
        {"digest": source.digest, "path": source.path, "schema": source.schema, "taken_over_at": timestamp(now)},
    )
    notes = (
        (dropped, "records that refer to missing ones were left out"),
        (returned, "pending or running jobs whose node had ended are ready again"),
        (
            tx.value(ACTIVE_NODES),
            (
                "compute nodes are active, and keep their jobs; if their runners have ended, remove the new database"
                " and import again with --runners-ended"
            ),
        ),
        (tx.value(UNKNOWN_STATUS), "jobs with an unknown status are uninitialized"),
        (tx.value(UNFINISHED_TASKS), "tasks that had not finished are failed; start them again"),
        (tx.value(INVALID_JSON), "values that are not valid JSON were left out"),
    )
    changes = tuple(f"{sentence}: {number}" for number, sentence in notes if number)
    return TakenOver({words: number for words, number in counts.items() if number}, changes)


def taken_over_at(tx: Transaction, digest: str) -> str | None:
    """Return when the database with this digest was taken over into this one, or None."""
    row = tx.row(TAKEN_OVER, {"digest": digest})
    return None if row is None else str(row["taken_over_at"])


def _drop_dangling(tx: Transaction) -> int:
    """Delete rows that refer to missing rows, and then those that refer to them. Return the number."""
    dropped: int = tx.value(JOBS_WITHOUT_WORKFLOW)
    while found := tx.rows(DANGLING):
        for table, rows in _by_table([(str(row[0]), int(row[1])) for row in found]).items():
            delete = DELETE_ROWS[table]
            dropped += tx.execute_many(delete, [{"id": each} for each in rows])
    for statement in TALLIES_WITHOUT_WORKFLOW:
        tx.execute(statement)
    return dropped


def _by_table(rows: Sequence[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for table, row_id in rows:
        found.setdefault(table, []).append(row_id)
    return {table: sorted(set(ids)) for table, ids in found.items()}


# The tables with ids that are copied without a check of their references.
DELETE_ROWS = {
    table: Statement(f"DELETE FROM {table} WHERE id = :id")  # noqa: S608 - declared
    for table in (
        "resource_requirements", "compute_node", "failure_handler", "job", "result", "file", "user_data",
        "local_scheduler", "slurm_scheduler", "scheduled_compute_node", "slurm_stats", "ro_crate_entity",
        "workflow_action", "event", "task", "user_group_membership",
    )
}  # fmt: skip
