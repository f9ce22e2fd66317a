"""The record types of a document, their members, and the members that refer to other records.

Ids are counted from 1 for each type, in the order of the records, and have a meaning only within the document. So the
same workflow is exported to the same document on any server.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from torc_client.api import records

FORMAT_VERSION = "1.0"
# A document has only one workflow.
WORKFLOW_ID = 1


@dataclass(frozen=True, slots=True)
class RecordType:
    """Records of one type. `name` is their member of the document.

    `references` has the members that refer to other records, each with the type of those records. `left_out` has the
    members that describe a state rather than a definition; they are not exported.
    """

    name: str
    record: type[msgspec.Struct]
    references: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()

    @property
    def members(self) -> tuple[str, ...]:
        """The members of such a record in a document, in addition to its ids."""
        out = self.left_out | {"id", "workflow_id"}
        return tuple(name for name in self.record.__struct_fields__ if name not in out)


WORKFLOW = RecordType(
    "workflow",
    records.WorkflowModel,
    left_out=frozenset({"run_id", "status_id", "timestamp", "is_archived", "is_canceled", "is_draft"}),
)
FILES = RecordType("files", records.FileModel)
USER_DATA = RecordType("user_data", records.UserDataModel)
REQUIREMENTS = RecordType("resource_requirements", records.ResourceRequirementsModel)
SLURM_SCHEDULERS = RecordType("slurm_schedulers", records.SlurmSchedulerModel)
LOCAL_SCHEDULERS = RecordType("local_schedulers", records.LocalSchedulerModel)
FAILURE_HANDLERS = RecordType("failure_handlers", records.FailureHandlerModel)
ENTITIES = RecordType("ro_crate_entities", records.RoCrateEntityModel, {"file_id": "files"})
JOBS = RecordType(
    "jobs",
    records.JobModel,
    {
        "depends_on_job_ids": "jobs",
        "input_file_ids": "files",
        "output_file_ids": "files",
        "input_user_data_ids": "user_data",
        "output_user_data_ids": "user_data",
        "resource_requirements_id": "resource_requirements",
        "failure_handler_id": "failure_handlers",
        "scheduler_id": "schedulers",
    },
    frozenset({
        "status", "start_time", "compute_node_id", "attempt_id", "origin", "schedule_compute_nodes", "waits_for_sets",
    }),
)  # fmt: skip
ACTIONS = RecordType(
    "workflow_actions",
    records.WorkflowActionModel,
    {"job_ids": "jobs"},
    frozenset({"executed", "executed_at", "executed_by", "trigger_count", "required_triggers", "is_recovery"}),
)
NODES = RecordType(
    "compute_nodes",
    records.ComputeNodeModel,
    {"scheduler_config_id": "schedulers"},
    frozenset({"is_active", "lease_seconds", "lease_mode"}),
)
RESULTS = RecordType(
    "results", records.ResultModel, {"job_id": "jobs", "compute_node_id": "compute_nodes"}, frozenset({"job_name"})
)
EVENTS = RecordType("events", records.EventModel)

SCHEDULERS = "schedulers"
"""A reference to a scheduler can name one of either type, so both are numbered together, those of Slurm first."""
WITHOUT_REFERENCES = (FILES, USER_DATA, REQUIREMENTS, SLURM_SCHEDULERS, LOCAL_SCHEDULERS, FAILURE_HANDLERS)

Record = dict[str, Any]
Document = dict[str, Any]
Ids = dict[str, dict[int, int]]
"""For each record type, the target id of a record by its source id."""


def remap_ids(record_type: RecordType, record: Mapping[str, Any], ids: Ids) -> Record:
    """Replace the ids in references to other records by their target ids. References to unknown records are dropped."""
    remapped = dict(record)
    for member, referred in record_type.references.items():
        if member not in remapped:
            continue
        known = ids.get(referred, {})
        value = remapped.pop(member)
        if isinstance(value, list):
            found: Any = [known[each] for each in value if each in known]
        else:
            found = known.get(value)
        if found:
            remapped[member] = found
    config = remapped.get("action_config")
    if isinstance(config, dict) and config.get("scheduler_id") in ids.get(SCHEDULERS, {}):
        remapped["action_config"] = {**config, "scheduler_id": ids[SCHEDULERS][config["scheduler_id"]]}
    return remapped
