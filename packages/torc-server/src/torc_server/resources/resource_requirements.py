"""What jobs need of a compute node. Many jobs share one record."""

from collections.abc import Sequence
from datetime import datetime

from torc_server.engine.dependencies.graph import forget_all_jobs
from torc_server.engine.errors import Conflict, RuleBroken
from torc_server.engine.ids import WorkflowId
from torc_server.engine.quantities import parse_duration_seconds, parse_memory_bytes
from torc_server.engine.signals import JobsBecameReady
from torc_server.resources.fields import Duration, Integer, Memory, Record, Text
from torc_server.resources.resource import Body, Filter, Generic, Names, Resource, equal
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# Every workflow has requirements of this name; jobs that name none have these.
DEFAULT_NAME = "default"
SMALLEST_MEMORY = "1m"
SHORTEST_RUNTIME = "PT1M"
OF_JOB = "resource_requirements.id = (SELECT resource_requirements_id FROM job WHERE job.id = :job_id)"


class ResourceRequirementsModel(Record):
    """What a job needs of a compute node."""

    id = Integer("Set by the server.", read_only=True)
    workflow_id = Integer("The workflow it belongs to.", required=True, fixed=True)
    name = Text("What people call it; `default` is taken by the server.", required=True)
    num_cpus = Integer("CPUs.", nullable=False, default=1)
    num_gpus = Integer("GPUs.", nullable=False, default=0)
    num_nodes = Integer("Nodes; a job of one node never uses one up.", nullable=False, default=1)
    memory = Memory("Memory: a whole number with k, m, g or t, such as 4g.", nullable=False, default=SMALLEST_MEMORY)
    runtime = Duration("Longest run time, ISO 8601, such as PT30M.", nullable=False, default=SHORTEST_RUNTIME)


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
    """Give the id of the workflow's default requirements, which are made where they are missing."""
    which = {"workflow_id": workflow_id}
    found: int | None = tx.value(DEFAULT_OF_WORKFLOW, which)
    return tx.insert(ADD_DEFAULT, which) if found is None else found


def _measure(body: Body) -> Body:
    """Add the sizes as numbers, as far as the body has them as text."""
    measured = dict(body)
    if "memory" in body:
        measured["memory_bytes"] = parse_memory_bytes(body["memory"])
    if "runtime" in body:
        measured["runtime_seconds"] = parse_duration_seconds(body["runtime"])
    return measured


def _require_sane(body: Body) -> None:
    for name, least in (("num_cpus", 0), ("num_gpus", 0), ("num_nodes", 1)):
        if body.get(name, least) < least:
            raise RuleBroken(f"{name} must be at least {least}", field=name, value=body[name])


def measure_new_requirements(tx: Transaction, bodies: Sequence[Body], now: datetime) -> Sequence[Body]:
    """Refuse the server's own name and work out the sizes; raises RuleBroken."""
    del tx, now
    for body in bodies:
        if body["name"] == DEFAULT_NAME:
            raise RuleBroken(
                f"The name {DEFAULT_NAME!r} is reserved: each workflow has requirements of that name already",
                field="name",
                value=DEFAULT_NAME,
            )
        _require_sane(body)
    return [_measure({"memory": SMALLEST_MEMORY, "runtime": SHORTEST_RUNTIME, **body}) for body in bodies]


def measure_changed_requirements(tx: Transaction, stored: Body, body: Body) -> Body:
    """Keep the server's name where it is and work out the sizes; raises RuleBroken."""
    del tx
    if (body.get("name", stored["name"]) == DEFAULT_NAME) != (stored["name"] == DEFAULT_NAME):
        raise RuleBroken(f"The name {DEFAULT_NAME!r} is reserved", field="name", value=body["name"])
    _require_sane(body)
    return _measure(body)


def require_unused(tx: Transaction, stored: Body) -> None:
    """Refuse to delete requirements that jobs have; raises Conflict."""
    job_name = tx.value(IN_USE, {"id": stored["id"]})
    if job_name is not None:
        raise Conflict(
            f"Job {job_name!r} uses requirements {stored['name']!r}: give it others first, or delete the job"
        )


def emit_change(tx: Transaction, stored: Body) -> None:
    """Tell that jobs may fit now where they did not."""
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
        equal("name", Text("Only records of exactly this name.")),
        equal("memory", Memory("Only records with exactly this text.")),
        equal("num_cpus", Integer("Only records with this number of CPUs.")),
        equal("num_gpus", Integer("Only records with this number of GPUs.")),
        equal("num_nodes", Integer("Only records with this number of nodes.")),
        equal("runtime", Integer("Only records with this run time, in seconds."), "runtime_seconds"),
    ),
    prepare_new=measure_new_requirements,
    prepare_change=measure_changed_requirements,
    after_change=emit_change,
    before_delete=require_unused,
    # The jobs go with their requirements.
    before_delete_all=forget_all_jobs,
)
