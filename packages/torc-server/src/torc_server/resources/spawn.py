"""Jobs that a running job adds to its workflow."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from torc_server.engine.dependencies import graph, lineage
from torc_server.engine.dependencies.cycles import cycle_in
from torc_server.engine.errors import RuleBroken
from torc_server.engine.ids import JobId, WorkflowId
from torc_server.engine.jobs import job_row
from torc_server.engine.lifecycle.inputs import store_digests
from torc_server.engine.states import ACTIVE, JobStatus
from torc_server.engine.workflows import workflow_row
from torc_server.resources import records
from torc_server.resources.fields import Boolean, Integer, Text
from torc_server.resources.job import JOB
from torc_server.resources.json_fields import Many
from torc_server.resources.resource import Body
from torc_server.resources.typed_bodies import TypedBody
from torc_server.resources.user_data import USER_DATA
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

REQUIREMENTS_OF_NAMES = Statement("""
SELECT name, id FROM resource_requirements
WHERE workflow_id = :workflow_id AND name IN (SELECT value FROM json_each(:names))
""")


class SpawnJobModel(TypedBody, kw_only=True, frozen=True):
    """A new job."""

    name: Annotated[str, Text("The name, which must be unique in the workflow.", required=True)]
    command: Annotated[str, Text("The command, which bash -c runs.", required=True)]
    depends_on: Annotated[
        list[str],
        Many(
            Text(),
            "Names of jobs of this call or of the workflow that it depends on, besides the calling job.",
        ),
    ] = []
    resource_requirements: Annotated[
        str | None,
        Text("The name of its resource requirements. The default of the workflow if absent."),
    ] = None
    priority: Annotated[int | None, Integer("Jobs of higher priority are claimed first.")] = None
    labels: Annotated[
        list[str] | None,
        Many(
            Text(), "Only compute nodes with all these labels run the job. Without labels, nodes without labels run it."
        ),
    ] = None
    cancel_on_blocking_job_failure: Annotated[
        bool | None,
        Boolean("Whether it is canceled when a dependency fails. True if absent."),
    ] = None

    def record(self) -> Body:
        """Return the members of a job record that the request has; the record's defaults stand for the others."""
        members = {
            "name": self.name,
            "command": self.command,
            "priority": self.priority,
            "labels": self.labels,
            "cancel_on_blocking_job_failure": self.cancel_on_blocking_job_failure,
        }
        return {name: value for name, value in members.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Spawned:
    """The jobs, in the order of the request, and the number of times that jobs were spawned in the lineage."""

    job_ids: list[JobId]
    iteration: int


def spawn_jobs(
    tx: Transaction,
    caller_id: JobId,
    jobs: Sequence[SpawnJobModel],
    lineage_name: str | None,
    state: Any,
    *,
    now: datetime,
) -> Spawned:
    """Create jobs that depend on the caller and the jobs that they name. `lineage_name` defaults to the caller's name.

    A repeated call with the same jobs creates nothing. A call without jobs stores the final state, if it has one.
    Raises NotFound, and RuleBroken for names that do not exist, are ambiguous or already used, for cycles, a caller
    that does not run, a canceled workflow and too many iterations.
    """
    caller = job_row(tx, caller_id)
    workflow_id = WorkflowId(caller["workflow_id"])
    if workflow_row(tx, workflow_id)["is_canceled"]:
        raise RuleBroken(f"Workflow {workflow_id} is canceled and accepts no jobs; reset it first")
    name = caller["name"] if lineage_name is None else lineage_name
    if not name:
        raise RuleBroken(
            "lineage must not be empty; leave it out to use the name of the calling job", field="lineage", value=name
        )
    iteration = lineage.iteration(tx, workflow_id, name)
    if not jobs:
        _end(tx, caller, name, lineage.state_record(iteration, state, is_final=True), now=now)
        return Spawned([], iteration)
    request = _Request(tx, workflow_id, caller_id, jobs, name)
    repeated = request.repeated()
    if repeated:
        return Spawned(repeated, iteration)
    _require_running(caller)
    lineage.require_iteration(tx, workflow_id, iteration + 1)
    job_ids = request.create(now)
    record = {
        "workflow_id": workflow_id,
        "name": lineage.record_name(name, iteration + 1),
        "is_ephemeral": True,
        "data": lineage.state_record(iteration + 1, state),
    }
    records.create(tx, USER_DATA, [record], now)
    return Spawned(job_ids, iteration + 1)


def _require_running(caller: sqlite3.Row) -> None:
    """Raise RuleBroken unless a runner has the job. Runners report the start of a job a moment after it."""
    status = JobStatus(caller["status"])
    is_chained = status is JobStatus.BLOCKED and bool(caller["chained_node_id"])
    if status not in ACTIVE and not is_chained:
        raise RuleBroken(f"Job {caller['name']!r} is {status.word}; spawn jobs while it runs", field="status")


def _end(tx: Transaction, caller: sqlite3.Row, name: str, data: Body, *, now: datetime) -> None:
    """Store the final state of a lineage. A repeated call, and one without a state, change nothing."""
    found = lineage.final_record(tx, caller["workflow_id"], name)
    if found is not None and found[1] == data:
        return
    _require_running(caller)
    if data["state"] is None:
        return
    if found is None:
        record = {"workflow_id": caller["workflow_id"], "name": lineage.final_name(name), "is_ephemeral": True}
        records.create(tx, USER_DATA, [{**record, "data": data}], now)
    else:
        records.update(tx, USER_DATA, found[0], {"data": data})


class _Request:
    """The jobs of one call, with the jobs of the workflow that their names refer to."""

    def __init__(
        self,
        tx: Transaction,
        workflow_id: WorkflowId,
        caller_id: JobId,
        jobs: Sequence[SpawnJobModel],
        lineage_name: str,
    ) -> None:
        self._tx = tx
        self._workflow_id = workflow_id
        self._caller_id = caller_id
        self._jobs = jobs
        self._lineage = lineage_name
        self._position = {each.name: position for position, each in enumerate(jobs)}
        if len(self._position) < len(jobs):
            twice = next(each.name for position, each in enumerate(jobs) if self._position[each.name] != position)
            raise RuleBroken(f"Several jobs are named {twice!r}; give each job another name", field="jobs")
        awaited = {parent for each in jobs for parent in each.depends_on}
        self._existing = lineage.jobs_of_names(tx, workflow_id, sorted({*self._position, *awaited}))

    def repeated(self) -> list[JobId]:
        """Return the jobs of a repeated call; empty for a new one. Raises RuleBroken if some of the names are new."""
        known = {
            name: next((job_id for job_id, theirs in self._existing[name] if theirs == self._lineage), None)
            for name in self._position
            if name in self._existing
        }
        if not known:
            return []
        job_ids = [job_id for name in self._position if (job_id := known.get(name)) is not None]
        if len(job_ids) < len(self._jobs):
            taken = next(iter(known))
            raise RuleBroken(
                f"A job named {taken!r} already exists; use only new names, or repeat a call of this lineage with"
                " exactly the same names",
                field="jobs",
                value=taken,
            )
        return job_ids

    def create(self, now: datetime) -> list[JobId]:
        """Create the jobs as blocked. Raises RuleBroken."""
        parents = [self._parents(each) for each in self._jobs]
        self._refuse_cycles()
        requirements = self._requirements()
        bodies = [
            {
                "workflow_id": self._workflow_id,
                "origin": lineage.SPAWNED,
                "env": {lineage.LINEAGE_VARIABLE: self._lineage},
                **each.record(),
                **requirements.get(each.resource_requirements, {}),
            }
            for each in self._jobs
        ]
        job_ids = [JobId(job_id) for job_id in records.create(self._tx, JOB, bodies, now)]
        graph.set_dependencies_of_new_jobs(
            self._tx,
            self._workflow_id,
            [
                (job_id, [self._caller_id, *existing, *(job_ids[position] for position in siblings)])
                for job_id, (existing, siblings) in zip(job_ids, parents, strict=True)
            ],
        )
        lineage.block(self._tx, job_ids)
        store_digests(self._tx, self._workflow_id, job_ids)
        return job_ids

    def _parents(self, job: SpawnJobModel) -> tuple[list[JobId], list[int]]:
        """Return the dependencies of a job: ids of existing jobs, and positions of jobs of this call."""
        existing: list[JobId] = []
        siblings: list[int] = []
        for name in job.depends_on:
            found = self._existing.get(name, [])
            if name in self._position:
                siblings.append(self._position[name])
            elif len(found) == 1:
                existing.append(found[0][0])
            else:
                count = f"{len(found)} jobs" if found else "no job"
                remedy = "rename all but one of them" if found else "create it first, or correct the name"
                raise RuleBroken(
                    f"Job {job.name!r} depends on {name!r}, but the workflow has {count} of that name; {remedy}",
                    field="depends_on",
                    value=name,
                )
        return existing, siblings

    def _refuse_cycles(self) -> None:
        before = {
            position: [self._position[name] for name in each.depends_on if name in self._position]
            for position, each in enumerate(self._jobs)
        }
        cycle = [self._jobs[position].name for position in cycle_in(before)]
        if cycle:
            names = " waits for ".join([*cycle[:10], *(["..."] if len(cycle) > 10 else []), cycle[0]])
            raise RuleBroken(
                f"These jobs wait for each other: {names}; remove one of these dependencies",
                field="depends_on",
                value=cycle[0],
            )

    def _requirements(self) -> Mapping[str | None, Body]:
        """Return the id for each name of requirements, as members of a job. Raises RuleBroken."""
        names = {each.resource_requirements for each in self._jobs if each.resource_requirements is not None}
        which = {"workflow_id": self._workflow_id, "names": json.dumps(sorted(names))}
        found: dict[str | None, Body] = {}
        for row in self._tx.rows(REQUIREMENTS_OF_NAMES, which):
            if row["name"] in found:
                raise RuleBroken(
                    f"The workflow has several resource requirements named {row['name']!r}; give them different names",
                    field="resource_requirements",
                    value=row["name"],
                )
            found[row["name"]] = {"resource_requirements_id": row["id"]}
        missing = sorted(names - set(found))
        if missing:
            raise RuleBroken(
                f"The workflow has no resource requirements named {missing[0]!r}; create them first",
                field="resource_requirements",
                value=missing[0],
            )
        return found
