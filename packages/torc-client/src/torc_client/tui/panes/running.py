"""The running jobs: where, for how long, and how much of their limits."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from textual.binding import BindingType

from torc_client.client import TorcClient
from torc_client.tui.dispatch import bindings
from torc_client.tui.keys import Scope
from torc_client.tui.lines.running import RunningNow, time_limit_text
from torc_client.tui.overview_reading import with_nodes_and_needs
from torc_client.tui.panes.records import RecordsPane
from torc_client.tui.tables.job_sections import load_job
from torc_client.tui.tables.query import ListedRecords, RowWindow, TableQuery
from torc_client.tui.tables.row_cache import Ask
from torc_client.tui.tables.sections import Loaded
from torc_client.vocabulary import records
from torc_client.vocabulary.rows import Row
from torc_client.vocabulary.words import ColumnKind, ColumnWords

_ONLY_RUNNING = "status=running,pending"


def _from_elsewhere(heading: str, member: str, kind: ColumnKind = ColumnKind.TEXT) -> ColumnWords:
    return ColumnWords(heading, member, kind, joined=True)


_COLUMNS = (
    ColumnWords("ID", "id", ColumnKind.NUMBER),
    ColumnWords("Name", "name"),
    ColumnWords("Status", "status", ColumnKind.STATUS),
    _from_elsewhere("Host", "host"),
    _from_elsewhere("Elapsed", "elapsed", ColumnKind.SECONDS),
    _from_elsewhere("Of the time limit", "time_bar"),
    _from_elsewhere("Memory limit", "memory"),
    ColumnWords("Attempt", "attempt_id", ColumnKind.NUMBER),
    ColumnWords("Started", "start_time", ColumnKind.TIME),
)
# Elapsed times change without an event.
_TICK_SECONDS = 5.0


class RunningJobs(ListedRecords):
    """The jobs that runners have, with their hosts and limits."""

    async def read(self, client: TorcClient, workflow_id: int, query: TableQuery, ask: Ask) -> RowWindow:
        """Read rows. Raises TorcError."""
        only = replace(query, filter=f"{_ONLY_RUNNING} {query.filter}".strip())
        answer = await self._call(client, workflow_id, only, ask)
        now = datetime.now(UTC)
        found = await with_nodes_and_needs(client, workflow_id, answer.items, now)
        rows = [Row(job, _joined(one)) for job, one in zip(answer.items, found, strict=True)]
        return RowWindow(rows, answer.total_count)

    async def ids(self, client: TorcClient, workflow_id: int, filter_text: str) -> list[int]:
        """Return the ids of all running jobs that match a filter. Raises TorcError."""
        return await super().ids(client, workflow_id, f"{_ONLY_RUNNING} {filter_text}".strip())


def _joined(job: RunningNow) -> dict[str, Any]:
    return {
        "host": job.host,
        "elapsed": job.elapsed_seconds,
        "time_bar": time_limit_text(job)[0],
        "memory": job.memory,
    }


_WORDS = replace(records.JOBS, singular="running job", plural="running jobs", quick=(), sort="start_time",
                 when_empty="They appear when a runner starts them.")  # fmt: skip


class RunningPane(RecordsPane):
    """The running jobs."""

    title = "Running"
    scope = Scope.RUNNING
    kinds = frozenset({"jobs", "workflow"})
    sources = (RunningJobs("Running", _WORDS, _COLUMNS),)
    SCOPES = (Scope.RUNNING, Scope.TABLE)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SCOPES)]

    def on_mount(self) -> None:
        """Renew the elapsed times."""
        self.set_interval(_TICK_SECONDS, self._tick)

    async def _load_record(self, row: Row) -> Loaded:
        return await load_job(self.session.client, row.record.id)

    def _tick(self) -> None:
        if self.table.total:
            self.reload()
