"""The parts of a spec that are stored as they are: settings of runners, and what the owner wants to keep."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from torc_client.api.records import ExecutionConfig, ResourceMonitorConfig, StdioConfig
from torc_client.spec.expansion import PLACE
from torc_client.spec.monitoring import with_defaults
from torc_client.spec.problems import Problems
from torc_client.spec.shape import Record

SETTINGS: Mapping[str, type[msgspec.Struct]] = {
    "execution_config": ExecutionConfig,
    "resource_monitor": ResourceMonitorConfig,
}


def check_settings(workflow: Record, problems: Problems) -> None:
    """See that the settings can be stored, so that creation does not stumble over them."""
    for name, form in SETTINGS.items():
        settings = workflow.get(name)
        if settings is None:
            continue
        fields = form.__struct_fields__
        # What measures changes from version to version: what is not known there is left out, as it always was.
        for unknown in set(settings) - set(fields) if name == "execution_config" else ():
            problems.add(f"{name}.{unknown}", "there is no such setting", word=str(unknown), known=fields)
        try:
            workflow[name] = msgspec.convert(settings, form)
        except msgspec.ValidationError as error:
            message, _, path = str(error).partition(" - at `$")
            problems.add(f"{name}{path.rstrip('`')}", message)
    if not isinstance(workflow.get("resource_monitor"), dict):  # which it is where it is wrong
        workflow["resource_monitor"] = with_defaults(workflow.get("resource_monitor"))
    _check_metadata(workflow, problems)


def check_stdio(jobs: Iterable[Record], problems: Problems) -> None:
    """See that what becomes of single jobs' output can be stored."""
    fields = StdioConfig.__struct_fields__
    for job in jobs:
        wanted = job.get("stdio")
        if wanted is None:
            continue
        place = f"{job[PLACE]}.stdio"
        for unknown in set(wanted) - set(fields):
            problems.add(f"{place}.{unknown}", "there is no such setting", word=str(unknown), known=fields)
        try:
            msgspec.convert(wanted, StdioConfig)
        except msgspec.ValidationError as error:
            problems.add(place, str(error).partition(" - at `$")[0])


def _check_metadata(workflow: Record, problems: Problems) -> None:
    """A map, or the text of one, as older specs have it."""
    metadata = workflow.get("metadata")
    if isinstance(metadata, str):
        try:
            metadata = json.loads(metadata)
        except (ValueError, RecursionError):
            metadata = None
    if isinstance(metadata, dict):
        workflow["metadata"] = metadata
    elif "metadata" in workflow:
        problems.add("metadata", "must be a map, or a text that is a JSON object")


def settings_of(workflow: Record, jobs: Iterable[Record]) -> dict[str, Any]:
    """The settings under the names that the server has for them. What single jobs want is one of the workflow's."""
    overrides = {job["name"]: msgspec.convert(job["stdio"], StdioConfig) for job in jobs if "stdio" in job}
    config = workflow.get("execution_config")
    if overrides:
        config = config or ExecutionConfig()
        config = msgspec.structs.replace(
            config, job_stdio_overrides={**(config.job_stdio_overrides or {}), **overrides}
        )
    return {
        "execution_config": config,
        "resource_monitor_config": workflow.get("resource_monitor"),
        "metadata": workflow.get("metadata"),
    }
