"""The records of a workflow: each created, read, changed, listed and deleted, from one table."""

from dataclasses import dataclass, field
from typing import Any

from published.driver.recorder import Recorder, page
from published.driver.workflows import new_workflow


@dataclass(frozen=True)
class Record:
    """A kind of record: the words of its operations, what is put in, what is changed, how many the server adds."""

    model: str
    name: str
    body: dict[str, Any]
    change: dict[str, Any] = field(default_factory=dict)
    get: str = ""
    many: str = ""
    delete: str = ""
    delete_all: str = ""
    filters: dict[str, Any] = field(default_factory=dict)
    deleted: Any = None
    given: int = 0


RECORDS = (
    Record(
        "ComputeNodeModel", "compute_node",
        {"hostname": "n1", "pid": 7, "start_time": "2026-01-02T03:04:05Z", "num_cpus": 4, "memory_gb": 8.5,
         "num_gpus": 1, "num_nodes": 1, "compute_node_type": "local", "is_active": True},
        {"is_active": False, "duration_seconds": 1.5}, filters={"hostname": "n1", "is_active": False},
    ),
    Record(
        "FileModel", "file", {"name": "f", "path": "a/ü.txt", "st_mtime": 12.25}, {"st_mtime": 13.5},
        filters={"name": "f", "path": "a/ü.txt"},
    ),
    Record(
        "LocalSchedulerModel", "local_scheduler", {"name": "here", "num_cpus": 3, "memory": "2g"}, {"num_cpus": 4},
        filters={"num_cpus": 4, "memory": "2g"},
    ),
    Record(
        "ResourceRequirementsModel", "resource_requirements",
        {"name": "small", "num_cpus": 2, "num_gpus": 1, "num_nodes": 1, "memory": "3g", "runtime": "PT5M"},
        {"num_cpus": 3}, many="resource_requirements", delete="resource_requirement", given=1,
        filters={"name": "small", "num_cpus": 3, "memory": "3g", "num_gpus": 1, "num_nodes": 1},
    ),
    Record(
        "ScheduledComputeNodesModel", "scheduled_compute_node",
        {"scheduler_config_id": 1, "scheduler_id": 99, "scheduler_type": "slurm", "status": "pending"},
        {"status": "active"}, filters={"status": "active", "scheduler_id": "99", "scheduler_config_id": "1"},
    ),
    Record(
        "SlurmSchedulerModel", "slurm_scheduler",
        {"name": "s", "account": "a", "nodes": 2, "walltime": "01:00:00", "partition": "p", "qos": "q", "mem": "9g",
         "gres": "gpu:1", "tmp": "1g", "extra": "--x", "ntasks_per_node": 2},
        {"nodes": 3},
    ),
    Record(
        "UserDataModel", "user_data", {"name": "u", "data": {"a": [1, None, "ü"]}, "is_ephemeral": True},
        {"data": [1, 2]}, many="user_data", delete_all="delete_all_user_data",
        filters={"name": "u", "is_ephemeral": True},
    ),
    Record(
        "EventModel", "event", {"timestamp": 1, "data": {"category": "mine", "deep": {"x": [1]}}},
        {"data": {"category": "mine", "y": 2}}, filters={"category": "mine", "after_timestamp": 1_600_000_000_000},
    ),
    Record("FailureHandlerModel", "failure_handler", {"name": "h", "rules": '[{"exit_codes":[3],"max_retries":2}]'}),
    Record(
        "RoCrateEntityModel", "ro_crate_entity",
        {"entity_id": "d/1", "entity_type": "File", "metadata": {"name": "ü", "n": [1]}},
        {"entity_type": "Dataset"}, many="ro_crate_entities", deleted={"message": lambda text: text != ""},
        filters={"entity_id": "d/1"},
    ),
)  # fmt: skip


def records(recorder: Recorder) -> None:
    """Every record of the table, in a workflow of its own."""
    for record in RECORDS:

        def one(recorder: Recorder, record: Record = record) -> None:
            drive(recorder, record, new_workflow(recorder, record.name)["id"])

        one.__name__ = record.name
        recorder.attempt(one)


def drive(recorder: Recorder, record: Record, workflow_id: int, **of: Any) -> None:
    """Create, read, change, list and delete records of one kind; `of` are members that only the caller knows."""
    many = record.many or f"{record.name}s"
    body = {"workflow_id": workflow_id, **record.body, **of}
    # The server's clock says when an event was.
    kept = {name: value for name, value in body.items() if name != "timestamp"}
    made = recorder.call(f"create_{record.name}", recorder.model(record.model, **body), expect=kept)
    recorder.call(f"get_{record.name}", made["id"], expect=made)
    changed = made
    if record.change:
        changed = made | record.change
        new: Any = changed if record.name == "event" else recorder.model(record.model, **changed)
        recorder.call(f"update_{record.name}", made["id"], new, expect=changed)
        recorder.call(f"get_{record.name}", made["id"], expect=changed)
    recorder.call(f"list_{many}", workflow_id, expect=page(changed), **record.filters)
    delete = f"delete_{record.delete or record.name}"
    recorder.call(delete, made["id"], expect=record.deleted or changed)
    recorder.call(f"list_{many}", workflow_id, expect=page(), **record.filters)
    every = record.delete_all or f"delete_{many}"
    if every in recorder.operations:
        recorder.call(f"create_{record.name}", recorder.model(record.model, **body), expect=kept)
        counted = "deleted_count" if record.name == "ro_crate_entity" else "count"
        recorder.call(every, workflow_id, expect={counted: 1 + record.given})
        recorder.call(f"list_{many}", workflow_id, expect=page(), **record.filters)
