"""Which records such a document has, which of their members, and which of these name other records.

Ids count from 1 within a kind, in the order of the records. They say who belongs to whom within the document, and
nothing else: the same workflow gives the same document wherever it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from torc_client.api import records

FORMAT_VERSION = "1.0"
# In a document there is only one workflow.
WORKFLOW_ID = 1


@dataclass(frozen=True, slots=True)
class Kind:
    """Records of one kind. `name` is their member of the document, and of the client's subjects where they are listed.

    `references` says of which kind the record is that a member names, `left_out` what says how things stand rather
    than what is wanted.
    """

    name: str
    record: type[msgspec.Struct]
    references: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()

    @property
    def members(self) -> tuple[str, ...]:
        """Name the members that such a record has in a document, besides its ids."""
        out = self.left_out | {"id", "workflow_id"}
        return tuple(name for name in self.record.__struct_fields__ if name not in out)


WORKFLOW = Kind(
    "workflow",
    records.WorkflowModel,
    left_out=frozenset({"run_id", "status_id", "timestamp", "is_archived", "is_canceled"}),
)
FILES = Kind("files", records.FileModel)
USER_DATA = Kind("user_data", records.UserDataModel)
REQUIREMENTS = Kind("resource_requirements", records.ResourceRequirementsModel)
SLURM_SCHEDULERS = Kind("slurm_schedulers", records.SlurmSchedulerModel)
LOCAL_SCHEDULERS = Kind("local_schedulers", records.LocalSchedulerModel)
FAILURE_HANDLERS = Kind("failure_handlers", records.FailureHandlerModel)
ENTITIES = Kind("ro_crate_entities", records.RoCrateEntityModel, {"file_id": "files"})
JOBS = Kind(
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
ACTIONS = Kind(
    "workflow_actions",
    records.WorkflowActionModel,
    {"job_ids": "jobs"},
    frozenset({"executed", "executed_at", "executed_by", "trigger_count", "required_triggers", "is_recovery"}),
)
NODES = Kind(
    "compute_nodes",
    records.ComputeNodeModel,
    {"scheduler_config_id": "schedulers"},
    frozenset({"is_active", "lease_seconds", "lease_mode"}),
)
RESULTS = Kind(
    "results", records.ResultModel, {"job_id": "jobs", "compute_node_id": "compute_nodes"}, frozenset({"job_name"})
)
EVENTS = Kind("events", records.EventModel)

SCHEDULERS = "schedulers"
"""What names a scheduler names one of either kind, so these are numbered together: Slurm's first."""
WITHOUT_REFERENCES = (FILES, USER_DATA, REQUIREMENTS, SLURM_SCHEDULERS, LOCAL_SCHEDULERS, FAILURE_HANDLERS)

Record = dict[str, Any]
Document = dict[str, Any]
Ids = dict[str, dict[int, int]]
"""For each kind: the id that a record has on the other side, by the one that it has on this side."""


def renamed(kind: Kind, record: Mapping[str, Any], ids: Ids) -> Record:
    """Let what names other records name them by their ids on the other side; what is gone is named no longer."""
    out = dict(record)
    for member, referred in kind.references.items():
        if member not in out:
            continue
        known = ids.get(referred, {})
        value = out.pop(member)
        if isinstance(value, list):
            found: Any = [known[one] for one in value if one in known]
        else:
            found = known.get(value)
        if found:
            out[member] = found
    config = out.get("action_config")
    if isinstance(config, dict) and config.get("scheduler_id") in ids.get(SCHEDULERS, {}):
        out["action_config"] = {**config, "scheduler_id": ids[SCHEDULERS][config["scheduler_id"]]}
    return out
