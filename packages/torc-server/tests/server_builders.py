"""Builders of workflows with jobs in any state.

Operations on jobs call the functions of the engine. Records are inserted by SQL, which is faster, so that `World` can
also build rows that no operation creates.
"""

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from torc_server.engine import invariants
from torc_server.engine.claiming import claim, leases
from torc_server.engine.claiming.packing import NodeOffer, SortMethod
from torc_server.engine.dependencies import graph
from torc_server.engine.execution import complete, retry, start
from torc_server.engine.execution.complete import AttemptReport, JobCompletion
from torc_server.engine.ids import AttemptId, JobId, NodeId, RunId, WorkflowId
from torc_server.engine.labels import NodeLabels, label_set, stored_text
from torc_server.engine.lifecycle import cancel, initialize, inputs, job_deletion, manage, reset
from torc_server.engine.signals import Announcement, NodeHeard, Signal
from torc_server.engine.states import JobStatus
from torc_server.engine.status.times import Times, times_of
from torc_server.resources import spawn
from torc_server.store import functions
from torc_server.store.migrate import create_schema
from torc_server.store.transaction import Transaction
from transition_guard import GuardedConnection


def database_in_memory() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None, factory=GuardedConnection)
    connection.row_factory = sqlite3.Row
    functions.register(connection)
    create_schema(connection)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.guard()
    return connection


# What the server remembers and continues.
SUMMED = """
SELECT TOTAL(result.exec_time_minutes), MIN(job.start_time), MAX(result.completion_time)
FROM job LEFT JOIN result ON result.id = job.current_result_id WHERE job.workflow_id = ?
"""


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    def advance(self, **amount: float) -> datetime:
        self.now += timedelta(**amount)
        return self.now


class Stage:
    """Clock and sleep of background work. The test moves the time, second by second or by a jump."""

    def __init__(self) -> None:
        self._seconds = 1000.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []
        self._asleep = asyncio.Event()

    def clock(self) -> float:
        return self._seconds

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._seconds + seconds, woken))
        self._asleep.set()
        await woken

    async def pass_seconds(self, seconds: int) -> None:
        """Move the time. All sleepers that are due have worked and sleep again when this returns."""
        for _ in range(seconds):
            await self.jump(1)

    async def jump(self, seconds: float) -> None:
        """Move the time at once, as if the process had been stopped."""
        await self._asleep.wait()
        self._asleep.clear()
        self._seconds += seconds
        due = [woken for end, woken in self._sleepers if end <= self._seconds]
        self._sleepers = [(end, woken) for end, woken in self._sleepers if end > self._seconds]
        for woken in due:
            woken.set_result(None)
        await self._asleep.wait()


class World:
    """One workflow. Jobs are identified by name. The invariants are checked after each step."""

    def __init__(self, connection: sqlite3.Connection, clock: Clock, user: str = "ada") -> None:
        self.connection = connection
        self.tx = Transaction(connection)
        self.clock = clock
        self.workflow_id = WorkflowId(
            self._insert("INSERT INTO workflow (name, user, timestamp) VALUES ('w', ?, 't')", user)
        )
        self.requirements_id = self.requirements("default")
        self.node_id = self.node()
        self.ids: dict[str, JobId] = {}
        self.set_by_hand = False

    def _insert(self, sql: str, *values: object) -> int:
        row_id = self.connection.execute(sql, values).lastrowid
        assert row_id is not None
        return row_id

    def requirements(
        self, name: str, *, cpus: int = 1, gpus: int = 0, nodes: int = 1, memory_bytes: int = 1024, seconds: int = 60
    ) -> int:
        return self._insert(
            "INSERT INTO resource_requirements (workflow_id, name, num_cpus, num_gpus, num_nodes, memory_bytes,"
            " runtime_seconds) VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(self.workflow_id, name, cpus, gpus, nodes, memory_bytes, seconds),
        )

    def node(self, *, lease_seconds: float | None = None) -> NodeId:
        return NodeId(
            self._insert(
                "INSERT INTO compute_node (workflow_id, hostname, pid, start_time, num_cpus, memory_gb, num_gpus,"
                " num_nodes, compute_node_type, lease_seconds) VALUES (?, 'host', 1, 't', 8, 8, 0, 1, 'local', ?)",
                *(self.workflow_id, lease_seconds),
            )
        )

    def job(
        self,
        name: str,
        *,
        after: Sequence[str] = (),
        cancel_on_failure: bool = True,
        requirements_id: int | None = None,
        priority: int = 0,
        scheduler_id: int | None = None,
        labels: Sequence[str] = (),
        reads: Sequence[int] = (),
        writes: Sequence[int] = (),
    ) -> JobId:
        job_id = JobId(
            self._insert(
                "INSERT INTO job (workflow_id, name, command, cancel_on_blocking_job_failure, resource_requirements_id,"
                " priority, scheduler_id, labels) VALUES (?, ?, 'true', ?, ?, ?, ?, ?)",
                *(self.workflow_id, name, cancel_on_failure),
                *(
                    requirements_id or self.requirements_id,
                    priority,
                    scheduler_id,
                    stored_text(sorted(labels)) if labels else None,
                ),
            )
        )
        self.ids[name] = job_id
        for file_id in reads:
            self.connection.execute("INSERT INTO job_input_file VALUES (?, ?)", (job_id, file_id))
        for file_id in writes:
            self.connection.execute("INSERT INTO job_output_file VALUES (?, ?)", (job_id, file_id))
        parents = [self.ids[parent] for parent in after]
        graph.set_dependencies_of_new_jobs(self.tx, self.workflow_id, [(job_id, parents)])
        self.check()
        return job_id

    def file(self, name: str) -> int:
        return self._insert("INSERT INTO file (workflow_id, name, path) VALUES (?, ?, ?)", self.workflow_id, name, name)

    def initialize(self, *, only_uninitialized: bool = False) -> None:
        initialize.initialize_jobs(
            self.tx, self.workflow_id, only_uninitialized=only_uninitialized, clear_ephemeral_user_data=False
        )
        self.check()

    def claim(
        self,
        limit: int = 1000,
        *,
        claim_key: str | None = None,
        node_id: NodeId | None = None,
        labels: Sequence[str] = (),
        also_unlabeled: bool = False,
    ) -> list[str]:
        claimed = claim.claim_next(
            self.tx,
            self.workflow_id,
            limit,
            claim_key=claim_key,
            now=self.clock.now,
            node_id=node_id,
            labels=NodeLabels(label_set(labels), also_unlabeled),
        )
        self.check()
        return [self.name(job_id) for job_id in claimed.job_ids]

    def claim_for(
        self,
        offer: NodeOffer,
        limit: int = 1000,
        *,
        sort_method: SortMethod = SortMethod.GPUS_RUNTIME_MEMORY,
        strict: bool = False,
        node_id: NodeId | None = None,
    ) -> list[str]:
        claimed = claim.claim_for_node(
            self.tx,
            self.workflow_id,
            offer,
            limit,
            sort_method=sort_method,
            strict=strict,
            claim_key=None,
            now=self.clock.now,
            node_id=node_id,
        )
        self.check()
        return [self.name(job_id) for job_id in claimed.job_ids]

    def lose_node(self) -> int:
        """Give up the current node and register another one."""
        self.connection.execute("UPDATE compute_node SET lease_seconds = 5 WHERE id = ?", (self.node_id,))
        jobs = leases.give_up(self.tx, self.node_id, now=self.clock.now)
        assert jobs is not None
        self.node_id = self.node()
        self.check()
        return jobs

    def start(self, *names: str, node_id: NodeId | None = None) -> None:
        for name in names:
            start.start(self.tx, self.ids[name], self.run_id, node_id or self.node_id, now=self.clock.now)
        self.check()

    def report(
        self,
        name: str,
        status: JobStatus,
        return_code: int,
        attempt_id: int | None = None,
        node_id: NodeId | None = None,
    ) -> AttemptReport:
        if attempt_id is None:
            attempt_id = int(self.column(name, "attempt_id"))
        return AttemptReport(
            job_id=self.ids[name],
            run_id=self.run_id,
            node_id=node_id or self.node_id,
            status=status,
            return_code=return_code,
            exec_time_minutes=0.5,
            completion_time="2026-01-02T03:05:05+00:00",
            attempt_id=AttemptId(attempt_id),
        )

    def complete(
        self,
        name: str,
        return_code: int = 0,
        *,
        status: JobStatus | None = None,
        attempt_id: int | None = None,
        node_id: NodeId | None = None,
    ) -> None:
        if status is None:
            status = JobStatus.FAILED if return_code else JobStatus.COMPLETED
        report = self.report(name, status, return_code, attempt_id, node_id)
        complete.complete(self.tx, self.ids[name], status, self.run_id, report, now=self.clock.now)
        self.check()

    def completion(self, name: str, return_code: int = 0, **members: Any) -> JobCompletion:
        """Return the completion of a job for a batch. `members` replace members of the report."""
        status = JobStatus.FAILED if return_code else JobStatus.COMPLETED
        report = replace(self.report(name, status, return_code), **members)
        return JobCompletion(report.job_id, report.status, report.run_id, report)

    def complete_many(self, *completions: JobCompletion) -> list[str | None]:
        """Return the error of each completion, or None."""
        refusals = complete.complete_jobs(self.tx, self.workflow_id, completions, now=self.clock.now)
        self.check()
        return [None if each is None else each.message for each in refusals]

    def retry(self, name: str, *, max_retries: int = 99) -> None:
        retry.retry(self.tx, self.ids[name], self.run_id, max_retries=max_retries, now=self.clock.now)
        self.check()

    def delete(self, name: str) -> None:
        job_id = self.ids[name]
        job_deletion.forget_job(self.tx, self.workflow_id, job_id)
        self.connection.execute("DELETE FROM job WHERE id = ?", (job_id,))
        self.check()

    def cancel(self) -> None:
        cancel.cancel_workflow(self.tx, self.workflow_id)
        self.check()

    def reset_jobs(self, *, failed_only: bool = False) -> int:
        answer = reset.reset_job_status(self.tx, self.workflow_id, failed_only=failed_only)
        self.check()
        return answer.updated_count

    def reset_workflow(self, *, force: bool = False, advance_run: bool = True) -> None:
        reset.reset_workflow_status(self.tx, self.workflow_id, force=force, advance_run=advance_run)
        self.check()

    @property
    def run_id(self) -> RunId:
        return RunId(
            self.connection.execute("SELECT run_id FROM workflow WHERE id = ?", (self.workflow_id,)).fetchone()[0]
        )

    def name(self, job_id: int) -> str:
        return str(self.connection.execute("SELECT name FROM job WHERE id = ?", (job_id,)).fetchone()[0])

    def column(self, name: str, column: str) -> Any:
        return self.connection.execute("SELECT * FROM job WHERE id = ?", (self.ids[name],)).fetchone()[column]

    def status(self, name: str) -> str:
        value = self.column(name, "status")
        assert isinstance(value, int)
        return JobStatus(value).word

    def statuses(self) -> dict[str, str]:
        rows = self.connection.execute(
            "SELECT name, status FROM job WHERE workflow_id = ? ORDER BY id", (self.workflow_id,)
        )
        return {row["name"]: JobStatus(row["status"]).word for row in rows}

    def told(self) -> list[Signal]:
        """Return the signals since the last call, without announcements."""
        signals, self.tx.signals = self.tx.signals, []
        return [each for each in signals if not isinstance(each, Announcement | NodeHeard)]  # type: ignore[misc]

    def announced(self) -> list[Announcement]:
        """Return the announcements since the last call."""
        signals, self.tx.signals = self.tx.signals, []
        return [each for each in signals if isinstance(each, Announcement)]

    def parents_of(self, job_ids: Sequence[JobId]) -> dict[JobId, list[JobId]]:
        """Return the jobs on which each of these jobs depends."""
        query = (
            "SELECT DISTINCT member.job_id FROM job_dependency_set JOIN dependency_set_member AS member USING (set_id)"
            " WHERE job_dependency_set.job_id = ? ORDER BY member.job_id"
        )
        return {job_id: [row[0] for row in self.connection.execute(query, (job_id,))] for job_id in job_ids}

    def manage(self, name: str, status: JobStatus, run_id: int | None = None) -> None:
        self.set_by_hand = True
        run = self.run_id if run_id is None else RunId(run_id)
        manage.set_status(self.tx, self.ids[name], status, run, now=self.clock.now)
        self.check()

    def spawn(self, caller: str, name: str, after: str) -> None:
        job = spawn.SpawnJobModel(name=name, command="true", depends_on=[after])
        spawned = spawn.spawn_jobs(self.tx, self.ids[caller], [job], "lineage", None, now=self.clock.now)
        (self.ids[name],) = spawned.job_ids
        self.check()

    def process_changed(self, *, dry_run: bool = False) -> list[str]:
        names = inputs.process_changed(self.tx, self.workflow_id, dry_run=dry_run)
        self.check()
        return names

    def check(self) -> None:
        broken = invariants.check(self.tx, set_by_hand=self.set_by_hand)
        assert not broken, broken
        summed = Times(*self.connection.execute(SUMMED, (self.workflow_id,)).fetchone())
        found = times_of(self.tx, self.workflow_id)
        assert found == replace(summed, minutes=pytest.approx(summed.minutes))
