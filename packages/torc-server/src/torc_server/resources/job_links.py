"""Links of jobs to their input and output files and user data."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from torc_server.engine.errors import RuleBroken
from torc_server.engine.ids import WorkflowId
from torc_server.resources.resource import Body
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Link:
    """A member of a job that is a list of ids, and the table that stores them."""

    table: str
    column: str
    add: Statement
    missing: Statement


MISSING_FILES = Statement("""
SELECT wanted.value FROM json_each(:ids) AS wanted
WHERE NOT EXISTS (SELECT 1 FROM file WHERE file.id = wanted.value AND file.workflow_id = :workflow_id) LIMIT 1
""")
MISSING_USER_DATA = Statement("""
SELECT wanted.value FROM json_each(:ids) AS wanted
WHERE NOT EXISTS (SELECT 1 FROM user_data WHERE user_data.id = wanted.value AND user_data.workflow_id = :workflow_id)
LIMIT 1
""")
ADD_INPUT_FILE = Statement("INSERT OR IGNORE INTO job_input_file (job_id, file_id) VALUES (:job_id, :linked)")
ADD_OUTPUT_FILE = Statement("INSERT OR IGNORE INTO job_output_file (job_id, file_id) VALUES (:job_id, :linked)")
ADD_INPUT_USER_DATA = Statement(
    "INSERT OR IGNORE INTO job_input_user_data (job_id, user_data_id) VALUES (:job_id, :linked)"
)
ADD_OUTPUT_USER_DATA = Statement(
    "INSERT OR IGNORE INTO job_output_user_data (job_id, user_data_id) VALUES (:job_id, :linked)"
)

LINKS = {
    "input_file_ids": Link("job_input_file", "file_id", ADD_INPUT_FILE, MISSING_FILES),
    "output_file_ids": Link("job_output_file", "file_id", ADD_OUTPUT_FILE, MISSING_FILES),
    "input_user_data_ids": Link("job_input_user_data", "user_data_id", ADD_INPUT_USER_DATA, MISSING_USER_DATA),
    "output_user_data_ids": Link("job_output_user_data", "user_data_id", ADD_OUTPUT_USER_DATA, MISSING_USER_DATA),
}


def require_links(tx: Transaction, workflow_id: WorkflowId, bodies: Sequence[Body]) -> None:
    """Raise RuleBroken for ids of files and user data that the workflow does not have."""
    for member, link in LINKS.items():
        ids = {each for body in bodies for each in body.get(member, ())}
        if not ids:
            continue
        missing = tx.value(link.missing, {"workflow_id": workflow_id, "ids": json.dumps(list(ids))})
        if missing is not None:
            raise RuleBroken(
                f"{member} has the id {missing}, but workflow {workflow_id} has no such record; create it first",
                field=member,
                value=missing,
            )


def store_links(tx: Transaction, ids: Sequence[int], bodies: Sequence[Body]) -> None:
    """Store the inputs and outputs of new jobs."""
    for member, link in LINKS.items():
        tx.execute_many(
            link.add,
            [
                {"job_id": job_id, "linked": linked}
                for job_id, body in zip(ids, bodies, strict=True)
                for linked in body.get(member, ())
            ],
        )
