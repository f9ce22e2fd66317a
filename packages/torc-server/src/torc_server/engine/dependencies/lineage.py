"""Lineages: jobs that create jobs. Each call counts one iteration of its lineage and stores it as user data.

Clients read the number of the iteration from the names of these records, and the state from their data.
"""

import json
from collections.abc import Sequence
from typing import Any

from torc_server.engine.errors import RuleBroken
from torc_server.engine.ids import JobId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.states import Cause
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

LINEAGE_VARIABLE = "TORC_ORCHESTRATOR_LINEAGE_ID"
SPAWNED = "spawn"
MOST_ITERATIONS = 1000
# Longer numbers are not numbers of iterations.
MOST_DIGITS = 12

LAST_ITERATION = Statement("""
SELECT MAX(CAST(substr(name, length(:prefix) + 1) AS INTEGER)) FROM user_data
WHERE workflow_id = :workflow_id AND substr(name, 1, length(:prefix)) = :prefix
AND length(name) BETWEEN length(:prefix) + 6 AND length(:prefix) + :most_digits
AND substr(name, length(:prefix) + 1) NOT GLOB '*[^0-9]*'
""")
MAX_ITERATIONS = Statement("""
SELECT json_extract(dynamic_jobs, '$.max_iterations') FROM workflow
WHERE id = :workflow_id AND json_valid(dynamic_jobs)
""")
FINAL_STATE = Statement("SELECT id, data FROM user_data WHERE workflow_id = :workflow_id AND name = :name LIMIT 1")
BLOCK = JobStatement(
    "UPDATE job SET status = {TO} WHERE id IN (SELECT value FROM json_each(:jobs)) AND status IN {FROM}",
    cause=Cause.SPAWN,
)
JOBS_OF_NAMES = Statement("""
SELECT job.name, job.id, json_extract(job.env, '$.TORC_ORCHESTRATOR_LINEAGE_ID') AS lineage
FROM job WHERE job.workflow_id = :workflow_id AND job.name IN (SELECT value FROM json_each(:names)) ORDER BY job.id
""")


def iteration(tx: Transaction, workflow_id: WorkflowId, lineage: str) -> int:
    """Return the number of times that jobs were spawned in a lineage."""
    which = {"workflow_id": workflow_id, "prefix": _prefix(lineage), "most_digits": MOST_DIGITS}
    return tx.value(LAST_ITERATION, which) or 0


def _prefix(lineage: str) -> str:
    return f"__torc_lineage__{lineage}__g"


def record_name(lineage: str, number: int) -> str:
    """Return the name of the record of an iteration."""
    return f"{_prefix(lineage)}{number:06d}"


def final_name(lineage: str) -> str:
    """Return the name of the record that ends a lineage. It differs from the names of iterations."""
    return f"__torc_lineage__{lineage}__final"


def state_record(number: int, state: Any, *, is_final: bool = False) -> dict[str, Any]:
    """Return the data of the record of an iteration, or of the record that ends a lineage after it."""
    final = {"final": True} if is_final else {}
    return {"generation": number, "spawn_count": number, "state": state, **final}


def final_record(tx: Transaction, workflow_id: WorkflowId, lineage: str) -> tuple[int, Any] | None:
    """Return the id and the data of the record that ends a lineage, or None."""
    row = tx.row(FINAL_STATE, {"workflow_id": workflow_id, "name": final_name(lineage)})
    return None if row is None else (row["id"], None if row["data"] is None else json.loads(row["data"]))


def require_iteration(tx: Transaction, workflow_id: WorkflowId, number: int) -> None:
    """Raise RuleBroken for more iterations than the workflow allows."""
    configured = tx.value(MAX_ITERATIONS, {"workflow_id": workflow_id})
    most = configured if isinstance(configured, int) else MOST_ITERATIONS
    if number > most:
        raise RuleBroken(
            f"Jobs were spawned {number - 1} times in this lineage, and the workflow allows {most}:"
            " end it with an empty list of jobs, or raise dynamic_jobs.max_iterations of the workflow",
            field="max_iterations",
            value=most,
        )


def jobs_of_names(
    tx: Transaction, workflow_id: WorkflowId, names: Sequence[str]
) -> dict[str, list[tuple[JobId, str | None]]]:
    """Return the jobs with these names, each with the lineage that it was spawned in."""
    found: dict[str, list[tuple[JobId, str | None]]] = {}
    for row in tx.rows(JOBS_OF_NAMES, {"workflow_id": workflow_id, "names": json.dumps(names)}):
        found.setdefault(row["name"], []).append((JobId(row["id"]), row["lineage"]))
    return found


def block(tx: Transaction, job_ids: Sequence[JobId]) -> None:
    """Make new jobs blocked, in a workflow that may already be initialized."""
    tx.execute(BLOCK, {"jobs": json.dumps(job_ids)})
