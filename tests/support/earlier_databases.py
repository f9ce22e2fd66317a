"""Databases as Torc 0.12 and 1.0 make them, from a description of their tables, to be imported in tests."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Version = Literal["0.12", "1.0"]
Row = dict[str, Any]

_IDS = "id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT"
_OF_WORKFLOW = "workflow_id INTEGER NOT NULL REFERENCES workflow (id) ON DELETE CASCADE"
_OF_JOB = "job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE"

# Tables that both versions have, as their columns.
COMMON = {
    "resource_requirements": (
        f"{_IDS}, {_OF_WORKFLOW}, name TEXT NOT NULL, num_cpus INTEGER NOT NULL DEFAULT 1,"
        " num_gpus INTEGER NOT NULL DEFAULT 0, num_nodes INTEGER NOT NULL DEFAULT 1, memory TEXT NOT NULL DEFAULT '1m',"
        " runtime TEXT NOT NULL DEFAULT 'P0DT1M', memory_bytes INTEGER NOT NULL, runtime_s INTEGER NOT NULL"
    ),
    "failure_handler": f"{_IDS}, {_OF_WORKFLOW}, name TEXT NOT NULL, rules TEXT NOT NULL",
    "file": f"{_IDS}, {_OF_WORKFLOW}, name TEXT NOT NULL, path TEXT NOT NULL, st_mtime REAL",
    "user_data": f"{_IDS}, {_OF_WORKFLOW}, name TEXT NOT NULL, is_ephemeral INTEGER NOT NULL, data JSON",
    "job_input_file": f"{_OF_JOB}, file_id INTEGER NOT NULL, {_OF_WORKFLOW}, PRIMARY KEY (job_id, file_id)",
    "job_output_file": f"{_OF_JOB}, file_id INTEGER NOT NULL, {_OF_WORKFLOW}, PRIMARY KEY (job_id, file_id)",
    "job_input_user_data": f"{_OF_JOB}, user_data_id INTEGER NOT NULL, PRIMARY KEY (job_id, user_data_id)",
    "job_output_user_data": f"{_OF_JOB}, user_data_id INTEGER NOT NULL, PRIMARY KEY (job_id, user_data_id)",
    "scheduled_compute_node": (
        f"{_IDS}, {_OF_WORKFLOW}, scheduler_config_id INTEGER NOT NULL, scheduler_id INTEGER NOT NULL,"
        " scheduler_type TEXT NOT NULL, status TEXT NOT NULL"
    ),
    "workflow_result": (
        f"{_OF_WORKFLOW}, {_OF_JOB}, result_id INTEGER NOT NULL REFERENCES result (id) ON DELETE CASCADE,"
        " PRIMARY KEY (workflow_id, job_id)"
    ),
    "workflow_action": (
        f"{_IDS}, {_OF_WORKFLOW}, trigger_type TEXT NOT NULL, action_type TEXT NOT NULL, action_config TEXT NOT NULL,"
        " job_ids TEXT, trigger_count INTEGER NOT NULL DEFAULT 0, required_triggers INTEGER NOT NULL DEFAULT 1,"
        " executed INTEGER NOT NULL DEFAULT 0, executed_at TEXT, executed_by INTEGER, persistent INTEGER NOT NULL"
        " DEFAULT 0, is_recovery INTEGER NOT NULL DEFAULT 0"
    ),
    "access_group": f"{_IDS}, name TEXT NOT NULL UNIQUE, description TEXT, created_at TEXT NOT NULL",
    "user_group_membership": (
        f"{_IDS}, user_name TEXT NOT NULL, group_id INTEGER NOT NULL, role TEXT NOT NULL, created_at TEXT NOT NULL"
    ),
    "workflow_access_group": (
        f"{_OF_WORKFLOW}, group_id INTEGER NOT NULL, created_at TEXT NOT NULL, PRIMARY KEY (workflow_id, group_id)"
    ),
    "local_scheduler": f"{_IDS}, {_OF_WORKFLOW}, memory TEXT NOT NULL, num_cpus INTEGER NOT NULL",
}
_WORKFLOW = (
    f"{_IDS}, name TEXT NOT NULL, description TEXT, user TEXT NOT NULL, timestamp TEXT NOT NULL,"
    " is_archived INTEGER NOT NULL DEFAULT 0, compute_node_wait_for_new_jobs_seconds INTEGER NOT NULL DEFAULT 0,"
    " compute_node_ignore_workflow_completion INTEGER NOT NULL DEFAULT 0,"
    " compute_node_wait_for_healthy_database_minutes INTEGER NOT NULL DEFAULT 20,"
    " compute_node_min_time_for_new_jobs_seconds INTEGER NOT NULL DEFAULT 300, resource_monitor_config TEXT,"
    " slurm_defaults TEXT, use_pending_failed INTEGER"
)
_JOB = (
    f"{_IDS}, {_OF_WORKFLOW}, name TEXT NOT NULL, command TEXT NOT NULL, cancel_on_blocking_job_failure NOT NULL"
    " DEFAULT true, supports_termination NOT NULL DEFAULT false, resource_requirements_id INTEGER,"
    " invocation_script TEXT, status INTEGER NOT NULL, scheduler_id INTEGER, unblocking_processed INTEGER NOT NULL"
    " DEFAULT 0, failure_handler_id INTEGER, attempt_id INTEGER NOT NULL DEFAULT 1"
)
_NODE = (
    f"{_IDS}, {_OF_WORKFLOW}, hostname TEXT NOT NULL, pid INTEGER NOT NULL, start_time TEXT NOT NULL,"
    " duration_seconds REAL, is_active INTEGER, num_cpus INTEGER NOT NULL, memory_gb REAL NOT NULL,"
    " num_gpus INTEGER NOT NULL, num_nodes INTEGER NOT NULL, time_limit TEXT, scheduler_config_id INTEGER,"
    " compute_node_type TEXT NOT NULL, scheduler TEXT"
)
_RESULT = (
    f"{_IDS}, {_OF_WORKFLOW}, {_OF_JOB}, run_id INTEGER NOT NULL, attempt_id INTEGER NOT NULL DEFAULT 1,"
    " compute_node_id INTEGER NOT NULL, return_code INTEGER NOT NULL, exec_time_minutes REAL NOT NULL,"
    " completion_time TEXT NOT NULL, status INTEGER NOT NULL, peak_memory_bytes INTEGER, avg_memory_bytes INTEGER,"
    " peak_cpu_percent REAL, avg_cpu_percent REAL"
)
_SLURM = (
    f"{_IDS}, {_OF_WORKFLOW}, name TEXT NOT NULL, account TEXT NOT NULL, gres TEXT, mem TEXT, nodes INTEGER,"
    " ntasks_per_node INTEGER, partition TEXT, qos TEXT, tmp TEXT, walltime TEXT NOT NULL, extra TEXT"
)
# What differs: 0.12 has the status of a workflow in a table of its own, and the node of a running job beside the job.
TABLES: dict[Version, dict[str, str]] = {
    "0.12": {
        "workflow_status": (
            f"{_IDS}, run_id INTEGER NOT NULL DEFAULT 1, has_detected_need_to_run_completion_script INTEGER NOT NULL"
            " DEFAULT 0, is_canceled INTEGER NOT NULL DEFAULT 0, is_archived INTEGER NOT NULL DEFAULT 0"
        ),
        "workflow": (
            f"{_WORKFLOW}, compute_node_expiration_buffer_seconds INTEGER NOT NULL DEFAULT 60, jobs_sort_method TEXT"
            " NOT NULL DEFAULT 'gpus_runtime_memory', status_id INTEGER NOT NULL"
        ),
        **COMMON,
        "compute_node": _NODE,
        "job": _JOB,
        "job_internal": "job_id INTEGER PRIMARY KEY NOT NULL, input_hash TEXT, active_compute_node_id INTEGER",
        "job_depends_on": f"{_OF_JOB}, depends_on_job_id INTEGER NOT NULL, {_OF_WORKFLOW}",
        "result": _RESULT,
        "slurm_scheduler": _SLURM,
        "event": f"{_IDS}, {_OF_WORKFLOW}, timestamp TEXT NOT NULL, data TEXT NOT NULL",
    },
    "1.0": {
        "workflow": (
            f"{_WORKFLOW}, compute_node_expiration_buffer_seconds INTEGER, env TEXT, metadata TEXT, project TEXT,"
            " enable_ro_crate INTEGER, execution_config TEXT, dynamic_jobs TEXT, submission_directory TEXT,"
            " slurm_config TEXT, run_id INTEGER NOT NULL DEFAULT 1, is_canceled INTEGER NOT NULL DEFAULT 0"
        ),
        **COMMON,
        "compute_node": f"{_NODE}, end_time TEXT, labels TEXT",
        "job": (
            f"{_JOB}, priority INTEGER NOT NULL DEFAULT 0, env TEXT, origin TEXT, start_time TEXT,"
            " compute_node_id INTEGER, labels TEXT"
        ),
        "job_internal": "job_id INTEGER PRIMARY KEY NOT NULL, input_hash TEXT",
        "job_depends_on": (
            f"{_OF_JOB}, depends_on_job_id INTEGER NOT NULL, {_OF_WORKFLOW}, PRIMARY KEY (job_id, depends_on_job_id)"
        ),
        "result": _RESULT,
        "slurm_scheduler": f"{_SLURM}, serialize_allocations INTEGER NOT NULL DEFAULT 0",
        "slurm_stats": (
            f"{_IDS}, {_OF_WORKFLOW}, {_OF_JOB}, run_id INTEGER NOT NULL, attempt_id INTEGER NOT NULL DEFAULT 1,"
            " slurm_job_id TEXT, max_rss_bytes INTEGER, max_vm_size_bytes INTEGER, max_disk_read_bytes INTEGER,"
            " max_disk_write_bytes INTEGER, ave_cpu_seconds REAL, node_list TEXT"
        ),
        "ro_crate_entity": (
            f"{_IDS}, {_OF_WORKFLOW}, file_id INTEGER, entity_id TEXT NOT NULL, entity_type TEXT NOT NULL,"
            " metadata TEXT NOT NULL"
        ),
        "event": f"{_IDS}, {_OF_WORKFLOW}, timestamp INTEGER NOT NULL, data TEXT NOT NULL",
        "async_handle": (
            f"{_IDS}, {_OF_WORKFLOW}, operation TEXT NOT NULL, status TEXT NOT NULL, created_at_ms INTEGER NOT NULL,"
            " started_at_ms INTEGER, finished_at_ms INTEGER, requested_by TEXT, request_json TEXT, result_json TEXT,"
            " error TEXT"
        ),
        "admin_audit_log": f"{_IDS}, user_name TEXT, timestamp INTEGER NOT NULL, sql_text TEXT NOT NULL",
    },
}
SCHEMAS: dict[Version, int] = {"0.12": 20260112000000, "1.0": 20261017000000}

TIME = "2026-10-20T10:00:00Z"


@dataclass(frozen=True)
class EarlierDatabase:
    """A database that is open, to add rows."""

    version: Version
    connection: sqlite3.Connection

    def add(self, table: str, **values: Any) -> int:
        """Add a row and return its id. Lists and dictionaries become JSON."""
        values = {k: json.dumps(v) if isinstance(v, dict | list) else v for k, v in values.items()}
        marks = ", ".join("?" * len(values))
        text = f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})"  # noqa: S608 - of the tests
        done = self.connection.execute(text, list(values.values()))
        assert done.lastrowid is not None
        return done.lastrowid

    def workflow(self, name: str = "w", *, run_id: int = 1, is_canceled: int = 0, **more: Any) -> int:
        if self.version == "1.0":
            more |= {"run_id": run_id, "is_canceled": is_canceled}
        else:
            more["status_id"] = self.add("workflow_status", run_id=run_id, is_canceled=is_canceled)
        return self.add("workflow", name=name, user="ada", timestamp=TIME, **more)

    def requirements(self, workflow_id: int, name: str = "small") -> int:
        return self.add(
            "resource_requirements", workflow_id=workflow_id, name=name, memory="1m", memory_bytes=2**20,
            runtime="PT1M", runtime_s=60,
        )  # fmt: skip

    def node(self, workflow_id: int, *, is_active: int = 0) -> int:
        return self.add(
            "compute_node", workflow_id=workflow_id, hostname="n1", pid=1, start_time=TIME, is_active=is_active,
            num_cpus=4, memory_gb=8, num_gpus=0, num_nodes=1, compute_node_type="local",
        )  # fmt: skip

    def job(self, workflow_id: int, name: str, status: int, *, after: tuple[int, ...] = (), **more: Any) -> int:
        node_id = more.pop("node_id", None)
        if self.version == "1.0" and node_id is not None:
            more |= {"compute_node_id": node_id, "start_time": TIME}
        command = more.pop("command", f"echo {name}")
        job_id = self.add("job", workflow_id=workflow_id, name=name, command=command, status=status, **more)
        internal = {"active_compute_node_id": node_id} if self.version == "0.12" else {}
        self.add("job_internal", job_id=job_id, input_hash="their digest", **internal)
        for parent in after:
            self.add("job_depends_on", job_id=job_id, depends_on_job_id=parent, workflow_id=workflow_id)
        return job_id

    def result(self, workflow_id: int, job_id: int, node_id: int, *, return_code: int, status: int, run_id: int = 1,
               **more: Any) -> int:  # fmt: skip
        result_id = self.add(
            "result", workflow_id=workflow_id, job_id=job_id, run_id=run_id, compute_node_id=node_id,
            return_code=return_code, exec_time_minutes=0.5, completion_time=TIME, status=status, **more,
        )  # fmt: skip
        self.connection.execute("DELETE FROM workflow_result WHERE job_id = ?", [job_id])
        self.add("workflow_result", workflow_id=workflow_id, job_id=job_id, result_id=result_id)
        return result_id


def create(path: Path, version: Version) -> EarlierDatabase:
    """Create an empty database of a version, with a write-ahead log as its server uses it. The caller closes it."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(
        "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMP,"
        " success BOOLEAN NOT NULL, checksum BLOB NOT NULL, execution_time BIGINT NOT NULL)"
    )
    connection.execute("INSERT INTO _sqlx_migrations VALUES (?, 'newest', NULL, 1, x'00', 1)", [SCHEMAS[version]])
    for table, columns in TABLES[version].items():
        connection.execute(f"CREATE TABLE {table} ({columns})")
    connection.execute("BEGIN")
    return EarlierDatabase(version, connection)


def keep(database: EarlierDatabase) -> None:
    """Commit and close. Without another connection SQLite brings the log into the file."""
    with closing(database.connection):
        database.connection.execute("COMMIT")


def wide(path: Path, *, jobs: int) -> None:
    """Create a database of 1.0 with one workflow of layers of 100 jobs, of which the first half is complete."""
    database = create(path, "1.0")
    workflow_id = database.workflow("wide")
    needed = database.requirements(workflow_id)
    node_id = database.node(workflow_id)
    made: list[int] = []
    for number in range(jobs):
        done = number < jobs // 2
        layer = number // 100
        after = (made[(layer - 1) * 100 + number % 100], made[(layer - 1) * 100]) if layer else ()
        job_id = database.job(
            workflow_id, f"job_{number}", 5 if done else 1, after=tuple(set(after)), resource_requirements_id=needed
        )
        made.append(job_id)
        if done:
            database.result(workflow_id, job_id, node_id, return_code=0, status=5)
        database.add("event", workflow_id=workflow_id, timestamp=1_790_000_000_000 + number, data={"category": "job"})
    keep(database)
