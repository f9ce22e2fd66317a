"""The SQLite file of a runner's samples: its path and its tables.

Other programs that read Torc's samples rely on these names and columns. Times are whole seconds since the epoch, CPU
use is in percent of one CPU.
"""

from pathlib import Path
from typing import Final

FOLDER: Final = "resource_utilization"

CREATE_TABLES: Final = """
CREATE TABLE IF NOT EXISTS job_resource_samples (
    job_id INTEGER NOT NULL,
    timestamp INTEGER NOT NULL,
    cpu_percent REAL NOT NULL,
    memory_bytes INTEGER NOT NULL,
    num_processes INTEGER NOT NULL,
    PRIMARY KEY (job_id, timestamp)
);
CREATE TABLE IF NOT EXISTS job_metadata (
    job_id INTEGER PRIMARY KEY,
    job_name TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS system_resource_samples (
    timestamp INTEGER NOT NULL,
    cpu_percent REAL NOT NULL,
    memory_bytes INTEGER NOT NULL,
    total_memory_bytes INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS system_resource_summary (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    sample_count INTEGER NOT NULL,
    peak_cpu_percent REAL NOT NULL,
    avg_cpu_percent REAL NOT NULL,
    peak_memory_bytes INTEGER NOT NULL,
    avg_memory_bytes INTEGER NOT NULL
);
"""

INSERT_JOB_SAMPLE: Final = "INSERT OR REPLACE INTO job_resource_samples VALUES (?, ?, ?, ?, ?)"

INSERT_JOB: Final = "INSERT OR REPLACE INTO job_metadata VALUES (?, ?)"

INSERT_NODE_SAMPLE: Final = "INSERT INTO system_resource_samples VALUES (?, ?, ?, ?)"

# Several runners of one host and run share the file.
ADD_NODE_SUMMARY: Final = """
INSERT INTO system_resource_summary VALUES (1, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    peak_cpu_percent = max(peak_cpu_percent, excluded.peak_cpu_percent),
    avg_cpu_percent = (avg_cpu_percent * sample_count + excluded.avg_cpu_percent * excluded.sample_count)
        / (sample_count + excluded.sample_count),
    peak_memory_bytes = max(peak_memory_bytes, excluded.peak_memory_bytes),
    avg_memory_bytes = (avg_memory_bytes * sample_count + excluded.avg_memory_bytes * excluded.sample_count)
        / (sample_count + excluded.sample_count),
    sample_count = sample_count + excluded.sample_count
"""

JOB_SAMPLES: Final = """
SELECT job_id, timestamp, cpu_percent, memory_bytes, num_processes FROM job_resource_samples ORDER BY job_id, timestamp
"""

JOB_NAMES: Final = "SELECT job_id, job_name FROM job_metadata"

NODE_SAMPLES: Final = """
SELECT timestamp, cpu_percent, memory_bytes, total_memory_bytes FROM system_resource_samples ORDER BY timestamp, rowid
"""


def metrics_path(output_dir: Path, workflow_id: int, host: str, run_id: int) -> Path:
    """Return the path of a host's samples for one run of a workflow."""
    return output_dir / FOLDER / f"resource_metrics_wf{workflow_id}_h{host}_r{run_id}.db"


def node_metrics_path(
    output_dir: Path, host: str, *, run: tuple[int, int] | None = None, allocation: str | None = None
) -> Path:
    """Return the path of the samples of a node without a runner. `run`: the workflow and its run, if it has one."""
    workflow, number = ("", "") if run is None else (f"_wf{run[0]}", f"_r{run[1]}")
    suffix = f"_sl{allocation}" if allocation else ""
    return output_dir / FOLDER / f"resource_metrics_monitor{workflow}_h{host}{number}{suffix}.db"
