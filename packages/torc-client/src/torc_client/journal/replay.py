"""Send the results in journals. The server checks the attempt of each result, so sending it twice changes nothing."""

from collections.abc import AsyncIterator
from pathlib import Path

from msgspec import Struct, field

from torc_client.api.records import JobCompletionError, ReportAndClaimRequest
from torc_client.client import TorcClient
from torc_client.errors import ConflictError, NotFoundError, UnprocessableError
from torc_client.journal.files import abandoned, journals, remove
from torc_client.journal.records import Contents, Head

_MOST_AT_ONCE = 500


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
    """Why the journal was not sent and not deleted."""


async def replay_all(client: TorcClient, output_dir: Path, workflow_id: int, run_id: int) -> AsyncIterator[Replayed]:
    """Send the results in the journals of this folder and delete the journals.

    Journals of other runs than `run_id` are reported and not deleted. Raises TorcError if the server does not answer,
    and OSError if a journal cannot be read.
    """
    for run_of_journal, path in journals(output_dir, workflow_id):
        with abandoned(path) as contents:
            if contents is None:
                continue
            replayed = Replayed(path, run_of_journal, damaged_bytes=contents.damaged_bytes)
            head = contents.head
            if head is None or (head.workflow_id, head.run_id) != (workflow_id, run_of_journal):
                if contents.completions:
                    replayed.skipped = "its first record is damaged, so the runner of its results is not known"
            elif head.run_id != run_id:
                replayed.skipped = f"it is of run {head.run_id}; the workflow is at run {run_id}"
            else:
                await _send(client, head, contents, replayed)
            if replayed.skipped is None:
                remove(path)
            yield replayed


async def _send(client: TorcClient, head: Head, contents: Contents, replayed: Replayed) -> None:
    for begin in range(0, len(contents.completions), _MOST_AT_ONCE):
        some = contents.completions[begin : begin + _MOST_AT_ONCE]
        request = ReportAndClaimRequest(
            compute_node_id=head.compute_node_id, run_id=head.run_id, completions=list(some)
        )
        try:
            answer = await client.workflows.report_and_claim(head.workflow_id, request)
        except (ConflictError, NotFoundError, UnprocessableError) as error:
            replayed.skipped = error.message
            return
        replayed.results += len(some) - len(answer.errors)
        replayed.refused += answer.errors
