"""Read-only reports about a workflow."""

from dataclasses import dataclass

from torc_server.engine.ids import WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.quantities import LARGEST
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

JOB_IDS = Statement("""
SELECT json_group_array(id), COUNT(*) FROM (SELECT id FROM job WHERE workflow_id = :workflow_id ORDER BY id)
""")


def job_ids(tx: Transaction, workflow_id: WorkflowId) -> tuple[str, int]:
    """Return the sorted ids of all jobs, as the text of a JSON list, and their number.

    SQLite composes the text, since there may be a million jobs.
    """
    row = tx.rows(JOB_IDS, {"workflow_id": workflow_id})[0]
    return row[0], row[1]


# Files that a job reads and no job writes, and files that completed jobs write.
REQUIRED_FILES = JobStatement("""
SELECT file.id FROM file
WHERE file.workflow_id = :workflow_id AND (
    (
        EXISTS (SELECT 1 FROM job_input_file AS input WHERE input.file_id = file.id)
        AND NOT EXISTS (SELECT 1 FROM job_output_file AS output WHERE output.file_id = file.id)
    )
    OR EXISTS (
        SELECT 1 FROM job_output_file AS output JOIN job ON job.id = output.job_id
        WHERE output.file_id = file.id AND job.status = {COMPLETED}
    )
)
ORDER BY file.id
""")
# The same for user data without data.
MISSING_USER_DATA = JobStatement("""
SELECT user_data.id FROM user_data
WHERE user_data.workflow_id = :workflow_id AND user_data.data IS NULL AND (
    (
        EXISTS (SELECT 1 FROM job_input_user_data AS input WHERE input.user_data_id = user_data.id)
        AND NOT EXISTS (SELECT 1 FROM job_output_user_data AS output WHERE output.user_data_id = user_data.id)
    )
    OR EXISTS (
        SELECT 1 FROM job_output_user_data AS output JOIN job ON job.id = output.job_id
        WHERE output.user_data_id = user_data.id AND job.status = {COMPLETED}
    )
)
ORDER BY user_data.id
""")


def required_existing_files(tx: Transaction, workflow_id: WorkflowId) -> list[int]:
    """Return the files that must exist: input files of the workflow, and files that completed jobs write."""
    return [row[0] for row in tx.rows(REQUIRED_FILES, {"workflow_id": workflow_id})]


def missing_user_data(tx: Transaction, workflow_id: WorkflowId) -> list[int]:
    """Return the user data without data: inputs of the workflow, and user data that completed jobs write."""
    return [row[0] for row in tx.rows(MISSING_USER_DATA, {"workflow_id": workflow_id})]


# Jobs are counted by their index first, so that each record of requirements is read once.
READY_REQUIREMENTS = JobStatement("""
SELECT ready.jobs AS jobs, requirements.num_cpus, requirements.num_gpus, requirements.num_nodes,
       requirements.memory_bytes, requirements.runtime_seconds
FROM (
    SELECT resource_requirements_id, COUNT(*) AS jobs FROM job INDEXED BY job_ready
    WHERE workflow_id = :workflow_id AND status = {READY}
    AND (:scheduler_config_id IS NULL OR scheduler_id = :scheduler_config_id)
    GROUP BY resource_requirements_id
) AS ready
CROSS JOIN resource_requirements AS requirements ON requirements.id = ready.resource_requirements_id
""")


@dataclass(frozen=True, slots=True)
class ReadyRequirements:
    """The total requirements of the ready jobs; for nodes and run time, the maximum of a job."""

    num_jobs: int = 0
    num_cpus: int = 0
    num_gpus: int = 0
    memory_bytes: int = 0
    max_num_nodes: int = 0
    max_runtime_seconds: int = 0


def ready_requirements(tx: Transaction, workflow_id: WorkflowId, scheduler_config_id: int | None) -> ReadyRequirements:
    """Sum the requirements of the ready jobs; with a scheduler configuration, of the jobs bound to it."""
    classes = tx.rows(READY_REQUIREMENTS, {"workflow_id": workflow_id, "scheduler_config_id": scheduler_config_id})

    def total(member: str) -> int:
        summed: int = sum(each["jobs"] * each[member] for each in classes)
        return min(summed, LARGEST)

    return ReadyRequirements(
        num_jobs=sum(each["jobs"] for each in classes),
        num_cpus=total("num_cpus"),
        num_gpus=total("num_gpus"),
        memory_bytes=total("memory_bytes"),
        max_num_nodes=max((each["num_nodes"] for each in classes), default=0),
        max_runtime_seconds=max((each["runtime_seconds"] for each in classes), default=0),
    )
