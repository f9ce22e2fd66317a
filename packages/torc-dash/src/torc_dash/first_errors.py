"""The line in the log of a failed job that says why it failed.

It is read in the background, because a disk or a runner can take long. What an attempt wrote does not change.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiohttp import web

from torc_client.log_files.failure_lines import MOST_AT_ONCE, FailureLine, read_in_time
from torc_dash import addresses
from torc_dash.background_answers import BackgroundAnswers
from torc_dash.upstream import CLIENT

# An answer is used for this time. Afterwards the job may have another attempt.
FRESH_SECONDS = 60.0


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
    turns = asyncio.Semaphore(MOST_AT_ONCE)

    async def ask(job_id: int) -> FirstError | None:
        found = await read_in_time(app[CLIENT], job_id, turns)
        return None if found is None else _with_link(job_id, found)

    async def closed(app: web.Application) -> AsyncIterator[None]:
        yield
        await app[FIRST_ERRORS].close()

    app[FIRST_ERRORS] = BackgroundAnswers(ask, fresh_seconds=FRESH_SECONDS)
    app.cleanup_ctx.append(closed)


def _with_link(job_id: int, found: FailureLine) -> FirstError:
    attempt = found.attempt
    href = addresses.log(
        job_id,
        found.kind.value,
        run=attempt.run_id if attempt else None,
        attempt=attempt.attempt_id if attempt else None,
        go="error" if found.pattern else None,
    )
    return FirstError(found.text, found.meaning, found.remedy, href)
