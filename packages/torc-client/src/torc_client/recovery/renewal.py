"""Plan the allocations of a Slurm workflow again, and request those that are due."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from torc_client.api.records import RequirementsCorrection
from torc_client.batch.plan_facts import DryRunFacts, ReplannedFacts, dry_run_facts, replanned_facts
from torc_client.batch.profile import Profile
from torc_client.batch.regeneration import Regeneration
from torc_client.batch.replanning import plan_of, store_plan, stored_workflow
from torc_client.batch.submission import DueActionsError, Submission, UnclearError, submit_due_actions
from torc_client.batch.submission_checks import require_ready
from torc_client.batch.submit_options import SubmitOptions
from torc_client.batch.unclear_submissions import settle
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.recovery.prediction import after_restart

SCHEDULER_TYPE = "slurm"
"""The scheduler type of the plans of `batch.regeneration`."""


class NotRequestedError(TorcError):
    """The new plan is stored, but the batch system did not accept all of its allocations.

    `is_unclear`: no request was refused, and some have no answer, so they stay recorded until one is known.
    """

    def __init__(self, error: TorcError, workflow_id: int) -> None:
        hint = f"The new schedulers are stored, and their actions stay open: `torc submit {workflow_id}` tries again."
        super().__init__(error.message, " ".join(filter(None, (error.hint, hint))))
        failures = error.failures.values() if isinstance(error, DueActionsError) else ()
        self.is_unclear = bool(failures) and all(isinstance(each, UnclearError) for each in failures)


class AllocationSource(Protocol):
    """What a recovery needs for workflows that run in allocations. Methods raise TorcError."""

    async def most_memory_bytes(self) -> int | None:
        """Return the memory of the largest node, or None if it is not known."""

    async def require_ready(self, client: TorcClient) -> None:
        """Raise TorcError if allocations cannot be requested from this machine."""

    async def preview(
        self,
        client: TorcClient,
        workflow_id: int,
        job_ids: Collection[int] = (),
        corrections: Sequence[RequirementsCorrection] = (),
    ) -> DryRunFacts:
        """Return the plan for the workflow after a restart of these jobs. Nothing is changed."""

    async def renew(
        self, client: TorcClient, workflow_id: int, only_job_ids: Collection[int] | None = None
    ) -> ReplannedFacts:
        """Request allocations for jobs that have not run."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """How allocations are planned again and requested. `find_profile` returns the cluster, and raises TorcError.

    `report` gets warnings of the plan, and a line for each allocation.
    """

    find_profile: Callable[[], Profile]
    how: Regeneration
    submit_options: SubmitOptions
    report: Callable[[str], None]

    async def require_ready(self, client: TorcClient) -> None:
        """Raise TorcError if allocations cannot be requested from this machine."""
        await require_ready(client, self.submit_options, {SCHEDULER_TYPE})

    async def most_memory_bytes(self) -> int | None:
        """Return the memory of the largest node of the cluster, or of the partition that was chosen."""
        profile = await asyncio.to_thread(self.find_profile)
        chosen = self.how.options.partition
        of_nodes = [each.memory_mb for each in profile.cluster.partitions if chosen in {None, each.name}]
        return max(of_nodes) * 2**20 if of_nodes else None

    async def preview(
        self,
        client: TorcClient,
        workflow_id: int,
        job_ids: Collection[int] = (),
        corrections: Sequence[RequirementsCorrection] = (),
    ) -> DryRunFacts:
        """Return the plan for the workflow after a restart of these jobs. Nothing is changed. Raises TorcError."""
        profile = await asyncio.to_thread(self.find_profile)
        stored = after_restart(await stored_workflow(client, workflow_id), job_ids, corrections)
        return dry_run_facts(plan_of(stored, profile, self.how), profile, would_submit=True)

    async def renew(
        self, client: TorcClient, workflow_id: int, only_job_ids: Collection[int] | None = None
    ) -> ReplannedFacts:
        """Store a new plan for all jobs that have not run, or for some of them, and request what is due.

        Raises NotRequestedError if the plan was stored and an allocation was not accepted; TorcError.
        """
        for settled in await settle(client, workflow_id):
            self.report(settled.sentence)
        only = None if only_job_ids is None else frozenset(only_job_ids)
        how = replace(self.how, only_job_ids=only)
        made = plan_of(await stored_workflow(client, workflow_id), await asyncio.to_thread(self.find_profile), how)
        for warning in made.warnings:
            self.report(f"Warning: {warning}")
        stored = await store_plan(client, made)
        submitted = await request_due(client, workflow_id, self.submit_options, self.report) if stored else 0
        return replanned_facts(made, stored, submitted=submitted)


async def request_due(
    client: TorcClient, workflow_id: int, options: SubmitOptions, report: Callable[[str], None]
) -> int:
    """Request the allocations of all due actions, and return their number. Raises NotRequestedError."""

    def report_submission(submission: Submission) -> None:
        for line in submission.lines:
            report(line)

    try:
        made = await submit_due_actions(client, workflow_id, options, on_submission=report_submission)
    except TorcError as error:
        raise NotRequestedError(error, workflow_id) from error
    return sum(len(each.allocations) for each in made)
