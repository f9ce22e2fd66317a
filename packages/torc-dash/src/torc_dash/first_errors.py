"""The line in the log of a failed job that says why it failed.

It is read in the background, because a disk or a runner can take long. What an attempt wrote does not change.
"""

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiohttp import web

from torc_client.answers import id_of
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.log_files.attempt_logs import OF_JOB, LogKind
from torc_client.log_files.attempt_sources import LogSource, load_history, open_source
from torc_client.log_files.error_line import error_line
from torc_client.log_files.line_windows import StoppedError
from torc_client.log_files.patterns import Pattern
from torc_dash import addresses
from torc_dash.background_answers import BackgroundAnswers
from torc_dash.upstream import CLIENT

# An answer is used for this time. Afterwards the job may have another attempt.
FRESH_SECONDS = 60.0
READ_SECONDS = 5.0
# How many logs are read at the same time.
_MOST_AT_ONCE = 4


@dataclass(frozen=True)
class FirstError:
    """A line of a log. `meaning` and `remedy` are empty if it is the last line, without a known error."""

    text: str
    meaning: str
    remedy: str
    href: str


FIRST_ERRORS: web.AppKey[BackgroundAnswers[int, FirstError | None]] = web.AppKey("first_errors", BackgroundAnswers)


def set_up(app: web.Application) -> None:
    """Make the answers of the application, by the ids of jobs, and end open questions with it."""
    turns = asyncio.Semaphore(_MOST_AT_ONCE)

    async def ask(job_id: int) -> FirstError | None:
        try:
            async with asyncio.timeout(READ_SECONDS), turns:
                return await read_first_error(app[CLIENT], job_id)
        except TimeoutError:
            raise TorcError(f"The log could not be read in {READ_SECONDS:g} s.") from None

    async def closed(app: web.Application) -> AsyncIterator[None]:
        yield
        await app[FIRST_ERRORS].close()

    app[FIRST_ERRORS] = BackgroundAnswers(ask, fresh_seconds=FRESH_SECONDS)
    app.cleanup_ctx.append(closed)


async def read_first_error(client: TorcClient, job_id: int) -> FirstError | None:
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
    attempt = history.chosen
    href = addresses.log(
        id_of(history.job),
        source.kind.value,
        run=attempt.run_id if attempt else None,
        attempt=attempt.attempt_id if attempt else None,
        go="error" if pattern else None,
    )
    return FirstError(text, pattern.meaning if pattern else "", pattern.remedy if pattern else "", href)


async def _line_of(source: LogSource) -> tuple[str, Pattern | None] | None:
    """Read in a thread. If no page waits for it any more, the log is closed when the thread ends."""
    must_end = threading.Event()

    def ended(reading: asyncio.Task[tuple[str, Pattern | None] | None]) -> None:
        source.close()
        if not reading.cancelled():
            reading.exception()  # no page may wait for it

    reading = asyncio.create_task(asyncio.to_thread(error_line, source.log, must_end.is_set))
    reading.add_done_callback(ended)
    try:
        return await asyncio.shield(reading)
    except asyncio.CancelledError:
        must_end.set()
        raise
    except StoppedError:
        return None
