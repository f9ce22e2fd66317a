"""The words of the record types that users see."""

from typing import Any

from torc_client.vocabulary.words import ColumnKind, ColumnWords, QuickFilter, RecordWords


def _number(heading: str, member: str, **rest: Any) -> ColumnWords:
    return ColumnWords(heading, member, ColumnKind.NUMBER, **rest)


def _more(heading: str, member: str, kind: ColumnKind = ColumnKind.TEXT, **rest: Any) -> ColumnWords:
    """Declare a column that only pages have, and only if the reader chooses it."""
    return ColumnWords(heading, member, kind, **{"cli": False, "page": False, **rest})


def _joined(heading: str, member: str, kind: ColumnKind = ColumnKind.TEXT, *, page: bool = True) -> ColumnWords:
    return ColumnWords(heading, member, kind, cli=False, page=page, joined=True)


_ID = _number("ID", "id")
_SCHEDULER_JOB = ColumnWords(
    "Scheduler job", "scheduler", ColumnKind.NUMBER, title="Scheduler Job ID", if_any=True,
    value=lambda scheduler: scheduler.get("slurm_job_id") if isinstance(scheduler, dict) else None,
)  # fmt: skip


def _usage(heading: str, prefix: str) -> tuple[ColumnWords, ColumnWords]:
    """Return the columns for the CPUs and the memory that a node used."""
    return (
        ColumnWords(
            f"{heading} CPU", f"{prefix}_cpu_percent", ColumnKind.PERCENT, title=f"{heading} CPU %", if_any=True
        ),
        ColumnWords(
            f"{heading} memory", f"{prefix}_memory_bytes", ColumnKind.SIZE, title=f"{heading} Mem", if_any=True
        ),
    )


_LABELS = ColumnWords("Labels", "labels", ColumnKind.WORDS, if_any=True)
JOBS = RecordWords(
    "jobs", "job", "jobs", "list_jobs", "get_job",
    (_ID, ColumnWords("Name", "name"), ColumnWords("Status", "status", ColumnKind.STATUS),
     ColumnWords("Command", "command", ColumnKind.CODE, page=False), _number("Priority", "priority", page=False),
     _LABELS, _number("Node", "compute_node_id", page=False),
     _joined("Host", "host"), _more("Started", "start_time", ColumnKind.TIME, page=True),
     _joined("Elapsed", "elapsed", ColumnKind.SECONDS), _joined("Exit", "return_code", ColumnKind.NUMBER),
     _joined("Peak memory", "peak_memory_bytes", ColumnKind.SIZE),
     _joined("Memory", "memory"), _joined("Peak CPU", "peak_cpu_percent", ColumnKind.PERCENT),
     _more("Attempt", "attempt_id", ColumnKind.NUMBER, page=True),
     _joined("Requirements", "requirements", page=False),
     _joined("Ended", "completion_time", ColumnKind.TIME, page=False)),
    when_empty="Add one: torc jobs create WORKFLOW_ID --name NAME --command COMMAND",
    quick=(QuickFilter("failed", "status=failed,terminated,pending_failed"),
           QuickFilter("running", "status=running,pending"),
           QuickFilter("ready", "status=ready"), QuickFilter("blocked", "status=blocked"),
           QuickFilter("completed", "status=completed")),
    importance=("id", "name", "status", "command"),
)  # fmt: skip
FILES = RecordWords(
    "files", "file", "files", "list_files", "get_file",
    (_ID, ColumnWords("Name", "name"), ColumnWords("Path", "path", ColumnKind.CODE),
     ColumnWords("Modified", "st_mtime", ColumnKind.TIME)),
    when_empty="Add one: torc files create WORKFLOW_ID --name NAME --path PATH",
    quick=(QuickFilter("missing", "st_mtime="), QuickFilter("changed today", "st_mtime>today")),
    importance=("id", "name", "path"),
)  # fmt: skip
USER_DATA = RecordWords(
    "user_data", "user data record", "user data records", "list_user_data", "get_user_data",
    (_ID, ColumnWords("Name", "name"), ColumnWords("Ephemeral", "is_ephemeral", ColumnKind.FLAG),
     ColumnWords("Data", "data", ColumnKind.JSON)),
    when_empty="Add one: torc user-data create WORKFLOW_ID --name NAME --data JSON",
    quick=(QuickFilter("ephemeral", "ephemeral"), QuickFilter("without data", "data=")),
    importance=("id", "name", "data"),
)  # fmt: skip
RESOURCE_REQUIREMENTS = RecordWords(
    "resource_requirements", "resource requirements record", "resource requirements",
    "list_resource_requirements", "get_resource_requirements",
    (_ID, ColumnWords("Name", "name"), _number("CPUs", "num_cpus"), _number("GPUs", "num_gpus"),
     _number("Nodes", "num_nodes"), ColumnWords("Memory", "memory"),
     ColumnWords("Runtime", "runtime", ColumnKind.LIMIT)),
    when_empty="Add one: torc resource-requirements create WORKFLOW_ID --name NAME --memory 4g --runtime PT30M",
    importance=("id", "name", "num_cpus", "memory", "runtime"),
)  # fmt: skip
COMPUTE_NODES = RecordWords(
    "compute_nodes", "compute node", "compute nodes", "list_compute_nodes", "get_compute_node",
    (_ID, ColumnWords("Host", "hostname"), _number("PID", "pid"), ColumnWords("Type", "compute_node_type"),
     ColumnWords("Active", "is_active", ColumnKind.FLAG), _number("CPUs", "num_cpus"),
     ColumnWords("Memory GiB", "memory_gb", ColumnKind.GIB), _number("GPUs", "num_gpus"),
     ColumnWords("Started", "start_time", ColumnKind.TIME),
     ColumnWords("Duration", "duration_seconds", ColumnKind.SECONDS), _SCHEDULER_JOB,
     _LABELS, *_usage("Peak", "peak"), *_usage("Avg", "avg"), _more("Ends", "end_time", ColumnKind.TIME),
     _more("Nodes", "num_nodes", ColumnKind.NUMBER), _more("Lease", "lease_seconds", ColumnKind.SECONDS),
     _more("Output directory", "output_dir", ColumnKind.CODE)),
    when_empty="Nodes appear when a runner starts: torc run WORKFLOW_ID",
    quick=(QuickFilter("active", "active"), QuickFilter("ended", "-active")),
    importance=("id", "hostname", "is_active", "num_cpus", "memory_gb", "num_gpus", "start_time", "duration_seconds"),
)  # fmt: skip
RESULTS = RecordWords(
    "results", "result", "results", "list_results", "get_result",
    (_ID, ColumnWords("Job", "job_id", ColumnKind.JOB), ColumnWords("Name", "job_name"),
     ColumnWords("Status", "status", ColumnKind.STATUS), _number("Run", "run_id"), _number("Attempt", "attempt_id"),
     _number("Return code", "return_code"),
     ColumnWords("Duration", "exec_time_minutes", ColumnKind.MINUTES),
     ColumnWords("Peak memory", "peak_memory_bytes", ColumnKind.SIZE),
     _more("Peak CPU", "peak_cpu_percent", ColumnKind.PERCENT, page=True),
     ColumnWords("Completed", "completion_time", ColumnKind.TIME), _more("Reason", "reason", page=True),
     _more("Avg memory", "avg_memory_bytes", ColumnKind.SIZE), _more("Avg CPU", "avg_cpu_percent", ColumnKind.PERCENT),
     _more("Node", "compute_node_id", ColumnKind.NUMBER)),
    when_empty="Results appear when jobs end: torc run WORKFLOW_ID. For results of earlier runs, use --all-runs.",
    quick=(QuickFilter("errors", "return_code!=0"), QuickFilter("succeeded", "return_code=0"),
           QuickFilter("longer than an hour", "exec_time_minutes>60")),
    importance=("job_id", "job_name", "status", "return_code", "exec_time_minutes", "peak_memory_bytes", "id",
                "attempt_id", "run_id"),
)  # fmt: skip
EVENTS = RecordWords(
    "events", "event", "events", "list_events", "get_event",
    (_ID, ColumnWords("Time", "timestamp", ColumnKind.EVENT_TIME),
     ColumnWords("Event", "data", ColumnKind.EVENT, title="Data")),
    when_empty="Notifications about jobs and nodes are not stored. See them as they arrive: torc events monitor",
    quick=(QuickFilter("errors", "severity=error"), QuickFilter("warnings", "severity=warning"),
           QuickFilter("today", "timestamp>today")),
    is_reversed=True,
    importance=("id", "timestamp", "data"),
)  # fmt: skip
SCHEDULED_COMPUTE_NODES = RecordWords(
    "scheduled_compute_nodes", "scheduled compute node", "scheduled compute nodes",
    "list_scheduled_compute_nodes", "get_scheduled_compute_node",
    (_ID, _number("Scheduler job", "scheduler_id"), ColumnWords("Task", "task", ColumnKind.NUMBER, if_any=True),
     _number("Config", "scheduler_config_id"), ColumnWords("Type", "scheduler_type"),
     ColumnWords("Status", "status"), ColumnWords("Reason", "reason", if_any=True),
     ColumnWords("Starts", "starts_at", ColumnKind.TIME, if_any=True),
     _more("Submission", "submission_id", ColumnKind.NUMBER), _more("Folder", "folder", ColumnKind.CODE)),
    when_empty="They appear when a workflow asks a scheduler for nodes.",
    quick=(QuickFilter("pending", "status=pending,submitting"), QuickFilter("active", "status=active"),
           QuickFilter("failed", "status=failed")),
    importance=("id", "status", "scheduler_id", "task", "reason", "starts_at"),
)  # fmt: skip
FAILURE_HANDLERS = RecordWords(
    "failure_handlers", "failure handler", "failure handlers", "list_failure_handlers", "get_failure_handler",
    (_ID, ColumnWords("Name", "name"), ColumnWords("Rules", "rules", ColumnKind.JSON)),
    when_empty='Add one: torc failure-handlers create WORKFLOW_ID --name NAME --rules \'[{"exit_codes": [1]}]\'',
)  # fmt: skip
LOCAL_SCHEDULERS = RecordWords(
    "local_schedulers", "local scheduler", "local schedulers", "list_local_schedulers", "get_local_scheduler",
    (_ID, ColumnWords("Memory", "memory"), ColumnWords("Name", "name"), _number("CPUs", "num_cpus")),
    when_empty="Add one: torc local-schedulers create WORKFLOW_ID --num-cpus 8 --memory 16g",
)  # fmt: skip
RO_CRATE = RecordWords(
    "ro_crate_entities", "RO-Crate entity", "RO-Crate entities", "list_ro_crate_entities", "get_ro_crate_entity",
    (_ID, ColumnWords("Entity", "entity_id"), ColumnWords("Type", "entity_type"), _number("File", "file_id"),
     ColumnWords("Metadata", "metadata", ColumnKind.JSON)),
    when_empty="Describe data: torc ro-crate add-dataset WORKFLOW_ID --name NAME --path PATH",
    importance=("id", "entity_id", "entity_type"),
)  # fmt: skip
SLURM = RecordWords(
    "slurm_schedulers", "Slurm scheduler", "Slurm schedulers", "list_slurm_schedulers", "get_slurm_scheduler",
    (_ID, ColumnWords("Name", "name"), ColumnWords("Account", "account"), _number("Nodes", "nodes"),
     ColumnWords("Walltime", "walltime"), ColumnWords("Partition", "partition"), ColumnWords("QOS", "qos"),
     ColumnWords("Serialized", "serialize_allocations", ColumnKind.FLAG), ColumnWords("Memory", "mem", if_any=True),
     ColumnWords("GRES", "gres", if_any=True)),
    when_empty="Add one: torc slurm create WORKFLOW_ID --name NAME --account ACCOUNT",
    importance=("id", "name", "partition", "walltime", "nodes", "account"),
)  # fmt: skip
SLURM_STATS = RecordWords(
    "slurm_stats", "Slurm record", "Slurm records", "list_slurm_stats", "",
    (_ID, ColumnWords("Job", "job_id", ColumnKind.JOB), _number("Run", "run_id"), _number("Attempt", "attempt_id"),
     ColumnWords("Slurm job", "slurm_job_id"), ColumnWords("Peak memory", "max_rss_bytes", ColumnKind.SIZE),
     ColumnWords("CPU time", "ave_cpu_seconds", ColumnKind.SECONDS, title="CPU seconds"),
     ColumnWords("CPU use", "cpu_percent", ColumnKind.PERCENT, title="CPU %", if_any=True, page=False, joined=True),
     ColumnWords("Nodes", "node_list")),
    when_empty="Slurm's accounting is recorded for jobs that run in its allocations with execution_config.mode slurm.",
    importance=("id", "job_id", "max_rss_bytes", "ave_cpu_seconds", "cpu_percent", "slurm_job_id"),
)  # fmt: skip
WORKFLOWS = RecordWords(
    "workflows", "workflow", "workflows", "list_workflows", "get_workflow",
    (_ID, ColumnWords("User", "user"), ColumnWords("Name", "name"), ColumnWords("Description", "description"),
     ColumnWords("Project", "project"), ColumnWords("Created", "timestamp", ColumnKind.TIME),
     ColumnWords("Run", "run_id", ColumnKind.NUMBER, title="Run", if_any=True),
     ColumnWords("Canceled", "is_canceled", ColumnKind.FLAG, if_any=True),
     ColumnWords("Archived", "is_archived", ColumnKind.FLAG, if_any=True),
     ColumnWords("Metadata", "metadata", ColumnKind.JSON, if_any=True),
     _joined("Progress", "progress", ColumnKind.PROGRESS), _joined("State", "state", ColumnKind.STATUS),
     _joined("Nodes", "active_compute_nodes", ColumnKind.NUMBER),
     _joined("Left", "seconds_left", ColumnKind.SECONDS), _joined("Started", "first_node_start", ColumnKind.AGO)),
    page_columns=("id", "name", "progress", "state", "seconds_left", "active_compute_nodes", "first_node_start", "user",
                  "project"),
    quick=(QuickFilter("running", "state=running"), QuickFilter("failed", "failed>0"),
           QuickFilter("finished", "state=completed,failed,canceled")),
    is_reversed=True,
    importance=("id", "name", "progress", "timestamp", "is_archived", "run_id", "user", "description", "project"),
)  # fmt: skip
RUNNING_JOBS = RecordWords(
    "workflows", "running job", "running jobs", "get_running_jobs", "",
    (ColumnWords("Job", "job_id", ColumnKind.JOB), ColumnWords("Name", "job_name"),
     ColumnWords("Host", "compute_node_name"), ColumnWords("Scheduler", "scheduler_type"),
     ColumnWords("Scheduler job", "scheduler_job_id"), ColumnWords("Started", "start_time", ColumnKind.TIME)),
    when_empty="No job is running.",
    quick=(QuickFilter("longer than an hour", "start_time<-1h"),),
    sort="job_id",
)  # fmt: skip
ACTIONS = RecordWords(
    "workflow_actions", "action", "actions", "get_workflow_actions", "get_workflow_action",
    (_ID, ColumnWords("Trigger", "trigger_type"), ColumnWords("Action", "action_type"),
     ColumnWords("Configuration", "action_config", ColumnKind.JSON), _number("Triggered", "trigger_count"),
     _number("Required", "required_triggers"), ColumnWords("Executed", "executed", ColumnKind.FLAG),
     ColumnWords("Executed at", "executed_at", ColumnKind.TIME), _number("By node", "executed_by"),
     ColumnWords("Persistent", "persistent", ColumnKind.FLAG)),
    when_empty="This workflow has no actions. A spec declares them as `actions`.",
)  # fmt: skip
SUBMISSIONS = RecordWords(
    "submissions", "submission", "submissions", "list_submissions", "get_submission",
    (_ID, ColumnWords("State", "state"), ColumnWords("Created", "created_at", ColumnKind.TIME),
     ColumnWords("Ended", "ended_at", ColumnKind.TIME), _number("Allocations", "num_allocations"),
     ColumnWords("Cluster", "cluster"), ColumnWords("Reason", "reason"),
     ColumnWords("Folder", "folder", ColumnKind.CODE)),
    when_empty="They appear when a workflow asks a batch system for allocations: torc submit",
)  # fmt: skip
ACCESS_GROUPS = RecordWords(
    "access_control", "access group", "access groups", "list_workflow_groups", "get_access_group",
    (_ID, ColumnWords("Name", "name"), ColumnWords("Description", "description"),
     ColumnWords("Created", "created_at", ColumnKind.TIME)),
    when_empty="Only its owner can use this workflow. Share it: torc access-groups add-workflow WORKFLOW_ID GROUP_ID",
)  # fmt: skip
REMOTE_WORKERS = RecordWords(
    "remote_workers", "remote worker", "remote workers", "list_remote_workers", "",
    (ColumnWords("Worker", "worker", ColumnKind.CODE),),
    when_empty="Machines that ssh reaches run jobs, too: torc remote add-workers WORKFLOW_ID HOST",
)  # fmt: skip
