"""Databases of Torc 0.12 to 1.0: their tables, and private copies of them to read from.

These versions number their schemas in the table `_sqlx_migrations`. A copy gets the tables and columns that its version
lacks, without values, so that one set of statements reads every version.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import sqlite3
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from torc_server.store import functions
from torc_server.store.errors import StoreError, as_store_error
from torc_server.store.integrity import is_of_earlier_torc
from torc_server.store.sqlite_files import uri_of

SCHEMA = "earlier"
"""The name of the attached copy in statements."""

TABLES: dict[str, str] = {
    "workflow": (
        "id name description user timestamp project metadata resource_monitor_config slurm_defaults env"
        " execution_config dynamic_jobs enable_ro_crate submission_directory use_pending_failed jobs_sort_method"
        " compute_node_expiration_buffer_seconds compute_node_wait_for_new_jobs_seconds"
        " compute_node_ignore_workflow_completion compute_node_wait_for_healthy_database_minutes"
        " compute_node_min_time_for_new_jobs_seconds run_id is_canceled is_archived status_id"
        " max_spawn_iterations_per_lineage"
    ),
    "workflow_status": "id run_id is_canceled is_archived has_detected_need_to_run_completion_script",
    "job": (
        "id workflow_id name command invocation_script env status cancel_on_blocking_job_failure supports_termination"
        " resource_requirements_id failure_handler_id scheduler_id attempt_id priority origin compute_node_id"
        " start_time label labels unblocking_processed"
    ),
    "job_internal": "job_id input_hash active_compute_node_id",
    "job_depends_on": "job_id depends_on_job_id workflow_id",
    "job_blocked_by": "job_id blocked_by_job_id workflow_id",
    "job_input_file": "job_id file_id workflow_id",
    "job_output_file": "job_id file_id workflow_id",
    "job_input_user_data": "job_id user_data_id workflow_id",
    "job_output_user_data": "job_id user_data_id workflow_id",
    "file": "id workflow_id name path st_mtime",
    "user_data": "id workflow_id name is_ephemeral data",
    "resource_requirements": ("id workflow_id name num_cpus num_gpus num_nodes memory memory_bytes runtime runtime_s"),
    "failure_handler": "id workflow_id name rules",
    "local_scheduler": "id workflow_id name memory num_cpus",
    "slurm_scheduler": (
        "id workflow_id name account gres mem nodes ntasks_per_node partition qos tmp walltime extra"
        " serialize_allocations"
    ),
    "compute_node": (
        "id workflow_id hostname pid start_time end_time duration_seconds is_active num_cpus memory_gb num_gpus"
        " num_nodes time_limit scheduler_config_id compute_node_type scheduler sample_count peak_cpu_percent"
        " avg_cpu_percent peak_memory_bytes avg_memory_bytes label labels"
    ),
    "scheduled_compute_node": "id workflow_id scheduler_id scheduler_config_id scheduler_type status",
    "result": (
        "id workflow_id job_id run_id attempt_id compute_node_id return_code exec_time_minutes completion_time status"
        " peak_memory_bytes avg_memory_bytes peak_cpu_percent avg_cpu_percent"
    ),
    "workflow_result": "workflow_id job_id result_id",
    "slurm_stats": (
        "id workflow_id job_id run_id attempt_id slurm_job_id max_rss_bytes max_vm_size_bytes max_disk_read_bytes"
        " max_disk_write_bytes ave_cpu_seconds node_list"
    ),
    "ro_crate_entity": "id workflow_id file_id entity_id entity_type metadata",
    "workflow_action": (
        "id workflow_id trigger_type action_type action_config job_ids trigger_count required_triggers executed"
        " executed_at executed_by persistent is_recovery"
    ),
    "event": "id workflow_id timestamp data",
    "async_handle": (
        "id workflow_id operation status created_at_ms started_at_ms finished_at_ms requested_by request_json"
        " result_json error"
    ),
    "remote_worker": "workflow_id worker",
    "access_group": "id name description created_at is_system",
    "user_group_membership": "id group_id user_name role created_at",
    "workflow_access_group": "workflow_id group_id created_at",
}
"""The tables that are taken over, each with all columns that it has in any version."""

NOT_TAKEN = {
    "workflow": ("has_detected_need_to_run_completion_script",),
    "async_handle": ("requested_by", "result_json"),
}
"""Columns that are read by no statement, and are reported if they have values."""

# What only the server of these versions needs.
_INTERNAL_TABLES = {"_sqlx_migrations"}
# A connection to a database with a log locks this byte of its shared memory, as long as it is open.
_BYTE_OF_USERS = 128


@dataclass(frozen=True, slots=True)
class EarlierDatabase:
    """A private copy of a database: its path, the number of its schema, and a digest of the original's content."""

    copy: Path
    schema: int
    digest: str
    not_taken: tuple[str, ...]
    """What has no place in the new schema, each as "table.column of N rows"."""


@contextlib.contextmanager
def private_copy(original: Path, folder: Path) -> Iterator[EarlierDatabase]:
    """Copy a database into a new folder inside `folder`, and remove the copy after the block. Raises StoreError.

    The original is only read: SQLite never opens it, so that it creates no file beside it and merges no log.
    """
    _require_unused(original)
    try:
        private = Path(tempfile.mkdtemp(prefix=".import.", dir=folder))
    except OSError as error:
        raise StoreError(f"cannot create a temporary folder in {folder}: {error.strerror}") from error
    try:
        yield _read(original, private / "earlier.db")
    finally:
        shutil.rmtree(private, ignore_errors=True)


def _read(original: Path, copy: Path) -> EarlierDatabase:
    try:
        digest = _copy(original, copy)
        with contextlib.closing(_open(copy, original)) as connection:
            schema = connection.execute("SELECT MAX(version) FROM _sqlx_migrations").fetchone()[0] or 0
            not_taken = tuple(_not_taken(connection))
            complete_schema(connection, "main")
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise as_store_error(error) or StoreError(f"{original} cannot be read: {error}") from error
    except OSError as error:
        raise StoreError(f"{original} cannot be copied: {error.strerror}") from error
    return EarlierDatabase(copy, schema, digest, not_taken)


def attach(connection: sqlite3.Connection, copy: Path) -> None:
    """Attach a private copy under the name `SCHEMA`."""
    connection.execute(f"ATTACH ? AS {SCHEMA}", (uri_of(copy, "ro"),))


def complete_schema(connection: sqlite3.Connection, schema: str) -> None:
    """Add the tables and columns of `TABLES` that a database lacks."""
    # SQLite keeps the highest ids of such tables, and creates the table for them with the first one.
    connection.execute(f"CREATE TABLE {schema}.with_highest_id (id INTEGER PRIMARY KEY AUTOINCREMENT)")
    for table, names in TABLES.items():
        existing = _columns(connection, schema, table)
        if not existing:
            connection.execute(f"CREATE TABLE {schema}.{table} ({', '.join(names.split())})")
        for column in names.split():
            if existing and column not in existing:
                connection.execute(f"ALTER TABLE {schema}.{table} ADD COLUMN {column}")


def _columns(connection: sqlite3.Connection, schema: str, table: str) -> set[str]:
    found = connection.execute("SELECT name FROM pragma_table_info(?, ?)", (table, schema))
    return {str(row[0]) for row in found}


def _not_taken(connection: sqlite3.Connection) -> Iterator[str]:
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    )
    for (table,) in tables.fetchall():
        if table in _INTERNAL_TABLES:
            continue
        if table not in TABLES:
            number = connection.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0]  # noqa: S608 - a name of the schema
            if number:
                yield f"the table {table} with {number} row{'s' if number > 1 else ''}"
            continue
        unread = (_columns(connection, "main", table) - set(TABLES[table].split())) | {*NOT_TAKEN.get(table, ())}
        for column in sorted(unread & _columns(connection, "main", table)):
            number = connection.execute(
                f'SELECT COUNT(*) FROM "{table}" WHERE "{column}" IS NOT NULL AND "{column}" <> 0'  # noqa: S608 - names of the schema
            ).fetchone()[0]
            if number:
                yield f"{table}.{column} of {number} row{'s' if number > 1 else ''}"


def _open(copy: Path, original: Path) -> sqlite3.Connection:
    """Open the copy, after SQLite has brought in its log or rolled back an unfinished write. Raises StoreError."""
    connection = sqlite3.connect(uri_of(copy, "rw"), uri=True, isolation_level=None)
    try:
        functions.register(connection)
        verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        problem = None if verdict == "ok" else f"is damaged ({verdict}); restore it from a backup"
        if problem is None and not is_of_earlier_torc(connection):
            problem = "is not a database of Torc 0.12 to 1.0; nothing was written"
    except sqlite3.DatabaseError as error:
        problem = f"is not a database of Torc 0.12 to 1.0 ({error}); nothing was written"
    if problem is not None:
        connection.close()
        raise StoreError(f"{original} {problem}")
    return connection


def _copy(original: Path, copy: Path) -> str:
    """Copy the file and its log; return the digest of both. Raises StoreError if they change meanwhile."""
    files = [(original.with_name(original.name + suffix), suffix) for suffix in ("", "-wal", "-journal")]
    before = [_state(path) for path, _ in files]
    digest = hashlib.sha256()
    for path, suffix in files:
        if path.exists():
            target = copy.with_name(copy.name + suffix)
            shutil.copyfile(path, target)
            with target.open("rb") as content:
                digest.update(hashlib.file_digest(content, "sha256").digest())
    if before != [_state(path) for path, _ in files]:
        raise StoreError(f"{original} was changed while it was read; stop the server that uses it first")
    return digest.hexdigest()


def _state(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime_ns


def _require_unused(original: Path) -> None:
    """Refuse a file that is missing or that a process has open through SQLite. Raises StoreError."""
    if not original.is_file():
        raise StoreError(f"{original} is not a file; check the path")
    if not hasattr(fcntl, "F_OFD_GETLK"):
        return
    try:
        descriptor = os.open(original.with_name(original.name + "-shm"), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return
    asked = struct.pack("@hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, _BYTE_OF_USERS, 1, 0)
    try:
        found = struct.unpack("@hhqqi4x", fcntl.fcntl(descriptor, fcntl.F_OFD_GETLK, asked))[0]
    finally:
        os.close(descriptor)
    if found != fcntl.F_UNLCK:
        raise StoreError(f"{original} is in use by another process; stop its server first")
