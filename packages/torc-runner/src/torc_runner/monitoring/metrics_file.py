"""Writes samples to an SQLite file, in batches. If it cannot be written, the samples are dropped and this is logged."""

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from torc_client.resource_metrics import tables
from torc_client.shared_folders import open_file
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
    """The samples of one host and run. The first batch creates the file.

    `add_...` only fills memory. `write` blocks; it may run in a thread while samples are added.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._batch = Batch()
        self._is_broken = False

    @property
    def is_broken(self) -> bool:
        """Whether the last batch was dropped."""
        return self._is_broken

    def add_job(self, job_id: JobId, name: str) -> None:
        """Add the name of a job."""
        self._batch.jobs.append((job_id, name))

    def add_job_sample(
        self, job_id: JobId, at: float, *, cpu_percent: float, memory_bytes: int, num_processes: int
    ) -> None:
        """Add what a job uses. `at` is in seconds since 1970."""
        self._batch.job_samples.append((job_id, int(at), cpu_percent, memory_bytes, num_processes))

    def add_node_sample(self, at: float, *, cpu_percent: float, memory_bytes: int, total_bytes: int) -> None:
        """Add what the node uses. `at` is in seconds since 1970."""
        self._batch.node_samples.append((int(at), cpu_percent, memory_bytes, total_bytes))

    def add_node_summary(self, num_samples: int, used: UsageSummary) -> None:
        """Add what the node used in all. Call this once, at the end."""
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
        """Remove and return what was added."""
        batch, self._batch = self._batch, Batch()
        return batch

    def write(self, batch: Batch) -> None:
        """Write a batch. If this fails, the batch is dropped, and the first failure is logged."""
        if not batch:
            return
        try:
            self._write(batch)
        except (OSError, sqlite3.Error) as error:
            if not self._is_broken:
                reason = getattr(error, "strerror", None) or error
                logger.warning("Samples not written %s", fields(path=self.path, reason=reason))
            self._is_broken = True
        else:
            if self._is_broken:
                logger.info("Samples written again %s", fields(path=self.path))
            self._is_broken = False

    def _write(self, batch: Batch) -> None:
        # Opened for each batch: the folder may have been removed or moved since the last one.
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # SQLite follows links. It opens the files beside the database without doing so.
        os.close(open_file(self.path, os.O_RDWR | os.O_CREAT))
        with closing(sqlite3.connect(self.path, timeout=_BUSY_SECONDS)) as database:
            # Waiting for the disk would slow down every runner, to keep samples only if the machine crashes.
            database.execute("PRAGMA synchronous = OFF")
            database.executescript(tables.CREATE_TABLES)
            with database:
                database.executemany(tables.INSERT_JOB, batch.jobs)
                database.executemany(tables.INSERT_JOB_SAMPLE, batch.job_samples)
                database.executemany(tables.INSERT_NODE_SAMPLE, batch.node_samples)
                database.executemany(tables.ADD_NODE_SUMMARY, batch.node_summaries)
