"""Read the samples of runners, of this project and of others that use the same tables."""

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from torc_client.errors import TorcError
from torc_client.resource_metrics import tables


@dataclass(frozen=True, slots=True)
class JobSample:
    """The use of a job's processes at a time, in seconds since the epoch."""

    at: float
    cpu_percent: float
    memory_bytes: int
    num_processes: int


@dataclass(frozen=True, slots=True)
class JobSeries:
    """The samples of one job, in order; there is at least one."""

    job_id: int
    name: str | None
    samples: Sequence[JobSample]

    @property
    def title(self) -> str:
        """The label of the job."""
        return f"Job {self.job_id}" if self.name is None else f"Job {self.job_id} ({self.name})"

    @property
    def peak_cpu_percent(self) -> float:
        """The highest CPU use."""
        return max(each.cpu_percent for each in self.samples)

    @property
    def avg_cpu_percent(self) -> float:
        """The mean of the samples."""
        return sum(each.cpu_percent for each in self.samples) / len(self.samples)

    @property
    def peak_memory_bytes(self) -> int:
        """The highest memory use."""
        return max(each.memory_bytes for each in self.samples)

    @property
    def avg_memory_bytes(self) -> float:
        """The mean of the samples."""
        return sum(each.memory_bytes for each in self.samples) / len(self.samples)


@dataclass(frozen=True, slots=True)
class NodeSample:
    """The use of all processes of a machine at a time, in seconds since the epoch."""

    at: float
    cpu_percent: float
    memory_bytes: int
    total_memory_bytes: int


@dataclass(frozen=True, slots=True)
class NodeSeries:
    """The samples of one machine, in order; there is at least one."""

    name: str
    samples: Sequence[NodeSample]


@dataclass(frozen=True, slots=True)
class Metrics:
    """The samples of several files."""

    jobs: Sequence[JobSeries] = field(default_factory=tuple)
    nodes: Sequence[NodeSeries] = field(default_factory=tuple)

    def of_jobs(self, job_ids: Collection[int]) -> "Metrics":
        """Return only the samples of these jobs."""
        return Metrics([job for job in self.jobs if job.job_id in job_ids], self.nodes)


def read_metrics(paths: Sequence[Path]) -> Metrics:
    """Read files and merge them, as a job that ran on two nodes has samples in two files. Raises TorcError."""
    names: dict[int, str] = {}
    samples: dict[int, list[JobSample]] = {}
    nodes: list[NodeSeries] = []
    for path in paths:
        try:
            with closing(_opened(path)) as database:
                for job_id, own in _job_samples(database):
                    samples.setdefault(job_id, []).extend(own)
                present = _present(database)
                if "job_metadata" in present:
                    names.update(database.execute(tables.JOB_NAMES).fetchall())
                if "system_resource_samples" in present:
                    of_node = [NodeSample(*row) for row in database.execute(tables.NODE_SAMPLES)]
                    nodes += [NodeSeries(_node_name(path), of_node)] if of_node else []
        except sqlite3.Error as error:
            raise TorcError(
                f"{path} has no readable samples: {error}.",
                f"Name files such as {tables.FOLDER}/resource_metrics_wf1_hNODE_r1.db.",
            ) from error
    jobs = [
        JobSeries(job_id, names.get(job_id), sorted(own, key=lambda each: each.at))
        for job_id, own in sorted(samples.items())
    ]
    return Metrics(jobs, nodes)


def _opened(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise TorcError(
            f"The file {path} does not exist.",
            f"Runners keep samples in {tables.FOLDER} of their output folder, where the workflow's resource_monitor "
            "has granularity: time_series.",
        )
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def _present(database: sqlite3.Connection) -> set[str]:
    return {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _job_samples(database: sqlite3.Connection) -> Iterator[tuple[int, list[JobSample]]]:
    for job_id, rows in groupby(database.execute(tables.JOB_SAMPLES), key=lambda row: row[0]):
        yield job_id, [JobSample(*row[1:]) for row in rows]


def _node_name(path: Path) -> str:
    return path.stem.removeprefix("resource_metrics_")
