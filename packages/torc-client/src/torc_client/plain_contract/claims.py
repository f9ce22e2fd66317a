"""Claims by the operations of the contract, which have no keys: an answer that is lost is found again.

A claimed job is started for its compute node at once, so that the server knows which node has it.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from torc_client.answers import id_of
from torc_client.api import Subjects
from torc_client.api.enums import JobStatus
from torc_client.api.records import ComputeNodesResources, JobModel
from torc_client.errors import ConflictError, TorcError, UnprocessableError
from torc_client.paging import iterate
from torc_client.plain_contract.attempts import Attempt, attempt_of, running_on, start

_log = logging.getLogger(__name__)


class Claim(NamedTuple):
    """A claim of a runner. Without `offer`, jobs of any size are claimed."""

    workflow_id: int
    run_id: int
    compute_node_id: int
    key: str
    limit: int
    labels: str | None
    offer: ComputeNodesResources | None


class Claims:
    """The claims of one runner. A claim continues if the caller no longer waits for it, and its key finds it again."""

    def __init__(self, contract: Subjects) -> None:
        self._contract = contract
        self._key = ""
        self._claim: asyncio.Task[list[JobModel]] | None = None
        self._has_lost_some = True
        """Whether jobs may be claimed whose answer was lost. It is not known of runners before this one."""
        self._handed_out: set[Attempt] = set()

    async def claim(self, claim: Claim) -> list[JobModel]:
        """Claim jobs and start them, or return those of the claim with this key. Raises TorcError.

        Raises ConflictError, with the current run, if the workflow is in another run.
        """
        if self._claim is None or claim.key != self._key:
            if claim.limit <= 0:
                return []
            self._key, self._claim = claim.key, asyncio.create_task(self._perform(claim))
            # Python logs errors that are not read, such as that of a claim whose caller no longer waits.
            self._claim.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        task = self._claim
        try:
            jobs = await asyncio.shield(task)
        except TorcError:
            self._forget(task)
            raise
        if not jobs:
            self._forget(task)
        return jobs

    def _forget(self, task: asyncio.Task[list[JobModel]]) -> None:
        if self._claim is task:
            self._claim = None

    async def _perform(self, claim: Claim) -> list[JobModel]:
        await self._require_run(claim)
        if self._has_lost_some:
            found = await self._find_lost(claim)
            self._has_lost_some = False
            if found:
                return self._hand_out(found)
        try:
            claimed = await self._call(claim)
            return self._hand_out([job for job in claimed if await self._start(job, claim)])
        except TorcError:
            self._has_lost_some = True
            raise

    async def _start(self, job: JobModel, claim: Claim) -> bool:
        try:
            return await start(self._contract, job, claim)
        except UnprocessableError:
            current = (await self._contract.workflows.get_workflow(claim.workflow_id)).run_id
            if current is not None and current != claim.run_id:  # the next run has begun since the claim
                await self._contract.jobs.manage_status_change(id_of(job), JobStatus.READY, current)
                return False
            raise

    async def _require_run(self, claim: Claim) -> None:
        current = (await self._contract.workflows.get_workflow(claim.workflow_id)).run_id
        if current is not None and current != claim.run_id:
            message = f"Workflow {claim.workflow_id} is in run {current}, not in run {claim.run_id}."
            raise ConflictError(409, message, {"run_id": current})

    def _hand_out(self, jobs: list[JobModel]) -> list[JobModel]:
        self._handed_out.update(attempt_of(job) for job in jobs)
        return jobs

    async def _call(self, claim: Claim) -> Sequence[JobModel]:
        workflows = self._contract.workflows
        if claim.offer is None:
            any_jobs = await workflows.claim_next_jobs(claim.workflow_id, limit=claim.limit, labels=claim.labels)
            return any_jobs.jobs or []
        offer = replace(claim.offer, nodes=None)
        fitting = await workflows.claim_jobs_based_on_resources(claim.workflow_id, claim.limit, offer)
        return fitting.jobs or []

    async def _find_lost(self, claim: Claim) -> list[JobModel]:
        """Return jobs of this node that it does not know of, and make pending jobs ready that no node can have."""
        running = await running_on(self._contract, claim.workflow_id, claim.compute_node_id)
        await self._release_pending(claim)
        return [job for job in running if attempt_of(job) not in self._handed_out]

    async def _release_pending(self, claim: Claim) -> None:
        """Make jobs ready that a runner had claimed that has ended.

        The pending jobs are read before the nodes: a runner that claimed them and works is then among the nodes.
        """
        contract, workflow_id = self._contract, claim.workflow_id
        pages = iterate(contract.jobs.list_jobs, workflow_id=workflow_id, status=JobStatus.PENDING)
        pending = [job async for job in pages]
        if not pending:
            return
        nodes = iterate(contract.compute_nodes.list_compute_nodes, workflow_id=workflow_id, is_active=True)
        others = [str(node.id) async for node in nodes if node.id != claim.compute_node_id]
        if others:
            _log.info(
                "%d jobs of workflow %d are claimed and not started, perhaps by compute nodes %s.",
                *(len(pending), workflow_id, ", ".join(others)),
            )
            return
        for job in pending:
            found = await contract.jobs.get_job(id_of(job))
            if found.status is JobStatus.PENDING and attempt_of(found) == attempt_of(job):
                await contract.jobs.manage_status_change(id_of(job), JobStatus.READY, claim.run_id)
