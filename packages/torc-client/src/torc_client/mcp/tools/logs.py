"""Read the output of jobs, and find known errors in it."""

import asyncio
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from torc_client.errors import TorcError
from torc_client.log_files.analysis import analyze
from torc_client.log_files.attempt_sources import load_history, open_source
from torc_client.log_files.job_logs import USUAL_FOLDER
from torc_client.log_files.sources import logs
from torc_client.mcp.answers import Answer, Described, Id, Untrusted, untrusted
from torc_client.mcp.assistant_tool import AssistantTool
from torc_client.mcp.log_reading import Read, around_error, last_lines, lines_at, matching_lines, read
from torc_client.mcp.parameters import FolderPath
from torc_client.mcp.session import McpSession

_USUAL_LINES: Final = 100
_JOBS_SHOWN: Final = 20

LogType = Literal["stdout", "stderr", "combined", "runner", "allocation-stdout", "allocation-stderr"]
Lines = Annotated[int, Field(ge=1, le=5000)]


class LogText(Answer):
    """A part of a log."""

    job_id: Id
    run_id: int
    attempt_id: int
    log_type: str
    other_logs: list[str]
    place: str
    """The file, or the host and the file."""

    size_bytes: int
    shown: str
    """Which lines `output` has."""

    first_line: int | None = None
    """The number of the first line of `output`."""

    next_line: int | None = None
    """`from_line` of the lines after these."""

    matches: int | None = None
    meaning: str | None = None
    """What the known error means."""

    remedy: str | None = None
    output: Untrusted


async def get_job_logs(
    session: McpSession,
    *,
    job_id: Id,
    workflow_id: Id | None = None,
    run_id: Annotated[int | None, Field(ge=0)] = None,
    attempt_id: Annotated[int | None, Field(ge=1)] = None,
    log_type: LogType | None = None,
    tail_lines: Lines | None = None,
    from_line: Annotated[int | None, Field(ge=1)] = None,
    max_lines: Lines = 200,
    search: Annotated[str | None, Field(min_length=1, max_length=500)] = None,
    is_regex: bool = False,
    first_error: bool = False,
) -> LogText:
    """Read a part of a job's log: of the newest attempt, from this disk or through the server from its runner.

    Choose one: `tail_lines`, `from_line` with `max_lines`, `search`, or `first_error`. Without any: of a failed job the
    lines around the first known error, else the last 100 lines. Without `log_type`, the most useful one.
    """
    part = _part(tail_lines, from_line, max_lines, search, is_regex=is_regex, first_error=first_error)
    query = {"run": "" if run_id is None else str(run_id), "attempt": "" if attempt_id is None else str(attempt_id)}
    history = await load_history(session.client, job_id, query)
    if workflow_id is not None and history.job.workflow_id != workflow_id:
        raise TorcError(f"Job {job_id} is of workflow {history.job.workflow_id}, not of {workflow_id}.")
    source = await open_source(session.client, history, log_type or "", [session.settings.output_dir])
    try:
        attempt = history.chosen
        failed = attempt is not None and attempt.result is not None and attempt.result.return_code != 0
        chosen = part or (around_error if failed else last_lines(_USUAL_LINES))
        found = await asyncio.to_thread(read, source.log, chosen)
    finally:
        source.close()
    pattern = found.error.pattern if found.error else None
    return LogText(
        job_id=job_id,
        run_id=attempt.run_id if attempt else 0,
        attempt_id=attempt.attempt_id if attempt else 1,
        log_type=source.kind.value,
        other_logs=[kind.value for kind in source.kinds if kind is not source.kind],
        place=source.place,
        size_bytes=source.log.size_bytes,
        shown=found.what,
        first_line=found.first_line,
        next_line=found.next_line,
        matches=found.matches,
        meaning=pattern.meaning if pattern else None,
        remedy=pattern.remedy if pattern else None,
        left_off={"lines": found.cut_lines} if found.cut_lines else {},
        output=untrusted(found.text),
    )


def _part(
    tail_lines: int | None,
    from_line: int | None,
    max_lines: int,
    search: str | None,
    *,
    is_regex: bool,
    first_error: bool,
) -> Read | None:
    """Return the part that was asked for. Raises TorcError if it is more than one."""
    parts: list[Read] = []
    if tail_lines is not None:
        parts.append(last_lines(tail_lines))
    if from_line is not None:
        parts.append(lines_at(from_line, max_lines))
    if search is not None:
        parts.append(matching_lines(search, is_expression=is_regex))
    if first_error:
        parts.append(around_error)
    if len(parts) > 1:
        raise TorcError("Choose one of tail_lines, from_line, search and first_error.")
    return parts[0] if parts else None


class LogFinding(Described):
    """A known error that occurs in the logs."""

    pattern: str
    severity: str
    count: int
    meaning: str
    remedy: str
    num_jobs: int
    job_ids: list[int]
    file: str
    line: int
    example: Untrusted


class LogAnalysis(Answer):
    """The known errors in the logs of a workflow."""

    workflow_id: Id
    folder: str
    files: int
    lines: int
    errors: int
    warnings: int
    findings: list[LogFinding]
    """The most frequent errors first."""


async def analyze_workflow_logs(
    session: McpSession, *, workflow_id: Id, output_dir: FolderPath | None = None
) -> LogAnalysis:
    """Count known errors in the log files of a workflow that this machine sees, with meaning, remedy and an example."""
    workflow = await session.client.workflows.get_workflow(workflow_id)
    folder = _folder(session, workflow.submission_directory, output_dir)
    found = await asyncio.to_thread(lambda: analyze(logs(folder, workflow_id)))
    return LogAnalysis(
        workflow_id=workflow_id,
        folder=str(folder),
        files=found.files,
        lines=found.lines,
        errors=found.errors,
        warnings=found.warnings,
        findings=[
            LogFinding(
                pattern=each.pattern,
                severity=each.severity.value,
                count=each.count,
                meaning=each.meaning,
                remedy=each.remedy,
                num_jobs=len(each.job_ids),
                job_ids=each.job_ids[:_JOBS_SHOWN],
                file=each.first.file,
                line=each.first.line,
                example=untrusted(each.first.text),
            )
            for each in found.patterns
        ],
    )


def _folder(session: McpSession, submission_directory: str | None, given: str | None) -> Path:
    if given is not None:
        return Path(given)
    own = session.settings.output_dir
    submitted = Path(submission_directory or "") / USUAL_FOLDER
    return submitted if not own.is_dir() and submission_directory and submitted.is_dir() else own


TOOLS: Final = (
    AssistantTool(get_job_logs, "Read the log of a job"),
    AssistantTool(analyze_workflow_logs, "Known errors in logs"),
)
