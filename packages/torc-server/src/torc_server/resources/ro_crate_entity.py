"""RO-Crate entities: descriptions of the files and programs of a workflow."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from torc_server.engine.errors import RuleBroken
from torc_server.resources.fields import Integer, Record, Text
from torc_server.resources.json_fields import JsonObject
from torc_server.resources.resource import Body, Generic, Names, Resource, equal
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction


class RoCrateEntityModel(Record):
    """The description of an entity in an RO-Crate."""

    id = Integer("Set by the server.", read_only=True)
    workflow_id = Integer("Id of the workflow.", required=True, fixed=True)
    file_id = Integer("Id of the described file; absent after the deletion of the file.")
    entity_id = Text("Id of the entity in the crate: a path, a URL, or `#` and a name.", required=True)
    entity_type = Text("Type of the entity, such as `File`.", required=True)
    metadata = JsonObject("JSON-LD of the entity.", required=True)


SAME_ENTITY = Statement("""
SELECT id FROM ro_crate_entity
WHERE workflow_id = :workflow_id AND entity_id = :entity_id AND id IS NOT :id LIMIT 1
""")
SAME_FILE = Statement("""
SELECT id FROM ro_crate_entity WHERE workflow_id = :workflow_id AND file_id = :file_id AND id IS NOT :id LIMIT 1
""")
# Databases of earlier versions can have several entities of one id, so that no index of the table refuses them.
UNIQUE = {"entity_id": SAME_ENTITY, "file_id": SAME_FILE}


def require_unique(tx: Transaction, bodies: Sequence[Body], now: datetime) -> Sequence[Body]:
    """Raise RuleBroken for a second entity of one id or file in a workflow."""
    del now
    for body in bodies:
        _require_unique(tx, {"id": None, **body}, UNIQUE)
    return bodies


def require_change_unique(tx: Transaction, stored: Body, body: Body) -> Body:
    """Raise RuleBroken if a change makes two entities of one id or file. What does not change is not checked."""
    changed = {name: body[name] for name in UNIQUE if name in body and body[name] != stored.get(name)}
    _require_unique(tx, {**stored, **changed}, changed)
    return body


def _require_unique(tx: Transaction, entity: Body, names: Iterable[str]) -> None:
    for name in names:
        value = entity.get(name)
        which = {"workflow_id": entity["workflow_id"], "id": entity["id"], name: value}
        other = None if value is None else tx.value(UNIQUE[name], which)
        if other is not None:
            raise RuleBroken(
                f"Crate entity {other} has the {name} {value!r} already; change that entity", field=name, value=value
            )


RO_CRATE_ENTITY = Resource(
    table="ro_crate_entity",
    path="ro_crate_entities",
    names=Names.regular("ro_crate_entity", "ro_crate_entities"),
    schema=RoCrateEntityModel,
    noun="crate entity",
    operations=Generic.PLAIN,
    filters=(
        equal("file_id", Integer("Only entities that describe this file.")),
        equal("entity_id", Text("Only entities with this id in the crate.")),
    ),
    below_workflow=True,
    prepare_new=require_unique,
    prepare_change=require_change_unique,
)
