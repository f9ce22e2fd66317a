"""The members that JSON output has for programs that read the output of Torc 1.0, in addition to the members here.

Each constant is for one record type or command. `output/json.py` applies them.
"""

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
JOB_NEEDS = Shape(added={"rr_id": Added("resource_requirements_id"), "rr_name": Added("name")}, is_bare=True)
MISSING_USER_DATA = Shape(lists={"user_data": "id"})
REQUIRED_FILES = Shape(lists={"files": "id"})
