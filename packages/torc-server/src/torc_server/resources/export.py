"""Export of a database, or of one workflow, as JSON records: one per line, the same bytes for the same content.

The first record describes the export. The others are the records of the resources as the API returns them, grouped by
type and sorted by id. ``docs/how-to/back-up-the-server.md`` describes the format.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from torc_server.engine.errors import NotFound
from torc_server.resources.catalogue import catalogue
from torc_server.resources.lists import Selection, after
from torc_server.resources.resource import Resource
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

FORM = 1
RECORDS_A_PAGE = 1000

WORKFLOW_EXISTS = Statement("SELECT 1 FROM workflow WHERE id = :id")
# Tables that are not resources with an id of a workflow.
OTHERS: tuple[tuple[str, Statement], ...] = (
    (
        "user_group_membership",
        Statement("""
SELECT id, group_id, user_name, role, created_at FROM user_group_membership WHERE :workflow_id IS NULL ORDER BY id
"""),
    ),
    (
        "workflow_access_group",
        Statement("""
SELECT workflow_id, group_id, created_at FROM workflow_access_group
WHERE :workflow_id IS NULL OR workflow_id = :workflow_id ORDER BY workflow_id, group_id
"""),
    ),
    (
        "remote_worker",
        Statement("""
SELECT workflow_id, worker FROM remote_worker
WHERE :workflow_id IS NULL OR workflow_id = :workflow_id ORDER BY workflow_id, worker
"""),
    ),
)


def records(tx: Transaction, workflow_id: int | None, *, schema: int) -> Iterator[bytes]:
    """Yield each record as a line of JSON without the line break. Raises NotFound for an unknown workflow."""
    if workflow_id is not None and tx.value(WORKFLOW_EXISTS, {"id": workflow_id}) is None:
        raise NotFound(f"There is no workflow {workflow_id}")
    yield _line("export", {"form": FORM, "schema": schema, "workflow_id": workflow_id})
    for resource in sorted(catalogue(), key=lambda each: (each.table != "workflow", each.table)):
        yield from _all(tx, resource, workflow_id)
    for kind, statement in OTHERS:
        for row in tx.rows(statement, {"workflow_id": workflow_id}):
            yield _line(kind, dict(row))


def _all(tx: Transaction, resource: Resource, workflow_id: int | None) -> Iterator[bytes]:
    if workflow_id is None:
        selection = Selection((), {}, limit=RECORDS_A_PAGE)
    elif resource.table == "workflow":
        selection = Selection(("workflow.id = :wanted",), {"wanted": workflow_id}, limit=RECORDS_A_PAGE)
    elif resource.belongs_to_workflow:
        condition = f"{resource.table}.workflow_id = :wanted"
        selection = Selection((condition,), {"wanted": workflow_id}, limit=RECORDS_A_PAGE)
    else:  # access groups do not belong to a workflow
        return
    last_id = 0
    while page := after(tx, resource, selection, last_id):
        for last_id, text in page:  # noqa: B007 - the next page begins after the last id
            yield _line(resource.table, msgspec.Raw(text))


def _line(kind: str, record: Any) -> bytes:
    return msgspec.json.encode({"kind": kind, "record": record})
