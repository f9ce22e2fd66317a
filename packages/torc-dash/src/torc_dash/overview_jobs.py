"""The jobs that run now, and the last ones that ended, as short lists."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from torc_client.client import TorcClient
from torc_client.edge.terminal_text import inert_line
from torc_client.recovery.outcomes import DEFAULT_NAME
from torc_client.text import duration, size
from torc_client.vocabulary import records
from torc_dash import addresses
from torc_dash.record_tables import read_record_query
from torc_dash.table_sources import JOBS_SOURCE, SOURCES, find

MOST_RUNNING, MOST_ENDED = 20, 8
_RUNNING_COLUMNS = "id,name,host,start_time,elapsed,memory"


@dataclass(frozen=True)
class RunningJob:
    """A job that runs: its host, since when, and the memory that it required."""

    name: str
    href: str
    host: str
    since: str
    elapsed: str
    memory: str
    log_href: str


@dataclass(frozen=True)
class EndedJob:
    """A result. `code` is empty after a success."""

    name: str
    href: str
    status: str
    code: str
    took: str
    memory: str
    ended: str


@dataclass(frozen=True)
class JobsNow:
    """The jobs that have run for the longest time, the last results, and the number of running jobs."""

    running: Sequence[RunningJob]
    total_running: int
    ended: Sequence[EndedJob]
    total_ended: int


async def read_jobs(client: TorcClient, workflow_id: int) -> JobsNow:
    """Read both lists."""
    now = datetime.now(UTC)
    size_of = {"filter": "status=running", "sort": "start_time", "size": str(MOST_RUNNING), "columns": _RUNNING_COLUMNS}
    last = {"sort": "id", "reverse": "1", "size": str(MOST_ENDED)}
    running, ended = await asyncio.gather(
        find(client, workflow_id, JOBS_SOURCE, read_record_query(records.JOBS, size_of, now)),
        find(client, workflow_id, SOURCES["results"], read_record_query(records.RESULTS, last, now)),
    )
    return JobsNow(
        [
            RunningJob(
                inert_line(row.record.name),
                addresses.job(row.record.id),
                inert_line(row.joined.get("host") or ""),
                row.record.start_time or "",
                "" if row.joined.get("elapsed") is None else duration(row.joined["elapsed"]),
                _memory(row.joined),
                addresses.log(row.record.id),
            )
            for row in running.rows
        ],
        running.total,
        [
            EndedJob(
                inert_line(row.record.job_name or str(row.record.job_id)),
                addresses.job(row.record.job_id, run=row.record.run_id, attempt=row.record.attempt_id),
                row.record.status.value,
                _code(row.record.return_code),
                duration(row.record.exec_time_minutes * 60),
                size(row.record.peak_memory_bytes) if row.record.peak_memory_bytes else "",
                row.record.completion_time or "",
            )
            for row in ended.rows
        ],
        ended.total,
    )


def _memory(joined: Mapping[str, Any]) -> str:
    """Return the required memory. That of the default requirements is not a limit."""
    return "" if joined.get("requirements") == DEFAULT_NAME else inert_line(joined.get("memory") or "")


def _code(code: int) -> str:
    """Return a return code that means no success."""
    return f"exit code {code}" if code else ""
