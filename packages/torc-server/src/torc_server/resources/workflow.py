"""Workflows, with the schemas of their JSON objects."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from torc_server.engine.errors import RuleBroken
from torc_server.engine.ids import WorkflowId
from torc_server.engine.signals import AccessChanged, WorkflowCanceled, WorkflowChanged, WorkflowDeleted
from torc_server.engine.timestamps import timestamp
from torc_server.resources.environments import with_env, without_same_env
from torc_server.resources.fields import Boolean, Column, Integer, Record, SortMethodField, Text, Timestamp, Word
from torc_server.resources.generation import Generation
from torc_server.resources.json_fields import JsonMap, JsonObject, JsonText, Many, Part, StringMap
from torc_server.resources.resource import Body, Filter, Generic, Names, Resource, contains, equal
from torc_server.resources.resource_requirements import default_requirements
from torc_server.resources.workflow_progress import PROGRESS, WORKFLOW_PROBES, WorkflowProgressModel
from torc_server.store.transaction import Transaction

# Null, and so left out, if there are none.
ACCESS_GROUPS = """(
    SELECT nullif(json_group_array(name), '[]') FROM (
        SELECT access_group.name FROM workflow_access_group AS link
        JOIN access_group ON access_group.id = link.group_id
        WHERE link.workflow_id = workflow.id ORDER BY access_group.name
    )
)"""

BUFFER_SECONDS = "coalesce(workflow.compute_node_expiration_buffer_seconds, 180)"
IN_ACCESS_GROUP = """workflow.id IN (
    SELECT link.workflow_id FROM access_group JOIN workflow_access_group AS link ON link.group_id = access_group.id
    WHERE access_group.name = :access_group
)"""


class Granularity(Word):
    """The level of detail of stored measurements."""

    def __init__(self) -> None:
        super().__init__(
            "`summary`: only peaks and averages. `time_series`: every sample as well.",
            component="MonitorGranularity",
            words=("summary", "time_series"),
            nullable=False,
            default="summary",
        )


class ComputeNodeMonitorConfig(Record):
    """Monitoring of compute nodes."""

    enabled = Boolean("Whether compute nodes are monitored.", nullable=False, default=False)
    cpu = Boolean("Whether CPU usage is measured.", nullable=False, default=True)
    memory = Boolean("Whether memory usage is measured.", nullable=False, default=True)
    granularity = Granularity()


class JobMonitorConfig(Record):
    """Monitoring of jobs."""

    enabled = Boolean("Whether jobs are monitored.", nullable=False, default=False)
    granularity = Granularity()


class ResourceMonitorConfig(Record):
    """Monitoring of resource usage by runners."""

    enabled = Boolean("Whether resource usage is monitored.", nullable=False, default=False)
    granularity = Granularity()
    sample_interval_seconds = Integer("Time between two samples, in seconds.", nullable=False, default=10)
    flush_interval_seconds = Integer(
        "Time between two writes of samples to disk, in seconds.", nullable=False, default=300
    )
    generate_plots = Boolean("Whether runners create plots of the measurements.", nullable=False, default=False)
    compute_node = Part(ComputeNodeMonitorConfig, "Monitoring of compute nodes.")
    jobs = Part(JobMonitorConfig, "Monitoring of jobs.")


class StdioConfig(Record):
    """Files for the output of a job."""

    mode = Word(
        "Which output files are written.",
        component="StdioMode",
        words=("separate", "combined", "no_stdout", "no_stderr", "none"),
        nullable=False,
    )
    delete_on_success = Boolean("Whether the files of a successful job are deleted.")
    max_mb = Integer("Amount of each file that is kept, in MiB.", nullable=False, at_least=1, extension=True)


class ExecutionConfig(Record):
    """Settings for the execution of jobs by runners."""

    mode = Word(
        "Whether runners start jobs directly or through Slurm.",
        component="ExecutionMode",
        words=("direct", "slurm", "auto"),
    )
    enable_cpu_bind = Boolean("Whether jobs are bound to CPUs.")
    limit_resources = Boolean("Whether the resource requirements of jobs are enforced as limits.")
    limit_runtime = Boolean("Whether jobs that run longer than their required run time are stopped.", extension=True)
    shell = Text("The program that runs the commands of jobs, with its options; `bash -c` if not set.", extension=True)
    make_output_folders = Boolean(
        "Whether runners create the missing folders of a job's output files before it starts.", extension=True
    )
    unchanged_outputs = Word(
        "Whether a job fails that ended with 0 and left an out-of-date output file as it was.",
        component="UnchangedOutputs",
        words=("fail", "accept"),
        extension=True,
    )
    oom_exit_code = Integer("Exit code of a job that exceeded its memory limit.", default=137, default_shown=False)
    timeout_exit_code = Integer("Exit code of a job that exceeded its time limit.", default=152, default_shown=False)
    termination_signal = Text("Signal that asks a job to stop.")
    srun_termination_signal = Text("Signal that srun sends to a job.")
    srun_mpi = Text("Value of the option --mpi of srun.")
    srun_tasks_per_node = Integer(
        "Number of tasks that srun starts on each node for a job with several nodes.",
        default=1,
        default_shown=False,
        extension=True,
    )
    sigterm_lead_seconds = Integer(
        "Time between the termination signal and SIGKILL, in seconds.", default=30, default_shown=False
    )
    sigkill_headroom_seconds = Integer(
        "Time between SIGKILL and the end of the allocation, in seconds.",
        default=60,
        default_shown=False,
    )
    staggered_start = Boolean(
        "Whether the runners of 20 or more allocations start within some seconds, and not at once."
    )
    stdio = Part(StdioConfig, "Files for the output of jobs.")
    job_stdio_overrides = JsonMap("Files for the output of single jobs, by job name.", values=StdioConfig)


class DynamicJobsConfig(Record):
    """Limits on jobs that running jobs add."""

    max_iterations = Integer("Maximum number of iterations of one lineage.")


class WorkflowModel(Record):
    """A set of jobs with their resources, and the state of the current run."""

    id = Integer("Set by the server.", read_only=True)
    name = Text("Name of the workflow.", required=True)
    user = Text("Owner of the workflow.", required=True)
    description = Text("Description of the workflow.")
    project = Text("Project that the workflow belongs to.")
    timestamp = Timestamp("Time of creation, UTC.", read_only=True)
    metadata = JsonText("Any data that the owner stores with the workflow.")
    resource_monitor_config = JsonText(
        "Monitoring of resource usage by runners.", component=ResourceMonitorConfig, nullable=False
    )
    slurm_defaults = JsonText("Slurm settings for all allocations of the workflow.")
    env = StringMap("Environment variables of all jobs, set at creation.")
    execution_config = JsonObject(
        "Settings for the execution of jobs by runners.", component=ExecutionConfig, nullable=False
    )
    dynamic_jobs = JsonObject("Limits on jobs that running jobs add.", component=DynamicJobsConfig, nullable=False)
    enable_ro_crate = Boolean("Whether runs are described as an RO-Crate.")
    submission_directory = Text("Directory from which the workflow was submitted.")
    access_groups = Many(
        Text(),
        "Names of the access groups whose members may use the workflow; set at creation.",
        column=Column(sql=ACCESS_GROUPS),
    )
    use_pending_failed = Boolean(
        "Whether failed jobs become pending_failed, until they are classified as failed or retried.",
        default=False,
        default_shown=False,
    )
    jobs_sort_method = SortMethodField(
        "Order in which runners claim jobs of equal priority.",
        default="gpus_runtime_memory",
        default_shown=False,
    )
    compute_node_expiration_buffer_seconds = Integer(
        "For runners of 0.12: time before the end of a node at which they stop jobs, in seconds. Other runners use "
        "`sigkill_headroom_seconds` and `sigterm_lead_seconds` of `execution_config`. Clients of 0.12 and 0.35 get 180"
        " if it is absent.",
        column=Column(variants=dict.fromkeys((Generation.V012, Generation.V035), BUFFER_SECONDS)),
    )
    compute_node_wait_for_new_jobs_seconds = Integer(
        "Time that an idle node waits for jobs, in seconds.", default=90, default_shown=False
    )
    compute_node_ignore_workflow_completion = Boolean(
        "Whether nodes keep running after the workflow is complete.", default=False, default_shown=False
    )
    compute_node_wait_for_healthy_database_minutes = Integer(
        "Time that nodes wait for an unreachable server, in minutes.", default=20, default_shown=False
    )
    compute_node_min_time_for_new_jobs_seconds = Integer(
        "Minimum remaining time of a node that claims jobs, in seconds.", default=300, default_shown=False
    )
    is_draft = Boolean(
        "True while a client creates the workflow by several requests: lists omit it, and it cannot be initialized or "
        "run. `finish_creation` ends this. The server deletes a draft to which nothing was added for "
        "24 hours.",
        fixed=True,
        extension=True,
    )
    run_id = Integer("Number of the current run.", read_only=True)
    is_canceled = Boolean("Whether the workflow is canceled.", read_only=True)
    is_archived = Boolean("Whether the workflow is archived.", read_only=True)
    status_id = Integer(
        "Id of the status record, which is that of the workflow.", read_only=True, column=Column(sql="workflow.id")
    )
    progress = Part(
        WorkflowProgressModel,
        "Its progress. Only in lists with `with_progress=true`.",
        read_only=True,
        extension=True,
        column=Column(sql=PROGRESS, is_relation=True, only_named=True),
    )


# What later runs and the jobs of the workflow were created with.
SET_AT_CREATION = ("submission_directory", "dynamic_jobs", "access_groups")


def stamp_new_workflow(tx: Transaction, bodies: Sequence[Body], now: datetime) -> Sequence[Body]:
    """Add the time of creation. Raises RuleBroken for a limit below 1 and for an access group that is named twice.

    Also raises it for an invalid name of a variable.
    """
    del tx
    for body in bodies:
        limit = body.get("dynamic_jobs", {}).get("max_iterations", 1)
        if limit < 1:
            raise RuleBroken(
                f"max_iterations of dynamic_jobs must be at least 1, not {limit}", field="dynamic_jobs", value=limit
            )
        names: list[str] = body.get("access_groups", [])
        if len(set(names)) < len(names):
            twice = next(name for name, count in Counter(names).items() if count > 1)
            raise RuleBroken(
                f"access_groups names {twice!r} twice; name each access group once", field="access_groups", value=twice
            )
    return [{**with_env(body), "timestamp": timestamp(now)} for body in bodies]


def require_unchanged(tx: Transaction, stored: Body, body: Body) -> Body:
    """Raise RuleBroken for a change of a member that is set at creation."""
    del tx
    for name in SET_AT_CREATION:
        if name in body and _differs(stored.get(name), body[name]):
            remedy = (
                "share the workflow by the operations of access groups"
                if name == "access_groups"
                else "leave it out, or create another workflow"
            )
            raise RuleBroken(
                f"{name} cannot be changed after the creation of a workflow; {remedy}", field=name, value=body[name]
            )
    return without_same_env(stored, body, "workflow")


def _differs(stored: Any, sent: Any) -> bool:
    """Whether a member would change. The order of a list does not matter, and an empty one is none."""
    return set(stored or ()) != set(sent) if isinstance(sent, list) else bool(stored != sent)


def add_default_requirements(tx: Transaction, ids: Sequence[int], bodies: Sequence[Body]) -> None:
    """Create the default requirements of each new workflow, and emit that it is there."""
    del bodies
    for workflow_id in ids:
        default_requirements(tx, WorkflowId(workflow_id))
        tx.emit(WorkflowChanged(WorkflowId(workflow_id)))


def emit_deletion(tx: Transaction, workflow_id: WorkflowId) -> None:
    """Emit signals that end the requests that wait for the workflow."""
    tx.emit(WorkflowCanceled(workflow_id))
    tx.emit(WorkflowDeleted(workflow_id))


def emit_access_change(tx: Transaction, before: Body) -> None:
    """Emit the signal that checks requests that wait: the owner may be another user."""
    del before
    tx.emit(AccessChanged())


WORKFLOW = Resource(
    table="workflow",
    path="workflows",
    names=Names(one="workflow", many="workflows", delete_one="delete_workflow", delete_all=""),
    schema=WorkflowModel,
    noun="workflow",
    operations=Generic.LIST | Generic.CREATE | Generic.GET | Generic.UPDATE | Generic.DELETE,
    filters=(
        equal("name", Text("Only workflows with this name.")),
        equal("user", Text("Only workflows of this owner.")),
        contains("description", Text("Only workflows whose description contains this text.")),
        equal("is_archived", Boolean("True: only archived workflows. False: only others.")),
        Filter("access_group", Text("Only workflows that the access group of this name can use."), IN_ACCESS_GROUP),
        Filter(
            "is_draft",
            Boolean("True: only workflows that are being created. Otherwise only others.", nullable=False),
            "coalesce(workflow.is_draft, 0) = :is_draft",
            default=False,
            extension=True,
        ),
    ),
    belongs_to_workflow=False,
    prepare_new=stamp_new_workflow,
    attach_new=add_default_requirements,
    prepare_change=require_unchanged,
    after_change=emit_access_change,
    after_delete=emit_deletion,
    more_probes=WORKFLOW_PROBES,
)
