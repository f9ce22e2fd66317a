"""The log viewer: windows of a log of any size, search, known errors, and new lines while the job runs."""

import asyncio
import contextlib
import re
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web
from markupsafe import Markup

from torc_client.api.enums import JobStatus
from torc_client.api.records import JobModel
from torc_client.errors import ApiError, ServerUnreachableError, TorcError
from torc_client.log_files.attempt_logs import LogKind
from torc_client.log_files.attempt_sources import JobHistory, LoggedAttempt, LogSource, load_history, open_source
from torc_client.log_files.confined import OpenLog
from torc_client.log_files.line_index import IndexCache
from torc_client.log_files.line_windows import StoppedError
from torc_client.log_files.window_reading import LogQuestion, LogWindow, look
from torc_client.text import size
from torc_dash import addresses
from torc_dash.addresses import ID
from torc_dash.log_lines import LineLinks, render_lines
from torc_dash.log_questions import read_question
from torc_dash.log_threads import threads_for
from torc_dash.rendering import respond
from torc_dash.tables import integer
from torc_dash.upstream import CLIENT

INDEXES = web.AppKey("log_indexes", IndexCache)
_MOST_DIGITS = 19
OVER_HEADER = "X-Torc-Log-Over"
_TITLES = {
    LogKind.STDOUT: "stdout",
    LogKind.STDERR: "stderr",
    LogKind.COMBINED: "stdout and stderr",
    LogKind.RUNNER: "runner",
    LogKind.ALLOCATION_STDOUT: "Slurm stdout",
    LogKind.ALLOCATION_STDERR: "Slurm stderr",
}
_UNSUCCESSFUL = frozenset({JobStatus.FAILED, JobStatus.TERMINATED, JobStatus.PENDING_FAILED})
_LOOK_SECONDS = 0.25
_LONGEST_WAIT_SECONDS = 20.0


@dataclass(frozen=True)
class Choice:
    """A link to another log or attempt."""

    title: str
    href: str
    chosen: bool


@dataclass(frozen=True)
class LogView:
    """A window of the log and the addresses around it."""

    look: LogWindow
    lines: Markup
    position: str
    place: str
    is_relayed: bool
    is_over: bool
    base: str
    """The address of this log, to which parameters are added."""

    question: LogQuestion
    form: tuple[tuple[str, str], ...]
    is_replaced: bool = False
    """Whether the log is shorter than what the page has seen: it was truncated or replaced."""

    problems: tuple[str, ...] = ()
    """Why the search was not done."""

    def at(self, **query: str | int) -> str:
        """Return an address of this log."""
        return f"{self.base}&{urlencode(query)}"

    def search(self, direction: str, offset: int) -> str:
        """Return the address of the next or previous match."""
        flags = {"case": int(self.question.match_case)} | ({"regex": 1} if self.question.is_expression else {})
        return self.at(go=direction, **{"from": offset}, q=self.question.text, **flags)

    @property
    def follow_from(self) -> int:
        """The offset from which new lines are read: the last line may be incomplete."""
        last = self.look.lines[-1] if self.look.lines else None
        return self.look.end if last is None or last.has_newline else last.offset


@dataclass(frozen=True)
class LogPage:
    """The values of the template."""

    job: JobModel
    job_href: str
    workflow_id: int
    workflow_name: str
    workflow_href: str
    attempts: tuple[Choice, ...]
    streams: tuple[Choice, ...]
    view: LogView | None
    waits: bool
    """Whether the log can still appear by itself."""

    message: str = ""
    hint: str | None = None


def set_up(app: web.Application) -> None:
    """Keep the numbers of lines of the logs that were read last."""
    app[INDEXES] = IndexCache()


async def page(request: web.Request) -> web.Response:
    """Show a window of a log. With `wait`, first wait until the log has more than `seen` bytes."""
    history = await load_history(request.app[CLIENT], int(request.match_info["id"]), request.query)
    job, attempt = history.job, history.chosen
    view, streams, message, hint = None, tuple[Choice, ...](), "", None
    try:
        async with _opened(request, history) as source:
            assert attempt is not None, "it has a log"  # noqa: S101 - for the type checker
            streams = tuple(
                Choice(_TITLES[kind], _base(job, attempt, kind.value), kind is source.kind) for kind in source.kinds
            )
            view = await _view(request, source, attempt, _base(job, attempt, source.kind.value))
    except ServerUnreachableError:
        raise
    except TorcError as error:
        if isinstance(error, ApiError) and error.status not in {404, 409}:
            raise
        message, hint = error.message, error.hint
    shown = LogPage(
        job=job,
        job_href=addresses.job(job.id or 0),
        workflow_id=job.workflow_id,
        workflow_name=history.workflow.name,
        workflow_href=addresses.workflow(job.workflow_id),
        attempts=tuple(_attempt_choice(job, one, attempt) for one in history.attempts),
        streams=streams,
        view=view,
        waits=view is None and not _is_over(job),
        message=message,
        hint=hint,
    )
    response = respond(request, "pages/log.html", shown)
    response.headers[OVER_HEADER] = "1" if view is None or view.is_over else "0"
    return response


def _is_over(job: JobModel) -> bool:
    return job.status in _UNSUCCESSFUL | {JobStatus.COMPLETED, JobStatus.CANCELED, JobStatus.DISABLED}


def _base(job: JobModel, attempt: LoggedAttempt, stream: str) -> str:
    return addresses.log(job.id or 0, stream, run=attempt.run_id, attempt=attempt.attempt_id)


def _attempt_choice(job: JobModel, one: LoggedAttempt, chosen: LoggedAttempt | None) -> Choice:
    title = f"run {one.run_id}, attempt {one.attempt_id}: {one.status.value.replace('_', ' ')}"
    href = addresses.log(job.id or 0, run=one.run_id, attempt=one.attempt_id)
    return Choice(title, href, one is chosen)


@contextlib.asynccontextmanager
async def _opened(request: web.Request, history: JobHistory) -> AsyncIterator[LogSource]:
    source = await open_source(request.app[CLIENT], history, request.query.get("stream", ""))
    try:
        yield source
    finally:
        source.close()


async def _view(request: web.Request, source: LogSource, attempt: LoggedAttempt, base: str) -> LogView:
    question = read_question(request.query)
    is_over = await _wait_for_more(request, source, attempt)
    index = request.app[INDEXES].of(source.log.identity)
    failed = attempt.status in _UNSUCCESSFUL
    left = threading.Event()

    problems: list[str] = []

    def read() -> LogWindow:
        # A reader that leaves cancels the request, but not this thread: it closes the log only when it is not read.
        try:
            return look(source.log, index, question, left.is_set, failed=failed)
        except StoppedError:
            pass
        except TorcError as error:
            problems.append(error.message)
        return look(source.log, index, LogQuestion("at", question.number), lambda: False, failed=False)

    threads = threads_for(request.app, question)
    reading = asyncio.get_running_loop().run_in_executor(threads, read)
    try:
        found = await asyncio.shield(reading)
    except asyncio.CancelledError:
        left.set()
        with contextlib.suppress(Exception):
            await reading
        raise
    links = LineLinks(f"{base}&line=", f"{base}&at=", base.replace("/log?", "/log/raw?", 1))
    lines = render_lines(found.lines, found.first_number, links, found.hit, _marks(question))
    form = (("stream", source.kind.value), ("run", str(attempt.run_id)), ("attempt", str(attempt.attempt_id)))
    return LogView(
        look=found,
        lines=lines,
        position=_position(found),
        place=source.place,
        is_relayed=source.is_relayed,
        is_over=is_over,
        base=base,
        question=question,
        form=form,
        is_replaced=_is_replaced(request, found.size),
        problems=tuple(problems),
    )


async def _wait_for_more(request: web.Request, source: LogSource, attempt: LoggedAttempt) -> bool:
    """Wait until the log has more than the bytes that the page has seen. Return whether nothing can follow."""
    try:
        seconds = min(float(integer(request.query.get("wait", "0"))), _LONGEST_WAIT_SECONDS)
        seen = integer(request.query.get("seen", "-1"))
    except ValueError:
        return attempt.is_over
    log = source.log
    if isinstance(log, OpenLog):
        # An attempt that was over before its log was opened had written everything.
        for _ in range(int(seconds / _LOOK_SECONDS)):
            if attempt.is_over or log.size_bytes != seen:
                break
            await asyncio.sleep(_LOOK_SECONDS)
            await asyncio.to_thread(log.refresh)
        return attempt.is_over
    if seconds > 0 and log.size_bytes <= seen and not log.is_over:
        await log.refresh(seconds)
    return log.is_over


def _is_replaced(request: web.Request, size_bytes: int) -> bool:
    seen = request.query.get("seen", "")
    return seen.isascii() and seen.isdecimal() and len(seen) < _MOST_DIGITS and size_bytes < int(seen)


def _marks(question: LogQuestion) -> re.Pattern[str] | None:
    """Return what to mark. Expressions are not searched in this process, where nothing could stop them."""
    if not question.text or question.is_expression:
        return None
    return re.compile(re.escape(question.text), 0 if question.match_case else re.IGNORECASE)


def _position(found: LogWindow) -> str:
    if found.size == 0:
        return "empty"
    whole = size(found.size)
    if found.first_number is None:
        return f"bytes {found.start:,} to {found.end:,} of {whole}; {found.counted_percent} % of the lines are counted"
    last = found.first_number + len(found.lines) - 1
    total = (
        f"{found.total_lines:,}" if found.total_lines is not None else f"more ({found.counted_percent} % are counted)"
    )
    return f"lines {found.first_number:,} to {last:,} of {total}, {whole}"


ROUTES = (web.get(f"/jobs/{ID}/log", page, name="log"),)
