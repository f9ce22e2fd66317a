"""Resource requirements of jobs. Many jobs can share one record."""

from collections.abc import Sequence
from datetime import datetime

from torc_server.edge.filter_language import FieldKind
from torc_server.engine.errors import Conflict, RuleBroken
from torc_server.engine.ids import WorkflowId
from torc_server.engine.lifecycle.job_deletion import forget_all_jobs
from torc_server.engine.quantities import parse_duration_seconds, parse_memory_bytes
from torc_server.engine.signals import JobsBecameReady
from torc_server.resources.fields import Duration, Integer, Memory, Record, Text
from torc_server.resources.filtering import of_kind
from torc_server.resources.resource import Body, Filter, Generic, Names, Resource, equal
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# Every workflow has requirements of this name, which jobs without requirements use.
DEFAULT_NAME = "default"
SMALLEST_MEMORY = "1m"
SHORTEST_RUNTIME = "PT1M"
OF_JOB = "resource_requirements.id = (SELECT resource_requirements_id FROM job WHERE job.id = :job_id)"


class ResourceRequirementsModel(Record):
    """The resources that a job needs on each of its nodes."""

    id = Integer("Set by the server.", read_only=True)
    workflow_id = Integer("Id of the workflow.", required=True, fixed=True)
    name = Text("Name of the requirements; `default` is reserved for the server.", required=True)
    num_cpus = Integer("Number of CPUs.", nullable=False, default=1)
    num_gpus = Integer("Number of GPUs.", nullable=False, default=0)
    num_nodes = Integer(
        "Number of nodes. Several jobs with 1 can share a node; a job with more has its nodes for itself.",
        nullable=False,
        default=1,
    )
    memory = Memory(
        "Memory: a whole number with the unit k, m, g or t, such as 4g; without a unit, bytes.",
        nullable=False,
        default=SMALLEST_MEMORY,
    )
    runtime = Duration(
        "Maximum run time as an ISO 8601 duration, such as PT30M.", nullable=False, default=SHORTEST_RUNTIME
    )


DEFAULT_OF_WORKFLOW = Statement("""
SELECT id FROM resource_requirements WHERE workflow_id = :workflow_id AND name = 'default' ORDER BY id LIMIT 1
""")
ADD_DEFAULT = Statement("""
INSERT INTO resource_requirements (workflow_id, name, num_cpus, num_gpus, num_nodes, memory, memory_bytes, runtime,
    runtime_seconds)
VALUES (:workflow_id, 'default', 1, 0, 1, '1m', 1048576, 'P0DT1M', 60)
""")
IN_USE = Statement("SELECT name FROM job WHERE resource_requirements_id = :id LIMIT 1")


def default_requirements(tx: Transaction, workflow_id: WorkflowId) -> int:
    """Return the id of the default requirements of the workflow. They are created if they do not exist."""
    which = {"workflow_id": workflow_id}
    found: int | None = tx.value(DEFAULT_OF_WORKFLOW, which)
    return tx.insert(ADD_DEFAULT, which) if found is None else found


def _measure(body: Body) -> Body:
    """Add memory and run time as numbers, if the body has them as text."""
    measured = dict(body)
    if "memory" in body:
        measured["memory_bytes"] = parse_memory_bytes(body["memory"])
    if "runtime" in body:
        measured["runtime_seconds"] = parse_duration_seconds(body["runtime"])
    return measured


def _require_sane(body: Body) -> None:
    for name, least in (("num_cpus", 1), ("num_gpus", 0), ("num_nodes", 1)):
        if body.get(name, least) < least:
            raise RuleBroken(f"{name} must be at least {least}, not {body[name]}", field=name, value=body[name])


def measure_new_requirements(tx: Transaction, bodies: Sequence[Body], now: datetime) -> Sequence[Body]:
    """Add memory and run time as numbers. Raises RuleBroken for invalid values and the reserved name."""
    del tx, now
    for body in bodies:
        if body["name"] == DEFAULT_NAME:
            raise RuleBroken(
                f"The name {DEFAULT_NAME!r} is reserved: every workflow has requirements with this name; change those"
                " or use another name",
                field="name",
                value=DEFAULT_NAME,
            )
        _require_sane(body)
    return [_measure({"memory": SMALLEST_MEMORY, "runtime": SHORTEST_RUNTIME, **body}) for body in bodies]


def measure_changed_requirements(tx: Transaction, stored: Body, body: Body) -> Body:
    """Add memory and run time as numbers. Raises RuleBroken for invalid values and a change of the reserved name."""
    del tx
    if (body.get("name", stored["name"]) == DEFAULT_NAME) != (stored["name"] == DEFAULT_NAME):
        raise RuleBroken(
            f"The name {stored['name']!r} cannot be changed to {body['name']!r}: {DEFAULT_NAME!r} is reserved for the "
            "default requirements of a workflow; leave out the name, or create other requirements",
            field="name",
            value=body["name"],
        )
    _require_sane(body)
    return _measure(body)


def require_unused(tx: Transaction, stored: Body) -> None:
    """Raise Conflict if a job uses the requirements."""
    job_name = tx.value(IN_USE, {"id": stored["id"]})
    if job_name is not None:
        raise Conflict(
            f"Job {job_name!r} uses the requirements {stored['name']!r}; assign other requirements to the job first, or"
            " delete it"
        )


def emit_change(tx: Transaction, stored: Body) -> None:
    """Emit that jobs may fit a node now."""
    tx.emit(JobsBecameReady(WorkflowId(stored["workflow_id"])))


RESOURCE_REQUIREMENTS = Resource(
    table="resource_requirements",
    path="resource_requirements",
    names=Names(
        one="resource_requirements",
        many="resource_requirements",
        delete_one="delete_resource_requirement",
        delete_all="delete_resource_requirements",
    ),
    schema=ResourceRequirementsModel,
    noun="resource requirements record",
    operations=Generic.PLAIN,
    filters=(
        Filter("job_id", Integer("Only the requirements of this job."), OF_JOB),
        equal("name", Text("Only records with this name.")),
        equal("memory", Memory("Only records with this text as memory.")),
        equal("num_cpus", Integer("Only records with this number of CPUs.")),
        equal("num_gpus", Integer("Only records with this number of GPUs.")),
        equal("num_nodes", Integer("Only records with this number of nodes.")),
        equal("runtime", Integer("Only records with this run time, in seconds."), "runtime_seconds"),
    ),
    prepare_new=measure_new_requirements,
    prepare_change=measure_changed_requirements,
    after_change=emit_change,
    before_delete=require_unused,
    # The jobs are deleted with their requirements.
    before_delete_all=forget_all_jobs,
    more_probes={
        "memory": of_kind(FieldKind.SIZE, "resource_requirements.memory_bytes"),
        "runtime": of_kind(FieldKind.SECONDS, "resource_requirements.runtime_seconds"),
    },
)
