"""Jobs, and what commands created, as the database of a server has them; and what is wrong with jobs."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from support.processes import Server

_JOBS = """
SELECT job.name, job.status, job.attempt_id, result.return_code,
    (SELECT count(*) FROM result AS each WHERE each.job_id = job.id AND each.attempt_id = job.attempt_id) AS results
FROM job LEFT JOIN result ON result.id = job.current_result_id AND result.job_id = job.id
    AND result.attempt_id = job.attempt_id
WHERE job.workflow_id = ? ORDER BY job.id
"""
_WRITTEN = """
SELECT name, count(*) FROM workflow GROUP BY name
UNION ALL SELECT name, count(*) FROM user_data GROUP BY name
UNION ALL SELECT 'jobs of large', count(*) FROM job JOIN workflow ON workflow.id = job.workflow_id
    WHERE workflow.name = 'large'
"""


@dataclass(frozen=True)
class Job:
    """A job at the end of a scene. `results` counts those of its last attempt."""

    name: str
    status: int
    attempt: int
    return_code: int | None
    results: int
    starts: int


def rows_of(server: Server, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """Read the database of a server."""
    with closing(sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)) as connection:
        return connection.execute(query, values).fetchall()


def jobs_of(server: Server, workflows: Iterable[str], started: Iterable[str]) -> list[Job]:
    """Read the jobs of workflows. `started` has the name of a job for each of its starts."""
    starts = Counter(started)
    return [Job(*(*row, starts[row[0]])) for each in workflows for row in rows_of(server, _JOBS, each)]


def written(server: Server) -> Counter[str]:
    """Read how many workflows and user data of each name exist, and how many jobs the large workflow has."""
    return Counter(dict(rows_of(server, _WRITTEN)))


def wrong_jobs(jobs: list[Job], doubles: list[str], *, may_run_again: bool, may_overlap: bool) -> Iterator[str]:
    """Yield what is wrong. Jobs may run again where a runner loses its lease or dies, and overlap in the first case."""
    for job in jobs:
        if job.results != 1 or job.return_code != 0:
            yield f"{job.name} has {job.results} results (status {job.status}, exit code {job.return_code})"
        if not 0 < job.starts <= job.attempt:
            yield f"{job.name} started {job.starts} times in {job.attempt} attempts"
        if job.attempt > 1 and not may_run_again:
            yield f"{job.name} needed {job.attempt} attempts, and no lease was lost"
    if doubles and not may_overlap:
        yield f"ran twice at once: {doubles}"
