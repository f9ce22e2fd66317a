"""Variables of a spec: `{name}` in its texts is replaced by the value in `variables`."""

from collections.abc import Mapping
from typing import Any

from torc_client.spec.codes import Code
from torc_client.spec.parameters import IDENTIFIER, Value, fill, names_in
from torc_client.spec.placeholder_advice import warn_of_forms
from torc_client.spec.problems import Problems
from torc_client.spec.shape import Record

# The fields in which texts are filled. Fields that describe the spec itself, such as the name, are not filled.
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
NOT_FILLED = frozenset({"use_parameters"})


def fill_variables(workflow: Record, problems: Problems) -> Record:
    """Return the workflow with its variables replaced. Invalid variables go to `problems`."""
    variables: Mapping[str, Any] = workflow.get("variables", {})
    if not variables:
        return workflow
    _check(variables, workflow, problems)
    values: dict[str, Value] = {
        name: str(value).lower() if isinstance(value, bool) else value for name, value in variables.items()
    }
    for name in FILLED:
        warn_of_forms(workflow.get(name), name, values, problems)
    return {name: _filled(value, values) if name in FILLED else value for name, value in workflow.items()}


def _filled(value: Any, values: Mapping[str, Value]) -> Any:
    if isinstance(value, str):
        return fill(value, values)
    if isinstance(value, list):
        return [_filled(each, values) for each in value]
    if isinstance(value, dict):
        return {name: each if name in NOT_FILLED else _filled(each, values) for name, each in value.items()}
    return value


def _check(variables: Mapping[str, Any], workflow: Record, problems: Problems) -> None:
    for name, value in variables.items():
        place = f"variables.{name}"
        if not IDENTIFIER.fullmatch(name):
            reason = f"{name!r} is not a valid name of a variable"
            problems.add(Code.INVALID_VARIABLE, place, reason, "use letters, digits and _; do not begin with a digit")
        for token in sorted(names_in(value)) if isinstance(value, str) else ():
            reason = f"{{{token}}} is in the value of a variable, where names are not replaced"
            problems.add(Code.INVALID_VARIABLE, place, reason, "write its value")
    for collection in ("jobs", "files", "datasets", "user_data"):
        for index, record in enumerate(workflow.get(collection, [])):
            _refuse_both(variables, record, f"{collection}[{index}].parameters", problems)
    _refuse_both(variables, workflow, "parameters", problems)


def _refuse_both(variables: Mapping[str, Any], record: Record, place: str, problems: Problems) -> None:
    for name in record.get("parameters", {}):
        if name in variables:
            reason = f"{name!r} is a variable already"
            problems.add(Code.CONFLICTING_PARAMETERS, f"{place}.{name}", reason, "rename one of them")
