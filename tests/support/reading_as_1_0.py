"""Read an exported workflow by the rules of Torc 1.0: known members have their types, and references name records."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# The members of each record; `!` marks those that must be present. Unknown members are ignored.
RECORDS: dict[str, Any] = json.loads(Path(__file__).with_name("records_of_1_0.json").read_text())
COLLECTIONS = {
    "files": "FileModel", "user_data": "UserDataModel", "resource_requirements": "ResourceRequirementsModel",
    "slurm_schedulers": "SlurmSchedulerModel", "local_schedulers": "LocalSchedulerModel",
    "failure_handlers": "FailureHandlerModel", "jobs": "JobModel", "workflow_actions": "WorkflowActionModel",
    "results": "ResultModel", "events": "EventModel", "ro_crate_entities": "RoCrateEntityModel",
}  # fmt: skip
REFERENCES = {
    "depends_on_job_ids": ("jobs",), "job_ids": ("jobs",), "job_id": ("jobs",), "input_file_ids": ("files",),
    "output_file_ids": ("files",), "file_id": ("files",), "input_user_data_ids": ("user_data",),
    "output_user_data_ids": ("user_data",), "resource_requirements_id": ("resource_requirements",),
    "failure_handler_id": ("failure_handlers",), "scheduler_id": ("slurm_schedulers", "local_schedulers"),
}  # fmt: skip
OPTIONAL = {"results", "events", "failure_handlers", "ro_crate_entities"}
IS: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "any": lambda _: True,
}


def problems_for_1_0(document: dict[str, Any]) -> list[str]:
    """Return what a reader of 1.0 would refuse or lose."""
    return list(_problems(document))


def _problems(document: dict[str, Any]) -> Iterator[str]:
    for name in ("export_version", "exported_at"):
        if not isinstance(document.get(name), str):
            yield name
    yield from _of_record(document["workflow"], "WorkflowModel", "workflow")
    for name, model in COLLECTIONS.items():
        if name not in document and name not in OPTIONAL:
            yield f"{name} is missing"
        for number, record in enumerate(document.get(name, [])):
            place = f"{name}[{number}]"
            yield from _of_record(record, model, place)
            for member, referred in REFERENCES.items():
                value = record.get(member)
                known = {each["id"] for collection in referred for each in document.get(collection, [])}
                named = value if isinstance(value, list) else [value] if value is not None else []
                yield from (f"{place}.{member} {each}" for each in named if each not in known)


def _of_record(value: Any, model: str, place: str) -> Iterator[str]:
    members = RECORDS[model]
    if isinstance(members, list):
        if value not in members:
            yield f"{place} is {value!r}"
        return
    if not isinstance(value, dict):
        yield f"{place} is no object"
        return
    for name, declared in members.items():
        kind = declared.removesuffix("!")
        if value.get(name) is None:
            if declared.endswith("!"):
                yield f"{place}.{name} is missing"
        else:
            yield from _of_type(value[name], kind, f"{place}.{name}")


def _of_type(value: Any, kind: str, place: str) -> Iterator[str]:
    container, _, inner = kind.removesuffix(">").partition("<")
    if inner:
        if not isinstance(value, list if container == "array" else dict):
            yield f"{place} is {value!r}"
            return
        for each in value if isinstance(value, list) else value.values():
            yield from _of_type(each, inner, place)
    elif kind in RECORDS:
        yield from _of_record(value, kind, place)
    elif not IS[kind](value):
        yield f"{place} is {value!r}"
