"""Constants of a spec: `{name}` in its texts becomes the value that `variables` gives it."""

from collections.abc import Mapping
from typing import Any

from torc_client.spec.parameters import IDENTIFIER, Value, fill, names_in
from torc_client.spec.problems import Problems
from torc_client.spec.shape import Record

# Where texts are filled in: all that the spec describes, but not the words about the spec itself.
FILLED = (
    "parameters",
    "files",
    "datasets",
    "user_data",
    "resource_requirements",
    "failure_handlers",
    "slurm_schedulers",
    "slurm_defaults",
    "actions",
    "jobs",
    "env",
)
LEFT_ALONE = frozenset({"use_parameters"})


def fill_variables(workflow: Record, problems: Problems) -> Record:
    """The workflow with its constants filled in. What is wrong with the constants goes to `problems`."""
    given: Mapping[str, Any] = workflow.get("variables", {})
    if not given:
        return workflow
    _check(given, workflow, problems)
    values: dict[str, Value] = {
        name: str(value).lower() if isinstance(value, bool) else value for name, value in given.items()
    }
    return {name: _filled(value, values) if name in FILLED else value for name, value in workflow.items()}


def _filled(value: Any, values: Mapping[str, Value]) -> Any:
    if isinstance(value, str):
        return fill(value, values)
    if isinstance(value, list):
        return [_filled(each, values) for each in value]
    if isinstance(value, dict):
        return {name: each if name in LEFT_ALONE else _filled(each, values) for name, each in value.items()}
    return value


def _check(variables: Mapping[str, Any], workflow: Record, problems: Problems) -> None:
    for name, value in variables.items():
        place = f"variables.{name}"
        if not IDENTIFIER.fullmatch(name):
            problems.add(place, "no text can name it; use letters, digits and _, beginning with no digit")
        for token in sorted(names_in(value)) if isinstance(value, str) else ():
            problems.add(place, f"{{{token}}} stands in a constant, where nothing is filled in; write its value")
    for collection in ("jobs", "files", "datasets", "user_data"):
        for index, record in enumerate(workflow.get(collection, [])):
            _refuse_both(variables, record, f"{collection}[{index}].parameters", problems)
    _refuse_both(variables, workflow, "parameters", problems)


def _refuse_both(variables: Mapping[str, Any], record: Record, place: str, problems: Problems) -> None:
    for name in record.get("parameters", {}):
        if name in variables:
            problems.add(f"{place}.{name}", f"{name!r} is a variable already; give one of the two another name")
