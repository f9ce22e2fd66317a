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


# The pairs of a set are computed row by row, only for the page. A pair that is in two sets of a job is listed with the
# first one. Jobs are read by id, in the range of ids of the workflow.
DEPENDENCIES = Statement("""
SELECT job.id AS job_id, job.name AS job_name, member.job_id AS depends_on_job_id, awaited.name AS depends_on_job_name,
       job.workflow_id AS workflow_id
FROM job NOT INDEXED
CROSS JOIN job_dependency_set AS waiting ON waiting.job_id = job.id
CROSS JOIN dependency_set_member AS member ON member.set_id = waiting.set_id
CROSS JOIN job AS awaited ON awaited.id = member.job_id
WHERE job.workflow_id = :workflow_id
AND job.id >= (SELECT MIN(id) FROM job WHERE workflow_id = :workflow_id)
AND job.id <= (SELECT MAX(id) FROM job WHERE workflow_id = :workflow_id)
AND NOT EXISTS (
    SELECT 1 FROM job_dependency_set AS earlier
    JOIN dependency_set_member AS same ON same.set_id = earlier.set_id AND same.job_id = member.job_id
    WHERE earlier.job_id = job.id AND earlier.set_id < waiting.set_id
)
""")

JOB_DEPENDENCIES = ReadOnlyList(
    path="job_dependencies",
    schema=JobDependencyModel,
    rows=DEPENDENCIES,
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


FILE_RELATIONSHIPS = Statement("""
SELECT file.id AS file_id, file.name AS file_name, file.path AS file_path,
       output.job_id AS producer_job_id, producer.name AS producer_job_name,
       input.job_id AS consumer_job_id, consumer.name AS consumer_job_name, file.workflow_id AS workflow_id
FROM file
LEFT JOIN job_output_file AS output ON output.file_id = file.id
LEFT JOIN job AS producer ON producer.id = output.job_id
LEFT JOIN job_input_file AS input ON input.file_id = file.id
LEFT JOIN job AS consumer ON consumer.id = input.job_id
WHERE file.workflow_id = :workflow_id AND (output.job_id IS NOT NULL OR input.job_id IS NOT NULL)
""")
FILE_PAIRS = LinkedPairs("file", "file_id", "job_output_file", "job_input_file", ("name", "path"))

JOB_FILE_RELATIONSHIPS = ReadOnlyList(
    path="job_file_relationships",
    schema=JobFileRelationshipModel,
    rows=FILE_RELATIONSHIPS,
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


USER_DATA_RELATIONSHIPS = Statement("""
SELECT user_data.id AS user_data_id, user_data.name AS user_data_name,
       output.job_id AS producer_job_id, producer.name AS producer_job_name,
       input.job_id AS consumer_job_id, consumer.name AS consumer_job_name, user_data.workflow_id AS workflow_id
FROM user_data
LEFT JOIN job_output_user_data AS output ON output.user_data_id = user_data.id
LEFT JOIN job AS producer ON producer.id = output.job_id
LEFT JOIN job_input_user_data AS input ON input.user_data_id = user_data.id
LEFT JOIN job AS consumer ON consumer.id = input.job_id
WHERE user_data.workflow_id = :workflow_id AND (output.job_id IS NOT NULL OR input.job_id IS NOT NULL)
""")
USER_DATA_PAIRS = LinkedPairs("user_data", "user_data_id", "job_output_user_data", "job_input_user_data", ("name",))

JOB_USER_DATA_RELATIONSHIPS = ReadOnlyList(
    path="job_user_data_relationships",
    schema=JobUserDataRelationshipModel,
    rows=USER_DATA_RELATIONSHIPS,
    page=USER_DATA_PAIRS.page,
    count=Statement(USER_DATA_PAIRS.count),
    keys=("user_data_id", "producer_job_id", "consumer_job_id"),
)
