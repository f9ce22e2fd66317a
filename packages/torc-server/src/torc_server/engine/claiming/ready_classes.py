"""Read the classes of ready jobs that an offer fits, and jobs of a class."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from torc_server.engine.claiming.packing import NodeOffer, ReadyClass
from torc_server.engine.ids import JobId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.store.transaction import Transaction

# The number of classes that are read and sorted at once. The next ones are read while resources remain.
CLASSES_AT_ONCE = 256

# What distinguishes classes of equal labels, in the order in which claims find them. `ReadyClass` has the same members.
CLASS_COLUMNS = (
    "priority",
    "needs_gpus",
    "needs_runtime_seconds",
    "needs_memory_bytes",
    "needs_cpus",
    "needs_nodes",
)
IN_CLASS_ORDER = ", ".join(f"{column} DESC" for column in CLASS_COLUMNS)


def of_table(table: str) -> str:
    """Return the columns of a class, of this table."""
    return ", ".join(f"{table}.{column}" for column in CLASS_COLUMNS)


# The classes of ready jobs within a bound, of the sets of labels in a JSON list. The statement goes from class to
# class along the index of each set: a step is the first job of its class, and costs one seek, however many jobs the
# class has. The first step of a set begins after the last class of the page before, or at the same class of another
# set. Larger classes are skipped here and not fetched. Without LIMIT -1, SQLite would not keep the order; with
# `<` it would read all jobs of the class before.
OF_SET = "FROM job INDEXED BY job_ready WHERE labels IS step.labels AND workflow_id = :workflow_id AND status = {READY}"
OF_CLASS = f"{OF_SET} AND " + " AND ".join(f"{column} = step.{column}" for column in CLASS_COLUMNS)
FITTING_CLASSES = JobStatement(
    f"""
WITH RECURSIVE step (job_id, set_number, labels, {", ".join(CLASS_COLUMNS)}) AS (
    SELECT 0, wanted.key, wanted.value, {", ".join(f":after_{column}" for column in CLASS_COLUMNS)}
        + (wanted.key > :after_set)
    FROM json_each(:label_sets) AS wanted
    UNION ALL
    SELECT seen.id, step.set_number, step.labels, {of_table("seen")}
    FROM step CROSS JOIN job AS seen ON seen.id = (
        SELECT id {OF_SET} AND ({", ".join(CLASS_COLUMNS)}) <= ({of_table("step")} - 1)
        ORDER BY {IN_CLASS_ORDER} LIMIT 1
    )
    ORDER BY {", ".join(f"{number} DESC" for number in range(4, 4 + len(CLASS_COLUMNS)))}, 2 LIMIT -1
)
SELECT step.set_number, step.labels, {of_table("step")}, step.job_id AS first_job_id
FROM step
WHERE step.job_id > 0
AND step.needs_cpus <= :num_cpus AND step.needs_memory_bytes <= :memory_bytes
AND step.needs_gpus <= :num_gpus AND step.needs_nodes <= :num_nodes
AND step.needs_runtime_seconds <= :time_limit_seconds
AND (
    :any_scheduler
    OR EXISTS (
        SELECT 1 {OF_CLASS} AND scheduler_id IS NULL
    )
    OR EXISTS (
        SELECT 1 {OF_CLASS} AND scheduler_id = :scheduler_config_id
    )
)
LIMIT :classes
""",  # noqa: S608 - declared
    hot=True,
)

# Jobs of one class, bound to any scheduler configuration.
OF_ONE_CLASS = (
    "FROM job INDEXED BY job_ready WHERE labels IS :labels AND workflow_id = :workflow_id AND status = {READY}"
)
OF_ONE_CLASS += "".join(f" AND {column} = :{column}" for column in CLASS_COLUMNS)
BOUND_ANYWHERE = JobStatement(f"SELECT id {OF_ONE_CLASS} ORDER BY scheduler_id, id LIMIT :wanted", hot=True)
# The same, but only those that are unbound or bound to the scheduler configuration of the offer.
UNBOUND_OR_BOUND_HERE = JobStatement(
    f"""
SELECT id FROM (
    SELECT * FROM (
        SELECT id {OF_ONE_CLASS} AND scheduler_id IS NULL ORDER BY id LIMIT :wanted
    )
    UNION ALL
    SELECT * FROM (
        SELECT id {OF_ONE_CLASS} AND scheduler_id = :scheduler_config_id ORDER BY id LIMIT :wanted
    )
) AS unbound_or_bound_here ORDER BY id LIMIT :wanted
""",  # noqa: S608 - declared
    hot=True,
)


@dataclass(frozen=True, slots=True)
class ReadyJobs:
    """The ready jobs of a workflow with one of these sets of labels that may run on the node of the offer.

    `label_sets` is the JSON text of a list of sets, in the form in which they are stored.
    """

    workflow_id: WorkflowId
    label_sets: str
    offer: NodeOffer
    any_scheduler: bool


# Above all classes.
FIRST_POSITION = (2**63 - 1,) * len(CLASS_COLUMNS)


def pages(tx: Transaction, ready: ReadyJobs, bound: Callable[[], NodeOffer]) -> Iterator[list[ReadyClass]]:
    """Read the classes whose needs are within the bound, in order, a page at a time. `bound` is asked for each page."""
    position, after_set = FIRST_POSITION, 2**63 - 1
    while True:
        classes = _fitting_classes(tx, ready, bound(), position, after_set)
        yield classes
        if len(classes) < CLASSES_AT_ONCE:
            return
        position, after_set = classes[-1].position, classes[-1].set_number


def _fitting_classes(
    tx: Transaction, ready: ReadyJobs, bound: NodeOffer, after: tuple[int, ...], after_set: int
) -> list[ReadyClass]:
    limit = bound.time_limit_seconds
    found = tx.rows(
        FITTING_CLASSES,
        {
            "workflow_id": ready.workflow_id,
            "label_sets": ready.label_sets,
            **{f"after_{column}": value for column, value in zip(CLASS_COLUMNS, after, strict=True)},
            "after_set": after_set,
            "num_cpus": bound.num_cpus,
            "memory_bytes": bound.memory_bytes,
            "num_gpus": bound.num_gpus,
            "num_nodes": bound.num_nodes,
            "time_limit_seconds": 2**63 - 1 if limit is None else limit,
            "scheduler_config_id": ready.offer.scheduler_config_id,
            "any_scheduler": ready.any_scheduler,
            "classes": CLASSES_AT_ONCE,
        },
    )
    return [ReadyClass(*row) for row in found]


def jobs_of(tx: Transaction, ready: ReadyJobs, ready_class: ReadyClass, wanted: int) -> list[JobId]:
    """Return up to `wanted` jobs of a class, the oldest first."""
    statement = BOUND_ANYWHERE if ready.any_scheduler else UNBOUND_OR_BOUND_HERE
    return [row["id"] for row in tx.rows(statement, {**of_class(ready, ready_class), "wanted": wanted})]


def of_class(ready: ReadyJobs, ready_class: ReadyClass) -> dict[str, Any]:
    """Return the parameters of a statement about the jobs of one class."""
    return {
        "workflow_id": ready.workflow_id,
        "labels": ready_class.labels,
        **dict(zip(CLASS_COLUMNS, ready_class.position, strict=True)),
        "scheduler_config_id": ready.offer.scheduler_config_id,
    }
