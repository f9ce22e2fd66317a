"""Files of samples, as runners make them."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from torc_client.resource_metrics import tables

GIB = 1024**3


@pytest.fixture
def samples_file(tmp_path) -> Callable[..., Path]:
    """`samples_file({1: [(at, cpu, bytes, processes)]}, names={1: "a"}, nodes=[...])`."""

    def make(jobs, *, names=None, nodes=(), host="here"):
        path = tables.metrics_path(tmp_path, 1, host, 2)
        path.parent.mkdir(exist_ok=True)
        with closing(sqlite3.connect(path)) as database, database:
            database.executescript(tables.CREATE_TABLES)
            for job_id, samples in jobs.items():
                database.executemany(tables.INSERT_JOB_SAMPLE, [(job_id, *sample) for sample in samples])
            database.executemany(tables.INSERT_JOB, (names or {}).items())
            database.executemany(tables.INSERT_NODE_SAMPLE, nodes)
        return path

    return make
