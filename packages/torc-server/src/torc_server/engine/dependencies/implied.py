"""Implied dependencies: a job that reads a file or user data waits for all jobs that write it."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from torc_server.engine.dependencies.graph import let_wait
from torc_server.engine.ids import JobId, WorkflowId
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# Producers and consumers of each file or user data that has both, sorted by file or user data.
FILE_PRODUCERS = Statement("""
SELECT output.file_id AS thing, output.job_id AS job_id
FROM file CROSS JOIN job_output_file AS output ON output.file_id = file.id
WHERE file.workflow_id = :workflow_id
AND EXISTS (SELECT 1 FROM job_input_file AS input WHERE input.file_id = file.id)
ORDER BY file.id, output.job_id
""")
FILE_CONSUMERS = Statement("""
SELECT input.file_id AS thing, input.job_id AS job_id
FROM file CROSS JOIN job_input_file AS input ON input.file_id = file.id
WHERE file.workflow_id = :workflow_id
AND EXISTS (SELECT 1 FROM job_output_file AS output WHERE output.file_id = file.id)
ORDER BY file.id, input.job_id
""")
USER_DATA_PRODUCERS = Statement("""
SELECT output.user_data_id AS thing, output.job_id AS job_id
FROM user_data CROSS JOIN job_output_user_data AS output ON output.user_data_id = user_data.id
WHERE user_data.workflow_id = :workflow_id
AND EXISTS (SELECT 1 FROM job_input_user_data AS input WHERE input.user_data_id = user_data.id)
ORDER BY user_data.id, output.job_id
""")
USER_DATA_CONSUMERS = Statement("""
SELECT input.user_data_id AS thing, input.job_id AS job_id
FROM user_data CROSS JOIN job_input_user_data AS input ON input.user_data_id = user_data.id
WHERE user_data.workflow_id = :workflow_id
AND EXISTS (SELECT 1 FROM job_output_user_data AS output WHERE output.user_data_id = user_data.id)
ORDER BY user_data.id, input.job_id
""")


def imply_from_files_and_user_data(tx: Transaction, workflow_id: WorkflowId) -> None:
    """Add the dependencies implied by files and user data. The caller recounts afterwards."""
    which = {"workflow_id": workflow_id}
    for producers_of, consumers_of in (
        (FILE_PRODUCERS, FILE_CONSUMERS),
        (USER_DATA_PRODUCERS, USER_DATA_CONSUMERS),
    ):
        producers = _by_thing(tx.rows(producers_of, which))
        consumers = _by_thing(tx.rows(consumers_of, which))
        waiting = [
            (job_id, awaited)
            for (_, writers), (_, readers) in zip(producers, consumers, strict=True)
            for job_id, awaited in awaited_by(writers, readers)
            if awaited
        ]
        let_wait(tx, workflow_id, waiting)


def awaited_by(writers: tuple[JobId, ...], readers: Sequence[JobId]) -> Iterator[tuple[JobId, tuple[JobId, ...]]]:
    """Return for each reader of a file or user data the jobs that it waits for: all writers except itself.

    Two jobs that both read and write the same file wait for each other and can never run. They get the set of all
    writers including themselves, which has the same effect and is a single set for any number of jobs.
    """
    writing_readers = set(writers).intersection(readers)
    others = tuple(writer for writer in writers if writer not in writing_readers)
    for reader in readers:
        is_lone_updater = reader in writing_readers and len(writing_readers) == 1
        yield reader, others if is_lone_updater else writers


def _by_thing(rows: Iterable[sqlite3.Row]) -> Iterator[tuple[int, tuple[JobId, ...]]]:
    return (
        (thing, tuple(row["job_id"] for row in group)) for thing, group in groupby(rows, key=lambda row: row["thing"])
    )
