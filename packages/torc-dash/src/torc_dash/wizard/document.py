"""The spec of a form: its document, and its text in any format."""

import re
from contextlib import suppress
from typing import Any

from torc_client.spec.parameters import TOKEN, ParameterError, parse_values
from torc_client.spec.quantities import meant_duration
from torc_client.spec.writing import write
from torc_dash.wizard.form import PRESETS, JobRow, WizardForm

ALLOCATION = "allocation"

_PRESETS = {preset.name: preset for preset in PRESETS}
_WHOLE_RANGE = re.compile(r"\s*[+-]?\d+(\s*:\s*[+-]?\d+){1,2}\s*")
_NUMBER = re.compile(r"[0-9]{1,9}")
# More values than these are not read to find out how they look.
_LONGEST_LIST = 2000


def text_of(form: WizardForm) -> str:
    """Return the spec of a form without problems, in its format."""
    return write(document_of(form), form.format)


def document_of(form: WizardForm) -> dict[str, Any]:
    """Return the document of the spec. It has the texts of the form, also those that are not valid in a spec."""
    rows = [row for _, row in form.written]
    requirements = {requirements_name(row): _requirements(row) for row in rows}
    document: dict[str, Any] = {"name": form.name}
    if form.description:
        document["description"] = form.description
    document["jobs"] = [_job(row, rows) for row in rows]
    if requirements:
        document["resource_requirements"] = list(requirements.values())
    if form.account:
        document["slurm_schedulers"] = [_scheduler(form)]
    if actions := _actions(form):
        document["actions"] = actions
    if monitor := _monitor(form):
        document["resource_monitor"] = monitor
    return document


def requirements_name(row: JobRow) -> str:
    """Return the name of the requirements of a row: the preset, and its run time if one is written."""
    return f"{row.preset}_{_runtime(row)}" if row.runtime else row.preset


def parameters_of(row: JobRow) -> dict[str, str]:
    """Return the parameters of a row by their names; the text after `=` as it is written."""
    found = {}
    for part in parts_of(row.parameters):
        name, _, values = part.partition("=")
        found[name.strip()] = values.strip()
    return found


def parts_of(parameters: str) -> list[str]:
    """Return the parts of a text of parameters: its lines, and what semicolons separate."""
    return [part.strip() for part in re.split("[;\n]", parameters) if part.strip()]


def _job(row: JobRow, rows: list[JobRow]) -> dict[str, Any]:
    job: dict[str, Any] = {"name": row.name, "command": row.command}
    parameters = parameters_of(row)
    if parameters:
        job["parameters"] = parameters
    names, patterns = [], []
    for name in dict.fromkeys(part.strip() for part in row.needs.split(",") if part.strip()):
        needed = next((each for each in rows if each.name == name), None)
        pattern = "" if needed is None else _pattern_of_instances(needed, set(parameters))
        if pattern:
            patterns.append(pattern)
        else:
            names.append(name)
    if names:
        job["depends_on"] = names
    if patterns:
        job["depends_on_regexes"] = patterns
    job["resource_requirements"] = requirements_name(row)
    return job


def _pattern_of_instances(needed: JobRow, parameters: set[str]) -> str:
    """Return a pattern for the instances of a job on which another one with these parameters depends.

    Empty if each instance depends on one instance: if it has all parameters of the name.
    """
    own = parameters_of(needed)
    gathered = {name for name in own if name not in parameters}
    tokens = list(TOKEN.finditer(needed.name))
    if not any(token[1] in gathered for token in tokens):
        return ""
    pieces, end = ["^"], 0
    for token in tokens:
        pieces.append(re.escape(needed.name[end : token.start()]))
        name = token[1]
        # A parameter of both is a placeholder of the pattern, too. Other names in braces stay as they are.
        pieces.append(
            _values_pattern(own[name]) if name in gathered else token[0] if name in own else re.escape(token[0])
        )
        end = token.end()
    return "".join([*pieces, re.escape(needed.name[end:]), "$"])


def _values_pattern(values: str) -> str:
    """Return a pattern for the values of a parameter: for whole numbers, one that matches no other names."""
    whole = _WHOLE_RANGE.fullmatch(values) is not None
    if len(values) <= _LONGEST_LIST and ":" not in values and not values.startswith("@"):
        with suppress(ParameterError):
            whole = all(isinstance(each, int) for each in parse_values(values))
    if not whole:
        return ".+"
    return "-?[0-9]+" if "-" in values else "[0-9]+"


def _requirements(row: JobRow) -> dict[str, Any]:
    preset = _PRESETS[row.preset]
    found: dict[str, Any] = {
        "name": requirements_name(row), "num_cpus": preset.num_cpus, "memory": preset.memory
    }  # fmt: skip
    if preset.num_gpus:
        found["num_gpus"] = preset.num_gpus
    if row.runtime:
        found["runtime"] = _runtime(row)
    return found


def _runtime(row: JobRow) -> str:
    """Return the run time in the form of specs, if the text has a known form such as 30m."""
    return meant_duration(row.runtime) or row.runtime


def _scheduler(form: WizardForm) -> dict[str, Any]:
    found = {"name": ALLOCATION, "account": form.account}
    if form.partition:
        found["partition"] = form.partition
    if form.walltime:
        found["walltime"] = form.walltime
    if gpus := max((_PRESETS[row.preset].num_gpus for _, row in form.written), default=0):
        found["gres"] = f"gpu:{gpus}"
    return found


def _actions(form: WizardForm) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if form.at_start:
        found.append(_commands("on_workflow_start", form.at_start))
    if form.account:
        found.append(
            {
                "trigger_type": "on_workflow_start",
                "action_type": "schedule_nodes",
                "scheduler": ALLOCATION,
                "scheduler_type": "slurm",
                "num_allocations": _number(form.allocations or "1"),
            }
        )
    if form.at_end:
        found.append(_commands("on_workflow_complete", form.at_end))
    return found


def _commands(trigger: str, command: str) -> dict[str, Any]:
    return {"trigger_type": trigger, "action_type": "run_commands", "commands": [command]}


def _monitor(form: WizardForm) -> dict[str, Any]:
    if form.monitoring == "off":
        return {"enabled": False}
    monitor: dict[str, Any] = {"granularity": "time_series"} if form.monitoring == "time_series" else {}
    if form.interval:
        monitor["sample_interval_seconds"] = _number(form.interval)
    return monitor


def _number(text: str) -> int | str:
    """Return a whole number, or the text, of which the check of the spec says what it must be."""
    return int(text) if _NUMBER.fullmatch(text) else text
