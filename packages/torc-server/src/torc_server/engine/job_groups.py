"""Groups of jobs: the jobs whose names differ only in their numbers, such as `simulate_1_7` and `simulate_2_9`.

The key of a group is the name with each run of digits replaced by `#`: `simulate_#_#`. Signs and decimal points stay
(`run_-1.5` is of `run_-#.#`), and so do digits of other scripts. The first 256 characters of a name count. Triggers of
the schema count the jobs of each group by status in the transaction that changes them.
"""

import re
from collections.abc import Sequence

from torc_server.engine.ids import WorkflowId
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

CHARACTERS_THAT_COUNT = 256
_DIGITS = re.compile("[0-9]+")

ADD = Statement("INSERT OR IGNORE INTO job_group (workflow_id, key) VALUES (:workflow_id, :key)")
FIND = Statement("SELECT id FROM job_group WHERE workflow_id = :workflow_id AND key = :key")
NOTE_CHANGE = Statement("""
INSERT INTO job_group_change VALUES (:workflow_id, 1) ON CONFLICT DO UPDATE SET number = number + 1
""")


def group_key(name: str) -> str:
    """Return the key of the group of a job with this name."""
    return _DIGITS.sub("#", name[:CHARACTERS_THAT_COUNT])


def ids_of_groups(tx: Transaction, workflow_id: WorkflowId, names: Sequence[str]) -> list[int]:
    """Return the id of the group of each name, and store new groups."""
    keys = [group_key(name) for name in names]
    different = dict.fromkeys(keys)
    tx.execute_many(ADD, [{"workflow_id": workflow_id, "key": key} for key in different])
    ids = {key: int(tx.value(FIND, {"workflow_id": workflow_id, "key": key})) for key in different}
    return [ids[key] for key in keys]


def note_change(tx: Transaction, workflow_id: WorkflowId) -> None:
    """Note that the links of existing jobs changed, so that what was computed about groups before is stale."""
    tx.execute(NOTE_CHANGE, {"workflow_id": workflow_id})
