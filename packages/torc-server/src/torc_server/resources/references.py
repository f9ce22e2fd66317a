"""References: the members that are ids of other records, with the tables that they refer to, and their check.

Every member and parameter of the document that is an id is in `REFERENCES`, or in `NUMBERS` if it refers to no record.
Tests walk the document: one fails if an id is in neither, another sends ids of other workflows in all of them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from torc_server.engine.errors import RuleBroken
from torc_server.engine.ids import WorkflowId
from torc_server.resources.json_sql import composed
from torc_server.store.row_ids import json_numbers
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction


class Check(Enum):
    """What refuses the id of a record of another workflow."""

    GUARD = "the guard of the operation: 403 or 404"
    RECORDS = "the creation and the change of the record: 422 with the member as the field"
    OPERATION = "the operation: 404 or 422, or the errors of a batch"
    FILTER = "nothing: it is compared with ids of the own workflow, and so selects or changes nothing"


@dataclass(frozen=True, slots=True)
class Reference:
    """The tables of which one has the record, and what checks the id.

    `or_unknown`: ids that none of the tables has in any workflow are accepted. Clients of others number schedulers on
    their own. Only runners look them up, and they compare the workflow.
    """

    tables: tuple[str, ...]
    check: Check
    or_unknown: bool = False


WORKFLOW = Reference(("workflow",), Check.GUARD)
JOB_OF_OPERATION = Reference(("job",), Check.OPERATION)
JOB_OF_RECORD = Reference(("job",), Check.RECORDS)
NODE_OF_OPERATION = Reference(("compute_node",), Check.OPERATION)
SCHEDULERS = ("slurm_scheduler", "local_scheduler")
SCHEDULER = Reference(SCHEDULERS, Check.RECORDS, or_unknown=True)

# By the name of the member, or by component and name where components differ. Parameters are "?name".
REFERENCES: Mapping[str, Reference] = {
    "workflow_id": WORKFLOW,
    "group_id": Reference(("access_group",), Check.GUARD),
    "job_id": JOB_OF_OPERATION,
    "job_ids": JOB_OF_OPERATION,
    "after_job_id": JOB_OF_OPERATION,
    "depends_on_job_ids": JOB_OF_OPERATION,
    "ResultModel.job_id": JOB_OF_RECORD,
    "SlurmStatsModel.job_id": JOB_OF_RECORD,
    "WorkflowActionModel.job_ids": JOB_OF_RECORD,
    "starting_job_ids": JOB_OF_OPERATION,
    "superseded_action_ids": Reference(("workflow_action",), Check.OPERATION),
    "compute_node_id": NODE_OF_OPERATION,
    # Looked up only with a claim, a start or a completion, which have a check of their own.
    "ReportAndClaimRequest.compute_node_id": Reference(("compute_node",), Check.FILTER),
    "ResultModel.compute_node_id": Reference(("compute_node",), Check.RECORDS),
    "input_file_ids": Reference(("file",), Check.RECORDS),
    "output_file_ids": Reference(("file",), Check.RECORDS),
    "RoCrateEntityModel.file_id": Reference(("file",), Check.RECORDS),
    "FileTime.file_id": Reference(("file",), Check.FILTER),
    "OutputFileTime.id": Reference(("file",), Check.FILTER),
    "input_user_data_ids": Reference(("user_data",), Check.RECORDS),
    "output_user_data_ids": Reference(("user_data",), Check.RECORDS),
    "JobModel.resource_requirements_id": Reference(("resource_requirements",), Check.RECORDS),
    "RequirementsCorrection.resource_requirements_id": Reference(("resource_requirements",), Check.OPERATION),
    "failure_handler_id": Reference(("failure_handler",), Check.RECORDS),
    "JobModel.scheduler_id": SCHEDULER,
    "ComputeNodeModel.scheduler_config_id": SCHEDULER,
    "ScheduledComputeNodesModel.scheduler_config_id": SCHEDULER,
    "WorkflowActionModel.action_config.scheduler_id": SCHEDULER,
    "ComputeNodesResources.scheduler_config_id": Reference(SCHEDULERS, Check.FILTER),
    "SubmissionRequest.scheduler_config_id": Reference(SCHEDULERS, Check.OPERATION),
    "action_id": Reference(("workflow_action",), Check.OPERATION),
    "?action_id": Reference(("workflow_action",), Check.OPERATION),
    "?workflow_id": WORKFLOW,
    "?group_id": Reference(("access_group",), Check.GUARD),
    "?compute_node_id": NODE_OF_OPERATION,
    "?active_compute_node_id": Reference(("compute_node",), Check.FILTER),
    "?scheduled_compute_node_id": Reference(("scheduled_compute_node",), Check.FILTER),
    "?submission_id": Reference(("submission",), Check.FILTER),
    "?scheduler_config_id": Reference(SCHEDULERS, Check.FILTER),
    "?job_id": Reference(("job",), Check.FILTER),
    "?upstream_job_id": Reference(("job",), Check.FILTER),
    "?produced_by_job_id": Reference(("job",), Check.FILTER),
    "?consumer_job_id": JOB_OF_OPERATION,
    "?producer_job_id": JOB_OF_OPERATION,
    "?file_id": Reference(("file",), Check.FILTER),
    "?needs_file_id": Reference(("file",), Check.FILTER),
}
# Members that are named like ids and refer to no record of this server.
NUMBERS: Mapping[str, str] = {
    "run_id": "counts the runs of a workflow",
    "known_run_id": "counts the runs of a workflow",
    "attempt_id": "counts the attempts of a job",
    "?run_id": "counts the runs of a workflow",
    "?attempt_id": "counts the attempts of a job",
    "ScheduledComputeNodesModel.scheduler_id": "a number of Slurm",
    "AcceptSubmissionRequest.scheduler_id": "a number of Slurm",
    "?scheduler_id": "a number of Slurm",
    "ComputeNodeSchedule.scheduler_id": "accepted from older clients and ignored",
    "ComputeNodesResources.id": "accepted from older clients and ignored",
    "slurm_job_id": "a number of Slurm",
    "RoCrateEntityModel.entity_id": "a text of the crate",
    "?entity_id": "a text of the crate",
    "request_id": "a random text of the server",
}


def reference_of(component: str, member: str) -> Reference | None:
    """Return the reference that a member of a component is; None if it is none."""
    return REFERENCES.get(f"{component}.{member}", None if is_number(component, member) else REFERENCES.get(member))


def is_number(component: str, member: str) -> bool:
    """Whether a member that is named like an id refers to no record."""
    return f"{component}.{member}" in NUMBERS or (f"{component}.{member}" not in REFERENCES and member in NUMBERS)


@lru_cache(maxsize=32)
def _foreign(reference: Reference) -> Statement:
    own = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE {table}.id = wanted.value AND {table}.workflow_id = :workflow_id)"  # noqa: S608 - declared names
        for table in reference.tables
    )
    known = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE {table}.id = wanted.value)"  # noqa: S608 - declared names
        for table in reference.tables
    )
    restriction = f" AND ({known})" if reference.or_unknown else ""
    return composed(
        f"SELECT wanted.value FROM json_each(:ids) AS wanted WHERE NOT ({own}){restriction} LIMIT 1"  # noqa: S608 - declared names
    )


def require_own(
    tx: Transaction, workflow_id: WorkflowId, reference: Reference, ids: Collection[int], *, member: str
) -> None:
    """Raise RuleBroken if an id refers to a record that the workflow does not have."""
    if not ids:
        return
    absent = tx.value(_foreign(reference), {"ids": json_numbers(list(ids)), "workflow_id": workflow_id})
    if absent is not None:
        raise RuleBroken(
            f"{member} is {absent}, but workflow {workflow_id} has no such record; create it first or use another id",
            field=member.partition(".")[0],
            value=absent,
        )
