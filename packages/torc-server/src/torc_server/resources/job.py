"""Jobs: commands with their resource requirements, inputs, outputs and dependencies."""

from collections.abc import Sequence
from datetime import datetime

from torc_server.engine.dependencies import graph
from torc_server.engine.errors import RuleBroken
from torc_server.engine.ids import JobId, WorkflowId
from torc_server.engine.job_groups import ids_of_groups
from torc_server.engine.lifecycle import job_deletion
from torc_server.engine.signals import JobsBecameReady
from torc_server.engine.states import Cause, JobStatus, require
from torc_server.engine.status import tallies
from torc_server.engine.status.progress import emit_if_over
from torc_server.resources.environments import with_env_of_workflow, without_same_env
from torc_server.resources.fields import NOT_STORED, Boolean, Column, Integer, JobStatusField, Record, Text, Timestamp
from torc_server.resources.generation import Generation
from torc_server.resources.job_filters import JOB_PROBES
from torc_server.resources.job_links import LINKS, store_links
from torc_server.resources.json_fields import JsonObject, Many, Part, StringMap
from torc_server.resources.labels import CLAIMABLE, label_member, labels_member, with_changed_labels, with_label_set
from torc_server.resources.resource import OF_WORKFLOW, Body, Filter, Generic, Names, Resource, contains, equal
from torc_server.resources.resource_requirements import default_requirements
from torc_server.store.transaction import Transaction

DEPENDENCIES = """(
    SELECT json_group_array(parent_id) FROM (
        SELECT DISTINCT member.job_id AS parent_id FROM job_dependency_set AS waiting
        JOIN dependency_set_member AS member ON member.set_id = waiting.set_id
        WHERE waiting.job_id = job.id ORDER BY member.job_id
    )
)"""
NEEDS_FILE = "job.id IN (SELECT job_id FROM job_input_file WHERE file_id = :needs_file_id)"
IS_AFTER = """job.id IN (
    SELECT waiting.job_id FROM dependency_set_member AS member
    JOIN job_dependency_set AS waiting ON waiting.set_id = member.set_id WHERE member.job_id = :upstream_job_id
)"""


def linked(what: str, description: str) -> Many:
    """Declare a list of ids that is stored in a table of its own."""
    link = LINKS[what]
    ids = (
        f"(SELECT json_group_array(linked) FROM (SELECT {link.column} AS linked FROM {link.table}"  # noqa: S608 - declared names
        f" WHERE job_id = job.id ORDER BY linked))"
    )
    return Many(Integer(), description, column=Column(sql=ids, is_relation=True))


def while_running(column: str) -> Column:
    """Make a column that clients of 1.0 get of running jobs only: a server of 1.0 clears it when a job ends."""
    shown = f"CASE job.status WHEN {JobStatus.RUNNING:d} THEN job.{column} END"
    return Column(variants={Generation.V100: shown})


# NULL without output files, so that the member is left out.
OUTPUT_FILES = """(
    SELECT CASE WHEN COUNT(*) THEN json_group_array(json_object('id', id, 'path', path)) END FROM (
        SELECT file.id AS id, file.path AS path FROM job_output_file AS output
        JOIN file ON file.id = output.file_id WHERE output.job_id = job.id ORDER BY file.id
    )
)"""


class JobOutputFile(Record):
    """An output file of a claimed job."""

    id = Integer("Id of the file.", required=True)
    path = Text("Path of the file.", required=True)


class ComputeNodeSchedule(Record):
    """A request for allocations for a job, as older clients send it. It is ignored."""

    scheduler_id = Integer("Id of the scheduler configuration.", required=True)
    num_jobs = Integer("Number of allocations.", required=True)
    max_parallel_jobs = Integer("Maximum number of parallel jobs on a node.")
    start_one_worker_per_node = Boolean("Whether to start a runner on each node of an allocation.")


class JobModel(Record):
    """A command with its resource requirements, inputs, outputs and dependencies."""

    id = Integer("Set by the server.", read_only=True)
    workflow_id = Integer("Id of the workflow.", required=True, fixed=True)
    name = Text("Name of the job.", required=True)
    command = Text("Command, run by `bash -c`.", required=True)
    invocation_script = Text("Script that runs the command: the command is its argument.")
    env = StringMap(
        "Environment variables of the job, set at creation: those of the workflow, which the job's own override.",
    )
    status = JobStatusField("Status of the job.", nullable=False, default="uninitialized", default_shown=False)
    schedule_compute_nodes = JsonObject(
        "Accepted from older clients and ignored.", component=ComputeNodeSchedule, nullable=False, column=NOT_STORED
    )
    cancel_on_blocking_job_failure = Boolean(
        "Whether to cancel the job if one of its dependencies fails.", default=True, default_shown=False
    )
    supports_termination = Boolean(
        "Whether the job saves its work when it receives the termination signal.", default=False, default_shown=False
    )
    depends_on_job_ids = Many(
        Integer(), "Ids of the jobs that this job waits for.", column=Column(sql=DEPENDENCIES, is_relation=True)
    )
    waits_for_sets = Many(
        Integer(at_least=0),
        "In `bulk_jobs`: positions, from 0, of the `dependency_sets` of the call that this job also waits for. Not "
        "stored.",
        column=NOT_STORED,
        extension=True,
    )
    input_file_ids = linked("input_file_ids", "Ids of the input files.")
    output_file_ids = linked("output_file_ids", "Ids of the output files.")
    output_files = Many(
        Part(JobOutputFile),
        "The output files with their paths. Only in the answer to a claim, and absent without output files.",
        read_only=True,
        extension=True,
        column=Column(sql=OUTPUT_FILES, is_relation=True, only_named=True),
    )
    input_user_data_ids = linked("input_user_data_ids", "Ids of the input user data.")
    output_user_data_ids = linked("output_user_data_ids", "Ids of the output user data.")
    resource_requirements_id = Integer(
        "Id of the resource requirements; if absent, the default ones of the workflow.",
    )
    scheduler_id = Integer(
        "Id of the scheduler configuration whose nodes may run the job.", column=Column(null_shown=True)
    )
    failure_handler_id = Integer("Id of the failure handler.", fixed=True)
    attempt_id = Integer("Number of the current attempt, from 1.", read_only=True, default=1, default_shown=False)
    priority = Integer("Jobs of higher priority are claimed first.", default=0)
    labels = labels_member(
        "Only compute nodes with all these labels run the job. Without labels, nodes without labels run it. An empty"
        " list removes them."
    )
    label = label_member()
    origin = Text("`retry` or `spawn` if the job was not created by a user.", read_only=True)
    compute_node_id = Integer(
        "Id of the compute node on which the job runs or last ran. Clients of 1.0 get it of running jobs only.",
        read_only=True,
        column=while_running("compute_node_id"),
    )
    start_time = Timestamp(
        "Time of the last start, UTC. Clients of 1.0 get it of running jobs only.",
        read_only=True,
        column=while_running("start_time"),
    )


def complete_new_jobs(tx: Transaction, bodies: Sequence[Body], now: datetime) -> Sequence[Body]:
    """Add the variables of the workflow and, if absent, the default requirements. Raises RuleBroken."""
    del now
    workflow_id = WorkflowId(bodies[0]["workflow_id"])
    default: int | None = None
    complete: list[Body] = []
    groups = ids_of_groups(tx, workflow_id, [body["name"] for body in bodies])
    for body, group_id in zip(with_env_of_workflow(tx, workflow_id, bodies), groups, strict=True):
        if body.get("priority", 0) < 0:
            raise RuleBroken(
                f"priority must be at least 0, not {body['priority']}", field="priority", value=body["priority"]
            )
        if body.get("waits_for_sets"):
            raise RuleBroken(
                "waits_for_sets needs the dependency_sets of bulk_jobs; use bulk_jobs, or depends_on_job_ids here",
                field="waits_for_sets",
                value=body["waits_for_sets"],
            )
        row = {**with_label_set(body), "status": "uninitialized", "group_id": group_id}
        if "resource_requirements_id" not in body:
            default = default_requirements(tx, workflow_id) if default is None else default
            row["resource_requirements_id"] = default
        complete.append(row)
    return complete


def link_new_jobs(tx: Transaction, ids: Sequence[int], bodies: Sequence[Body]) -> None:
    """Store the dependencies, inputs and outputs of new jobs. Raises RuleBroken for jobs that do not exist."""
    store_links(tx, ids, bodies)
    graph.set_dependencies_of_new_jobs(
        tx,
        WorkflowId(bodies[0]["workflow_id"]),
        [
            (JobId(job_id), [JobId(parent) for parent in body["depends_on_job_ids"]])
            for job_id, body in zip(ids, bodies, strict=True)
            if body.get("depends_on_job_ids")
        ],
    )


ONLY_UNINITIALIZED = ("name", "command", "depends_on_job_ids", "status")


def change_job(tx: Transaction, stored: Body, body: Body) -> Body:
    """Check a change of a job. Some members can change only while the job is uninitialized, others never.

    Raises RuleBroken, which names the members that cannot change.
    """
    body = without_same_env(stored, body, "job")
    changed = [name for name in body if name in stored and _differs(stored[name], body[name])]
    links = [name for name in changed if name in LINKS]
    if links:
        raise RuleBroken(
            f"{', '.join(links)} cannot be changed after the creation of a job; delete the job and create it again",
            field=links[0],
            value=body[links[0]],
        )
    fixed = [name for name in changed if name in ONLY_UNINITIALIZED]
    if fixed and stored["status"] != JobStatus.UNINITIALIZED.word:
        # Old clients search for the word "immutable" in the refusal of a status.
        about_status = "; status is immutable here" if "status" in fixed else ""
        raise RuleBroken(
            f"{', '.join(fixed)} can be changed only while the job is uninitialized, but job {stored['name']!r} is"
            f" {stored['status']}; reset the status of the job first{about_status}",
            field=fixed[0],
            value=body[fixed[0]],
        )
    if body.get("priority", 0) < 0:
        raise RuleBroken(
            f"priority must be at least 0, not {body['priority']}", field="priority", value=body["priority"]
        )
    if "status" in changed:
        if body["status"] != JobStatus.DISABLED.word:
            raise RuleBroken(
                f"The status of a job is immutable here, except that it can become disabled; to make it"
                f" {body['status']}, use the operation for it, such as reset_job_status",
                field="status",
                value=body["status"],
            )
        require(Cause.DISABLE, JobStatus.from_word(stored["status"]), stored["name"])
    if "depends_on_job_ids" in changed:
        parents = [JobId(parent) for parent in body["depends_on_job_ids"]]
        graph.set_dependencies(tx, WorkflowId(stored["workflow_id"]), JobId(stored["id"]), parents)
    return with_changed_labels(stored, body)


def _differs(stored: object, sent: object) -> bool:
    """Whether the member would change. The order of ids in a list does not matter."""
    if isinstance(stored, list) and isinstance(sent, list):
        return set(stored) != set(sent)
    return stored != sent


def emit_change(tx: Transaction, stored: Body) -> None:
    """Emit signals: a changed job may fit a node now, and a disabled one may have been the last of the workflow."""
    workflow_id = WorkflowId(stored["workflow_id"])
    if stored["status"] == JobStatus.READY.word:
        tx.emit(JobsBecameReady(workflow_id))
    emit_if_over(tx, workflow_id)


def forget_job(tx: Transaction, stored: Body) -> None:
    """Release the dependents of the job. Raises RuleBroken for a pending or running job."""
    job_deletion.forget_job(tx, WorkflowId(stored["workflow_id"]), JobId(stored["id"]))


JOB = Resource(
    table="job",
    path="jobs",
    names=Names(
        one="job",
        many="jobs",
        delete_one="delete_job",
        delete_all="delete_jobs",
        create_many="create_jobs",
        bulk_model="JobsModel",
        bulk_answer="CreateJobsResponse",
    ),
    schema=JobModel,
    noun="job",
    operations=Generic.WITH_BULK,
    filters=(
        equal("status", JobStatusField("Only jobs with this status.")),
        Filter("needs_file_id", Integer("Only jobs with this input file."), NEEDS_FILE),
        Filter("upstream_job_id", Integer("Only jobs that depend on this job."), IS_AFTER),
        equal("active_compute_node_id", Integer("Only jobs that run on this compute node.")),
        Filter(
            "origin_is_set",
            Boolean("True: only jobs with an `origin`. False: only jobs that users created."),
            "(origin IS NOT NULL) = :origin_is_set",
        ),
        contains("name", Text("Only jobs whose name contains this text.")),
        contains("command", Text("Only jobs whose command contains this text.")),
        CLAIMABLE,
        Filter(
            "group",
            Text("Only jobs of this group: the key of a group, such as `simulate_#_#`, from `job_groups`."),
            "group_id = (SELECT id FROM job_group WHERE workflow_id = job.workflow_id AND key = :group)",
            extension=True,
        ),
    ),
    prepare_new=complete_new_jobs,
    attach_new=link_new_jobs,
    prepare_change=change_job,
    after_change=emit_change,
    before_delete=forget_job,
    after_delete=emit_if_over,
    before_delete_all=job_deletion.forget_all_jobs,
    after_delete_all=emit_if_over,
    tallies={OF_WORKFLOW: tallies.JOBS, OF_WORKFLOW | {"status"}: tallies.JOBS_OF_STATUS},
    more_probes=JOB_PROBES,
)
