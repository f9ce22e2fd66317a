"""The metrics of the server at ``/metrics``, in the text format of Prometheus."""

import asyncio
import math
import platform
import sqlite3
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from aiohttp import hdrs, web
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from torc_server.engine.status.progress import count_by_status
from torc_server.store.backup import BackupHistory
from torc_server.store.errors import StoreError
from torc_server.version import __version__
from torc_server.web.dispatch import LONG_POLLS, READ_POOL, WRITER
from torc_server.web.event_stream import EVENT_HUB, WORKFLOW_CHANGES
from torc_server.web.request_counts import RequestCounts
from torc_server.web.request_keys import IDENTITY

PATH = "/metrics"

COMMIT_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
UNITS_BUCKETS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)

# Jobs are counted again after this time at the earliest, and after this multiple of the time that counting took.
COUNT_EVERY_SECONDS = 5.0
COUNT_REST_FACTOR = 20.0


class Metrics:
    """The metrics of one application, in a registry of its own."""

    def __init__(self, database: Path, backups: BackupHistory, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._backups = backups
        self._jobs: Mapping[str, int] = {}
        self._count_again_at = -math.inf
        self._counting = asyncio.Lock()
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self.requests = RequestCounts()
        registry.register(self.requests)
        self._commit = Histogram(
            "torc_commit_seconds", "Time of one commit.", buckets=COMMIT_BUCKETS, registry=registry
        )
        self._units = Histogram(
            "torc_commit_units", "Writes that shared one commit.", buckets=UNITS_BUCKETS, registry=registry
        )
        self._gauges = {
            name: Gauge(name, meaning, registry=registry)
            for name, meaning in (
                ("torc_writer_queue", "Writes in the queue."),
                ("torc_long_polls", "Requests that wait for a change."),
                ("torc_event_streams", "Followers of event streams."),
                ("torc_database_bytes", "Size of the database file."),
                ("torc_database_wal_bytes", "Size of its write-ahead log."),
                ("torc_database_writable", "1, or 0 when the last write failed."),
                ("torc_backups_succeeded", "Backups that this server made since it started."),
                ("torc_backups_failed", "Backups that failed since it started."),
                (
                    "torc_backup_last_success_seconds",
                    "When the last backup was made (seconds since the epoch), or 0.",
                ),
                ("torc_backup_last_bytes", "Size of the last backup."),
            )
        }
        self._jobs_gauge = Gauge("torc_jobs", "Jobs, by status.", ["status"], registry=registry)
        Gauge("torc_server_info", "1, with the versions.", ["version", "python", "sqlite"], registry=registry).labels(
            __version__, platform.python_version(), sqlite3.sqlite_version
        ).set(1)

    def committed(self, units: int, commit_seconds: float) -> None:
        """Count a commit. Called in the thread of the writer."""
        self._units.observe(units)
        self._commit.observe(commit_seconds)

    async def text(self, app: web.Application) -> bytes:
        """Return the current values as text."""
        await self._count_jobs(app)
        self._set(
            torc_writer_queue=app[WRITER].waiting,
            torc_long_polls=app[LONG_POLLS].parked,
            torc_event_streams=app[EVENT_HUB].followers + app[WORKFLOW_CHANGES].followers,
            torc_database_writable=int(app[WRITER].failure is None),
            torc_backups_succeeded=self._backups.succeeded,
            torc_backups_failed=self._backups.failed,
            torc_backup_last_success_seconds=self._backups.last_success_seconds or 0,
            torc_backup_last_bytes=self._backups.last_size_bytes,
        )
        for status, count in self._jobs.items():
            self._jobs_gauge.labels(status).set(count)
        return await asyncio.to_thread(self._write)

    def _write(self) -> bytes:
        """Return the text. Runs in a thread, because it looks at files."""
        log = self._database.with_name(self._database.name + "-wal")
        self._set(torc_database_bytes=_size_bytes(self._database), torc_database_wal_bytes=_size_bytes(log))
        return generate_latest(self.registry)

    def _set(self, **values: float) -> None:
        for name, value in values.items():
            self._gauges[name].set(value)

    async def _count_jobs(self, app: web.Application) -> None:
        async with self._counting:
            began = self._clock()
            if began < self._count_again_at:
                return
            try:
                self._jobs = await app[READ_POOL].run(count_by_status)
            except StoreError:
                return  # other metrics show the failure
            ended = self._clock()
            self._count_again_at = ended + max(COUNT_EVERY_SECONDS, (ended - began) * COUNT_REST_FACTOR)


METRICS = web.AppKey("metrics", Metrics)


async def show_metrics(request: web.Request) -> web.Response:
    """Answer ``GET /metrics``. Tokens are for operations of one workflow."""
    if request[IDENTITY].token is not None:
        raise web.HTTPForbidden
    return web.Response(
        body=await request.app[METRICS].text(request.app), headers={hdrs.CONTENT_TYPE: CONTENT_TYPE_LATEST}
    )


def _size_bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
