"""Store the modification times of output files, which runners report with the ends of the jobs."""

import json
from collections.abc import Sequence
from typing import NamedTuple

from torc_server.engine.ids import JobId, WorkflowId
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# The plus keeps SQLite from walking all files of the workflow, and the list once for each.
STORE_TIMES = Statement(
    """
UPDATE file SET st_mtime = json_extract(found.value, '$[2]') FROM json_each(:times) AS found
WHERE file.id = json_extract(found.value, '$[1]') AND +file.workflow_id = :workflow_id AND EXISTS (
    SELECT 1 FROM job_output_file AS output
    WHERE output.job_id = json_extract(found.value, '$[0]') AND output.file_id = file.id
)
""",
    hot=True,
)


class OutputTime(NamedTuple):
    """An output file of a job and the time of its last change, in seconds since the epoch."""

    job_id: JobId
    file_id: int
    st_mtime: float


def store_output_times(tx: Transaction, workflow_id: WorkflowId, times: Sequence[OutputTime]) -> None:
    """Store the times, with one statement. Files that are not an output of the named job stay unchanged."""
    if times:
        tx.execute(STORE_TIMES, {"times": json.dumps(times), "workflow_id": workflow_id})
