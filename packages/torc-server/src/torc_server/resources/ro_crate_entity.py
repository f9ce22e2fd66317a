"""RO-Crate entities: descriptions of the files and programs of a workflow."""

from torc_server.resources.fields import Integer, Record, Text
from torc_server.resources.json_fields import JsonObject
from torc_server.resources.resource import Generic, Names, Resource, equal


class RoCrateEntityModel(Record):
    """The description of an entity in an RO-Crate."""

    id = Integer("Set by the server.", read_only=True)
    workflow_id = Integer("Id of the workflow.", required=True, fixed=True)
    file_id = Integer("Id of the described file; absent after the deletion of the file.")
    entity_id = Text("Id of the entity in the crate: a path, a URL, or `#` and a name.", required=True)
    entity_type = Text("Type of the entity, such as `File`.", required=True)
    metadata = JsonObject("JSON-LD of the entity.", required=True)


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
)
