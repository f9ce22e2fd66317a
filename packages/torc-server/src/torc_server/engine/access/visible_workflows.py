"""Which of some workflows a caller may see in a list."""

import json
from collections.abc import Sequence

from torc_server.engine.access.permissions import (
    ACCESSIBLE_WORKFLOWS,
    Audience,
    Caller,
    accepts,
    relations_to_server,
)
from torc_server.engine.workflow_locks import NOT_BEING_DELETED
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

_AMONG = f"""
SELECT workflow.id FROM workflow WHERE workflow.id IN (SELECT value FROM json_each(:ids))
AND (:owner IS NULL OR workflow.user = :owner) AND coalesce(workflow.is_draft, 0) = 0 AND {NOT_BEING_DELETED}
"""  # noqa: S608 - constants
ALL = Statement(f"{_AMONG} ORDER BY workflow.id")
ACCESSIBLE = Statement(f"{_AMONG} AND {ACCESSIBLE_WORKFLOWS} ORDER BY workflow.id")


def visible_among(tx: Transaction, caller: Caller, owner: str | None, ids: Sequence[int]) -> list[int]:
    """Return those of the workflows that exist, that the caller may use, and that have this owner if one is given."""
    which = {"ids": json.dumps(list(ids)), "owner": owner}
    if caller.enforced and not accepts(Audience.WORKFLOW, relations_to_server(tx, caller)):
        rows = tx.rows(ACCESSIBLE, {**which, "identity": caller.name})
    else:
        rows = tx.rows(ALL, which)
    return [row[0] for row in rows]
