"""The use of whole nodes over time, from the files of samples that runners write: read in the background, bounded."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web

from torc_client.errors import TorcError
from torc_client.log_files.confined import open_log
from torc_client.resource_metrics.tables import metrics_path
from torc_dash.background_answers import BackgroundAnswers

MOST_NODES: Final = 8
MOST_POINTS: Final = 240
# Files of this machine are read fast, and a runner writes its last samples when it exits: a page reads them again.
FRESH_SECONDS: Final = 0.2
# A hostile file cannot keep SQLite busy: this many of its steps take about a second.
_MOST_STEPS = 30_000_000
_STEPS_A_CHECK = 100_000
_MOST_AMOUNT = 1e18

_SAMPLES = """
SELECT min(timestamp), max(cpu_percent), max(memory_bytes), max(total_memory_bytes) FROM system_resource_samples
GROUP BY (timestamp - (SELECT min(timestamp) FROM system_resource_samples))
    / max(1, (SELECT (max(timestamp) - min(timestamp)) / ? + 1 FROM system_resource_samples))
ORDER BY 1 LIMIT ?
"""


@dataclass(frozen=True)
class NodeFile:
    """Where the samples of a node are, by its record: a folder of this machine, a host, a workflow and its run."""

    host: str
    folder: str
    workflow_id: int
    run_id: int


@dataclass(frozen=True)
class NodeSample:
    """The highest use in a piece of time, which begins at a time in seconds since 1970."""

    at: float
    cpu_percent: float
    memory_bytes: float


@dataclass(frozen=True)
class NodeSamples:
    """The samples of a node in order; there are at least two."""

    host: str
    total_memory_bytes: float
    samples: tuple[NodeSample, ...]


@dataclass(frozen=True)
class NodeReadings:
    """The samples of some nodes, and sentences about files that cannot be read."""

    nodes: tuple[NodeSamples, ...]
    problems: tuple[str, ...]


Key = tuple[NodeFile, ...]
NODE_SAMPLES: web.AppKey[BackgroundAnswers[Key, NodeReadings]] = web.AppKey("node_samples", BackgroundAnswers)


def set_up(app: web.Application) -> None:
    """Make the answers of the application, and end open questions with it."""

    async def read(files: Key) -> NodeReadings:
        return await asyncio.to_thread(read_nodes, files)

    async def closed(app: web.Application) -> AsyncIterator[None]:
        yield
        await app[NODE_SAMPLES].close()

    app[NODE_SAMPLES] = BackgroundAnswers(read, fresh_seconds=FRESH_SECONDS)
    app.cleanup_ctx.append(closed)


def read_nodes(files: Sequence[NodeFile]) -> NodeReadings:
    """Read the samples of nodes. A node without a file here has none."""
    nodes, problems = [], []
    for file in files:
        try:
            found = _read(file)
        except (TorcError, OSError, sqlite3.Error) as error:
            problems.append(f"The samples of {file.host} cannot be read: {str(error).rstrip('.')}.")
        else:
            if found is not None:
                nodes.append(found)
    return NodeReadings(tuple(nodes), tuple(problems))


def _read(file: NodeFile) -> NodeSamples | None:
    folder = Path(file.folder)
    if not folder.is_absolute():
        return None
    path = metrics_path(folder, file.workflow_id, file.host, file.run_id)
    log = open_log(folder, path.relative_to(folder).parts)
    if log is None:
        return None
    with log:
        # SQLite would follow links on the way to a path; this one is the open file. It neither locks nor writes.
        address = f"file:/proc/self/fd/{log.fileno()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as database:
            rows = _rows(database)
    if len(rows) < 2:
        return None
    samples = tuple(NodeSample(*map(_amount, row[:3])) for row in rows)
    return NodeSamples(file.host, max(_amount(row[3]) for row in rows), samples)


def _amount(value: object) -> float:
    """Return a value of the file as a number. Anything but a sensible number is 0."""
    return float(value) if isinstance(value, int | float) and 0 <= value < _MOST_AMOUNT else 0.0


def _rows(database: sqlite3.Connection) -> list[tuple[object, object, object, object]]:
    checks = iter(range(_MOST_STEPS // _STEPS_A_CHECK))
    database.set_progress_handler(lambda: next(checks, None) is None, _STEPS_A_CHECK)
    database.execute("PRAGMA trusted_schema = OFF")
    tables = database.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'system_resource_samples'")
    if tables.fetchone() is None:
        return []
    return database.execute(_SAMPLES, (MOST_POINTS, MOST_POINTS + 1)).fetchall()
