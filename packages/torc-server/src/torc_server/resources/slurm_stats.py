"""Statistics of Slurm about jobs."""

from collections.abc import Sequence
from datetime import datetime

from torc_server.engine.errors import RuleBroken
from torc_server.engine.status import tallies
from torc_server.resources.fields import Integer, Number, Record, Text
from torc_server.resources.resource import OF_WORKFLOW, Body, Generic, Names, Resource, equal
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction


class SlurmStatsModel(Record):
    """Statistics of Slurm about one attempt of a job."""

    id = Integer("Set by the server.", read_only=True)
    workflow_id = Integer("Id of the workflow.", required=True)
    job_id = Integer("Id of the job.", required=True)
    run_id = Integer("Number of the run of the workflow.", required=True)
    attempt_id = Integer("Number of the attempt.", required=True)
    slurm_job_id = Text("Slurm job id.")
    max_rss_bytes = Integer("Maximum resident memory, in bytes.")
    max_vm_size_bytes = Integer("Maximum virtual memory, in bytes.")
    max_disk_read_bytes = Integer("Maximum number of bytes that a task read.")
    max_disk_write_bytes = Integer("Maximum number of bytes that a task wrote.")
    ave_cpu_seconds = Number("Average CPU time of the tasks, in seconds.")
    node_list = Text("Nodes on which it ran, as a list of Slurm.")


SAME_ATTEMPT = Statement("""
SELECT id FROM slurm_stats
WHERE job_id = :job_id AND workflow_id = :workflow_id AND run_id = :run_id AND attempt_id = :attempt_id LIMIT 1
""")


# Runners do not measure jobs that a batch system runs as steps: their statistics arrive after their results.
COMPLETE_RESULT = Statement("""
UPDATE result SET
    peak_memory_bytes = CASE
        WHEN :max_rss_bytes > COALESCE(peak_memory_bytes, 0) THEN :max_rss_bytes ELSE peak_memory_bytes
    END,
    avg_cpu_percent = COALESCE(avg_cpu_percent, 100 * :ave_cpu_seconds / (60 * exec_time_minutes)),
    peak_cpu_percent = COALESCE(peak_cpu_percent, 100 * :ave_cpu_seconds / (60 * exec_time_minutes))
WHERE job_id = :job_id AND workflow_id = :workflow_id AND run_id = :run_id AND attempt_id = :attempt_id
""")


def complete_results(tx: Transaction, ids: Sequence[int], bodies: Sequence[Body]) -> None:
    """Add the statistics to the results of the attempts, where these have no higher value or none.

    CPU time of 0 is less than the accounting can count, and says nothing.
    """
    del ids
    for body in bodies:
        which = {name: body[name] for name in ("workflow_id", "job_id", "run_id", "attempt_id")}
        measured = {"max_rss_bytes": body.get("max_rss_bytes"), "ave_cpu_seconds": body.get("ave_cpu_seconds") or None}
        tx.execute(COMPLETE_RESULT, {**which, **measured})


def require_unique(tx: Transaction, bodies: Sequence[Body], now: datetime) -> Sequence[Body]:
    """Raise RuleBroken for second statistics of one attempt. Databases of earlier versions can have several."""
    del now
    for body in bodies:
        which = {name: body[name] for name in ("workflow_id", "job_id", "run_id", "attempt_id")}
        other = tx.value(SAME_ATTEMPT, which)
        if other is not None:
            raise RuleBroken(
                f"Record {other} has the statistics of job {body['job_id']}, run {body['run_id']} and attempt"
                f" {body['attempt_id']} already; an attempt has one record",
                field="attempt_id",
                value=body["attempt_id"],
            )
    return bodies


SLURM_STATS = Resource(
    table="slurm_stats",
    path="slurm_stats",
    names=Names.regular("slurm_stats", "slurm_stats"),
    schema=SlurmStatsModel,
    noun="record of Slurm's statistics",
    operations=Generic.LIST | Generic.CREATE,
    filters=(
        equal("job_id", Integer("Only statistics of this job.")),
        equal("run_id", Integer("Only statistics of this run.")),
        equal("attempt_id", Integer("Only statistics of this attempt.")),
    ),
    sortable=False,
    prepare_new=require_unique,
    attach_new=complete_results,
    tallies={OF_WORKFLOW: tallies.SLURM_STATS},
)
