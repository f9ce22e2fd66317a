"""What a workflow is like after a restart of some jobs, for plans that are made before it. Pure."""

from collections.abc import Collection, Iterable, Sequence

import msgspec

from torc_client.answers import id_of
from torc_client.api.enums import JobStatus
from torc_client.api.records import JobModel, RequirementsCorrection, ResourceRequirementsModel
from torc_client.batch.regeneration import StoredWorkflow
from torc_client.job_statuses import COMPLETE


def after_restart(
    stored: StoredWorkflow, job_ids: Collection[int], corrections: Sequence[RequirementsCorrection]
) -> StoredWorkflow:
    """Return the workflow after these jobs and their dependents were reset, with corrected requirements."""
    copies = {job_id: -number for number, each in enumerate(corrections, 1) for job_id in each.job_ids or ()}
    jobs = [
        msgspec.structs.replace(job, resource_requirements_id=copies[id_of(job)]) if job.id in copies else job
        for job in stored.jobs
    ]
    return StoredWorkflow(
        stored.workflow,
        _reset(jobs, job_ids),
        _corrected(stored.requirements, corrections),
        stored.schedulers,
        # An action is open again if its jobs begin again, and those of an earlier recovery are gone.
        [each for each in stored.actions if not each.is_recovery],
    )


def _reset(jobs: Sequence[JobModel], job_ids: Collection[int]) -> list[JobModel]:
    """Make jobs and their dependents blocked or ready."""
    dependents: dict[int, list[int]] = {}
    for job in jobs:
        for each in job.depends_on_job_ids or ():
            dependents.setdefault(each, []).append(id_of(job))
    reset, waiting = set(job_ids), list(job_ids)
    while waiting:
        for each in dependents.get(waiting.pop(), ()):
            if each not in reset:
                reset.add(each)
                waiting.append(each)
    unfinished = reset | {id_of(job) for job in jobs if job.status not in COMPLETE}
    return [_begun_again(job, unfinished) if job.id in reset else job for job in jobs]


def _begun_again(job: JobModel, unfinished: Collection[int]) -> JobModel:
    waits = any(each in unfinished for each in job.depends_on_job_ids or ())
    return msgspec.structs.replace(job, status=JobStatus.BLOCKED if waits else JobStatus.READY)


def _corrected(
    requirements: Iterable[ResourceRequirementsModel], corrections: Sequence[RequirementsCorrection]
) -> list[ResourceRequirementsModel]:
    """Return the requirements with the corrections; a copy for some jobs has a negative id."""
    records = {id_of(each): each for each in requirements}
    for number, each in enumerate(corrections, 1):
        record = records.get(each.resource_requirements_id)
        if record is None:
            continue
        amounts = {"memory": each.memory, "runtime": each.runtime, "num_cpus": each.num_cpus}
        changes = {name: amount for name, amount in amounts.items() if amount is not None}
        key = -number if each.job_ids else each.resource_requirements_id
        name = f"corrected_{each.job_ids[0]}" if each.job_ids else record.name
        records[key] = msgspec.structs.replace(record, id=key, name=name, **changes)
    return list(records.values())
