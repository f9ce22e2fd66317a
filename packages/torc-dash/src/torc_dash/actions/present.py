"""The present values of what a form changes, so that the reader edits them instead of typing them again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from torc_client.api.enums import JobStatus
from torc_client.api.records import JobModel
from torc_client.client import TorcClient
from torc_client.edge.terminal_text import inert_line
from torc_client.text import count
from torc_dash.actions.action import Action, Situation
from torc_dash.actions.of_jobs import EDIT_JOB, OWN_REQUIREMENTS, SET_PRIORITY
from torc_dash.actions.of_workflows import EDIT


@dataclass(frozen=True)
class Present:
    """Values by names of fields, and sentences about them."""

    values: Mapping[str, str] = field(default_factory=dict)
    sentences: tuple[str, ...] = ()


async def present_of(client: TorcClient, action: Action, situation: Situation) -> Present:
    """Return the values of the form of an action. Values that differ between the selected jobs are left out."""
    if action is EDIT:
        workflow = situation.workflow
        every = {"name": workflow.name, "description": workflow.description, "project": workflow.project}
        return Present({name: text for name, text in every.items() if text})
    if action not in (EDIT_JOB, OWN_REQUIREMENTS, SET_PRIORITY) or not situation.job_ids:
        return Present()
    words = f"id={','.join(map(str, situation.job_ids))}"
    found = await client.jobs.list_jobs(workflow_id=situation.id, filter=words, limit=len(situation.job_ids))
    if not found.items:
        return Present()
    if action is OWN_REQUIREMENTS:
        return await _of_requirements(client, situation.id, found.items)
    priority = _same([str(job.priority or 0) for job in found.items])
    if action is SET_PRIORITY:
        return Present({"priority": priority} if priority else {})
    return _of_one(found.items[0], priority) if len(found.items) == 1 else Present()


def _of_one(job: JobModel, priority: str) -> Present:
    values = {"priority": priority, "command": job.command}
    if job.status in {None, JobStatus.UNINITIALIZED}:
        return Present(values)
    return Present(values, (f"The job is {job.status.value}. For a new command, tick that it is reset first.",))


async def _of_requirements(client: TorcClient, workflow_id: int, jobs: Sequence[JobModel]) -> Present:
    ids = {job.resource_requirements_id for job in jobs if job.resource_requirements_id is not None}
    if len(ids) != 1:
        shown = count("different requirement", len(ids))
        return Present({}, (f"The selected jobs have {shown}. Each keeps the values that are left empty.",))
    (needs_id,) = ids
    needs = await client.resource_requirements.get_resource_requirements(needs_id)
    users = await client.jobs.list_jobs(workflow_id=workflow_id, filter=f"resource_requirements_id={needs_id}", limit=0)
    every = {"memory": needs.memory, "runtime": needs.runtime, "cpus": needs.num_cpus}
    name, number = inert_line(needs.name), users.total_count
    others = number - len(jobs)
    sentence = (
        f"{count('job', number)} share the requirements {name!r} ({needs_id}). The other {others:,} keep them."
        if others > 0
        else f"No other job has the requirements {name!r} ({needs_id})."
    )
    return Present({field: str(value) for field, value in every.items() if value is not None}, (sentence,))


def _same(values: Sequence[str]) -> str:
    return values[0] if len(set(values)) == 1 else ""
