"""Reservations: a node keeps its free resources for a job of high priority that needs more than is free now.

Without them, jobs that need little would take what becomes free as long as there are any, and the job would never run.
A job is reserved by one node at a time, the one where it is expected to start first, and a node reserves one job. Jobs
of the same or a higher priority are never held back. Any other node that has enough free resources can
claim the job nevertheless.
"""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from torc_server.engine.claiming.backfill import Backfill, ExpectedStart, Held, expected_start
from torc_server.engine.claiming.packing import Amounts, NodeOffer, ReadyClass, Remaining, needs_of
from torc_server.engine.claiming.ready_classes import OF_ONE_CLASS, ReadyJobs, of_class
from torc_server.engine.events import milliseconds
from torc_server.engine.ids import JobId, NodeId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.quantities import BYTES_PER_GB, LARGEST
from torc_server.engine.signals import JobsBecameReady
from torc_server.engine.timestamps import moment
from torc_server.store.row_ids import json_numbers
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# The number of classes above a job for which a claim tries to reserve its node.
MOST_BLOCKED = 16

HELD = JobStatement(
    """
SELECT start_time, needs_runtime_seconds, needs_cpus, needs_memory_bytes, needs_gpus
FROM job WHERE active_compute_node_id = :node_id AND status = {RUNNING}
UNION ALL
SELECT NULL, needs_runtime_seconds, needs_cpus, needs_memory_bytes, needs_gpus
FROM job WHERE claimed_by_node_id = :node_id AND status = {PENDING}
""",
    hot=True,
)
# A job of a class that no other node reserves for an earlier start. The statement passes over as many jobs as nodes
# have reservations.
NOT_RESERVED = """id NOT IN (SELECT value FROM json_each(:chosen)) AND NOT EXISTS (
        SELECT 1 FROM compute_node AS other
        WHERE other.reserved_job_id = job.id AND other.is_active AND other.id <> :node_id
        AND MAX(other.reserved_start_ms, :now_ms) <= MAX(:start_ms, :now_ms)
    )"""
RESERVABLE = JobStatement(
    f"""
SELECT id FROM (
    SELECT * FROM (
        SELECT id {OF_ONE_CLASS} AND scheduler_id IS NULL AND {NOT_RESERVED} ORDER BY id LIMIT 1
    )
    UNION ALL
    SELECT * FROM (
        SELECT id {OF_ONE_CLASS} AND scheduler_id = :scheduler_config_id AND {NOT_RESERVED} ORDER BY id LIMIT 1
    )
) AS unbound_or_bound_here ORDER BY id LIMIT 1
""",  # noqa: S608 - declared
    hot=True,
)
RESERVE = Statement(
    """
UPDATE compute_node SET reserved_job_id = :job_id, reserved_start_ms = :start_ms WHERE id = :node_id
""",
    hot=True,
)
# Reservations of jobs by other nodes than the one that has or reserves them now.
RELEASE = Statement(
    """
UPDATE compute_node SET reserved_job_id = NULL, reserved_start_ms = NULL
WHERE reserved_job_id IN (SELECT value FROM json_each(:jobs)) AND id IS NOT :node_id
RETURNING id
""",
    hot=True,
)
ARE_THERE_ANY = Statement("SELECT 1 FROM compute_node WHERE reserved_job_id > 0 LIMIT 1", hot=True)
IS_RESERVED = JobStatement("SELECT 1 FROM job WHERE id = :job_id AND status = {READY}", hot=True)


def release(tx: Transaction, workflow_id: WorkflowId, job_ids: Sequence[JobId], node_id: NodeId | None) -> None:
    """End the reservations of jobs by other nodes. Emits JobsBecameReady: those nodes can claim other jobs."""
    # Nearly always there is none, and this statement costs less than the other.
    if tx.row(ARE_THERE_ANY) is not None and tx.rows(RELEASE, {"jobs": json_numbers(job_ids), "node_id": node_id}):
        tx.emit(JobsBecameReady(workflow_id))


def has_reservation(tx: Transaction, node: sqlite3.Row | None) -> bool:
    """Whether the node reserved a job that is still ready."""
    if node is None or node["reserved_job_id"] is None:
        return False
    return bool(tx.value(IS_RESERVED, {"job_id": node["reserved_job_id"]}))


def total_of(node: sqlite3.Row, offer: NodeOffer) -> NodeOffer:
    """Return the offer that the node makes when nothing runs on it: what it was registered with."""
    memory_bytes = int(max(0, min(node["memory_gb"] * BYTES_PER_GB, LARGEST)))
    registered = (node["num_cpus"], memory_bytes, node["num_gpus"])
    if registered == (offer.num_cpus, offer.memory_bytes, offer.num_gpus):
        return offer
    return NodeOffer(
        num_cpus=max(node["num_cpus"], offer.num_cpus),
        memory_bytes=max(memory_bytes, offer.memory_bytes),
        num_gpus=max(node["num_gpus"], offer.num_gpus),
        time_limit_seconds=offer.time_limit_seconds,
    )


class Reservation:
    """What a claim of one node learns about jobs that must wait for its resources, and what it reserves."""

    def __init__(self, tx: Transaction, node: sqlite3.Row, offer: NodeOffer, now: datetime) -> None:
        self.total = total_of(node, offer)
        self.passed_over: set[tuple[int, ...]] = set()
        """The positions of blocked classes for which this node cannot be reserved."""
        self.holds_back = False
        """Whether a job was not claimed although it fits."""
        self._tx = tx
        self._node = node
        self._offer = offer
        self._now_ms = milliseconds(now)
        self._blocked: list[tuple[ReadyJobs, ReadyClass]] = []
        self._held: list[Held] | None = None
        self._taken: list[tuple[ReadyClass, int]] = []
        self._head: ReadyClass | None = None
        self._job_id: JobId | None = None
        self._start: ExpectedStart | None = None
        self._backfill: Backfill | None = None

    @property
    def is_made(self) -> bool:
        """Whether the node is reserved for a job, so that nothing is prefetched."""
        return self._head is not None

    @property
    def bound(self) -> NodeOffer:
        """The bound of the classes to read: all that fit the node, until some were found that must wait."""
        return self._offer if self._blocked or self.passed_over or self._head else self.total

    def fits_now(self, ready: ReadyClass) -> bool:
        """Whether a job of the class fits what was free before this claim."""
        return (
            ready.num_cpus <= self._offer.num_cpus
            and ready.memory_bytes <= self._offer.memory_bytes
            and ready.num_gpus <= self._offer.num_gpus
        )

    def block(self, ready: ReadyJobs, ready_class: ReadyClass) -> None:
        """Note a class of which a job may have to wait."""
        is_wanted = not ready.any_scheduler and len(self._blocked) < MOST_BLOCKED
        if is_wanted and (self._head is None or ready_class.priority > self._head.priority):
            self._blocked.append((ready, ready_class))

    def allowed(self, ready: ReadyClass, wanted: int, remaining: Remaining, chosen: Sequence[JobId]) -> int:
        """Return how many of `wanted` jobs of a class may start without delaying a job of higher priority."""
        if wanted and self._blocked:
            self._reserve(ready.priority, remaining.free, chosen)
        if self._head is None or self._backfill is None or ready.priority >= self._head.priority:
            return wanted
        allowed = self._backfill.allows(needs_of(ready), ready.runtime_seconds, wanted)
        self.holds_back |= allowed < wanted
        return allowed

    def take(self, ready: ReadyClass, count: int) -> None:
        """Note jobs that are claimed."""
        if self._backfill is not None:
            self._backfill.take(needs_of(ready), ready.runtime_seconds, count)
        self._taken.append((ready, count))

    def store(self, workflow_id: WorkflowId) -> None:
        """Store the reservation, or that there is none. An unchanged one writes nothing."""
        start_ms = None if self._start is None else self._start.at_ms
        stored = (self._node["reserved_job_id"], self._node["reserved_start_ms"])
        if stored == (self._job_id, start_ms):
            return
        node_id = NodeId(self._node["id"])
        self._tx.execute(RESERVE, {"job_id": self._job_id, "start_ms": start_ms, "node_id": node_id})
        if self._job_id is not None:
            release(self._tx, workflow_id, [self._job_id], node_id)

    def _reserve(self, below: int, free: Amounts, chosen: Sequence[JobId]) -> None:
        """Reserve the node for the first blocked job of a higher priority than `below` that can have it."""
        above = [each for each in self._blocked if each[1].priority > below]
        self._blocked = [each for each in self._blocked if each[1].priority <= below]
        for ready, ready_class in sorted(above, key=lambda each: -each[1].priority):
            if self._head is not None and ready_class.priority <= self._head.priority:
                return
            start = self._start_of(ready_class, free)
            job_id = None if start is None else self._reservable(ready, ready_class, start, chosen)
            if start is None or job_id is None:
                self.passed_over.add(ready_class.position)
                continue
            self._head, self._job_id, self._start = ready_class, job_id, start
            self._backfill = Backfill(start, self._now_ms)

    def _start_of(self, ready: ReadyClass, free: Amounts) -> ExpectedStart | None:
        """Return when a job of the class can start, and end in the time of the node."""
        total = (self.total.num_cpus, self.total.memory_bytes, self.total.num_gpus)
        if self._held is None:
            self._held = [self._read(row) for row in self._tx.rows(HELD, {"node_id": self._node["id"]})]
        held = [*self._held, *(self._held_by(taken, count) for taken, count in self._taken)]
        start = expected_start(needs_of(ready), free=free, total=total, held=held, now_ms=self._now_ms)
        limit = self._offer.time_limit_seconds
        if start is None or limit is None:
            return start
        wait_ms = max(0, start.at_ms - self._now_ms)
        return start if wait_ms + ready.runtime_seconds * 1000 <= limit * 1000 else None

    def _held_by(self, ready: ReadyClass, count: int) -> Held:
        until_ms = self._now_ms + ready.runtime_seconds * 1000
        return Held(until_ms, (count * ready.num_cpus, count * ready.memory_bytes, count * ready.num_gpus))

    def _read(self, row: sqlite3.Row) -> Held:
        started = None if row["start_time"] is None else moment(row["start_time"])
        start_ms = self._now_ms if started is None else milliseconds(started)
        amounts = (row["needs_cpus"], row["needs_memory_bytes"], row["needs_gpus"])
        return Held(start_ms + row["needs_runtime_seconds"] * 1000, amounts)

    def _reservable(
        self, ready: ReadyJobs, ready_class: ReadyClass, start: ExpectedStart, chosen: Sequence[JobId]
    ) -> JobId | None:
        which = {
            **of_class(ready, ready_class),
            "chosen": json_numbers(chosen),
            "node_id": self._node["id"],
            "start_ms": start.at_ms,
            "now_ms": self._now_ms,
        }
        job_id: JobId | None = self._tx.value(RESERVABLE, which)
        return job_id
