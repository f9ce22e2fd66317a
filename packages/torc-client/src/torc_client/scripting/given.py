"""What scripts give to the methods of `Torc`, checked and converted: commands, and the resources of jobs."""

import difflib
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from torc_client.api.records import JobModel, ResourceRequirementsModel

Requirements = ResourceRequirementsModel | Mapping[str, Any]
"""The resources of a job: `{"num_cpus": 4, "memory": "8g", "runtime": "PT30M"}`, or a record."""

_NAME = "jobs"
_KEYS = tuple(name for name in ResourceRequirementsModel.__struct_fields__ if name not in {"id", "workflow_id"})


def as_list(commands: Iterable[Any], *, accepts_jobs: bool = False) -> list[Any]:
    """Return the commands, or with `accepts_jobs` commands and jobs. Raises TypeError for anything else.

    A text is not a list of commands, although Python iterates over its characters.
    """
    expected = "commands or JobModels" if accepts_jobs else "commands"
    if isinstance(commands, (str, bytes)):
        raise TypeError(f"A list of {expected} is expected, not a text. Pass [{commands!r}].")
    given = list(commands)
    for each in given:
        if not (isinstance(each, str) or (accepts_jobs and isinstance(each, JobModel))):
            raise TypeError(f"{each!r} is not a command. Pass a list of {expected}; a command is a text.")
    return given


def requirements_record(given: Requirements | None) -> ResourceRequirementsModel | None:
    """Return the record of resources. Raises TypeError for another type and for an unknown key."""
    if given is None or isinstance(given, ResourceRequirementsModel):
        return given
    if not isinstance(given, Mapping):
        raise TypeError(f"requirements is {given!r}. Pass a dict, such as {{'num_cpus': 4, 'memory': '8g'}}.")
    for key in given:
        if key not in _KEYS:
            similar = difflib.get_close_matches(str(key), _KEYS, n=1)
            question = f"Did you mean {similar[0]!r}?" if similar else f"Use {', '.join(_KEYS[1:])}."
            raise TypeError(f"requirements has no key {key!r}. {question}")
    values = {"name": _NAME, **given}
    if isinstance(values.get("runtime"), timedelta):
        values["runtime"] = f"PT{values['runtime'].total_seconds():.0f}S"
    return ResourceRequirementsModel(workflow_id=0, **values)
