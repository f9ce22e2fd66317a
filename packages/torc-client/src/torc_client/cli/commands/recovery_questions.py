"""Ask a user which allocations a recovery requests."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from torc_client.answers import id_of
from torc_client.api.records import ClaimActionRequest, RequirementsCorrection
from torc_client.batch.plan_facts import DryRunFacts, ReplannedFacts
from torc_client.batch.schedulers import BatchScheduler
from torc_client.batch.submission import due_actions, request_allocations
from torc_client.batch.systems import support_for
from torc_client.cli.framework.output import ask
from torc_client.client import TorcClient
from torc_client.errors import ConflictError, TorcError
from torc_client.recovery.renewal import SCHEDULER_TYPE, Renewal

_CHOICES = "r: request them · ID COUNT: request allocations of an existing scheduler · n: request none · c: cancel > "
_MOST_ALLOCATIONS = 1000


class CanceledByUserError(TorcError):
    """The user canceled the recovery before anything was changed."""


@dataclass(slots=True)
class AskingRenewal:
    """Shows the new plan before anything is changed, and does what the user chooses.

    `report` gets the lines that the user reads, and `describe` makes them of a plan.
    """

    renewal: Renewal
    report: Callable[[str], None]
    describe: Callable[[DryRunFacts], Sequence[str]]
    _count: int | None = field(default=None, init=False)
    """The number of allocations of `_scheduler`; None for those of the new plan."""

    _scheduler: BatchScheduler | None = field(default=None, init=False)

    async def most_memory_bytes(self) -> int | None:
        """Return the memory of the largest node. Raises TorcError."""
        return await self.renewal.most_memory_bytes()

    async def require_ready(self, client: TorcClient) -> None:
        """Raise TorcError if allocations cannot be requested from this machine."""
        if self._count != 0:
            await self.renewal.require_ready(client)

    async def preview(
        self,
        client: TorcClient,
        workflow_id: int,
        job_ids: Collection[int] = (),
        corrections: Sequence[RequirementsCorrection] = (),
    ) -> DryRunFacts:
        """Show the plan, and ask. Raises CanceledByUserError, TorcError."""
        facts = await self.renewal.preview(client, workflow_id, job_ids, corrections)
        for line in self.describe(facts):
            self.report(line)
        schedulers = {
            each.id: each for each in await support_for(SCHEDULER_TYPE).schedulers.of_workflow(client, workflow_id)
        }
        self.report(f"Existing schedulers: {', '.join(f'{each.id} ({each.name})' for each in schedulers.values())}")
        while not self._is_chosen(ask.line(_CHOICES), schedulers):
            pass
        return facts

    def _is_chosen(self, line: str | None, schedulers: dict[int, BatchScheduler]) -> bool:
        """Apply a line of the user, and return whether it was a choice. Raises CanceledByUserError."""
        match ("c" if line is None else line).split():
            case ["r"]:
                return True
            case ["n"]:
                self._count = 0
                return True
            case ["c"]:
                raise CanceledByUserError("Nothing was changed.")
            case [number, wanted] if number.isdecimal() and wanted.isdecimal():
                self._scheduler = schedulers.get(int(number))
                if self._scheduler is None:
                    self.report(f"The workflow has no scheduler {number}.")
                elif not 0 < int(wanted) <= _MOST_ALLOCATIONS:
                    self.report(f"{wanted} is not a number of allocations from 1 to {_MOST_ALLOCATIONS}.")
                else:
                    self._count = int(wanted)
                    return True
            case _:
                pass
        return False

    async def renew(
        self, client: TorcClient, workflow_id: int, only_job_ids: Collection[int] | None = None
    ) -> ReplannedFacts:
        """Request what the user chose. Raises TorcError."""
        if self._count is None:
            return await self.renewal.renew(client, workflow_id, only_job_ids)
        if self._scheduler is not None:
            # Runners of these allocations would carry them out, and request further allocations.
            for action in await due_actions(client, workflow_id):
                await _claim(client, workflow_id, id_of(action))
            submission = await request_allocations(client, self._scheduler, self._count, self.renewal.submit_options)
            for line in submission.lines:
                self.report(line)
        status = await client.workflows.get_workflow_status(workflow_id)
        counts = status.jobs_by_status
        return ReplannedFacts(
            workflow_id=workflow_id,
            pending_jobs=counts.ready + counts.blocked + counts.uninitialized,
            schedulers_created=[],
            total_allocations=self._count,
            allocations_submitted=self._count,
            allocations_deferred=0,
            warnings=[],
            submitted=self._count > 0,
        )


async def _claim(client: TorcClient, workflow_id: int, action_id: int) -> None:
    try:
        await client.workflow_actions.claim_action(workflow_id, action_id, ClaimActionRequest())
    except ConflictError:
        return
