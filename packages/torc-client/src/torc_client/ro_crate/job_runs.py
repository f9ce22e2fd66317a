"""Entities of runs of jobs: the actions that made the data of a crate, with the ids of Torc 1.0."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from torc_client.api.records import JobModel

_ID = re.compile(r"#job-(\d+)-attempt-(\d+)")
GENERATED_BY = "prov:wasGeneratedBy"


def entity_id_of(job: JobModel) -> str:
    """Return the id of the entity of a job's current attempt."""
    return f"#job-{job.id}-attempt-{job.attempt_id or 1}"


def generated_by(jobs: Sequence[JobModel]) -> dict[str, Any]:
    """Return the member of a dataset that names the jobs that made it; nothing without jobs."""
    named = [{"@id": entity_id_of(job)} for job in jobs]
    return {GENERATED_BY: named[0] if len(named) == 1 else named} if named else {}


def action_with_result(job: JobModel, dataset_id: str, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata of a job's CreateAction with a dataset among its results; `before` is the present one."""
    known = before.get("result", [])
    results = known if isinstance(known, list) else [known]
    result = {"@id": dataset_id}
    return {"name": job.name, **before, "result": results if result in results else [*results, result]}


def with_new_ids(value: Any, job_ids: Mapping[int, int]) -> Any:
    """Return JSON data in which the ids of job entities name new jobs. Unknown jobs are kept."""
    if isinstance(value, str):
        found = _ID.fullmatch(value)
        if found is None or int(found[1]) not in job_ids:
            return value
        return f"#job-{job_ids[int(found[1])]}-attempt-{found[2]}"
    if isinstance(value, list):
        return [with_new_ids(each, job_ids) for each in value]
    if isinstance(value, dict):
        return {name: with_new_ids(each, job_ids) for name, each in value.items()}
    return value
