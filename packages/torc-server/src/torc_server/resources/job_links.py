"""Links of jobs to their input and output files and user data."""

from collections.abc import Sequence
from dataclasses import dataclass

from torc_server.resources.resource import Body
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Link:
    """A member of a job that is a list of ids, and the table that stores them."""

    table: str
    column: str
    add: Statement


ADD_INPUT_FILE = Statement("INSERT OR IGNORE INTO job_input_file (job_id, file_id) VALUES (:job_id, :linked)")
ADD_OUTPUT_FILE = Statement("INSERT OR IGNORE INTO job_output_file (job_id, file_id) VALUES (:job_id, :linked)")
ADD_INPUT_USER_DATA = Statement(
    "INSERT OR IGNORE INTO job_input_user_data (job_id, user_data_id) VALUES (:job_id, :linked)"
)
ADD_OUTPUT_USER_DATA = Statement(
    "INSERT OR IGNORE INTO job_output_user_data (job_id, user_data_id) VALUES (:job_id, :linked)"
)

LINKS = {
    "input_file_ids": Link("job_input_file", "file_id", ADD_INPUT_FILE),
    "output_file_ids": Link("job_output_file", "file_id", ADD_OUTPUT_FILE),
    "input_user_data_ids": Link("job_input_user_data", "user_data_id", ADD_INPUT_USER_DATA),
    "output_user_data_ids": Link("job_output_user_data", "user_data_id", ADD_OUTPUT_USER_DATA),
}


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
