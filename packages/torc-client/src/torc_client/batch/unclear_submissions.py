"""Find out whether a batch system has a request whose answer did not come."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from torc_client.api.records import AcceptSubmissionRequest, RejectSubmissionRequest, SubmissionModel
from torc_client.batch.blocking import blocking
from torc_client.batch.submission_files import is_unanswered, remove_secrets
from torc_client.batch.system import BatchError
from torc_client.batch.systems import system_named
from torc_client.client import TorcClient
from torc_client.errors import ConflictError, NotFoundError
from torc_client.paging import iterate
from torc_client.text import parse_timestamp

# Longer than a process tries to submit. After this time, no process waits for the answer.
ANSWER_SECONDS = 600
_SUBMITTING = "submitting"


@dataclass(frozen=True, slots=True)
class Settled:
    """A submission that had no answer: now accepted with this id, rejected, or still without an answer."""

    submission: SubmissionModel
    request_id: str | None = None
    is_rejected: bool = False
    reason: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it is still not known."""
        return self.request_id is None and not self.is_rejected

    @property
    def sentence(self) -> str:
        """The result, for a user."""
        number = self.submission.id
        if self.request_id is not None:
            return f"Submission {number} was accepted as {self.request_id}."
        if self.is_rejected:
            return f"Submission {number} did not reach the batch system; its action is due again."
        return f"Submission {number} waits for an answer: {self.reason}"


async def settle(client: TorcClient, workflow_id: int) -> list[Settled]:
    """Look for the submissions of a workflow that have no answer, accept those that exist, and reject the others.

    One that another process may be submitting at this moment is left alone. Raises TorcError.
    """
    pages = iterate(lambda **query: client.submissions.list_submissions(workflow_id, status=_SUBMITTING, **query))
    settled = []
    async for submission in pages:
        try:
            found = await find_answer(submission)
        except BatchError as error:
            found = Settled(submission, reason=f"{error}.")
        settled.append(await store_answer(client, found))
    return settled


async def find_answer(submission: SubmissionModel, patience_seconds: float | None = None) -> Settled:
    """Ask the batch system for a submission without an answer. The server is not changed. Raises BatchError, TorcError.

    A batch system is not waited for longer than `patience_seconds`.
    """
    system = system_named(submission.scheduler_type)
    await blocking(patience_seconds, system.require)
    request_id = await blocking(patience_seconds, system.marked, submission.mark)
    if request_id is not None:
        return Settled(submission, request_id)
    if submission.cluster and submission.cluster != await blocking(patience_seconds, system.cluster):
        return Settled(submission, reason=f"it was made in the cluster {submission.cluster}, which is another one.")
    if await blocking(None, _may_be_under_way, submission):
        return Settled(submission, reason="another command may be submitting it at this moment.")
    # On a machine without the folder of its output, the batch system may be another one, too.
    if not await blocking(None, Path(submission.folder).is_dir):
        return Settled(
            submission, reason=f"{system.title} does not have it, and this machine has no {submission.folder}."
        )
    return Settled(
        submission, is_rejected=True, reason=f"{system.title} did not answer, and does not have the request"
    )  # fmt: skip


async def store_answer(client: TorcClient, found: Settled) -> Settled:
    """Accept or reject a submission on the server. Raises TorcError."""
    submission = found.submission
    try:
        if found.request_id is not None:
            is_array = submission.num_allocations > 1
            accept = AcceptSubmissionRequest(scheduler_id=int(found.request_id), is_array=is_array)
            await client.submissions.accept_submission(submission.id, accept)
        elif found.is_rejected:
            reject = RejectSubmissionRequest(reason=found.reason)
            await client.submissions.reject_submission(submission.id, reject)
            remove_secrets(Path(submission.folder), submission.id)
    except (ConflictError, NotFoundError) as error:  # another process has settled it in the meantime
        return Settled(submission, reason=f"{error.message}.")
    return found


def _may_be_under_way(submission: SubmissionModel) -> bool:
    if is_unanswered(Path(submission.folder), submission.id):
        return False
    created = parse_timestamp(submission.created_at)
    return created is None or datetime.now(UTC) - created < timedelta(seconds=ANSWER_SECONDS)
