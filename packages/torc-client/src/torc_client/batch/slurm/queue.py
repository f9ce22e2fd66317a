"""Read what squeue and sacct report about allocations."""

from collections.abc import Iterable, Sequence

from torc_client.batch.slurm.programs import SlurmError, run
from torc_client.batch.system import AllocationId, AllocationState, Seen

# The job id of an array, the number in it, state, reason, expected start, comment. The comment is free text, so last.
_QUEUE = ("squeue", "--noheader", "--array", "--states=all", "--format=%F|%K|%T|%r|%S|%k")
_ACCOUNTING = ("sacct", "--allocations", "--noheader", "--parsable2", "--format=JobID,State")
# The states from which an allocation does not return, of `man squeue`. All others, also unknown ones, are alive.
_ENDED = frozenset({
    "BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "REVOKED",
    "TIMEOUT",
})  # fmt: skip
_QUEUED = frozenset({
    "PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "RESV_DEL_HOLD", "SPECIAL_EXIT",
})  # fmt: skip
_ENDING = frozenset({"COMPLETING", "STAGE_OUT"})
_NO_TIME = frozenset({"N/A", ""})
_UNKNOWN_ID = "Invalid job id specified"


def state_of(word: str) -> AllocationState:
    """Return the state for one of Slurm, such as `RUNNING` or `CANCELLED by 0`."""
    first = word.split(maxsplit=1)[0] if word.strip() else ""
    if first in _ENDED:
        return AllocationState.ENDED
    if first in _ENDING:
        return AllocationState.ENDING
    return AllocationState.QUEUED if first in _QUEUED else AllocationState.RUNNING


def seen(requests: Sequence[str]) -> dict[AllocationId, Seen]:
    """Return the allocations of requests. Those that left the queue come from the accounting, if there is one.

    Raises SlurmError.
    """
    found = _in_queue(requests) if requests else {}
    gone = [request for request in requests if not any(each.request == request for each in found)]
    return found | (_in_accounting(gone) if gone else {})


def marked(mark: str) -> str | None:
    """Return the id of the request with this comment, or None if there is none in the queue. Raises SlurmError."""
    for line in run(_QUEUE).splitlines():
        fields = line.split("|", 5)
        if len(fields) == 6 and fields[5] == mark:
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
            request, number, word, reason, start, _ = fields
            found[AllocationId(request, int(number) if number.isdigit() else None)] = Seen(
                state_of(word), word, "" if reason == "None" else reason, "" if start in _NO_TIME else start
            )
    return found


def _in_accounting(requests: Sequence[str]) -> dict[AllocationId, Seen]:
    try:
        text = run((*_ACCOUNTING, f"--jobs={','.join(requests)}"))
    except SlurmError:  # a cluster without accounting
        return {}
    found = {}
    for line in text.splitlines():
        name, _, word = line.partition("|")
        request, _, number = name.partition("_")
        if request.isdigit() and (number.isdigit() or not number):
            found[AllocationId(request, int(number) if number else None)] = Seen(state_of(word), word)
    return found
