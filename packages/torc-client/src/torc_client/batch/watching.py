"""Ask the batch systems about the allocations of a workflow, and correct the records of the server.

A batch system that does not answer, and one that this machine cannot reach, changes nothing: its allocations stay as
they are recorded, and `Look.not_asked` has a sentence about them.
"""

import asyncio
import os
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from torc_client.answers import id_of
from torc_client.api.records import ScheduledComputeNodesModel, SubmissionModel
from torc_client.batch.blocking import blocking
from torc_client.batch.clusters import elsewhere, submissions_of
from torc_client.batch.judging import ACTIVE, PENDING, Change, Judgement, Recorded, is_foreign, judge, suspects
from torc_client.batch.submission_files import remove_secrets
from torc_client.batch.system import AllocationId, BatchError, BatchSystem, Seen
from torc_client.batch.systems import system_named
from torc_client.batch.unclear_submissions import Settled, find_answer, store_answer
from torc_client.client import TorcClient, current_user
from torc_client.errors import NotFoundError, TorcError
from torc_client.paging import iterate

SUBMITTING = "submitting"
OPEN = (SUBMITTING, PENDING, ACTIVE)
"""The statuses of allocations that have not ended."""

AGAIN_AFTER_SECONDS = 5.0
"""The time between two answers that must agree before an allocation is judged to have ended."""

QUICK_SECONDS = 5.0
"""How long a command that only shows something waits for a batch system."""

AT_ONCE = 16
"""The maximum number of records that are corrected at the same time."""

LARGEST_ID = 2**31 - 1
"""The largest id that batch systems give to a request. The smallest is 1."""

_LISTED = 5

Systems = Callable[[str], BatchSystem]


@dataclass(frozen=True, slots=True)
class Look:
    """What batch systems report about the allocations of a workflow that have not ended.

    `records` and `seen` have the id of the record as key; `seen` has those that the batch system knows. `answers` are
    those to submissions that had none. `not_asked` are sentences about those that were not judged.
    """

    records: Mapping[int, ScheduledComputeNodesModel] = field(default_factory=dict)
    seen: Mapping[int, Seen] = field(default_factory=dict)
    judgement: Judgement = field(default_factory=lambda: Judgement((), frozenset()))
    answers: Sequence[Settled] = ()
    not_asked: Sequence[str] = ()

    @property
    def ended(self) -> list[Change]:
        """The allocations that have ended."""
        return [change for change in self.judgement.changes if change.is_end]


async def look(
    client: TorcClient,
    workflow_id: int,
    *,
    systems: Systems = system_named,
    again_after_seconds: float | None = AGAIN_AFTER_SECONDS,
    patience_seconds: float | None = None,
) -> Look:
    """Ask each batch system once for all allocations of a workflow, and once more if some may have ended.

    Without `again_after_seconds` there is one question, and nothing is judged to have ended. A batch system that does
    not answer within `patience_seconds` is not waited for. Raises TorcError for an error of the server.
    """
    records = await open_allocations(client, workflow_id)
    asking = _Asking(systems, again_after_seconds, patience_seconds, client, workflow_id)
    return await asking.look(records)


async def look_once(client: TorcClient, workflow_id: int, records: Sequence[ScheduledComputeNodesModel]) -> Look:
    """Ask each batch system once, with little patience, for the open ones of these allocations. Judges no end."""
    asking = _Asking(system_named, None, QUICK_SECONDS, client, workflow_id)
    return await asking.look([record for record in records if record.status in OPEN])


async def open_allocations(client: TorcClient, workflow_id: int) -> list[ScheduledComputeNodesModel]:
    """Return the allocations of a workflow that have not ended according to the server. Raises TorcError."""
    return [record for record in await all_allocations(client, workflow_id) if record.status in OPEN]


async def all_allocations(client: TorcClient, workflow_id: int) -> list[ScheduledComputeNodesModel]:
    """Return the allocations of a workflow. Raises TorcError."""
    listed = iterate(client.scheduled_compute_nodes.list_scheduled_compute_nodes, workflow_id=workflow_id)
    return [record async for record in listed]


async def write(client: TorcClient, found: Look) -> None:
    """Correct the records of the server, except those that have changed since they were read. Raises TorcError."""
    for each in found.answers:
        await store_answer(client, each)
    changes = found.judgement.changes
    for begin in range(0, len(changes), AT_ONCE):
        await asyncio.gather(*(store(client, change) for change in changes[begin : begin + AT_ONCE]))
    remove_files(found.records.values(), {change.known.record_id for change in found.ended})


def remove_files(records: Collection[ScheduledComputeNodesModel], ended: Collection[int | None]) -> None:
    """Remove the secrets of submissions whose last allocations have `ended`. `records` are all that had not."""
    left = {record.submission_id for record in records if record.id not in ended}
    for record in records:
        if record.submission_id is not None and record.submission_id not in left and record.folder:
            remove_secrets(Path(record.folder), record.submission_id)


async def store(client: TorcClient, change: Change) -> bool:
    """Correct one record, unless its status has changed since it was read. Return whether it was corrected."""
    record_id = change.known.record_id
    try:
        current = await client.scheduled_compute_nodes.get_scheduled_compute_node(record_id)
        if current.status != change.known.status:
            return False
        # An empty text removes the value of a member.
        new = msgspec.structs.replace(
            current, status=str(change.status), reason=change.reason, starts_at=change.starts_at
        )
        await client.scheduled_compute_nodes.update_scheduled_compute_node(record_id, new)
    except NotFoundError:
        return False
    return True


def id_in_system(record: ScheduledComputeNodesModel) -> AllocationId:
    """Return the id of an allocation in its batch system."""
    return AllocationId(str(record.scheduler_id), record.task)


def has_id(record: ScheduledComputeNodesModel) -> bool:
    """Whether a batch system can have given its id to an allocation. It is not asked about other ones."""
    return 1 <= record.scheduler_id <= LARGEST_ID


def no_ids(system: str, records: Sequence[ScheduledComputeNodesModel]) -> str:
    """Return a sentence about allocations whose ids no batch system has given."""
    ids = named([id_in_system(record) for record in records])
    return (
        f"{system} was not asked about {ids}: it gives no such ids. Correct scheduler_id of the scheduled compute nodes"
        f" {named([id_of(record) for record in records])} through the API."
    )


def known_of(record: ScheduledComputeNodesModel, submissions: Mapping[int, SubmissionModel]) -> Recorded:
    """Return what the server knows of an allocation."""
    submission = submissions.get(record.submission_id or 0)
    mark = submission.mark if submission else ""
    return Recorded(
        id_of(record), id_in_system(record), record.status, record.reason or "", record.starts_at or "", mark
    )  # fmt: skip


class _Asking:
    """Asks batch systems, with the same patience."""

    def __init__(
        self,
        systems: Systems,
        again_after_seconds: float | None,
        patience_seconds: float | None,
        client: TorcClient,
        workflow_id: int,
    ) -> None:
        self._client, self._workflow_id = client, workflow_id
        self._systems = systems
        self._again_after_seconds = again_after_seconds
        self._patience_seconds = patience_seconds

    async def look(self, records: Sequence[ScheduledComputeNodesModel]) -> Look:
        """Ask for allocations of any batch systems."""
        of_type: dict[str, list[ScheduledComputeNodesModel]] = defaultdict(list)
        for record in records:
            of_type[record.scheduler_type].append(record)
        submissions = await submissions_of(self._client, self._workflow_id, records)
        parts = [await self._ask(scheduler_type, some, submissions) for scheduler_type, some in of_type.items()]
        return Look(
            {id_of(record): record for record in records},
            {key: seen for part in parts for key, seen in part.seen.items()},
            Judgement(
                [change for part in parts for change in part.judgement.changes],
                frozenset().union(*(part.judgement.idle for part in parts)),
            ),
            [answer for part in parts for answer in part.answers],
            [sentence for part in parts for sentence in part.not_asked],
        )

    async def _ask(
        self,
        scheduler_type: str,
        records: Sequence[ScheduledComputeNodesModel],
        submissions: Mapping[int, SubmissionModel],
    ) -> Look:
        """Ask one batch system for its allocations."""
        open_submissions = {
            record.submission_id for record in records if record.status == SUBMITTING and record.submission_id
        }
        asked = [record for record in records if record.status != SUBMITTING]
        without_id = [record for record in asked if not has_id(record)]
        known = [known_of(record, submissions) for record in asked if has_id(record)]
        invalid = [no_ids(system_title(scheduler_type), without_id)] if without_id else []
        try:
            system = self._systems(scheduler_type)
            seen = await self._seen(system, known)
            earlier, away = None, []
            if any(suspects(known, seen)):
                clusters = await elsewhere(system, records, submissions, self._patience_seconds)
                away = [_is_away(system, cluster, some) for cluster, some in clusters.items()]
                gone = {each.id for some in clusters.values() for each in some}
                known = [each for each in known if each.record_id not in gone]
            if self._again_after_seconds is not None and any(suspects(known, seen)):
                await asyncio.sleep(self._again_after_seconds)
                earlier, seen = seen, await self._seen(system, known)
            answers = [
                await find_answer(submissions[each], self._patience_seconds) for each in sorted(open_submissions)
            ]
        except BatchError as error:
            return Look(not_asked=[_not_asked(scheduler_type, records, str(error))])
        except TorcError as error:
            return Look(not_asked=[_not_asked(scheduler_type, records, error.message)])
        away = [*invalid, *away]
        foreign = [each for each in known if is_foreign(each, seen.get(each.allocation))]
        not_asked = [*away, _is_elsewhere(scheduler_type, foreign)] if foreign else away
        missing = [] if earlier is None else [each for each in known if each.allocation not in seen]
        owner = await self._other_owner() if missing else None
        if owner is not None:
            not_asked.append(_may_be_hidden(scheduler_type, missing, owner))
        return Look(
            seen={
                each.record_id: seen[each.allocation]
                for each in known
                if each.allocation in seen and each not in foreign
            },
            judgement=judge(known, seen, earlier, lists_all=owner is None),
            answers=[each for each in answers if not each.is_open],
            not_asked=not_asked,
        )

    async def _other_owner(self) -> str | None:
        """Return the owner of the workflow if it is another user, whose allocations a batch system may hide."""
        owner = (await self._client.workflows.get_workflow(self._workflow_id)).user
        return None if owner == current_user() or os.geteuid() == 0 else owner

    async def _seen(self, system: BatchSystem, known: Sequence[Recorded]) -> Mapping[AllocationId, Seen]:
        requests = list(dict.fromkeys(each.allocation.request for each in known))
        return await blocking(self._patience_seconds, system.seen, requests) if requests else {}


def system_title(scheduler_type: str) -> str:
    """Return the name of a batch system for messages."""
    return scheduler_type[:1].upper() + scheduler_type[1:]


def named(ids: Sequence[object]) -> str:
    """Return ids in a message, at most a few."""
    more = f" and {len(ids) - _LISTED} more" if len(ids) > _LISTED else ""
    return f"{', '.join(map(str, ids[:_LISTED]))}{more}"


def _not_asked(scheduler_type: str, records: Sequence[ScheduledComputeNodesModel], why: str) -> str:
    ids = [id_in_system(record) for record in records if record.status != SUBMITTING]
    what = f"allocation{'s' * (len(ids) != 1)} {named(ids)}" if ids else "submissions without an answer"
    return f"{system_title(scheduler_type)} was not asked about {what}: {why.rstrip('.')}."


def _is_away(system: BatchSystem, cluster: str, records: Sequence[ScheduledComputeNodesModel]) -> str:
    ids = [id_in_system(record) for record in records]
    return f"{system.title} was not asked about {named(ids)}: they are in the cluster {cluster}. Repeat there."


def _may_be_hidden(scheduler_type: str, missing: Sequence[Recorded], owner: str) -> str:
    ids = named([each.allocation for each in missing])
    return (
        f"{system_title(scheduler_type)} does not list the allocations {ids}, and may hide those of other users:"
        f" {owner} can check them."
    )


def _is_elsewhere(scheduler_type: str, foreign: Sequence[Recorded]) -> str:
    ids = named([each.allocation for each in foreign])
    return (
        f"{system_title(scheduler_type)} here has other allocations with the ids {ids}: those of the workflow are in"
        " another cluster."
    )
