"""Jobs: commands, with what they need and what they wait for."""

from collections.abc import Sequence
from datetime import datetime

from torc_server.engine.dependencies import graph
from torc_server.engine.errors import RuleBroken
from torc_server.engine.ids import JobId, WorkflowId
from torc_server.engine.signals import JobsBecameReady
from torc_server.engine.states import Cause, JobStatus, require
from torc_server.engine.status import tallies
from torc_server.engine.status.progress import emit_if_over
from torc_server.resources.fields import Boolean, Integer, JobStatusField, Record, Text, Timestamp
from torc_server.resources.job_links import LINKS, require_links, store_links
from torc_server.resources.json_fields import JsonObject, Many, StringMap
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
    """Declare a list of ids that is kept in a table of its own."""
    link = LINKS[what]
    ids = (
        f"(SELECT json_group_array(linked) FROM (SELECT {link.column} AS linked FROM {link.table}"  # noqa: S608 - declared names
        f" WHERE job_id = job.id ORDER BY linked))"
    )
    return Many(Integer(), description, sql=ids, relation=True)


class ComputeNodeSchedule(Record):
    """How allocations for a job were once asked for; taken and not kept."""

    scheduler_id = Integer("The scheduler configuration.", required=True)
    num_jobs = Integer("How many allocations.", required=True)
    max_parallel_jobs = Integer("How many jobs at once on a node.")
    start_one_worker_per_node = Boolean("Whether each node of an allocation has a runner.")


class JobModel(Record):
    """A command, with what it needs and what it waits for."""

    id = Integer("Set by the server.", read_only=True)
    workflow_id = Integer("The workflow it belongs to.", required=True, fixed=True)
    name = Text("What people call it.", required=True)
    command = Text("What is run, by bash -c.", required=True)
    invocation_script = Text("A script that is given the command to run.")
    env = StringMap("Environment variables of the job.", nullable=False)
    status = JobStatusField("Where it stands.", nullable=False, default="uninitialized", default_shown=False)
    schedule_compute_nodes = JsonObject(
        "Taken and not kept.", component=ComputeNodeSchedule, nullable=False, stored=False
    )
    cancel_on_blocking_job_failure = Boolean(
        "Whether it is canceled when a job it waits for fails.", default=True, default_shown=False
    )
    supports_termination = Boolean("Whether it saves its work when asked to stop.", default=False, default_shown=False)
    depends_on_job_ids = Many(Integer(), "The jobs it waits for.", sql=DEPENDENCIES, relation=True)
    waits_for_sets = Many(
        Integer(at_least=0),
        "In bulk_jobs: the dependency_sets of the call that it waits for as well, by their position from 0. Not kept.",
        stored=False,
        extension=True,
    )
    input_file_ids = linked("input_file_ids", "Files it reads.")
    output_file_ids = linked("output_file_ids", "Files it writes.")
    input_user_data_ids = linked("input_user_data_ids", "User data it reads.")
    output_user_data_ids = linked("output_user_data_ids", "User data it writes.")
    resource_requirements_id = Integer(
        "What it needs; the workflow's default where absent.", references="resource_requirements"
    )
    scheduler_id = Integer("The scheduler configuration whose nodes may run it.", null_shown=True)
    failure_handler_id = Integer("What is done when it fails.", fixed=True, references="failure_handler")
    attempt_id = Integer("Its current attempt, from 1.", read_only=True, default=1, default_shown=False)
    priority = Integer("Jobs of higher priority are claimed first.", default=0)
    label = Text(
        "Only runners that were started with this label take it; where absent or empty, any does.",
        null="emptied",
        extension=True,
    )
    origin = Text("How it came to be, where not by a person: retry or spawn.", read_only=True)
    compute_node_id = Integer("Where it runs, or ran last.", read_only=True)
    start_time = Timestamp("When it was started last, UTC.", read_only=True)


def complete_new_jobs(tx: Transaction, bodies: Sequence[Body], now: datetime) -> Sequence[Body]:
    """Give requirements to those that name none, and refuse links to what is not there; raises RuleBroken."""
    del now
    workflow_id = WorkflowId(bodies[0]["workflow_id"])
    require_links(tx, workflow_id, bodies)
    default: int | None = None
    complete: list[Body] = []
    for body in bodies:
        if body.get("priority", 0) < 0:
            raise RuleBroken("priority must be at least 0", field="priority", value=body["priority"])
        if body.get("waits_for_sets"):
            raise RuleBroken(
                "waits_for_sets is for bulk_jobs, where dependency_sets says what the sets are; name"
                " depends_on_job_ids here",
                field="waits_for_sets",
                value=body["waits_for_sets"],
            )
        row = {**body, "status": "uninitialized", **({"label": body["label"] or None} if "label" in body else {})}
        if "resource_requirements_id" not in body:
            default = default_requirements(tx, workflow_id) if default is None else default
            row["resource_requirements_id"] = default
        complete.append(row)
    return complete


def link_new_jobs(tx: Transaction, ids: Sequence[int], bodies: Sequence[Body]) -> None:
    """Store what new jobs wait for, read and write; raises RuleBroken for jobs that are not there."""
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
    """Hold a change against the rules: most of a job is settled once the workflow is initialized.

    Raises RuleBroken, naming the members that may not change.
    """
    changed = [name for name in body if name in stored and _differs(stored[name], body[name])]
    links = [name for name in changed if name in LINKS]
    if links:
        raise RuleBroken(f"The members {', '.join(links)} of a job cannot change", field=links[0], value=body[links[0]])
    settled = [name for name in changed if name in ONLY_UNINITIALIZED]
    if settled and stored["status"] != JobStatus.UNINITIALIZED.word:
        raise RuleBroken(
            f"{', '.join(settled)} can change only while the job is uninitialized, and job {stored['name']!r} is"
            f" {stored['status']}; status is immutable here: reset the job's status first",
            field=settled[0],
            value=body[settled[0]],
        )
    if body.get("priority", 0) < 0:
        raise RuleBroken("priority must be at least 0", field="priority", value=body["priority"])
    if "status" in changed:
        if body["status"] != JobStatus.DISABLED.word:
            raise RuleBroken(
                "The status of a job is immutable here, but for disabling it", field="status", value=body["status"]
            )
        require(Cause.DISABLE, JobStatus.from_word(stored["status"]), stored["name"])
    if "depends_on_job_ids" in changed:
        parents = [JobId(parent) for parent in body["depends_on_job_ids"]]
        graph.set_dependencies(tx, WorkflowId(stored["workflow_id"]), JobId(stored["id"]), parents)
    return body


def _differs(stored: object, sent: object) -> bool:
    """Whether the member would change; lists of ids are sets."""
    if isinstance(stored, list) and isinstance(sent, list):
        return set(stored) != set(sent)
    return stored != sent


def emit_change(tx: Transaction, stored: Body) -> None:
    """Tell that a disabled job may have been the last, and a changed one may fit where it did not."""
    workflow_id = WorkflowId(stored["workflow_id"])
    if stored["status"] == JobStatus.READY.word:
        tx.emit(JobsBecameReady(workflow_id))
    emit_if_over(tx, workflow_id)


def forget_job(tx: Transaction, stored: Body) -> None:
    """Take it out of the graph."""
    graph.forget_job(tx, JobId(stored["id"]))


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
        equal("status", JobStatusField("Only jobs of this status.")),
        Filter("needs_file_id", Integer("Only jobs that read this file."), NEEDS_FILE),
        Filter("upstream_job_id", Integer("Only jobs that wait for this one."), IS_AFTER),
        equal("active_compute_node_id", Integer("Only jobs that run on this node.")),
        Filter(
            "origin_is_set",
            Boolean("Only jobs that did, or did not, come to be by themselves."),
            "(origin IS NOT NULL) = :origin_is_set",
        ),
        contains("name", Text("Only jobs whose name has this text in it.")),
        contains("command", Text("Only jobs whose command has this text in it.")),
    ),
    prepare_new=complete_new_jobs,
    attach_new=link_new_jobs,
    prepare_change=change_job,
    after_change=emit_change,
    before_delete=forget_job,
    after_delete=emit_if_over,
    before_delete_all=graph.forget_all_jobs,
    after_delete_all=emit_if_over,
    tallies={OF_WORKFLOW: tallies.JOBS, OF_WORKFLOW | {"status"}: tallies.JOBS_OF_STATUS},
)
