"""The ways an operation is guarded. A guard runs in the operation's own transaction, before its function.

A missing workflow or record is 404 for everybody; the ownership rule applies where the server enforces it.
"""

from functools import lru_cache

from torc_server.api.operation import Call, Guard
from torc_server.engine.access import require_workflow
from torc_server.engine.ids import WorkflowId
from torc_server.resources import records
from torc_server.resources.resource import Resource
from torc_server.store.transaction import Transaction


def open_to_all(tx: Transaction, call: Call) -> None:
    """Let everybody through: the operation belongs to no workflow, or answers only what the caller may see."""


def _require(tx: Transaction, call: Call, workflow_id: int) -> None:
    require_workflow(tx, call.identity.user, WorkflowId(workflow_id), enforce=call.enforce_access)


def workflow_in_path(tx: Transaction, call: Call) -> None:
    """Guard ``/workflows/{id}`` and what is below it."""
    _require(tx, call, call.path["id"])


def workflow_in_query(tx: Transaction, call: Call) -> None:
    """Guard lists and deletions of a workflow's records; without enforcement a missing workflow just has none."""
    if call.enforce_access:
        _require(tx, call, call.query["workflow_id"])


def workflow_in_body(tx: Transaction, call: Call) -> None:
    """Guard the creation of a record."""
    _require(tx, call, call.body["workflow_id"])


def workflows_in_bodies(member: str) -> Guard:
    """Guard the creation of many records, which the body has as a list under this member."""

    def guard(tx: Transaction, call: Call) -> None:
        for workflow_id in sorted({each["workflow_id"] for each in call.body[member]}):
            _require(tx, call, workflow_id)

    return guard


@lru_cache(maxsize=64)
def through(resource: Resource) -> Guard:
    """Guard what is addressed by a record's id: the record must be there, and its workflow open to the caller."""

    def guard(tx: Transaction, call: Call) -> None:
        _require(tx, call, records.workflow_of(tx, resource, call.path["id"]))

    return guard
