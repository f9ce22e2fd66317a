"""The records of a workflow: each is created, read, changed, listed and deleted with all members of its model."""

from dataclasses import dataclass, field
from typing import Any

from published.newest.client import Client

WHEN = "2026-01-02T03:05:05Z"
LATER = "2126-01-02T03:05:05Z"
# The parameters of the lists of 1.0. The Rust client sends an empty sort key where none is given.
PAGE: dict[str, Any] = {"offset": 0, "limit": 100_000, "sort_by": "", "reverse_sort": False}


@dataclass(frozen=True)
class Record:
    """A kind of record: the names of its operations, a body, a change, and the filters that find it."""

    name: str
    body: dict[str, Any]
    change: dict[str, Any] = field(default_factory=dict)
    many: str = ""
    delete: str = ""
    delete_all: str = ""
    filters: dict[str, Any] = field(default_factory=dict)


RECORDS = (
    Record(
        "compute_node",
        {"hostname": "n1.cluster", "pid": 7, "start_time": WHEN, "num_cpus": 4, "memory_gb": 8.5, "num_gpus": 1,
         "num_nodes": 1, "compute_node_type": "slurm", "is_active": True, "time_limit": "PT1H", "end_time": LATER,
         "scheduler_config_id": 1, "scheduler": {"slurm_job_id": "5", "scheduler_id": 3}, "labels": ["big", "gpu"]},
        {"is_active": False, "duration_seconds": 1.5, "sample_count": 2, "avg_cpu_percent": 1.5,
         "peak_cpu_percent": 2.5, "avg_memory_bytes": 3, "peak_memory_bytes": 4},
        filters={"hostname": "n1", "is_active": False, "scheduled_compute_node_id": 3},
    ),
    Record(
        "file", {"name": "f", "path": "a/ü.txt", "st_mtime": 12.25}, {"st_mtime": 13.5},
        filters={"name": "f", "path": "ü", "is_output": False},
    ),
    Record(
        "local_scheduler", {"name": "here", "num_cpus": 3, "memory": "2g"}, {"num_cpus": 4},
        filters={"num_cpus": 4, "memory": "2g"},
    ),
    Record(
        "resource_requirements",
        {"name": "small", "num_cpus": 2, "num_gpus": 1, "num_nodes": 1, "memory": "3g", "runtime": "PT5M"},
        {"num_cpus": 3}, many="resource_requirements", delete="resource_requirement",
        filters={"name": "small", "num_cpus": 3, "memory": "3g", "num_gpus": 1, "num_nodes": 1, "runtime": 300},
    ),
    Record(
        "scheduled_compute_node",
        {"scheduler_config_id": 1, "scheduler_id": 99, "scheduler_type": "slurm", "status": "pending"},
        {"status": "active"}, filters={"status": "active", "scheduler_id": "99", "scheduler_config_id": "1"},
    ),
    Record(
        "slurm_scheduler",
        {"name": "s", "account": "a", "nodes": 2, "walltime": "01:00:00", "partition": "p", "qos": "q", "mem": "9g",
         "gres": "gpu:1", "tmp": "1g", "extra": "--x", "ntasks_per_node": 2, "serialize_allocations": True},
        {"nodes": 3, "serialize_allocations": False},
    ),
    Record(
        "user_data", {"name": "u", "data": {"a": [1, None, "ü"]}, "is_ephemeral": True}, {"data": [1, 2]},
        many="user_data", delete_all="delete_all_user_data", filters={"name": "u", "is_ephemeral": True},
    ),
    Record("failure_handler", {"name": "h", "rules": '[{"exit_codes":[3],"max_retries":2}]'}),
)  # fmt: skip
# Records that need no change and no filter here.
OTHERS = (
    Record("event", {"timestamp": 1, "data": {}}),
    Record("ro_crate_entity", {"entity_id": "a", "entity_type": "File", "metadata": {}}),
    Record("access_group", {"name": "nulls"}),
)


def new_workflow(client: Client, name: str, **of: Any) -> int:
    """Create a workflow and return its id."""
    return int(client("create_workflow", body={"name": name, "user": "tester", **of})["id"])


def records(client: Client) -> None:
    """Drive every record of the table in a workflow of its own."""
    for record in RECORDS:
        workflow_id = new_workflow(client, record.name)
        many, of = record.many or f"{record.name}s", {"workflow_id": workflow_id}
        place = {} if record.name == "failure_handler" else of
        body = of | record.body
        if "scheduled_compute_node_id" in record.filters:
            body["scheduler"] = body["scheduler"] | {"scheduler_id": record.filters["scheduled_compute_node_id"]}
        made = client(f"create_{record.name}", body=body)
        assert client(f"get_{record.name}", made["id"]) == made
        changed = made
        if record.change:
            changed = client(f"update_{record.name}", made["id"], body=made | record.change)
            assert changed == made | record.change
        if place:
            page = client(f"list_{many}", **of, **record.filters, **PAGE)
        else:
            page = client(f"list_{many}", workflow_id, offset=0, limit=10)
        assert page["items"] == [changed], record.name
        client(f"delete_{record.delete or record.name}", made["id"])
        if place:
            client(f"create_{record.name}", body=body)
            counted = client(record.delete_all or f"delete_{many}", **of)
            assert counted["count"] >= 1
            assert client(f"list_{many}", **of)["items"] == []


def events(client: Client) -> None:
    """An event keeps its data. The whole body of a change is the new data."""
    of = {"workflow_id": new_workflow(client, "events")}
    made = client("create_event", body={**of, "timestamp": 1_700_000_000_000, "data": {"category": "mine", "x": [1]}})
    found = client("list_events", **of, category="mine", after_timestamp=1_600_000_000_000, **PAGE)
    assert found["items"] == [made]
    assert client("get_event", made["id"]) == made
    changed = client("update_event", made["id"], body={"category": "mine", "y": 2})
    assert changed["data"] == {"category": "mine", "y": 2}
    client("delete_event", made["id"])
    client("create_event", body={**of, "timestamp": 1, "data": {}})
    client("delete_events", **of)
    assert client("list_events", **of)["items"] == []


def ro_crate_entities(client: Client) -> None:
    """An entity keeps its metadata and its file."""
    workflow_id = new_workflow(client, "crate", enable_ro_crate=True)
    of = {"workflow_id": workflow_id}
    file = client("create_file", body={**of, "name": "f", "path": "f.txt"})
    body = {**of, "file_id": file["id"], "entity_id": "f.txt", "entity_type": "File", "metadata": {"@id": "f.txt"}}
    made = client("create_ro_crate_entity", body=body)
    assert client("get_ro_crate_entity", made["id"]) == made
    client("update_ro_crate_entity", made["id"], body=made | {"metadata": {"@id": "f.txt", "n": [1]}})
    page = client("list_ro_crate_entities", workflow_id, file_id=file["id"], entity_id="f.txt", **PAGE)
    assert [each["metadata"]["n"] for each in page["items"]] == [[1]]
    client("delete_ro_crate_entity", made["id"])
    client("create_ro_crate_entity", body=body)
    assert client("delete_ro_crate_entities", workflow_id)["deleted_count"] == 1


def relationships(client: Client) -> None:
    """Files and user data link jobs."""
    workflow_id = new_workflow(client, "links")
    of = {"workflow_id": workflow_id}
    files = [{**of, "name": name, "path": f"{name}.txt"} for name in ("in", "out")]
    given, between = (each["id"] for each in client("create_files", body={"files": files})["files"])
    data = [{**of, "name": name} for name in ("x", "y")]
    x, y = (each["id"] for each in client("create_user_data_list", body={"user_data": data})["user_data"])
    first = {"input_file_ids": [given], "output_file_ids": [between], "input_user_data_ids": [x],
             "output_user_data_ids": [y]}  # fmt: skip
    second = {"input_file_ids": [between], "input_user_data_ids": [y]}
    bodies = [{**of, "name": name, "command": "true", **more} for name, more in (("a", first), ("b", second))]
    a, b = (each["id"] for each in client("create_jobs", body={"jobs": bodies})["jobs"])
    client("initialize_jobs", workflow_id)
    for name in ("list_job_dependencies", "list_job_file_relationships", "list_job_user_data_relationships"):
        assert client(name, workflow_id, **PAGE)["count"] == (1 if "dependencies" in name else 2)
    assert client("list_required_existing_files", workflow_id) == {"files": [given]}
    assert client("list_missing_user_data", workflow_id) == {"user_data": [x]}
    assert client("process_changed_job_inputs", workflow_id, dry_run=True) == {"reinitialized_jobs": []}
    assert [each["id"] for each in client("list_files", **of, produced_by_job_id=a)["items"]] == [between]
    assert [each["id"] for each in client("list_jobs", **of, needs_file_id=between)["items"]] == [b]
    assert [each["id"] for each in client("list_jobs", **of, upstream_job_id=a)["items"]] == [b]
    assert [each["id"] for each in client("list_user_data", **of, consumer_job_id=b)["items"]] == [y]
    assert [each["id"] for each in client("list_user_data", **of, producer_job_id=a)["items"]] == [y]
    client("create_user_data", body={**of, "name": "z"}, consumer_job_id=b, producer_job_id=a)
    page = client("list_jobs", **of, include_relationships=True, **PAGE)
    assert page["items"][1]["depends_on_job_ids"] == [a]
    page = client("list_resource_requirements", **of, job_id=a)
    assert [each["name"] for each in page["items"]] == ["default"]
