"""The line in the log of a failed job that says why it failed."""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.log_files.attempt_logs import OF_JOB, LogKind
from torc_client.log_files.attempt_sources import LoggedAttempt, LogSource, load_history, open_source
from torc_client.log_files.error_line import error_line
from torc_client.log_files.line_windows import StoppedError
from torc_client.log_files.patterns import Pattern

READ_SECONDS = 5.0
_LOG_SECONDS = 3.0
"""Time for the logs of all jobs. A reason without its log has the return code only."""
# How many logs are read at the same time.
MOST_AT_ONCE = 4


@dataclass(frozen=True)
class FailureLine:
    """A line of a log of an attempt. Without `pattern` it is the last line, or one that only looks like an error."""

    text: str
    pattern: Pattern | None
    kind: LogKind
    attempt: LoggedAttempt | None

    @property
    def meaning(self) -> str:
        """What the error means; empty if it is not known."""
        return self.pattern.meaning if self.pattern else ""

    @property
    def remedy(self) -> str:
        """What to do against the error; empty if it is not known."""
        return self.pattern.remedy if self.pattern else ""


async def read_in_time(client: TorcClient, job_id: int, turns: asyncio.Semaphore) -> FailureLine | None:
    """Read the line when it is this one's turn. Raises TorcError, also if it takes too long."""
    try:
        async with asyncio.timeout(READ_SECONDS), turns:
            return await read_failure_line(client, job_id)
    except TimeoutError:
        raise TorcError(f"The log could not be read in {READ_SECONDS:g} s.") from None


async def read_failure_lines(client: TorcClient, job_ids: Sequence[int]) -> dict[tuple[int, int, int], str]:
    """Return the lines of logs that say why attempts failed, as far as they are read in time.

    A key has the job, the run and the attempt: the newest one of the job.
    """
    found: dict[tuple[int, int, int], str] = {}
    turns = asyncio.Semaphore(MOST_AT_ONCE)

    async def read(job_id: int) -> None:
        async with turns:
            try:
                line = await read_failure_line(client, job_id)
            except TorcError:
                return
            if line is not None and line.attempt is not None:
                found[job_id, line.attempt.run_id, line.attempt.attempt_id] = line.text

    try:
        async with asyncio.timeout(_LOG_SECONDS):
            await asyncio.gather(*map(read, job_ids))
    except TimeoutError:
        pass
    return found


async def read_failure_line(client: TorcClient, job_id: int) -> FailureLine | None:
    """Read the log of the newest attempt of a job. Return None if it names no error. Raises TorcError.

    The last line of stderr counts as one, that of stdout does not.
    """
    history = await load_history(client, job_id, {})
    source = await open_source(client, history, "")
    found = await _line_of(source)
    if found is None or source.kind not in OF_JOB:
        return None
    text, pattern = found
    if pattern is None and source.kind is LogKind.STDOUT:
        return None
    return FailureLine(text, pattern, source.kind, history.chosen)


async def _line_of(source: LogSource) -> tuple[str, Pattern | None] | None:
    """Read in a thread. If no caller waits for it any more, the log is closed when the thread ends."""
    must_end = threading.Event()

    def ended(reading: asyncio.Task[tuple[str, Pattern | None] | None]) -> None:
        source.close()
        if not reading.cancelled():
            reading.exception()  # no caller may wait for it

    reading = asyncio.create_task(asyncio.to_thread(error_line, source.log, must_end.is_set))
    reading.add_done_callback(ended)
    try:
        return await asyncio.shield(reading)
    except asyncio.CancelledError:
        must_end.set()
        raise
    except StoppedError:
        return None
