"""A runner as part of an allocation: its record on the server, its end, its log files, and what follows its end."""

import asyncio
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from torc_client.api.records import WorkflowModel
from torc_client.batch.blocking import blocking
from torc_client.batch.inside import OwnAllocation
from torc_client.batch.margins import WARNING_EARLINESS_SECONDS, Margins
from torc_client.batch.submission_files import remove_secrets
from torc_client.batch.surrounding import surrounding_allocation
from torc_client.batch.system import BatchError
from torc_client.batch.systems import support_for
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.local_runner import ends_with_parent
from torc_client.shared_folders import open_file
from torc_runner.connection.outage import HASTY_SECONDS, answered_within
from torc_runner.connection.scheduled_node import COMPLETE, FAILED, QUEUED, ScheduledNode
from torc_runner.connection.surplus import cancel_surplus
from torc_runner.detect.allocation import allocation_end, provisional_end
from torc_runner.log import fields, logger
from torc_runner.machine.rules import AllocationRules
from torc_runner.stop_requests import StopRequests
from torc_runner.workflow_config import margins_in

STOP_QUESTION_SECONDS = 0.75
"""The time for an answer of the batch system, and of the server, after a request to stop. Jobs wait for them."""

SAME_REQUEST_SECONDS = 2.0
"""Several TERM in this time are one request: of the batch system, or of the threads of a parent that was killed."""

_SECRET_WORDS = ("PASSWORD", "COOKIE", "TOKEN", "SECRET", "CREDENTIAL", "JWT")


class AllocationSession(Struct, frozen=True, kw_only=True):
    """What is known about the allocation. `end` is None while it is not known."""

    allocation: OwnAllocation
    scheduled: ScheduledNode
    end: datetime | None
    chosen_end: datetime | None
    """The end that the options of the runner set."""

    @property
    def walltime_seconds(self) -> float | None:
        """The time from the start of the allocation to its end."""
        return None if self.end is None else (self.end - self.allocation.started_at).total_seconds()

    @property
    def scheduler_config_id(self) -> int | None:
        """The id of the scheduler configuration with which the allocation was requested, if it is known."""
        return None if self.scheduled.record is None else self.scheduled.record.scheduler_config_id

    @property
    def rules(self) -> AllocationRules:
        """The rules for a runner in an allocation."""
        return AllocationRules()

    def ending(self, end: datetime) -> "AllocationSession":
        """Return what is known if the allocation ends at `end`."""
        return replace(self, end=end)

    def margins(self, workflow: WorkflowModel) -> Margins:
        """Return the time in which jobs are ended before the end."""
        return margins_in(workflow, self.walltime_seconds)

    def warned_from(self, workflow: WorkflowModel) -> datetime | None:
        """Return the time from which a warning of the batch system announces the end that is known."""
        if self.end is None:
            return None
        before_seconds = self.margins(workflow).total_seconds + WARNING_EARLINESS_SECONDS
        return self.end - timedelta(seconds=before_seconds)

    @property
    def record(self) -> Mapping[str, object]:
        """The member `scheduler` of the compute node."""
        scheduled_id = self.scheduled.id
        return {**({} if scheduled_id is None else {"scheduler_id": scheduled_id}), **self.allocation.record}


def stop_requests(allocation: OwnAllocation | None) -> StopRequests:
    """Return the requests to stop a runner, which is in an allocation or not."""
    is_one = allocation is not None or ends_with_parent()
    return StopRequests(merge_seconds=SAME_REQUEST_SECONDS if is_one else 0.0)


def startup_delay(allocation: OwnAllocation, window_seconds: int) -> float:
    """Return the part of the time after which this runner starts, so that many runners do not start at once."""
    spread = int.from_bytes(sha256(allocation.identity.encode()).digest()[:4])
    return window_seconds * spread / 2**32


def first_contact_seconds(allocation: OwnAllocation, patience_seconds: float, now: datetime) -> float:
    """Return the time for which a runner waits at its start for a server that is away: until the end at most.

    An end in the past is ignored: the environment is that of an earlier allocation.
    """
    end = allocation.known_end
    return patience_seconds if end is None or end <= now else min(patience_seconds, (end - now).total_seconds())


def log_name(allocation: OwnAllocation, workflow_id: int, kind: str) -> str:
    """Return the name of a log file of a runner in an allocation."""
    return f"{kind}_wf{workflow_id}_{allocation.log_suffix}.log"


async def surrounding_end() -> datetime | None:
    """Return the end of the allocation in whose shell this runner was started."""
    found = surrounding_allocation(os.environ)
    return None if found is None else await allocation_end(found, datetime.now(UTC))


async def begin_in_allocation(
    client: TorcClient,
    workflow_id: int,
    allocation: OwnAllocation,
    *,
    submission_id: int | None,
    chosen_end: datetime | None,
) -> AllocationSession:
    """Report to the server that the allocation has started. Its end is that of the environment, or is estimated.

    Without both, the batch system is asked. Errors are logged only.
    """
    scheduled = ScheduledNode(client, workflow_id, allocation, submission_id)
    end, walltime_seconds = allocation.known_end, None
    try:
        await scheduled.begin()
        if end is None and scheduled.record is not None:
            schedulers = support_for(allocation.system).schedulers
            scheduler = await schedulers.one(client, scheduled.record.scheduler_config_id)
            walltime_seconds = scheduler.walltime_seconds
    except TorcError as error:
        logger.warning("Allocation not reported %s", fields(allocation=allocation.allocation, reason=error))
    end = provisional_end(allocation, walltime_seconds) if walltime_seconds else end
    if end is None or end <= datetime.now(UTC):
        end = await allocation_end(allocation, datetime.now(UTC))
    return AllocationSession(allocation=allocation, scheduled=scheduled, end=end, chosen_end=chosen_end)


async def end_in_allocation(client: TorcClient, workflow_id: int, session: AllocationSession, *, failed: bool) -> None:
    """Report to the server that the allocation has ended, and cancel queued ones that nothing is left for.

    The last runner of the allocation does so. After the last allocation of a submission, it also removes the token.
    Errors are logged only.
    """
    try:
        async with answered_within(HASTY_SECONDS, client):
            if not await session.scheduled.is_last():
                return
        others: frozenset[int] = frozenset()
        if not failed:
            others = await cancel_surplus(client, workflow_id, support_for(session.allocation.system).system)
        async with answered_within(HASTY_SECONDS, client):
            await session.scheduled.end(FAILED if failed else COMPLETE)
            for ended in await session.scheduled.ended_submissions(others):
                await asyncio.to_thread(remove_secrets, Path(ended.folder), ended.id)
    except TorcError as error:
        logger.warning("End of the allocation not reported %s", fields(workflow_id=workflow_id, reason=error))


async def report_queued_again(session: AllocationSession) -> None:
    """Report that the allocation starts again later, if so: the server then returns the jobs that ended with it.

    Call it before these ends are reported. Without an answer in a short time, the allocation counts as ended.
    """
    try:
        if await blocking(STOP_QUESTION_SECONDS, session.allocation.is_queued_again):
            async with asyncio.timeout(STOP_QUESTION_SECONDS):
                await session.scheduled.end(QUEUED)
            logger.info("Allocation queued again %s", fields(allocation=session.allocation.allocation))
    except (BatchError, TorcError, TimeoutError) as error:
        logger.warning("It is not known whether the allocation starts again %s", fields(reason=error))


def write_variables(allocation: OwnAllocation, output_dir: Path, workflow_id: int) -> None:
    """Write the variables of the batch system to a file, without those that may be secret."""
    lines = [
        f"{name}={value}\n"
        for name, value in allocation.variables.items()
        if not any(word in name.upper() for word in _SECRET_WORDS)
    ]
    path = output_dir / log_name(allocation, workflow_id, f"{allocation.system}_env")
    try:
        with os.fdopen(open_file(path, os.O_WRONLY | os.O_CREAT), "w") as file:
            file.truncate()
            file.writelines(lines)
    except OSError as error:
        logger.warning("Variables of the allocation not written %s", fields(path=path, reason=error.strerror))
