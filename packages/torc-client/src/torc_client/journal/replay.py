"""Send the results in journals. The server checks the attempt of each result, so sending it twice changes nothing.

Ids mean other records in another database. A journal is therefore sent only to the database of its runner, with the
secret of the runner's registration. Journals of earlier versions, and those of a server of the original Torc, have
neither; they are sent if the server has the registration of their runner.
"""

from collections.abc import AsyncIterator
from pathlib import Path

from msgspec import Struct, field

from torc_client.api.records import JobCompletionError, ReportAndClaimRequest
from torc_client.client import TorcClient
from torc_client.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    OtherDatabaseError,
    OtherNodeError,
    UnprocessableError,
)
from torc_client.host_identity import runner_id_of
from torc_client.journal.files import JournalFile, abandoned, is_foreign, journals, note_once, remove, set_aside
from torc_client.journal.records import Contents, Head
from torc_client.origin import NodeOrigin
from torc_client.paging import iterate
from torc_client.text import count

_MOST_AT_ONCE = 500
_FOREIGN = (
    "it is of another database than the one of this server; send it with `torc workflows reconcile` to the server that"
    " has that database, or delete it"
)

_OF_OTHER_USER = (
    "it belongs to another user, who could have written any results into it; that user can send it with `torc workflows"
    " reconcile`, or delete it"
)
_OTHER_NODE = (
    "compute node {} of the server is not its runner, because the database was replaced or the node was deleted; delete"
    " the journal if its results are not needed"
)


class Replayed(Struct):
    """The outcome for one journal."""

    path: Path
    run_id: int
    results: int = 0
    """Results that the server has now, including those that it had before."""
    refused: list[JobCompletionError] = field(default_factory=list)
    """Results that it refused: of attempts that were given up, or that another runner reported."""
    damaged_bytes: int = 0
    skipped: str | None = None
    """Why the journal was neither sent nor deleted."""
    is_first_time: bool = True
    """Whether `skipped` was not reported before."""
    set_aside: Path | None = None
    """Where the journal is now, if `skipped` cannot change any more."""


class _Replay:
    """One pass over the journals of a folder."""

    def __init__(self, client: TorcClient, workflow_id: int, run_id: int, *, only_run: bool) -> None:
        self._client = client
        self._workflow_id = workflow_id
        self._run_id = run_id
        self._only_run = only_run
        self._database_id: str | None = None
        self._is_pinned = False
        self._gone: dict[int, bool] = {}

    async def settle(self, file: JournalFile, contents: Contents) -> Replayed | None:
        """Send, remove, set aside or skip a journal. None for one that is left to the runners of its workflow."""
        head = contents.head
        replayed = Replayed(file.path, file.run_id, damaged_bytes=contents.damaged_bytes)
        if file.workflow_id != self._workflow_id:
            return await self._of_other_workflow(file, head, replayed)
        if not contents.completions:
            remove(file.path)
        elif self._only_run and file.run_id != self._run_id:
            self._skip(replayed, f"it is of run {file.run_id}; the workflow is at run {self._run_id}")
        elif head is None or (head.workflow_id, head.run_id) != (file.workflow_id, file.run_id):
            self._set_aside(replayed, "its first record is damaged, so the runner of its results is not known")
        elif not await self._is_of_this_database(file, head):
            self._skip(replayed, _FOREIGN)
        elif head.run_id > self._run_id:
            self._skip(replayed, f"it is of run {head.run_id}; the workflow is at run {self._run_id}")
        elif head.run_id < self._run_id:
            await self._of_earlier_run(head, contents, replayed)
        else:
            await self._send(head, contents, replayed)
        return replayed

    async def _of_other_workflow(self, file: JournalFile, head: Head | None, replayed: Replayed) -> Replayed | None:
        """Set aside the journal of a deleted workflow of this database."""
        if head is None or head.workflow_id != file.workflow_id or head.database_id is None:
            return None
        if head.database_id != await self._database():
            return None
        if not await self._is_gone(head.workflow_id):
            return None
        self._set_aside(replayed, f"workflow {head.workflow_id} was deleted")
        return replayed

    async def _is_gone(self, workflow_id: int) -> bool:
        if workflow_id not in self._gone:
            try:
                await self._client.workflows.get_workflow(workflow_id)
            except NotFoundError:
                self._gone[workflow_id] = True
            except ForbiddenError:
                self._gone[workflow_id] = False
            else:
                self._gone[workflow_id] = False
        return self._gone[workflow_id]

    async def _database(self) -> str | None:
        if not self._is_pinned:
            self._database_id = self._client.database_id or await self._client.pin_database()
            self._is_pinned = True
        return self._database_id

    async def _is_of_this_database(self, file: JournalFile, head: Head) -> bool:
        database_id = await self._database()
        if head.database_id is not None or (database_id is None and not self._client.is_plain):
            return head.database_id == database_id
        try:
            node = await self._client.compute_nodes.get_compute_node(head.compute_node_id)
        except NotFoundError:
            return False
        # The name of the file ends with the beginning of the runner's id.
        runner_id = runner_id_of(node.host_identity)
        return (
            node.workflow_id == head.workflow_id
            and head.runner == f"{node.hostname} {node.pid}"
            and (not runner_id or file.path.stem.endswith(f"_n{head.compute_node_id}_{runner_id[:8]}"))
        )

    async def _of_earlier_run(self, head: Head, contents: Contents, replayed: Replayed) -> None:
        """Remove a journal whose results the server has. It takes no others, because their run is over."""
        known = {
            (each.job_id, each.attempt_id or 1, each.status, each.return_code)
            async for each in iterate(
                self._client.results.list_results, workflow_id=head.workflow_id, run_id=head.run_id, all_runs=True
            )
        }
        results = [each.result for each in contents.completions]
        lacking = [
            each for each in results if (each.job_id, each.attempt_id or 1, each.status, each.return_code) not in known
        ]
        if lacking:
            self._set_aside(
                replayed,
                f"it has {count('result', len(lacking))} of run {head.run_id}, which is over: the workflow is at run"
                f" {self._run_id}",
            )
        else:
            replayed.results = len(results)
            remove(replayed.path)

    async def _send(self, head: Head, contents: Contents, replayed: Replayed) -> None:
        client = self._client
        if head.node_secret is not None:
            client = client.as_node(NodeOrigin(head.database_id, head.compute_node_id, head.node_secret))
        for begin in range(0, len(contents.completions), _MOST_AT_ONCE):
            some = contents.completions[begin : begin + _MOST_AT_ONCE]
            request = ReportAndClaimRequest(
                compute_node_id=head.compute_node_id, run_id=head.run_id, completions=list(some)
            )
            try:
                answer = await client.workflows.report_and_claim(head.workflow_id, request)
            except OtherNodeError:
                self._skip(replayed, _OTHER_NODE.format(head.compute_node_id))
                return
            except OtherDatabaseError:  # the server has another database since a moment ago
                raise
            except (ConflictError, NotFoundError, UnprocessableError) as error:
                self._skip(replayed, error.message)
                return
            replayed.results += len(some) - len(answer.errors)
            replayed.refused += answer.errors
        remove(replayed.path)

    def _skip(self, replayed: Replayed, reason: str) -> None:
        replayed.skipped = reason
        replayed.is_first_time = note_once(replayed.path, f"{self._database_id or '-'} {reason}")

    def _set_aside(self, replayed: Replayed, reason: str) -> None:
        replayed.skipped = reason
        replayed.set_aside = set_aside(replayed.path)


async def replay_all(
    client: TorcClient, output_dir: Path, workflow_id: int, run_id: int, *, only_run: bool = False
) -> AsyncIterator[Replayed]:
    """Send the results in the journals of this folder and delete the journals.

    Journals of earlier runs and of deleted workflows are set aside, unless the server has all their results. With
    `only_run`, journals of other runs than `run_id` stay. Raises TorcError if the server does not answer, and OSError
    if a journal cannot be read or moved.
    """
    replay = _Replay(client, workflow_id, run_id, only_run=only_run)
    for file in journals(output_dir):
        if file.workflow_id == workflow_id and is_foreign(file.path):
            is_first_time = note_once(file.path, _OF_OTHER_USER)
            yield Replayed(file.path, file.run_id, skipped=_OF_OTHER_USER, is_first_time=is_first_time)
            continue
        with abandoned(file.path) as contents:
            if contents is None:
                continue
            replayed = await replay.settle(file, contents)
            if replayed is not None:
                yield replayed
