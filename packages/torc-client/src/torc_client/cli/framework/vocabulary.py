"""What the OpenAPI document does not say about record types: nouns, columns, option names, hints.

One `ResourceSpec` for each group of resource commands. `resource_groups.py` makes the groups.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from torc_client import text
from torc_client.cli.framework import shapes
from torc_client.cli.framework.results import PLAIN, Column, Shape
from torc_client.document import described


@dataclass(frozen=True, slots=True)
class ClientFilter:
    """A flag of `list` that the client applies: it keeps the records for which `predicate` is true."""

    flag: str
    help: str
    predicate: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class ResourceSpec:
    """One record type on the command line.

    `flags` renames options of `list`. `filters` are flags of `list` that the server does not know. `verbs` are the
    commands beside list and get. `members` maps the members that `create` and `update` set to their flags; without it,
    all members of the document have one. `update_members` replaces `members` for `update`. `defaults` are the values
    that `create` sends for members without an option. `when_empty` is printed where a list is empty. `id_member` is the
    member of JSON output that has the id; its default is made from `singular`. `update_note` and `delete_note` are
    appended to the help of `update` and of `delete`. `shape` applies to JSON output of each record. With
    `is_deleted_as_list`, JSON of `delete` does not have the members of a single deleted record.
    """

    tag: str
    singular: str
    plural: str
    list_operation: str
    get_operation: str
    columns: tuple[Column, ...]
    flags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    filters: tuple[ClientFilter, ...] = ()
    verbs: tuple[str, ...] = ("create", "update", "delete", "delete-all")
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    update_members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    when_empty: str = ""
    id_member: str = ""
    update_note: str = ""
    delete_note: str = ""
    shape: Shape = PLAIN
    is_deleted_as_list: bool = False

    def operation_of(self, client: Any, workflow_id: int) -> Callable[..., Any]:
        """Return the client's operation that lists the records of a workflow."""
        operation = getattr(getattr(client, self.tag), self.list_operation)
        if described()[self.list_operation].is_below_workflow:
            return partial(operation, workflow_id)
        return partial(operation, workflow_id=workflow_id)

    @property
    def id_name(self) -> str:
        """The member that has the id of the record in JSON output: `job_id`, `file_id`."""
        words = self.singular.removesuffix(" record").lower().replace("-", "_").split()
        return self.id_member or f"{'_'.join(words)}_id"


def _count(heading: str, member: str) -> Column:
    return Column(heading, member, right=True)


_ID = _count("ID", "id")
_SCHEDULER_JOB = Column(
    "Scheduler job", "scheduler", right=True, title="Scheduler Job ID", if_any=True,
    value=lambda scheduler: scheduler.get("slurm_job_id") if isinstance(scheduler, dict) else None,
)  # fmt: skip


def _usage(heading: str, prefix: str) -> tuple[Column, Column]:
    """Return the columns for the CPUs and the memory that a node used."""
    return (
        Column(f"{heading} CPU %", f"{prefix}_cpu_percent", right=True, if_any=True),
        Column(
            f"{heading} memory", f"{prefix}_memory_bytes", text.size, right=True, title=f"{heading} Mem", if_any=True
        ),
    )


def _seconds(minutes: float) -> str:
    return f"{minutes * 60:.3f}"


_LABELS = Column("Labels", "labels", ", ".join, if_any=True)
JOBS = ResourceSpec(
    "jobs", "job", "jobs", "list_jobs", "get_job",
    (_ID, Column("Name", "name"), Column("Status", "status"), Column("Command", "command"),
     _count("Priority", "priority"), _LABELS, _count("Node", "compute_node_id")),
    flags={"status": ("-s", "--status")},
    verbs=("create", "delete", "delete-all"),
    members={"name": ("-n", "--name"), "command": ("-c", "--command"),
             "resource_requirements_id": ("-r", "--resource-requirements-id"),
             "depends_on_job_ids": ("-b", "--blocking-job-ids"), "input_file_ids": ("-i", "--input-file-ids"),
             "output_file_ids": ("-o", "--output-file-ids"), "priority": ("--priority",), "labels": ("--label",)},
    when_empty="Add one: torc jobs create WORKFLOW_ID --name NAME --command COMMAND",
    delete_note="Jobs that depend on a deleted job no longer wait for it. Pending and running jobs are not deleted.",
    is_deleted_as_list=True,
)  # fmt: skip
FILES = ResourceSpec(
    "files", "file", "files", "list_files", "get_file",
    (_ID, Column("Name", "name"), Column("Path", "path"), Column("Modified", "st_mtime", text.timestamp)),
    members={"name": ("-n", "--name"), "path": ("-p", "--path")},
    when_empty="Add one: torc files create WORKFLOW_ID --name NAME --path PATH",
)  # fmt: skip
USER_DATA = ResourceSpec(
    "user_data", "user data record", "user data records", "list_user_data", "get_user_data",
    (_ID, Column("Name", "name"), Column("Ephemeral", "is_ephemeral"), Column("Data", "data")),
    flags={"offset": ("-o", "--offset")},
    members={"name": ("-n", "--name"), "data": ("-d", "--data"), "is_ephemeral": ("--ephemeral",)},
    when_empty="Add one: torc user-data create WORKFLOW_ID --name NAME --data JSON",
)  # fmt: skip
RESOURCE_REQUIREMENTS = ResourceSpec(
    "resource_requirements", "resource requirements record", "resource requirements",
    "list_resource_requirements", "get_resource_requirements",
    (_ID, Column("Name", "name"), _count("CPUs", "num_cpus"), _count("GPUs", "num_gpus"), _count("Nodes", "num_nodes"),
     Column("Memory", "memory"), Column("Runtime", "runtime")),
    members={"name": ("-n", "--name"), "num_cpus": ("--num-cpus",), "num_gpus": ("--num-gpus",),
             "num_nodes": ("--num-nodes",), "memory": ("-m", "--memory"), "runtime": ("-r", "--runtime")},
    when_empty="Add one: torc resource-requirements create WORKFLOW_ID --name NAME --memory 4g --runtime PT30M",
    id_member="resource_requirement_id",
)  # fmt: skip
COMPUTE_NODES = ResourceSpec(
    "compute_nodes", "compute node", "compute nodes", "list_compute_nodes", "get_compute_node",
    (_ID, Column("Host", "hostname"), _count("PID", "pid"), Column("Type", "compute_node_type"),
     Column("Active", "is_active"), _count("CPUs", "num_cpus"), _count("Memory GiB", "memory_gb"),
     _count("GPUs", "num_gpus"), Column("Started", "start_time", text.timestamp),
     _count("Seconds", "duration_seconds"), _SCHEDULER_JOB, _LABELS,
     *_usage("Peak", "peak"), *_usage("Avg", "avg")),
    flags={"offset": ("-o", "--offset"), "sort_by": ("-s", "--sort-by"), "reverse_sort": ("-r", "--reverse-sort"),
           "scheduled_compute_node_id": ("--scheduled-compute-node",)},
    verbs=(),
    when_empty="Nodes appear when a runner starts: torc run WORKFLOW_ID",
)  # fmt: skip
RESULTS = ResourceSpec(
    "results", "result", "results", "list_results", "get_result",
    (_ID, _count("Job", "job_id"), Column("Name", "job_name"), Column("Status", "status"),
     _count("Run", "run_id"), _count("Attempt", "attempt_id"), _count("Return code", "return_code"),
     Column("Seconds", "exec_time_minutes", _seconds, right=True),
     Column("Peak memory", "peak_memory_bytes", text.size, right=True),
     Column("Completed", "completion_time", text.timestamp)),
    flags={"job_id": ("-j", "--job-id"), "run_id": ("-r", "--run-id"), "status": ("-s", "--status"),
           "compute_node_id": ("--compute-node",)},
    filters=(ClientFilter("--failed", "Only results with a return code other than 0.",
                          lambda result: result.return_code != 0),),
    verbs=("delete",),
    when_empty="Results appear when jobs end: torc run WORKFLOW_ID. For results of earlier runs, use --all-runs.",
)  # fmt: skip
EVENTS = ResourceSpec(
    "events", "event", "events", "list_events", "get_event",
    (_ID, Column("Time", "timestamp", shapes.event_time), Column("Data", "data")),
    flags={"category": ("-t", "--type", "--category"), "offset": ("-o", "--offset"),
           "sort_by": ("-s", "--sort-by"), "reverse_sort": ("-r", "--reverse-sort")},
    verbs=("create", "delete"),
    members={"data": ("-d", "--data")},
    defaults={"timestamp": 0},
    shape=shapes.EVENT,
    when_empty="Notifications about jobs and nodes are not stored. See them as they arrive: torc events monitor",
)  # fmt: skip
SCHEDULED_COMPUTE_NODES = ResourceSpec(
    "scheduled_compute_nodes", "scheduled compute node", "scheduled compute nodes",
    "list_scheduled_compute_nodes", "get_scheduled_compute_node",
    (_ID, _count("Scheduler job", "scheduler_id"),
     _count("Config", "scheduler_config_id"),
     Column("Type", "scheduler_type"), Column("Status", "status")),
    flags={"offset": ("-o", "--offset"), "sort_by": ("-s", "--sort-by"), "reverse_sort": ("-r", "--reverse-sort")},
    verbs=(),
    when_empty="They appear when a workflow asks a scheduler for nodes.",
)  # fmt: skip
FAILURE_HANDLERS = ResourceSpec(
    "failure_handlers", "failure handler", "failure handlers", "list_failure_handlers", "get_failure_handler",
    (_ID, Column("Name", "name"), Column("Rules", "rules")),
    when_empty='Add one: torc failure-handlers create WORKFLOW_ID --name NAME --rules \'[{"exit_codes": [1]}]\'',
)  # fmt: skip
LOCAL_SCHEDULERS = ResourceSpec(
    "local_schedulers", "local scheduler", "local schedulers", "list_local_schedulers", "get_local_scheduler",
    (_ID, Column("Memory", "memory"), Column("Name", "name"), _count("CPUs", "num_cpus")),
    when_empty="Add one: torc local-schedulers create WORKFLOW_ID --num-cpus 8 --memory 16g",
)  # fmt: skip
RO_CRATE = ResourceSpec(
    "ro_crate_entities", "RO-Crate entity", "RO-Crate entities", "list_ro_crate_entities", "get_ro_crate_entity",
    (_ID, Column("Entity", "entity_id"), Column("Type", "entity_type"), _count("File", "file_id"),
     Column("Metadata", "metadata")),
    verbs=("create", "update", "delete"),
    when_empty="Describe data: torc ro-crate add-dataset WORKFLOW_ID --name NAME --path PATH",
)  # fmt: skip
_SCHEDULER_MEMBERS = {"account": ("-a", "--account"), "gres": ("-g", "--gres"), "mem": ("-m", "--mem"),
                      "partition": ("-p", "--partition"), "qos": ("-q", "--qos"), "tmp": ("-t", "--tmp"),
                      "extra": ("-e", "--extra"),
                      "serialize_allocations": ("--serialize-allocations",)}  # fmt: skip
SLURM = ResourceSpec(
    "slurm_schedulers", "Slurm scheduler", "Slurm schedulers", "list_slurm_schedulers", "get_slurm_scheduler",
    (_ID, Column("Name", "name"), Column("Account", "account"), Column("Partition", "partition"),
     _count("Nodes", "nodes"), Column("Walltime", "walltime"), Column("QOS", "qos"), Column("Memory", "mem"),
     Column("GRES", "gres")),
    verbs=("create", "update", "delete"),
    members={"name": ("-n", "--name"), "nodes": ("-N", "--nodes"), "walltime": ("-W", "--walltime"),
             **_SCHEDULER_MEMBERS},
    update_members={"name": ("-N", "--name"), "nodes": ("-n", "--nodes"), "walltime": ("--walltime",),
                    **_SCHEDULER_MEMBERS},
    defaults={"nodes": 1, "walltime": "04:00:00", "qos": "normal"},
    when_empty="Add one: torc slurm create WORKFLOW_ID --name NAME --account ACCOUNT",
    update_note="The letters of --name and --nodes are those of Torc 0.12: -N and -n here, -n and -N in `create`.",
)  # fmt: skip
SLURM_STATS = ResourceSpec(
    "slurm_stats", "Slurm record", "Slurm records", "list_slurm_stats", "",
    (_ID, _count("Job", "job_id"), _count("Run", "run_id"), _count("Attempt", "attempt_id"),
     Column("Slurm job", "slurm_job_id"),
     Column("Peak memory", "max_rss_bytes", text.size, right=True),
     _count("CPU seconds", "ave_cpu_seconds"), Column("Nodes", "node_list")),
    flags={"job_id": ("-j", "--job-id")},
    when_empty="Slurm's accounting is recorded when jobs run in its allocations.",
)  # fmt: skip
WORKFLOWS = ResourceSpec(
    "workflows", "workflow", "workflows", "list_workflows", "get_workflow",
    (_ID, Column("User", "user"), Column("Name", "name"), Column("Description", "description"),
     Column("Project", "project"), Column("Created", "timestamp", text.timestamp),
     Column("Run", "run_id", right=True, title="Run", if_any=True), Column("Canceled", "is_canceled", if_any=True),
     Column("Archived", "is_archived", if_any=True), Column("Metadata", "metadata", if_any=True)),
)  # fmt: skip

TAGS = frozenset(value.tag for value in [*globals().values()] if isinstance(value, ResourceSpec))
"""The tags of the document whose record types have an entry here."""
