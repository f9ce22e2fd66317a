"""RO-Crate entities: what describes a workflow's files and programs to others."""

from torc_server.resources.fields import Integer, Record, Text
from torc_server.resources.json_fields import JsonObject
from torc_server.resources.resource import Generic, Names, Resource, equal


class RoCrateEntityModel(Record):
    """What an RO-Crate says of one thing."""

    id = Integer("Set by the server.", read_only=True)
    workflow_id = Integer("The workflow it belongs to.", required=True, fixed=True)
    file_id = Integer("The file it is about; absent once that is gone.", references="file")
    entity_id = Text("The thing's name in the crate: a path, an address, or #something.", required=True)
    entity_type = Text("What kind of thing it is, such as File.", required=True)
    metadata = JsonObject("What the crate says of it.", required=True)


RO_CRATE_ENTITY = Resource(
    table="ro_crate_entity",
    path="ro_crate_entities",
    names=Names.regular("ro_crate_entity", "ro_crate_entities"),
    schema=RoCrateEntityModel,
    noun="crate entity",
    operations=Generic.PLAIN,
    filters=(
        equal("file_id", Integer("Only what is about this file.")),
        equal("entity_id", Text("Only the thing of exactly this name.")),
    ),
    below_workflow=True,
)
