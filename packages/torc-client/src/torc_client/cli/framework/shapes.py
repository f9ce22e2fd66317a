"""What output has for programs that read the output of Torc 1.0: members of JSON beside ours, and titles in csv.

Each constant is for one record type or command. `output/json.py` and `output/csv.py` apply them.
"""

from collections.abc import Mapping

from torc_client import text
from torc_client.cli.framework.results import Added, Shape

_SECONDS_PER_MINUTE = 60


def event_time(milliseconds: float) -> str:
    """Return the timestamp of an event, given in milliseconds since the epoch, as text in UTC."""
    return text.timestamp(milliseconds / 1000)


def units(seconds: float) -> str:
    """Return a duration in hours, minutes and seconds, as Torc 1.0 does: "3h 15m 42s"; zero is "0s"."""
    hours, rest = divmod(round(seconds), 3600)
    minutes, left = divmod(rest, 60)
    parts = [f"{number}{unit}" for number, unit in ((hours, "h"), (minutes, "m"), (left, "s")) if number]
    return " ".join(parts) or "0s"


def _units_of_minutes(minutes: float) -> str:
    return units(minutes * _SECONDS_PER_MINUTE)


EVENT = Shape(added={"timestamp_formatted": Added("timestamp", event_time)})
STATUS = Shape(
    added={
        "total_exec_time_formatted": Added("total_exec_time_minutes", _units_of_minutes),
        "walltime_formatted": Added("walltime_seconds", units),
    }
)
ACTIONS = Shape(lists={"actions": ""})
JOBS_OF_ALLOCATION = Shape(lists={"job_ids": "id"})
PARTITION = Shape(added={"cpus": Added("cpus_per_node"), "explicit": Added("requires_explicit_request")})
JOB_NEEDS = Shape(added={"rr_id": Added("resource_requirements_id"), "rr_name": Added("name")}, is_bare=True)
MISSING_USER_DATA = Shape(lists={"user_data": "id"})
REQUIRED_FILES = Shape(lists={"files": "id"})

TITLES: Mapping[str, str] = {
    "completion_time": "Completion Time",
    "compute_node_id": "Compute Node ID",
    "compute_node_name": "Compute Node",
    "consumer_job_id": "Consumer Job ID",
    "consumer_job_name": "Consumer Job Name",
    "depends_on_job_id": "Depends On Job ID",
    "depends_on_job_name": "Depends On Job Name",
    "duration_seconds": "Duration",
    "exec_time_minutes": "Exec Time",
    "executed_at": "Executed At",
    "file_id": "File ID",
    "file_name": "File Name",
    "file_path": "File Path",
    "hostname": "Hostname",
    "job_id": "Job ID",
    "job_ids": "Job IDs",
    "job_name": "Job Name",
    "memory_gb": "Memory (GB)",
    "new_cpus": "New CPUs",
    "new_memory": "New Memory",
    "new_runtime": "New Runtime",
    "peak_memory_bytes": "Peak Mem",
    "producer_job_id": "Producer Job ID",
    "producer_job_name": "Producer Job Name",
    "return_code": "Return Code",
    "run_id": "Run ID",
    "scheduler_config_id": "Config ID",
    "scheduler_id": "Scheduler ID",
    "scheduler_job_id": "Scheduler Job ID",
    "slurm_job_id": "Slurm Job ID",
    "st_mtime": "Modified Time",
    "start_time": "Start Time",
    "timestamp": "Timestamp",
    "user_data_id": "User Data ID",
    "user_data_name": "User Data Name",
}
"""The titles of members in the header of csv, where tables have shorter ones."""
