"""Deletions of RO-Crate entities, which return messages."""

from dataclasses import replace
from typing import Any

from torc_server.api.answers import MessageResponse
from torc_server.api.generic import operations_of
from torc_server.api.operation import Call, Operation
from torc_server.resources.fields import Integer, Record, Text
from torc_server.resources.ro_crate_entity import RO_CRATE_ENTITY
from torc_server.store.transaction import Transaction


class DeleteRoCrateEntitiesResponse(Record):
    """Number of deleted entities."""

    deleted_count = Integer("Number of deleted entities.", required=True)
    message = Text("The same as a sentence.", required=True)


def _with_message(generic: Operation) -> Operation:
    def run(tx: Transaction, call: Call) -> dict[str, Any]:
        generic.run(tx, call)
        return {"message": f"Deleted {RO_CRATE_ENTITY.noun} {call.path['id']}"}

    return replace(generic, run=run, answer=MessageResponse, summary=f"Delete {RO_CRATE_ENTITY.with_article}.")


_GENERIC = {each.id: each for each in operations_of(RO_CRATE_ENTITY)}

RO_CRATE_OPERATIONS = (
    _with_message(_GENERIC["delete_ro_crate_entity"]),
    replace(_GENERIC["delete_ro_crate_entities"], answer=DeleteRoCrateEntitiesResponse),
)
