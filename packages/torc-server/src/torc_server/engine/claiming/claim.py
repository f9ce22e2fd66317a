"""Claims of ready jobs. A job is claimed once, and only by a node that it fits."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from torc_server.engine.claiming.leases import require_node
from torc_server.engine.claiming.node_packing import Packing, remaining_of
from torc_server.engine.claiming.packing import UNLIMITED, NodeOffer, ReadyClass, Remaining, SortMethod, in_order
from torc_server.engine.errors import Conflict
from torc_server.engine.events import milliseconds
from torc_server.engine.ids import JobId, NodeId, RunId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.labels import NO_LABELS, NodeLabels, claimable_sets
from torc_server.engine.states import Cause
from torc_server.engine.status import progress
from torc_server.engine.workflows import RunOver, require_not_draft, workflow_row
from torc_server.store.row_ids import json_numbers
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

__all__ = ["ClaimResult", "NodeOffer", "Prefetch", "SortMethod", "claim_for_node", "claim_next"]

# How long the answer to a claim with a key is stored, for a client that did not receive it.
REPLY_KEPT = timedelta(hours=1)
# The number of classes that are read and sorted at once. The next ones are read while resources remain.
CLASSES_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """The claimed jobs, the most urgent first. `over` is true if the workflow will never have a job to claim."""

    job_ids: list[JobId]
    reason: str | None = None
    over: bool = False


@dataclass(frozen=True, slots=True)
class Prefetch:
    """Jobs to run after the first ones: up to `limit`, each of which fits the empty node, `node_total`, by itself."""

    node_total: NodeOffer
    limit: int


MARK_PENDING = JobStatement(
    """
UPDATE job SET status = {TO}, claimed_by_node_id = :node_id, lost_by_node_id = NULL, {NEXT_ATTEMPT_IF_CHAINED},
    chained_node_id = NULL
WHERE status IN {FROM} AND id IN (SELECT value FROM json_each(:jobs))
""",
    hot=True,
    cause=Cause.CLAIM,
)

# Ready jobs by priority and age, of the sets of labels in a JSON list. Each set has its part of the index.
NEXT_JOBS = JobStatement(
    """
SELECT job.id FROM json_each(:label_sets) AS wanted
CROSS JOIN job ON job.id IN (
    SELECT ready.id FROM job AS ready INDEXED BY job_ready_in_order
    WHERE ready.workflow_id = :workflow_id AND ready.status = {READY} AND ready.labels IS wanted.value
    ORDER BY ready.priority DESC, ready.id LIMIT :limit
)
ORDER BY job.priority DESC, job.id LIMIT :limit
""",
    hot=True,
)


def claim_next(
    tx: Transaction,
    workflow_id: WorkflowId,
    limit: int,
    *,
    claim_key: str | None,
    now: datetime,
    node_id: NodeId | None = None,
    run_id: RunId | None = None,
    labels: NodeLabels = NO_LABELS,
) -> ClaimResult:
    """Claim up to `limit` ready jobs that the labels allow, by priority and age, whatever they need.

    `claim_key`, `node_id` and `run_id` have the meaning, and the errors, that they have in `claim_for_node`.
    """
    early = _result_without_choice(tx, workflow_id, claim_key=claim_key, now=now, node_id=node_id, run_id=run_id)
    if early is not None:
        return early
    chosen: list[JobId] = []
    if limit > 0:
        for sets in claimable_sets(tx, workflow_id, labels):
            which = {"workflow_id": workflow_id, "label_sets": json.dumps(sets), "limit": limit - len(chosen)}
            chosen += [row["id"] for row in tx.rows(NEXT_JOBS, which)]
        _mark_pending(tx, chosen, node_id)
    return _result(tx, workflow_id, chosen, claim_key=claim_key, now=now)


def claim_for_node(
    tx: Transaction,
    workflow_id: WorkflowId,
    offer: NodeOffer,
    limit: int,
    *,
    sort_method: SortMethod,
    strict: bool,
    claim_key: str | None,
    now: datetime,
    node_id: NodeId | None = None,
    run_id: RunId | None = None,
    prefetch: Prefetch | None = None,
) -> ClaimResult:
    """Claim up to `limit` ready jobs that fit the offer together, and the jobs to prefetch.

    The labels of the offer decide which jobs are claimed; jobs with labels come first. Jobs bound to another scheduler
    configuration are claimed only if no other job fits and `strict` is false. A repeated `claim_key` returns the jobs
    of its first claim that are still pending. If the lease of `node_id` expires, its jobs become ready again. Raises
    NotFound; RunOver if `run_id` is not the current run; Conflict for a key of another workflow; RuleBroken for a draft
    and for a node that the workflow does not have; Stale for a node whose lease expired.
    """
    early = _result_without_choice(tx, workflow_id, claim_key=claim_key, now=now, node_id=node_id, run_id=run_id)
    if early is not None:
        return early
    first = remaining_of(offer, limit)
    packings = [(offer, first)]
    if prefetch is not None:
        packings.append((prefetch.node_total, Remaining(UNLIMITED, prefetch.limit)))
    chosen: list[JobId] = []
    for packed_offer, remaining in packings:
        # Prefetched jobs would run on the nodes that are kept free.
        if remaining.jobs > 0 and (remaining is first or not first.keeps_nodes_free):
            fitting = _choose(tx, workflow_id, packed_offer, remaining, sort_method, strict=strict)
            # Marked at once, so that the next packing does not find them.
            _mark_pending(tx, fitting, node_id)
            chosen += fitting
    return _result(tx, workflow_id, chosen, claim_key=claim_key, now=now)


def _result_without_choice(
    tx: Transaction,
    workflow_id: WorkflowId,
    *,
    claim_key: str | None,
    now: datetime,
    node_id: NodeId | None,
    run_id: RunId | None,
) -> ClaimResult | None:
    """Return the result for a canceled workflow or a repeated key; None if jobs are to be chosen."""
    workflow = workflow_row(tx, workflow_id)
    require_not_draft(workflow)
    if run_id is not None and run_id != workflow["run_id"]:
        raise RunOver(workflow_id, RunId(workflow["run_id"]), run_id)
    if node_id is not None:
        require_node(tx, workflow_id, node_id)
    if workflow["is_canceled"]:
        return ClaimResult([], reason="Workflow is canceled", over=True)
    if claim_key is not None:
        earlier = _earlier_reply(tx, workflow_id, claim_key, node_id, now)
        if earlier is not None:
            return ClaimResult(earlier)
    return None


def _mark_pending(tx: Transaction, job_ids: Sequence[JobId], node_id: NodeId | None) -> None:
    if job_ids:
        tx.execute(MARK_PENDING, {"jobs": json_numbers(job_ids), "node_id": node_id})


def _result(
    tx: Transaction, workflow_id: WorkflowId, chosen: list[JobId], *, claim_key: str | None, now: datetime
) -> ClaimResult:
    """Return the result for the chosen jobs, and store it under the key."""
    if not chosen:
        return ClaimResult([], over=progress.no_jobs_left(tx, workflow_id))
    if claim_key is not None:
        reply = {"claim_key": claim_key, "workflow_id": workflow_id, "job_ids": json_numbers(chosen)}
        tx.execute(KEEP_REPLY, {**reply, "claimed_at_ms": milliseconds(now)})
    return ClaimResult(chosen)


FORGET_REPLIES = Statement("DELETE FROM claim_reply WHERE claimed_at_ms < :before_ms", hot=True)
REPLY = Statement("SELECT workflow_id, job_ids FROM claim_reply WHERE claim_key = :claim_key", hot=True)
KEEP_REPLY = Statement(
    """
INSERT INTO claim_reply (claim_key, workflow_id, job_ids, claimed_at_ms)
VALUES (:claim_key, :workflow_id, :job_ids, :claimed_at_ms)
""",
    hot=True,
)
STILL_PENDING = JobStatement(
    """
SELECT job.id FROM json_each(:jobs) AS claimed CROSS JOIN job ON job.id = claimed.value
WHERE job.status = {PENDING} AND job.claimed_by_node_id IS :node_id ORDER BY claimed.key
""",
    hot=True,
)


def _earlier_reply(
    tx: Transaction, workflow_id: WorkflowId, claim_key: str, node_id: NodeId | None, now: datetime
) -> list[JobId] | None:
    """Return the jobs that this key claimed before and that have not started; None for a new key."""
    tx.execute(FORGET_REPLIES, {"before_ms": milliseconds(now - REPLY_KEPT)})
    reply = tx.row(REPLY, {"claim_key": claim_key})
    if reply is None:
        return None
    if reply["workflow_id"] != workflow_id:
        raise Conflict(f"claim_key {claim_key!r} was used for another workflow; use a new key")
    return [row["id"] for row in tx.rows(STILL_PENDING, {"jobs": reply["job_ids"], "node_id": node_id})]


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


# The classes of ready jobs that fit an offer, of the sets of labels in a JSON list. The statement goes from class to
# class along the index of each set: a step is the first job of its class, and costs one seek, however many jobs the
# class has. The first step of a set begins after the last class of the page before, or at the same class of another
# set. Classes that do not fit are skipped here and not fetched. Without LIMIT -1, SQLite would not keep the order; with
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


def _choose(
    tx: Transaction,
    workflow_id: WorkflowId,
    offer: NodeOffer,
    remaining: Packing,
    sort_method: SortMethod,
    *,
    strict: bool,
) -> list[JobId]:
    """Choose jobs that fit the remaining resources, and subtract their resources."""
    chosen: list[JobId] = []
    claimable = claimable_sets(tx, workflow_id, offer.labels)
    for any_scheduler in (False,) if strict else (False, True):
        is_candidate = False
        for sets in claimable:
            ready = ReadyJobs(workflow_id, json.dumps(sets), offer, any_scheduler)
            is_candidate |= _pack(tx, ready, remaining, sort_method, chosen)
        if is_candidate:
            break
    return chosen


def _pack(tx: Transaction, ready: ReadyJobs, remaining: Packing, sort_method: SortMethod, chosen: list[JobId]) -> bool:
    """Add to `chosen` jobs that fit the remaining resources. Return whether any class fits the offer."""
    position, after_set = FIRST_POSITION, 2**63 - 1
    is_candidate = False
    while True:
        classes = _fitting_classes(tx, ready, position, after_set)
        for ready_class in in_order(classes, sort_method):
            is_candidate |= remaining.offers_enough(ready_class)
            wanted = remaining.for_jobs_of(ready_class)
            if wanted:
                jobs = _jobs_of(tx, ready, ready_class, wanted)
                remaining.take(ready_class, len(jobs))
                chosen += jobs
        if len(classes) < CLASSES_AT_ONCE or remaining.jobs == 0:
            return is_candidate
        position, after_set = classes[-1].position, classes[-1].set_number


# Above all classes.
FIRST_POSITION = (2**63 - 1,) * len(CLASS_COLUMNS)


def _fitting_classes(tx: Transaction, ready: ReadyJobs, after: tuple[int, ...], after_set: int) -> list[ReadyClass]:
    offer, limit = ready.offer, ready.offer.time_limit_seconds
    found = tx.rows(
        FITTING_CLASSES,
        {
            "workflow_id": ready.workflow_id,
            "label_sets": ready.label_sets,
            **{f"after_{column}": value for column, value in zip(CLASS_COLUMNS, after, strict=True)},
            "after_set": after_set,
            "num_cpus": offer.num_cpus,
            "memory_bytes": offer.memory_bytes,
            "num_gpus": offer.num_gpus,
            "num_nodes": offer.num_nodes,
            "time_limit_seconds": 2**63 - 1 if limit is None else limit,
            "scheduler_config_id": offer.scheduler_config_id,
            "any_scheduler": ready.any_scheduler,
            "classes": CLASSES_AT_ONCE,
        },
    )
    return [ReadyClass(*row) for row in found]


def _jobs_of(tx: Transaction, ready: ReadyJobs, ready_class: ReadyClass, wanted: int) -> list[JobId]:
    parameters: dict[str, Any] = {
        "workflow_id": ready.workflow_id,
        "labels": ready_class.labels,
        **dict(zip(CLASS_COLUMNS, ready_class.position, strict=True)),
        "scheduler_config_id": ready.offer.scheduler_config_id,
        "wanted": wanted,
    }
    statement = BOUND_ANYWHERE if ready.any_scheduler else UNBOUND_OR_BOUND_HERE
    return [row["id"] for row in tx.rows(statement, parameters)]
