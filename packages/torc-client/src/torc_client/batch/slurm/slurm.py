"""Slurm as a `BatchSystem`."""

import re
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from torc_client.batch.profile import Partition
from torc_client.batch.slurm import queue
from torc_client.batch.slurm.cluster import CONFIG, all_partitions, cluster_name
from torc_client.batch.slurm.network import own_address_towards
from torc_client.batch.slurm.programs import NoSlurmError, SlurmError, UnansweredError, run, words_of
from torc_client.batch.slurm.script import script_text
from torc_client.batch.system import AllocationId, AllocationRequest, NoAnswerError, RejectedError, Seen

# What the commands of Slurm print when the controller did not answer. It may have got the request all the same.
_NO_ANSWER = (
    "Socket timed out", "Unable to contact slurm controller", "Connection refused", "Connection timed out",
    "Zero Bytes were transmitted", "Transport endpoint", "Resource temporarily unavailable",
)  # fmt: skip
TRIES = 4
# What is only checked early does not wait for a controller that hangs.
CHECK_SECONDS = 10.0
SECONDS_BETWEEN_TRIES = 5.0
# What `sbatch --parsable` prints: the id, and the cluster if there are several. Scripts of sites print more.
_ACCEPTED = re.compile(r"^([0-9]+)(?:;.*)?$", re.MULTILINE)


class Slurm:
    """The cluster that Slurm's commands of this machine reach."""

    name = "slurm"
    title = "Slurm"

    def __init__(self, seconds_between_tries: float = SECONDS_BETWEEN_TRIES) -> None:
        self._seconds_between_tries = seconds_between_tries

    def require(self) -> None:
        """Raise RejectedError if this machine has no sbatch."""
        if shutil.which("sbatch") is None:
            raise RejectedError("sbatch was not found: Slurm is not installed here, or not in PATH")

    def own_address(self) -> str | None:
        """Return the address from which packets go to the first node that is another machine. Raises SlurmError."""
        return own_address_towards(run(("sinfo", "--noheader", "--Node", "--format=%o")).split())

    def partitions(self) -> Sequence[Partition]:
        """Return the partitions as Slurm reports them, also those that are down. Raises SlurmError."""
        return all_partitions(CHECK_SECONDS)

    def cluster(self) -> str:
        """Return the ClusterName of Slurm. Raises SlurmError."""
        return cluster_name(run(CONFIG))

    def script(self, request: AllocationRequest) -> str:
        """Return the batch script of a request. Raises ValueError."""
        return script_text(request)

    def submit(self, script: Path, mark: str) -> str:
        """Submit a script once, and return the job id. After an unclear answer, the mark is looked for in the queue.

        Raises RejectedError with Slurm's words, and NoAnswerError if it stays unknown whether Slurm has the request.
        """
        if not {"\\", "%"}.isdisjoint(str(script.parent)):
            raise RejectedError(
                f"Slurm cannot write output to {script.parent}: it gives a meaning to % and backslashes in the names of"
                " folders"
            )
        last: SlurmError | None = None
        for number in range(TRIES):
            if number:
                time.sleep(self._seconds_between_tries)
            try:
                if number and (found := _marked(mark)) is not None:
                    return found
                return _requested(script, mark)
            except NoSlurmError as error:
                raise RejectedError(str(error)) from error
            except SlurmError as error:
                if not isinstance(error, UnansweredError) and not any(words in str(error) for words in _NO_ANSWER):
                    raise RejectedError(str(error)) from error
                last = error
        raise NoAnswerError(str(last)) from last

    def seen(self, requests: Sequence[str]) -> Mapping[AllocationId, Seen]:
        """Return the allocations of requests that Slurm knows. Raises SlurmError."""
        return queue.seen(requests)

    def marked(self, mark: str) -> str | None:
        """Return the id of the request with this mark in the queue. Raises SlurmError."""
        return queue.marked(mark)

    def cancel(self, allocations: Sequence[AllocationId]) -> None:
        """Cancel allocations: TERM to all their processes, and KILL after KillWait. Raises SlurmError.

        Slurm accepts ids of allocations that have ended.
        """
        if allocations:
            run(("scancel", *map(str, allocations)))


def _requested(script: Path, mark: str) -> str:
    """Run sbatch, and return the job id. Raises SlurmError, and RejectedError if there is no job."""
    printed = run(("sbatch", "--parsable", f"--chdir={script.parent}", str(script)), with_messages=True)
    if line := _ACCEPTED.search(printed):
        return line[1]
    # A script of the site can hide the id. With options such as --test-only, there is no job.
    if (found := _marked(mark)) is not None:
        return found
    words = words_of("sbatch", printed)
    raise RejectedError(f"sbatch printed no job id{f': {words}' if words else ''}")


def _marked(mark: str) -> str | None:
    """Look for the request with a mark. Raises UnansweredError: an error of squeue does not refuse a request."""
    try:
        return queue.marked(mark)
    except SlurmError as error:
        raise UnansweredError(str(error)) from error
