"""What Slurm counted for a job: kept, and given back."""

from torc_server.engine.status import tallies
from torc_server.resources.fields import Integer, Number, Record, Text
from torc_server.resources.resource import OF_WORKFLOW, Generic, Names, Resource, equal


class SlurmStatsModel(Record):
    """What Slurm counted for one attempt of a job."""

    id = Integer("Set by the server.", read_only=True)
    workflow_id = Integer("The workflow it belongs to.", required=True)
    job_id = Integer("The job.", required=True, references="job")
    run_id = Integer("The workflow's run.", required=True)
    attempt_id = Integer("The attempt.", required=True)
    slurm_job_id = Text("The job's id at Slurm.")
    max_rss_bytes = Integer("Most resident memory.")
    max_vm_size_bytes = Integer("Most virtual memory.")
    max_disk_read_bytes = Integer("Most that a task read.")
    max_disk_write_bytes = Integer("Most that a task wrote.")
    ave_cpu_seconds = Number("Mean CPU time of the tasks.")
    node_list = Text("Where it ran.")


SLURM_STATS = Resource(
    table="slurm_stats",
    path="slurm_stats",
    names=Names.regular("slurm_stats", "slurm_stats"),
    schema=SlurmStatsModel,
    noun="record of Slurm's statistics",
    operations=Generic.LIST | Generic.CREATE,
    filters=(
        equal("job_id", Integer("Only of this job.")),
        equal("run_id", Integer("Only of this run.")),
        equal("attempt_id", Integer("Only of this attempt.")),
    ),
    sortable=False,
    tallies={OF_WORKFLOW: tallies.SLURM_STATS},
)
