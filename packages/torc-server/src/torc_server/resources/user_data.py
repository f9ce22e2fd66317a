"""User data: JSON values that jobs read and write."""

from torc_server.engine.status import tallies
from torc_server.resources.fields import Boolean, Integer, Record, Text
from torc_server.resources.json_fields import AnyJson
from torc_server.resources.resource import OF_WORKFLOW, Filter, Generic, Names, Resource, contains, equal

CONSUMED_BY = "user_data.id IN (SELECT user_data_id FROM job_input_user_data WHERE job_id = :consumer_job_id)"
PRODUCED_BY = "user_data.id IN (SELECT user_data_id FROM job_output_user_data WHERE job_id = :producer_job_id)"


class UserDataModel(Record):
    """A JSON value that jobs read and write."""

    id = Integer("Set by the server.", read_only=True)
    workflow_id = Integer("Id of the workflow.", required=True, fixed=True)
    name = Text("Name of the user data.", required=True)
    is_ephemeral = Boolean("Whether the value is cleared before a new run.", default=False, default_shown=False)
    data = AnyJson("Any JSON value; absent until one is stored.")


USER_DATA = Resource(
    table="user_data",
    path="user_data",
    names=Names(
        one="user_data",
        many="user_data",
        delete_one="delete_user_data",
        delete_all="delete_all_user_data",
        create_many="create_user_data_list",
        bulk_model="UserDataListModel",
        bulk_answer="CreateUserDataListResponse",
    ),
    schema=UserDataModel,
    noun="user data record",
    operations=Generic.WITH_BULK & ~Generic.CREATE,
    filters=(
        Filter("consumer_job_id", Integer("Only input user data of this job."), CONSUMED_BY),
        Filter("producer_job_id", Integer("Only output user data of this job."), PRODUCED_BY),
        contains("name", Text("Only records whose name contains this text.")),
        equal("is_ephemeral", Boolean("True: only ephemeral records. False: only others.")),
    ),
    tallies={OF_WORKFLOW: tallies.USER_DATA},
)
