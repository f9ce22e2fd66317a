"""Read-only lists of the links between jobs: dependencies, files and user data."""

from torc_server.resources.fields import Integer, Record, Text
from torc_server.resources.pairs import COUNT_DEPENDENCIES, LinkedPairs, page_of_dependencies
from torc_server.resources.read_only_list import ReadOnlyList
from torc_server.store.statement import Statement


class JobDependencyModel(Record):
    """A dependency of a job on another job."""

    job_id = Integer("Id of the job that waits.", required=True)
    job_name = Text("Name of the job that waits.", required=True)
    depends_on_job_id = Integer("Id of the job that it waits for.", required=True)
    depends_on_job_name = Text("Name of the job that it waits for.", required=True)
    workflow_id = Integer("Id of the workflow of both jobs.", required=True)


JOB_DEPENDENCIES = ReadOnlyList(
    path="job_dependencies",
    schema=JobDependencyModel,
    page=page_of_dependencies,
    keys=("job_id", "depends_on_job_id"),
    count=Statement(COUNT_DEPENDENCIES),
)


class JobFileRelationshipModel(Record):
    """A file with a job that writes it and a job that reads it."""

    file_id = Integer("Id of the file.", required=True)
    file_name = Text("Name of the file.", required=True)
    file_path = Text("Path of the file.", required=True)
    producer_job_id = Integer("Id of a job that writes it; absent if there is none.")
    producer_job_name = Text("Name of that job.")
    consumer_job_id = Integer("Id of a job that reads it; absent if there is none.")
    consumer_job_name = Text("Name of that job.")
    workflow_id = Integer("Id of the workflow.", required=True)


FILE_PAIRS = LinkedPairs("file", "file_id", "job_output_file", "job_input_file", ("name", "path"))

JOB_FILE_RELATIONSHIPS = ReadOnlyList(
    path="job_file_relationships",
    schema=JobFileRelationshipModel,
    page=FILE_PAIRS.page,
    count=Statement(FILE_PAIRS.count),
    keys=("file_id", "producer_job_id", "consumer_job_id"),
)


class JobUserDataRelationshipModel(Record):
    """A user data record with a job that writes it and a job that reads it."""

    user_data_id = Integer("Id of the user data record.", required=True)
    user_data_name = Text("Name of the user data record.", required=True)
    producer_job_id = Integer("Id of a job that writes it; absent if there is none.")
    producer_job_name = Text("Name of that job.")
    consumer_job_id = Integer("Id of a job that reads it; absent if there is none.")
    consumer_job_name = Text("Name of that job.")
    workflow_id = Integer("Id of the workflow.", required=True)


USER_DATA_PAIRS = LinkedPairs("user_data", "user_data_id", "job_output_user_data", "job_input_user_data", ("name",))

JOB_USER_DATA_RELATIONSHIPS = ReadOnlyList(
    path="job_user_data_relationships",
    schema=JobUserDataRelationshipModel,
    page=USER_DATA_PAIRS.page,
    count=Statement(USER_DATA_PAIRS.count),
    keys=("user_data_id", "producer_job_id", "consumer_job_id"),
)
