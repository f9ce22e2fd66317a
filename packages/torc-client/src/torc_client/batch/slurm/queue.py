"""Read what squeue and sacct report about allocations."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from torc_client.batch.slurm.programs import SlurmError, run
from torc_client.batch.system import AllocationId, AllocationState, Outcome, Seen

# The job id of an array, the number in it, state, reason, expected start, comment. The comment is free text, so last.
_QUEUE = ("squeue", "--noheader", "--array", "--states=all", "--format=%F|%K|%T|%r|%S|%k")
_ACCOUNTING = ("sacct", "--allocations", "--noheader", "--parsable2", "--format=JobID,State,ExitCode,Comment")
# The states from which an allocation does not return, of `man squeue`. All others, also unknown ones, are alive.
_ENDED = frozenset({
    "BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "REVOKED",
    "TIMEOUT",
})  # fmt: skip
_QUEUED = frozenset({
    "PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "RESV_DEL_HOLD", "SPECIAL_EXIT",
})  # fmt: skip
_ENDING = frozenset({"COMPLETING", "STAGE_OUT"})
_PLAIN = frozenset({"PENDING", "RUNNING", "COMPLETED"})
_OUTCOMES = {"COMPLETED": Outcome.COMPLETE, "CANCELLED": Outcome.CANCELED, "REVOKED": Outcome.CANCELED}
# Reasons for which Slurm never starts an allocation by itself, of `man squeue`, and what to do.
_RELEASE = "release it with `scontrol release {job}`"
_REPLACE = "cancel it with `scancel {job}`, correct the scheduler, and submit again"
_HELD_WORD = re.compile(r"\bheld\b")
_HELD = {
    "JobHeldUser": _RELEASE,
    "JobHeldAdmin": "ask the administrators of the cluster, who hold it",
    "JobHoldMaxRequeue": _RELEASE,
    "BadConstraints": _REPLACE,
    "DependencyNeverSatisfied": _REPLACE,
    "PartitionNodeLimit": _REPLACE,
    "PartitionTimeLimit": _REPLACE,
    "AccountNotAllowed": _REPLACE,
    "InvalidAccount": _REPLACE,
    "InvalidQOS": _REPLACE,
    "QOSNotAllowed": _REPLACE,
    "QOSMaxWallDurationPerJobLimit": _REPLACE,
    "AssocMaxWallDurationPerJobLimit": _REPLACE,
}
_NO_COMMENT = frozenset({"(null)", ""})
_NO_CODE = frozenset({"0:0", ""})
_JOB_ID = re.compile(r"[1-9][0-9]{0,9}")
_UNKNOWN_ID = "Invalid job id specified"


def state_of(word: str) -> AllocationState:
    """Return the state for one of Slurm, such as `RUNNING` or `CANCELLED by 0`."""
    first = word.split(maxsplit=1)[0] if word.strip() else ""
    if first in _ENDED:
        return AllocationState.ENDED
    if first in _ENDING:
        return AllocationState.ENDING
    return AllocationState.QUEUED if first in _QUEUED else AllocationState.RUNNING


def mark_of(comment: str) -> str:
    """Return the mark in a comment: its first word. A comment of the user can follow."""
    words = comment.split(maxsplit=1)
    return words[0] if words and comment not in _NO_COMMENT else ""


def seen(requests: Sequence[str]) -> dict[AllocationId, Seen]:
    """Return the allocations of requests. Those that left the queue come from the accounting, if there is one.

    What cannot be a job id is not asked for: for one such word, squeue answers nothing about the others. Raises
    SlurmError.
    """
    requests = [each for each in requests if _JOB_ID.fullmatch(each)]
    found = _in_queue(requests) if requests else {}
    left = [request for request in requests if _is_incomplete([each for each in found if each.request == request])]
    return (_in_accounting(left) if left else {}) | found


def _is_incomplete(found: Sequence[AllocationId]) -> bool:
    """Whether allocations of a request have left the queue: all, or some of an array, whose numbers begin with 1."""
    numbers = sorted(each.number for each in found if each.number is not None)
    return not found or numbers != list(range(1, len(numbers) + 1))


def marked(mark: str) -> str | None:
    """Return the id of the request with this comment, or None if there is none in the queue. Raises SlurmError."""
    for line in run(_QUEUE).splitlines():
        fields = line.split("|", 5)
        if len(fields) == 6 and mark_of(fields[5]) == mark:
            return fields[0]
    return None


def _in_queue(requests: Iterable[str]) -> dict[AllocationId, Seen]:
    try:
        text = run((*_QUEUE, f"--jobs={','.join(requests)}"))
    except SlurmError as error:
        if _UNKNOWN_ID in str(error):  # squeue says so only if it is asked for a single id
            return {}
        raise
    found = {}
    for line in text.splitlines():
        fields = line.split("|", 5)
        if len(fields) == 6:
            request, number, word, reason, start, comment = fields
            allocation = AllocationId(request, int(number) if number.isdigit() else None)
            found[allocation] = _seen(allocation, word, "" if reason == "None" else reason, start, comment)
    return found


def _seen(allocation: AllocationId, word: str, reason: str, start: str, comment: str) -> Seen:
    state = state_of(word)
    first = word.split(maxsplit=1)[0] if word.strip() else ""
    is_queued = state is AllocationState.QUEUED
    return Seen(
        state,
        word,
        ", ".join(filter(None, ("" if first in _PLAIN else first, reason))),
        starts_at=_moment(start) if is_queued else "",
        mark=mark_of(comment),
        outcome=_OUTCOMES.get(first, Outcome.FAILED) if state is AllocationState.ENDED else Outcome.COMPLETE,
        remedy=_remedy(reason).format(job=allocation.request) if is_queued else "",
    )


def _remedy(reason: str) -> str:
    """Return what to do about an allocation that waits for this reason; empty if it starts by itself."""
    # Slurm also has sentences: "job requeued in held state", "launch failed requeued held".
    return _HELD.get(reason, _RELEASE if _HELD_WORD.search(reason) else "")


def _moment(text: str) -> str:
    """Return a local time of Slurm with its offset from UTC; empty if it is not a time."""
    try:
        return datetime.fromisoformat(text).astimezone().isoformat()
    except ValueError:
        return ""


def _in_accounting(requests: Sequence[str]) -> dict[AllocationId, Seen]:
    try:
        text = run((*_ACCOUNTING, f"--jobs={','.join(requests)}"))
    except SlurmError:  # a cluster without accounting
        return {}
    found = {}
    for line in text.splitlines():
        fields = line.split("|", 3)
        request, _, number = fields[0].partition("_")
        if len(fields) == 4 and request.isdigit() and (number.isdigit() or not number):
            allocation = AllocationId(request, int(number) if number else None)
            _, word, code, comment = fields
            failed = "" if code in _NO_CODE else f"exit code {code.partition(':')[0]}"
            one = _seen(allocation, word, failed, "", comment)
            # Without AccountingStoreFlags=job_comment, the accounting keeps no comments.
            found[allocation] = one if one.mark else replace(one, mark=None)
    return found
