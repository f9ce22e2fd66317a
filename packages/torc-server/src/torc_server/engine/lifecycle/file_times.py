"""The times of files when a run starts. A file that has another time later makes its readers run again."""

import json
from collections.abc import Sequence

from torc_server.engine.ids import WorkflowId
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# The plus keeps SQLite from walking all files of the workflow, and the list once for each.
STORE = Statement("""
UPDATE file SET st_mtime = json_extract(time.value, '$[1]') FROM json_each(:times) AS time
WHERE file.id = json_extract(time.value, '$[0]') AND +file.workflow_id = :workflow_id
""")


def store_file_times(tx: Transaction, workflow_id: WorkflowId, times: Sequence[tuple[int, float | None]]) -> None:
    """Store the time of each file (id, seconds since the epoch or None). Files of other workflows do not change."""
    if times:
        tx.execute(STORE, {"workflow_id": workflow_id, "times": json.dumps(times)})
