"""Slurm as a `BatchSystem`."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from torc_client.batch.slurm import queue
from torc_client.batch.slurm.programs import NoSlurmError, SlurmError, run
from torc_client.batch.slurm.script import script_text
from torc_client.batch.system import AllocationId, AllocationRequest, NoAnswerError, RejectedError, Seen

# What the commands of Slurm print when the controller did not answer. It may have got the request all the same.
_NO_ANSWER = (
    "Socket timed out", "Unable to contact slurm controller", "Connection refused", "Connection timed out",
    "Zero Bytes were transmitted", "Transport endpoint", "Resource temporarily unavailable", "did not answer in",
)  # fmt: skip
TRIES = 4
SECONDS_BETWEEN_TRIES = 5.0


class Slurm:
    """The cluster that Slurm's commands of this machine reach."""

    name = "slurm"

    def __init__(self, seconds_between_tries: float = SECONDS_BETWEEN_TRIES) -> None:
        self._seconds_between_tries = seconds_between_tries

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
                if number:
                    found = queue.marked(mark)
                    if found is not None:
                        return found
                return run(("sbatch", "--parsable", f"--chdir={script.parent}", str(script))).strip().partition(";")[0]
            except NoSlurmError as error:
                raise RejectedError(str(error)) from error
            except SlurmError as error:
                if not any(words in str(error) for words in _NO_ANSWER):
                    raise RejectedError(str(error)) from error
                last = error
        raise NoAnswerError(str(last)) from last

    def seen(self, requests: Sequence[str]) -> Mapping[AllocationId, Seen]:
        """Return the allocations of requests that Slurm knows. Raises SlurmError."""
        return queue.seen(requests)

    def cancel(self, allocations: Sequence[AllocationId]) -> None:
        """Cancel allocations: TERM to all their processes, and KILL after KillWait. Raises SlurmError.

        Slurm accepts ids of allocations that have ended.
        """
        if allocations:
            run(("scancel", *map(str, allocations)))
