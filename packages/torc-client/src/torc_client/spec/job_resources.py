"""`{num_cpus}` and `{num_gpus}` in texts of a job: what it requires, so that no number is written twice."""

from collections.abc import Mapping, Sequence

from torc_client import defaults
from torc_client.spec.parameters import Value, fill
from torc_client.spec.shape import Record

RESOURCES: Mapping[str, int] = {"num_cpus": defaults.NUM_CPUS, "num_gpus": 0}
"""The names, each with its value for a job without requirements."""
FILLED = ("command", "invocation_script", "env")


def fill_resources(workflow: Record, jobs: Sequence[Record], requirements: Sequence[Record]) -> None:
    """Replace the names in the jobs, and in variables of the workflow, which become variables of each job."""
    shared = {name: value for name, value in workflow.get("env", {}).items() if _has_name(value)}
    if shared:
        workflow["env"] = {name: value for name, value in workflow["env"].items() if name not in shared}
    by_name = {record["name"]: _values(record) for record in requirements}
    for job in jobs:
        if shared:
            job["env"] = {**shared, **job.get("env", {})}
        if any(_has_name(text) for text in _texts(job)):
            values = by_name.get(job.get("resource_requirements", ""), RESOURCES)
            for field in ("command", "invocation_script"):
                if field in job:
                    job[field] = fill(job[field], values)
            if "env" in job:
                job["env"] = {name: fill(value, values) for name, value in job["env"].items()}


def _values(requirements: Record) -> Mapping[str, Value]:
    return {name: requirements.get(name, default) for name, default in RESOURCES.items()}


def _has_name(text: str) -> bool:
    return "{num_" in text


def _texts(job: Record) -> list[str]:
    return [job["command"], job.get("invocation_script", ""), *job.get("env", {}).values()]
