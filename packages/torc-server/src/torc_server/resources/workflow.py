"""Workflows, with the shapes of the JSON objects that they carry."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from torc_server.engine.ids import WorkflowId
from torc_server.engine.signals import WorkflowCanceled, WorkflowDeleted
from torc_server.engine.timestamps import timestamp
from torc_server.resources.fields import Boolean, Integer, Record, SortMethodField, Text, Timestamp, Word
from torc_server.resources.json_fields import JsonObject, JsonText, Many, Part, StringMap, fitted
from torc_server.resources.resource import Body, Generic, Names, Resource, contains, equal
from torc_server.resources.resource_requirements import default_requirements
from torc_server.store.transaction import Transaction

# Null, and so left out, where there are none.
ACCESS_GROUPS = """(
    SELECT nullif(json_group_array(name), '[]') FROM (
        SELECT access_group.name FROM workflow_access_group AS link
        JOIN access_group ON access_group.id = link.group_id
        WHERE link.workflow_id = workflow.id ORDER BY access_group.name
    )
)"""


class Granularity(Word):
    """How much of the measurements is kept."""

    def __init__(self) -> None:
        super().__init__("How much is kept.", component="MonitorGranularity", words=("summary", "time_series"))
        self.nullable = False


class ComputeNodeMonitorConfig(Record):
    """How a compute node is watched."""

    enabled = Boolean("Whether it is watched.", nullable=False, default=False)
    cpu = Boolean("Whether its CPU use is.", nullable=False, default=True)
    memory = Boolean("Whether its memory use is.", nullable=False, default=True)
    granularity = Granularity()


class JobMonitorConfig(Record):
    """How jobs are watched."""

    enabled = Boolean("Whether they are watched.", nullable=False, default=False)
    granularity = Granularity()


class ResourceMonitorConfig(Record):
    """What runners measure while jobs run."""

    enabled = Boolean("Whether anything is measured.", nullable=False, default=False)
    granularity = Granularity()
    sample_interval_seconds = Integer("Time between two samples.", nullable=False, default=10)
    flush_interval_seconds = Integer("Time between two writes of samples.", nullable=False, default=300)
    generate_plots = Boolean("Whether runners draw what they measured.", nullable=False, default=False)
    compute_node = Part(ComputeNodeMonitorConfig, "How compute nodes are watched.", nullable=False)
    jobs = Part(JobMonitorConfig, "How jobs are watched.", nullable=False)


class StdioConfig(Record):
    """What becomes of a job's output."""

    mode = Word(
        "Which files there are.",
        component="StdioMode",
        words=("separate", "combined", "no_stdout", "no_stderr", "none"),
        nullable=False,
    )
    delete_on_success = Boolean("Whether the files of a job that succeeded go away.", nullable=False)
    max_mb = Integer("How much of each file is kept, in MiB.", nullable=False, at_least=1, extension=True)


class StdioOverrides(JsonObject):
    """Output settings by job name."""

    def checked(self, value: Any) -> Any:
        """Hold each of them against its shape."""
        return {name: fitted(StdioConfig, each) for name, each in super().checked(value).items()}

    def schema(self) -> dict[str, Any]:
        """Name the values' shape."""
        return {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/StdioConfig"}}


class ExecutionConfig(Record):
    """How runners run the jobs of the workflow."""

    mode = Word(
        "Whether jobs are started directly or by Slurm.",
        component="ExecutionMode",
        words=("direct", "slurm", "auto"),
        nullable=False,
    )
    enable_cpu_bind = Boolean("Whether jobs are bound to CPUs.", nullable=False)
    limit_resources = Boolean("Whether jobs are held to what they required.", nullable=False)
    limit_runtime = Boolean(
        "Whether jobs that run for longer than they required are stopped.", nullable=False, extension=True
    )
    oom_exit_code = Integer(
        "The exit status of a job that took too much memory.", nullable=False, default=137, default_shown=False
    )
    timeout_exit_code = Integer(
        "The exit status of a job that took too long.", nullable=False, default=152, default_shown=False
    )
    termination_signal = Text("The signal that ends a job.", nullable=False)
    srun_termination_signal = Text("The signal that srun sends.", nullable=False)
    srun_mpi = Text("The MPI type that srun is told.", nullable=False)
    sigterm_lead_seconds = Integer(
        "How long before the end jobs are asked to stop.", nullable=False, default=30, default_shown=False
    )
    sigkill_headroom_seconds = Integer(
        "How long before the end jobs are killed.", nullable=False, default=60, default_shown=False
    )
    staggered_start = Boolean("Whether runners wait for a moment before they begin; ours need not.", nullable=False)
    stdio = Part(StdioConfig, "What becomes of output.", nullable=False)
    job_stdio_overrides = StdioOverrides("The same for single jobs, by name.", nullable=False)


class DynamicJobsConfig(Record):
    """Limits on jobs that jobs add."""

    max_iterations = Integer("How many rounds one lineage may add.", nullable=False)


class WorkflowModel(Record):
    """A set of jobs with what they need, and the state of its current run."""

    id = Integer("Set by the server.", read_only=True)
    name = Text("What people call it.", required=True)
    user = Text("Who owns it.", required=True)
    description = Text("What it is for.")
    project = Text("What it belongs to.")
    timestamp = Timestamp("When it was created, UTC.", read_only=True)
    metadata = JsonText("Anything that its owner wants to keep with it.", nullable=False)
    resource_monitor_config = JsonText(
        "What runners measure while jobs run.", component=ResourceMonitorConfig, nullable=False
    )
    slurm_defaults = JsonText("Slurm settings for all of its allocations.", nullable=False)
    env = StringMap("Environment variables of all its jobs.", nullable=False)
    execution_config = JsonObject("How runners run its jobs.", component=ExecutionConfig, nullable=False)
    dynamic_jobs = JsonObject("Limits on jobs that jobs add.", component=DynamicJobsConfig, nullable=False)
    enable_ro_crate = Boolean("Whether the run is described as an RO-Crate.")
    submission_directory = Text("Where it was submitted from.")
    access_groups = Many(
        Text(), "Names of the access groups that may use it besides its owner; set at creation.", sql=ACCESS_GROUPS
    )
    use_pending_failed = Boolean(
        "Whether failed jobs wait for a decision before they count as failed.", default=False, default_shown=False
    )
    jobs_sort_method = SortMethodField(
        "The order that runners ask for among jobs of equal priority.",
        default="gpus_runtime_memory",
        default_shown=False,
    )
    compute_node_expiration_buffer_seconds = Integer(
        "How long before its end a node of 0.12 stops its jobs; sigkill_headroom_seconds and sigterm_lead_seconds of "
        "execution_config say it to ours.",
        default=180,
        default_shown=False,
    )
    compute_node_wait_for_new_jobs_seconds = Integer(
        "How long an idle node waits for jobs.", default=90, default_shown=False
    )
    compute_node_ignore_workflow_completion = Boolean(
        "Whether nodes stay when the workflow is complete.", default=False, default_shown=False
    )
    compute_node_wait_for_healthy_database_minutes = Integer(
        "How long nodes wait for the server to come back.", default=20, default_shown=False
    )
    compute_node_min_time_for_new_jobs_seconds = Integer(
        "How much time a node must have left to take a job.", default=300, default_shown=False
    )
    run_id = Integer("The number of its current run.", read_only=True)
    is_canceled = Boolean("Whether it was canceled.", read_only=True)
    is_archived = Boolean("Whether it was put away.", read_only=True)
    status_id = Integer("The id of its status record: its own.", read_only=True, sql="workflow.id")


def stamp_new_workflow(tx: Transaction, bodies: Sequence[Body], now: datetime) -> Sequence[Body]:
    """Note when it was created."""
    del tx
    return [{**body, "timestamp": timestamp(now)} for body in bodies]


def add_default_requirements(tx: Transaction, ids: Sequence[int], bodies: Sequence[Body]) -> None:
    """Give each new workflow the requirements that its jobs have when they name none."""
    del bodies
    for workflow_id in ids:
        default_requirements(tx, WorkflowId(workflow_id))


def emit_deletion(tx: Transaction, workflow_id: WorkflowId) -> None:
    """Nobody should wait for a workflow that is gone."""
    tx.emit(WorkflowCanceled(workflow_id))
    tx.emit(WorkflowDeleted(workflow_id))


WORKFLOW = Resource(
    table="workflow",
    path="workflows",
    names=Names(one="workflow", many="workflows", delete_one="delete_workflow", delete_all=""),
    schema=WorkflowModel,
    noun="workflow",
    operations=Generic.LIST | Generic.CREATE | Generic.GET | Generic.UPDATE | Generic.DELETE,
    filters=(
        equal("name", Text("Only workflows of exactly this name.")),
        equal("user", Text("Only workflows of this owner.")),
        contains("description", Text("Only workflows whose description has this text in it.")),
        equal("is_archived", Boolean("Only workflows that are, or are not, put away.")),
    ),
    belongs_to_workflow=False,
    prepare_new=stamp_new_workflow,
    attach_new=add_default_requirements,
    after_delete=emit_deletion,
)
