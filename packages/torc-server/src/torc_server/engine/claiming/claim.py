"""Hand out ready jobs: no job twice, none that does not fit."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from torc_server.engine.claiming.leases import require_node
from torc_server.engine.claiming.packing import ENDLESS, Offer, ReadyClass, Room, SortMethod, in_order
from torc_server.engine.errors import Conflict
from torc_server.engine.ids import JobId, NodeId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.states import Cause
from torc_server.engine.status import progress
from torc_server.engine.workflows import workflow_row
from torc_server.store.numbers import json_numbers
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

__all__ = ["Ahead", "Claimed", "Offer", "SortMethod", "claim_for_node", "claim_next"]

# How long a lost reply is remembered.
REPLY_KEPT = timedelta(hours=1)
# How many classes are weighed against each other at once; more are looked at only while there is room.
CLASSES_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Claimed:
    """The claimed jobs, the most urgent first. `over` says that waiting is of no use: nothing will come."""

    job_ids: list[JobId]
    reason: str | None = None
    over: bool = False


@dataclass(frozen=True, slots=True)
class Ahead:
    """Jobs that are to follow the first: up to `limit` of which each fits the `whole` node for itself."""

    whole: Offer
    limit: int


MARK_PENDING = JobStatement(
    """
UPDATE job SET status = {TO}, claimed_by_node_id = :node_id
WHERE status IN {FROM} AND id IN (SELECT value FROM json_each(:jobs))
""",
    hot=True,
    cause=Cause.CLAIM,
)
NEXT_JOBS = JobStatement(
    """
SELECT id FROM job INDEXED BY job_ready_in_order WHERE label IS NULL AND workflow_id = :workflow_id AND status = {READY}
ORDER BY priority DESC, id LIMIT :limit
""",
    hot=True,
)
NEXT_JOBS_OF_LABEL = JobStatement(
    """
SELECT id FROM job INDEXED BY job_ready_by_label
WHERE label = :label AND workflow_id = :workflow_id AND status = {READY}
ORDER BY priority DESC, id LIMIT :limit
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
    labels: Sequence[str] = (),
) -> Claimed:
    """Claim up to `limit` ready jobs by priority and age, whatever they need; keys, nodes, labels as in claim_for_node.

    Jobs of these labels come first.
    """

    def choose() -> list[JobId]:
        chosen: list[JobId] = []
        for label in (*dict.fromkeys(labels), None):
            statement = NEXT_JOBS if label is None else NEXT_JOBS_OF_LABEL
            which = {"workflow_id": workflow_id, "limit": limit - len(chosen)}
            chosen += [row["id"] for row in tx.rows(statement, which if label is None else {**which, "label": label})]
        return chosen

    choices = [choose] if limit > 0 else []
    return _claim(tx, workflow_id, choices, claim_key=claim_key, now=now, node_id=node_id)


def claim_for_node(
    tx: Transaction,
    workflow_id: WorkflowId,
    offer: Offer,
    limit: int,
    *,
    sort_method: SortMethod,
    strict: bool,
    claim_key: str | None,
    now: datetime,
    node_id: NodeId | None = None,
    ahead: Ahead | None = None,
) -> Claimed:
    """Claim up to `limit` ready jobs that fit the offer together, and those that are wanted ahead.

    Jobs with a label are for nodes with that label, which take them first: nobody else does. Jobs bound to another
    scheduler configuration are left, unless nothing else fits and `strict` is false.
    A repeated `claim_key` gets the jobs of its first claim again. A node with a lease that says who it is gives the
    jobs back when it is given up. Raises NotFound; Conflict for a key of another workflow; RuleBroken for a node that
    the workflow does not have; Stale for one that was given up.
    """

    def choose(offer: Offer, room: Room) -> list[JobId]:
        chosen: list[JobId] = []
        for any_scheduler in (False,) if strict else (False, True):
            is_candidate = False
            for label in (*dict.fromkeys(offer.labels), None):
                ready = Ready(workflow_id, label, offer, any_scheduler=any_scheduler)
                is_candidate |= _pack(tx, ready, room, sort_method, chosen)
            if is_candidate:
                break
        return chosen

    choices = [lambda: choose(offer, Room(offer, limit))] if limit > 0 else []
    if ahead is not None and ahead.limit > 0:
        choices.append(lambda: choose(ahead.whole, Room(ENDLESS, ahead.limit)))
    return _claim(tx, workflow_id, choices, claim_key=claim_key, now=now, node_id=node_id)


def _claim(
    tx: Transaction,
    workflow_id: WorkflowId,
    choices: Sequence[Callable[[], list[JobId]]],
    *,
    claim_key: str | None,
    now: datetime,
    node_id: NodeId | None,
) -> Claimed:
    is_canceled = workflow_row(tx, workflow_id)["is_canceled"]
    if node_id is not None:
        require_node(tx, workflow_id, node_id)
    if is_canceled:
        return Claimed([], reason="Workflow is canceled", over=True)
    if claim_key is not None:
        earlier = _earlier_reply(tx, workflow_id, claim_key, node_id, now)
        if earlier is not None:
            return Claimed(earlier)
    chosen: list[JobId] = []
    for choose in choices:
        some = choose()
        if some:  # marked at once, so that the next choice does not see them
            tx.execute(MARK_PENDING, {"jobs": json_numbers(some), "node_id": node_id})
            chosen += some
    if not chosen:
        return Claimed([], over=progress.no_jobs_left(tx, workflow_id))
    if claim_key is not None:
        reply = {"claim_key": claim_key, "workflow_id": workflow_id, "job_ids": json_numbers(chosen)}
        tx.execute(KEEP_REPLY, {**reply, "claimed_at_ms": _milliseconds(now)})
    return Claimed(chosen)


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
    """Find the jobs that were given for this key before and were not started since; None for a new key."""
    tx.execute(FORGET_REPLIES, {"before_ms": _milliseconds(now - REPLY_KEPT)})
    reply = tx.row(REPLY, {"claim_key": claim_key})
    if reply is None:
        return None
    if reply["workflow_id"] != workflow_id:
        raise Conflict(f"claim_key {claim_key!r} was used for another workflow: take a new one")
    return [row["id"] for row in tx.rows(STILL_PENDING, {"jobs": reply["job_ids"], "node_id": node_id})]


def _milliseconds(time: datetime) -> int:
    return int(time.timestamp() * 1000)


# From class to class along the index job_ready: each step is one or two seeks, however many jobs a class has.
# A step is the first job of its class. Steps that do not fit are passed over here, not fetched.
FITTING_CLASSES = JobStatement(
    """
WITH RECURSIVE step (job_id, priority, requirements_id) AS (
    SELECT 0, :after_priority, :after_requirements
    UNION ALL
    SELECT seen.id, seen.priority, seen.resource_requirements_id
    FROM step CROSS JOIN job AS seen ON seen.id = COALESCE(
        (
            SELECT id FROM job INDEXED BY job_ready
            WHERE label IS NULL AND workflow_id = :workflow_id AND status = {READY}
            AND priority = step.priority AND resource_requirements_id > step.requirements_id
            ORDER BY resource_requirements_id LIMIT 1
        ),
        (
            SELECT id FROM job INDEXED BY job_ready
            WHERE label IS NULL AND workflow_id = :workflow_id AND status = {READY} AND priority < step.priority
            ORDER BY priority DESC, resource_requirements_id LIMIT 1
        )
    )
)
SELECT step.priority, step.requirements_id, step.job_id AS first_job_id, requirements.num_cpus,
       requirements.memory_bytes, requirements.num_gpus, requirements.num_nodes, requirements.runtime_seconds
FROM step CROSS JOIN resource_requirements AS requirements ON requirements.id = step.requirements_id
WHERE step.job_id > 0
AND requirements.num_cpus <= :num_cpus AND requirements.memory_bytes <= :memory_bytes
AND requirements.num_gpus <= :num_gpus AND requirements.num_nodes <= :num_nodes
AND requirements.runtime_seconds <= :time_limit_seconds
AND (
    :any_scheduler
    OR EXISTS (
        SELECT 1 FROM job INDEXED BY job_ready
        WHERE label IS NULL AND workflow_id = :workflow_id AND status = {READY}
        AND priority = step.priority AND resource_requirements_id = step.requirements_id AND scheduler_id IS NULL
    )
    OR EXISTS (
        SELECT 1 FROM job INDEXED BY job_ready
        WHERE label IS NULL AND workflow_id = :workflow_id AND status = {READY}
        AND priority = step.priority AND resource_requirements_id = step.requirements_id
        AND scheduler_id = :scheduler_config_id
    )
)
LIMIT :classes
""",
    hot=True,
)
JOBS_OF_CLASS = JobStatement(
    """
SELECT id FROM (
    SELECT * FROM (
        SELECT id FROM job INDEXED BY job_ready
        WHERE label IS NULL AND workflow_id = :workflow_id AND status = {READY}
        AND priority = :priority AND resource_requirements_id = :requirements_id AND scheduler_id IS NULL
        ORDER BY id LIMIT :wanted
    )
    UNION ALL
    SELECT * FROM (
        SELECT id FROM job INDEXED BY job_ready
        WHERE label IS NULL AND workflow_id = :workflow_id AND status = {READY}
        AND priority = :priority AND resource_requirements_id = :requirements_id
        AND scheduler_id = :scheduler_config_id
        ORDER BY id LIMIT :wanted
    )
) AS unbound_or_bound_here ORDER BY id LIMIT :wanted
""",
    hot=True,
)
JOBS_OF_CLASS_ANY_SCHEDULER = JobStatement(
    """
SELECT id FROM job INDEXED BY job_ready
WHERE label IS NULL AND workflow_id = :workflow_id AND status = {READY}
AND priority = :priority AND resource_requirements_id = :requirements_id
ORDER BY scheduler_id, id LIMIT :wanted
""",
    hot=True,
)


def _of_label(statement: Statement) -> Statement:
    """Look among the ready jobs of a label, as the statement does among those without any."""
    unlabelled = re.compile(r"INDEXED BY job_ready\s+WHERE label IS NULL")
    return Statement(unlabelled.sub("INDEXED BY job_ready_by_label WHERE label = :label", statement), hot=True)


FITTING_CLASSES_OF_LABEL = _of_label(FITTING_CLASSES)
JOBS_OF_CLASS_OF_LABEL = _of_label(JOBS_OF_CLASS)
JOBS_OF_CLASS_OF_LABEL_ANY_SCHEDULER = _of_label(JOBS_OF_CLASS_ANY_SCHEDULER)


@dataclass(frozen=True, slots=True)
class Ready:
    """The ready jobs of a workflow that have this label, or none, and may run where the offer comes from."""

    workflow_id: WorkflowId
    label: str | None
    offer: Offer
    any_scheduler: bool

    @property
    def chosen_by(self) -> dict[str, Any]:
        """What statements know them by."""
        which = {"workflow_id": self.workflow_id}
        return which if self.label is None else {**which, "label": self.label}

    @property
    def jobs_of_class(self) -> Statement:
        """What gives the jobs of one class."""
        if self.label is None:
            return JOBS_OF_CLASS_ANY_SCHEDULER if self.any_scheduler else JOBS_OF_CLASS
        return JOBS_OF_CLASS_OF_LABEL_ANY_SCHEDULER if self.any_scheduler else JOBS_OF_CLASS_OF_LABEL


def _pack(tx: Transaction, ready: Ready, room: Room, sort_method: SortMethod, chosen: list[JobId]) -> bool:
    """Choose jobs that each fit the offer, as far as there is room; tell whether there was any candidate."""
    position = (2**63 - 1, 0)
    is_candidate = False
    while True:
        classes = _fitting_classes(tx, ready, position)
        for ready_class in in_order(classes, sort_method):
            is_candidate = True
            wanted = room.for_jobs_of(ready_class)
            if wanted:
                jobs = _jobs_of(tx, ready, ready_class, wanted)
                room.take(ready_class, len(jobs))
                chosen += jobs
        if len(classes) < CLASSES_AT_ONCE or room.jobs == 0:
            return is_candidate
        position = (classes[-1].priority, classes[-1].requirements_id)


def _fitting_classes(tx: Transaction, ready: Ready, after: tuple[int, int]) -> list[ReadyClass]:
    offer, limit = ready.offer, ready.offer.time_limit_seconds
    found = tx.rows(
        FITTING_CLASSES if ready.label is None else FITTING_CLASSES_OF_LABEL,
        {
            **ready.chosen_by,
            "after_priority": after[0],
            "after_requirements": after[1],
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


def _jobs_of(tx: Transaction, ready: Ready, ready_class: ReadyClass, wanted: int) -> list[JobId]:
    which = {
        **ready.chosen_by,
        "priority": ready_class.priority,
        "requirements_id": ready_class.requirements_id,
        "wanted": wanted,
    }
    if not ready.any_scheduler:
        which["scheduler_config_id"] = ready.offer.scheduler_config_id
    return [row["id"] for row in tx.rows(ready.jobs_of_class, which)]
