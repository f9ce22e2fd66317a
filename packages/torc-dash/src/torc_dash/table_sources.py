"""Where the rows of each table of a workflow come from: the call, and the records that its rows refer to."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from torc_client.client import TorcClient
from torc_client.joined_values import joined
from torc_client.vocabulary import records
from torc_client.vocabulary.rows import Row
from torc_client.vocabulary.words import RecordWords
from torc_dash import addresses
from torc_dash.record_tables import Found, RecordQuery

# Rows of one call of a CSV file. Their ids fit a filter.
_BATCH_ROWS = 500


@dataclass(frozen=True)
class TableSource:
    """A table of a workflow, and its tab in the heading. `extra` are parameters of the list that are flags."""

    name: str
    title: str
    words: RecordWords
    tab: str = ""
    extra: tuple[str, ...] = ()
    live: str = "status"
    """The kinds of changes after which an open page asks for the rows again."""


_SOURCES = (
    TableSource("running", "Running jobs", records.RUNNING_JOBS, "jobs", live="jobs"),
    TableSource("results", "Results", records.RESULTS, "results", ("all_runs",), "results"),
    TableSource("files", "Files", records.FILES, "files"),
    TableSource("user-data", "User data", records.USER_DATA, "user-data"),
    TableSource("requirements", "Resource requirements", records.RESOURCE_REQUIREMENTS, "resources"),
    TableSource("nodes", "Compute nodes", records.COMPUTE_NODES, "nodes", live="nodes"),
    TableSource("scheduled-nodes", "Scheduled nodes", records.SCHEDULED_COMPUTE_NODES, "nodes", live="nodes"),
    TableSource("schedulers", "Slurm schedulers", records.SLURM, "nodes"),
    TableSource("local-schedulers", "Local schedulers", records.LOCAL_SCHEDULERS, "nodes"),
    TableSource("slurm-stats", "Slurm statistics", records.SLURM_STATS, "nodes"),
    TableSource("submissions", "Submissions", records.SUBMISSIONS, "nodes"),
    TableSource("remote-workers", "Remote workers", records.REMOTE_WORKERS, "nodes"),
    TableSource("events", "Events", records.EVENTS, "events", live="events"),
    TableSource("actions", "Actions", records.ACTIONS),
    TableSource("failure-handlers", "Failure handlers", records.FAILURE_HANDLERS),
    TableSource("access-groups", "Access groups", records.ACCESS_GROUPS),
)
SOURCES: Mapping[str, TableSource] = {source.name: source for source in _SOURCES}
EVENTS_SOURCE = SOURCES["events"]
JOBS_SOURCE = TableSource("jobs", "Jobs", records.JOBS, "jobs", live="jobs")


async def find(client: TorcClient, workflow_id: int, source: TableSource, asked: RecordQuery) -> Found:
    """Request a page of a table; nothing if the filter has a problem."""
    if asked.problem:
        return Found((), 0)
    flags = {name: True for name in source.extra if asked.extra.get(name)}
    call = operation_of(client, source.words, workflow_id)
    answer = await call(**asked.arguments(source.words), **flags)
    if isinstance(answer, list):
        start = (asked.page - 1) * asked.size
        return Found([Row(each) for each in answer[start : start + asked.size]], len(answer))
    rows = await joined(client, workflow_id, source.words, asked.columns, answer.items)
    return Found(rows, answer.total_count)


async def each_row(
    client: TorcClient, workflow_id: int, source: TableSource, asked: RecordQuery
) -> AsyncIterator[Sequence[Row]]:
    """Yield all rows of a table in parts, in the order of their ids where they have some.

    Each part begins after the last id of the one before: rows that come, go or change meanwhile hide no others.
    """
    by_id = "filter" in source.words.parameters and "id" in source.words.filter_fields
    if by_id:
        asked = replace(asked, sort="id", reverse=False)
    last, page = 0, 1
    while True:
        after = f" id>{last}" if by_id and last else ""
        text = f"{asked.filter}{after}".strip()
        found = await find(client, workflow_id, source, replace(asked, filter=text, page=page, size=_BATCH_ROWS))
        if found.rows:
            yield found.rows
        if len(found.rows) < _BATCH_ROWS:
            return
        last, page = getattr(found.rows[-1].record, "id", 0), 1 if by_id else page + 1


def operation_of(client: TorcClient, words: RecordWords, workflow_id: int) -> Callable[..., Any]:
    """Return the call that lists the records of a workflow."""
    return words.operation_of(client, workflow_id)


def links_of(source: TableSource, rows: Sequence[Row]) -> dict[int, str]:
    """Return the addresses that rows lead to, by id."""
    if source.words is records.JOBS:
        return {row.record.id: addresses.job(row.record.id) for row in rows}
    if source.words in (records.RESULTS, records.SLURM_STATS):
        return {row.record.id: addresses.job(row.record.job_id) for row in rows}
    return {}
