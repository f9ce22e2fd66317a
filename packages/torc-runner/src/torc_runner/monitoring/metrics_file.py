"""Writes samples to an SQLite file, many at a time. That it cannot be written costs the samples, and is said once."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from torc_client.resource_metrics import tables
from torc_runner.log import fields, logger
from torc_runner.machine.job import JobId
from torc_runner.machine.usage import UsageSummary

_BUSY_SECONDS = 10.0


@dataclass(slots=True)
class Batch:
    """Rows that wait to be written."""

    jobs: list[tuple[JobId, str]] = field(default_factory=list)
    job_samples: list[tuple[JobId, int, float, int, int]] = field(default_factory=list)
    node_samples: list[tuple[int, float, int, int]] = field(default_factory=list)
    node_summaries: list[tuple[int, float, float, int, int]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.jobs or self.job_samples or self.node_samples or self.node_summaries)


class MetricsFile:
    """The samples of one host and run. It is made with the first samples.

    Adding only takes memory; `write` blocks, and may be called in a thread while others go on adding.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._batch = Batch()
        self._is_broken = False

    def add_job(self, job_id: JobId, name: str) -> None:
        """Note what a job is called."""
        self._batch.jobs.append((job_id, name))

    def add_job_sample(
        self, job_id: JobId, at: float, *, cpu_percent: float, memory_bytes: int, num_processes: int
    ) -> None:
        """Note what a job uses `at` a moment of the calendar, in seconds since the epoch."""
        self._batch.job_samples.append((job_id, int(at), cpu_percent, memory_bytes, num_processes))

    def add_node_sample(self, at: float, *, cpu_percent: float, memory_bytes: int, total_bytes: int) -> None:
        """Note what the node uses `at` a moment of the calendar."""
        self._batch.node_samples.append((int(at), cpu_percent, memory_bytes, total_bytes))

    def add_node_summary(self, num_samples: int, used: UsageSummary) -> None:
        """Note what the node used in all: once, at the end."""
        self._batch.node_summaries.append(
            (
                num_samples,
                used.peak_cpu_percent or 0.0,
                used.avg_cpu_percent or 0.0,
                used.peak_memory_bytes or 0,
                used.avg_memory_bytes or 0,
            )
        )

    def take(self) -> Batch:
        """Give what was added since the last time."""
        batch, self._batch = self._batch, Batch()
        return batch

    def write(self, batch: Batch) -> None:
        """Write what was taken. What cannot be written is gone."""
        if not batch:
            return
        try:
            self._write(batch)
        except (OSError, sqlite3.Error) as error:
            if not self._is_broken:
                reason = getattr(error, "strerror", None) or error
                logger.warning("Samples not kept %s", fields(path=self.path, reason=reason))
            self._is_broken = True
        else:
            if self._is_broken:
                logger.info("Samples kept again %s", fields(path=self.path))
            self._is_broken = False

    def _write(self, batch: Batch) -> None:
        # Opened anew each time: the folder may have been removed, or moved, in between.
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self.path, timeout=_BUSY_SECONDS)) as database:
            # A crash of the machine may cost samples; waiting for the disk would cost every runner.
            database.execute("PRAGMA synchronous = OFF")
            database.executescript(tables.CREATE_TABLES)
            with database:
                database.executemany(tables.INSERT_JOB, batch.jobs)
                database.executemany(tables.INSERT_JOB_SAMPLE, batch.job_samples)
                database.executemany(tables.INSERT_NODE_SAMPLE, batch.node_samples)
                database.executemany(tables.ADD_NODE_SUMMARY, batch.node_summaries)
