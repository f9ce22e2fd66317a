"""Read-only lists of jobs with their compute nodes and allocations."""

from torc_server.resources.fields import Integer, Record, Text, Timestamp
from torc_server.resources.read_only_list import ReadOnlyList
from torc_server.store.statement import Statement


class RunningJobModel(Record):
    """A running job and its compute node."""

    job_id = Integer("Id of the job.", required=True)
    job_name = Text("Name of the job.", required=True)
    compute_node_name = Text("Name of the host on which it runs.", required=True)
    scheduler_type = Text("Type of the scheduler of the host, such as `local` or `slurm`.", required=True)
    scheduler_job_id = Text("Id of the allocation in the scheduler.")
    start_time = Timestamp("Start time, UTC.")


# A job may run on a node that is not registered. The record of the allocation is preferred. If it was deleted, the data
# that the runner registered is used.
RUNNING = Statement("""
SELECT job.id AS job_id, job.name AS job_name, COALESCE(node.hostname, 'unknown') AS compute_node_name,
       COALESCE(allocation.scheduler_type, node.compute_node_type, 'unknown') AS scheduler_type,
       CAST(COALESCE(allocation.scheduler_id, json_extract(node.scheduler, '$.slurm_job_id')) AS TEXT)
           AS scheduler_job_id,
       job.start_time AS start_time
FROM job
LEFT JOIN compute_node AS node ON node.id = job.compute_node_id AND node.workflow_id = job.workflow_id
LEFT JOIN scheduled_compute_node AS allocation ON allocation.workflow_id = job.workflow_id
    AND allocation.id = json_extract(node.scheduler, '$.scheduler_id')
WHERE job.workflow_id = :workflow_id AND job.status = 4
""")
COUNT_RUNNING = Statement("SELECT COUNT(*) FROM job WHERE workflow_id = :workflow_id AND status = 4")

RUNNING_JOBS = ReadOnlyList(
    path="running_jobs", schema=RunningJobModel, rows=RUNNING, keys=("job_id",), count=COUNT_RUNNING
)


class SlurmJobCorrelationModel(Record):
    """A job that ran in an allocation of Slurm."""

    job_id = Integer("Id of the job.", required=True)
    job_name = Text("Name of the job.", required=True)
    slurm_job_id = Text("Id of the allocation in Slurm.", required=True)


CORRELATIONS = Statement("""
SELECT DISTINCT job.id AS job_id, job.name AS job_name,
       CAST(COALESCE(allocation.scheduler_id, json_extract(node.scheduler, '$.slurm_job_id')) AS TEXT) AS slurm_job_id
FROM compute_node AS node
LEFT JOIN scheduled_compute_node AS allocation ON allocation.workflow_id = node.workflow_id
    AND allocation.id = json_extract(node.scheduler, '$.scheduler_id')
CROSS JOIN result ON result.compute_node_id = node.id
CROSS JOIN job ON job.id = result.job_id
WHERE node.workflow_id = :workflow_id
AND COALESCE(allocation.scheduler_type, json_extract(node.scheduler, '$.type')) = 'slurm'
AND COALESCE(allocation.scheduler_id, json_extract(node.scheduler, '$.slurm_job_id')) IS NOT NULL
""")

SLURM_JOB_CORRELATIONS = ReadOnlyList(
    path="slurm_job_correlations",
    schema=SlurmJobCorrelationModel,
    rows=CORRELATIONS,
    keys=("job_id", "slurm_job_id"),
)
