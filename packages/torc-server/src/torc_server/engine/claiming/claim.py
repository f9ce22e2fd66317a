"""Claims of ready jobs. A job is claimed once, and only by a node that it fits."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from torc_server.engine.claiming.choice import Choice
from torc_server.engine.claiming.leases import require_node
from torc_server.engine.claiming.node_packing import remaining_of
from torc_server.engine.claiming.packing import UNLIMITED, NodeOffer, Remaining, SortMethod
from torc_server.engine.claiming.ready_classes import ReadyJobs
from torc_server.engine.claiming.reservations import Reservation, has_reservation, release
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


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """The claimed jobs, the most urgent first. `over` is true if the workflow will never have a job to claim.

    `is_reserved`: the node keeps resources for a job of high priority. `holds_back`: jobs that fit were not claimed
    because of that; another node with the same offer may claim them.
    """

    job_ids: list[JobId]
    reason: str | None = None
    over: bool = False
    is_reserved: bool = False
    holds_back: bool = False


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
    early, _ = _result_without_choice(tx, workflow_id, claim_key=claim_key, now=now, node_id=node_id, run_id=run_id)
    if early is not None:
        return early
    chosen: list[JobId] = []
    if limit > 0:
        for sets in claimable_sets(tx, workflow_id, labels):
            which = {"workflow_id": workflow_id, "label_sets": json.dumps(sets), "limit": limit - len(chosen)}
            chosen += [row["id"] for row in tx.rows(NEXT_JOBS, which)]
        _mark_pending(tx, workflow_id, chosen, node_id)
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
    configuration are claimed only if no other job fits and `strict` is false. The registered node `node_id` keeps what
    is free for a job of high priority that needs more, and claims lower ones only if they do not delay it. A repeated
    `claim_key` returns the jobs of its first claim that are still pending. If the lease of `node_id` expires, its jobs
    become ready again. Raises NotFound; RunOver if `run_id` is not the current run; Conflict for a key of another
    workflow; RuleBroken for a draft and for a node that the workflow does not have; Stale for a node whose lease
    expired.
    """
    early, node = _result_without_choice(tx, workflow_id, claim_key=claim_key, now=now, node_id=node_id, run_id=run_id)
    if early is not None:
        return early
    first = remaining_of(offer, limit)
    reservation = None
    if node is not None and isinstance(first, Remaining) and limit > 0 and node["num_nodes"] == offer.num_nodes == 1:
        reservation = Reservation(tx, node, offer, now)
    chosen: list[JobId] = []
    if limit > 0:
        chosen += _choose(tx, workflow_id, offer, Choice(first, sort_method, reservation), strict=strict)
        # Marked at once, so that the next packing does not find them.
        _mark_pending(tx, workflow_id, chosen, node_id)
    if reservation is not None:
        reservation.store(workflow_id)
    # Prefetched jobs would run on what is kept free.
    is_reserved = has_reservation(tx, node) if reservation is None else reservation.is_made
    if prefetch is not None and prefetch.limit > 0 and not (first.keeps_nodes_free or is_reserved):
        skipped = frozenset() if reservation is None else frozenset(reservation.passed_over)
        later = Choice(Remaining(UNLIMITED, prefetch.limit), sort_method, skipped=skipped)
        following = _choose(tx, workflow_id, prefetch.node_total, later, strict=strict)
        _mark_pending(tx, workflow_id, following, node_id)
        chosen += following
    result = _result(tx, workflow_id, chosen, claim_key=claim_key, now=now)
    if reservation is None or not reservation.is_made:
        return result
    return replace(result, is_reserved=True, holds_back=reservation.holds_back)


def _result_without_choice(
    tx: Transaction,
    workflow_id: WorkflowId,
    *,
    claim_key: str | None,
    now: datetime,
    node_id: NodeId | None,
    run_id: RunId | None,
) -> tuple[ClaimResult | None, sqlite3.Row | None]:
    """Return the result for a canceled workflow or a repeated key, None if jobs are to be chosen; and the node."""
    workflow = workflow_row(tx, workflow_id)
    require_not_draft(workflow)
    if run_id is not None and run_id != workflow["run_id"]:
        raise RunOver(workflow_id, RunId(workflow["run_id"]), run_id)
    node = None if node_id is None else require_node(tx, workflow_id, node_id)
    if workflow["is_canceled"]:
        return ClaimResult([], reason="Workflow is canceled", over=True), node
    if claim_key is not None:
        earlier = _earlier_reply(tx, workflow_id, claim_key, node_id, now)
        if earlier is not None:
            return ClaimResult(earlier), node
    return None, node


def _mark_pending(tx: Transaction, workflow_id: WorkflowId, job_ids: Sequence[JobId], node_id: NodeId | None) -> None:
    if job_ids:
        tx.execute(MARK_PENDING, {"jobs": json_numbers(job_ids), "node_id": node_id})
        release(tx, workflow_id, job_ids, node_id)


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


def _choose(
    tx: Transaction,
    workflow_id: WorkflowId,
    offer: NodeOffer,
    choice: Choice,
    *,
    strict: bool,
) -> list[JobId]:
    """Choose jobs that fit the remaining resources, and subtract their resources."""
    claimable = claimable_sets(tx, workflow_id, offer.labels)
    for any_scheduler in (False,) if strict else (False, True):
        is_candidate = False
        for sets in claimable:
            is_candidate |= choice.pack(tx, ReadyJobs(workflow_id, json.dumps(sets), offer, any_scheduler))
        if is_candidate:
            break
    return choice.chosen
