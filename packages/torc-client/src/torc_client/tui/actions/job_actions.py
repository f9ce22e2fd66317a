"""Do to selected jobs what the proposals say, by the operations of the library."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from torc_client.answers import id_of
from torc_client.api.enums import JobScope, JobStatus
from torc_client.api.records import FailJobsRequest, JobModel, RestartJobsRequest
from torc_client.client import TorcClient
from torc_client.job_statuses import ACTIVE, count_in
from torc_client.tui.actions import job_proposals as proposals
from torc_client.tui.actions.programs import folder_of
from torc_client.tui.actions.proposal import Done, Prepared, Target, jobs_text
from torc_client.workflow_operations.change_and_rerun import reset_around
from torc_client.workflow_operations.files import check_files
from torc_client.workflow_operations.reset_jobs import canceled_again, plan_reset
from torc_client.workflow_operations.several_jobs import (
    OwnRequirements,
    give_requirements,
    jobs_with_ids,
    update_each,
)

_AT_ONCE = 8


async def cancel(client: TorcClient, target: Target) -> Prepared:
    """Prepare to end jobs that run, and to keep those that wait from starting."""
    return await _stop(client, target, only_running=False)


async def terminate(client: TorcClient, target: Target) -> Prepared:
    """Prepare to end jobs that run."""
    return await _stop(client, target, only_running=True)


async def _stop(client: TorcClient, target: Target, *, only_running: bool) -> Prepared:
    jobs = await jobs_with_ids(client, target.job_ids)
    status = await client.workflows.get_workflow_status(jobs[0].workflow_id)
    run_id = status.run_id or 0
    chosen = proposals.stoppable(jobs, only_running=only_running)

    async def perform(_: Mapping[str, str]) -> Done:
        held = await _hold(client, chosen, run_id)
        failed = []
        if held:
            request = FailJobsRequest(job_ids=held)
            failed = (await client.workflows.fail_jobs(jobs[0].workflow_id, request)).job_ids
        missed = len(chosen) - len(failed)
        also = f" {jobs_text(missed)} had ended meanwhile." if missed else ""
        return Done(f"Stopped {jobs_text(len(failed))}.{also}", is_trouble=bool(missed))

    return Prepared(proposals.stop(jobs, only_running=only_running), perform)


async def _hold(client: TorcClient, jobs: Sequence[JobModel], run_id: int) -> list[int]:
    """Take jobs from their runners, which end the processes, and return the ids of those that had not ended.

    No runner can start a job that waits for a decision on its failure. That decision follows for all of them at once.
    """
    free = asyncio.Semaphore(_AT_ONCE)

    async def hold(job: JobModel) -> int | None:
        job_id = id_of(job)
        async with free:
            now = await client.jobs.get_job(job_id)
            if now.status != job.status and proposals.stoppable([now], only_running=False) == []:
                return None
            await client.jobs.manage_status_change(job_id, JobStatus.PENDING_FAILED, run_id)
            return job_id

    return [one for one in await asyncio.gather(*map(hold, jobs)) if one is not None]


async def retry(client: TorcClient, target: Target) -> Prepared:
    """Prepare to run jobs again, with what depends on them: in this run while runners work, else in a new one."""
    jobs = await jobs_with_ids(client, target.job_ids)
    workflow_id = jobs[0].workflow_id
    folder = folder_of(await client.workflows.get_workflow(workflow_id)) or Path()
    plan = await plan_reset(client, workflow_id, dict.fromkeys(target.job_ids, "chosen"), folder)
    status = await client.workflows.get_workflow_status(workflow_id)
    num_active = count_in(status.jobs_by_status, ACTIVE)
    ids = [each.job_id for each in plan]
    check = await check_files(client, workflow_id, ids, folder=folder)
    proposal = proposals.rerun(jobs, plan, check, num_active=num_active)
    force = any(each.status in ACTIVE for each in plan)

    async def perform(_: Mapping[str, str]) -> Done:
        request = RestartJobsRequest(
            scope=JobScope.LISTED, job_ids=ids, begins_run=not num_active, initializes=True, force=force,
            known_run_id=status.run_id,
        )  # fmt: skip
        answer = await client.workflows.restart_jobs(workflow_id, request)
        again = await canceled_again(client, workflow_id, set(ids))
        lifted = " The cancellation is lifted." if answer.cancellation_lifted else ""
        if again:
            number = jobs_text(len(again))
            blocked = f" {number} canceled again: a job before did not succeed. Retry that job, too."
            return Done(f"{jobs_text(len(ids) - len(again))} can run again.{blocked}{lifted}", is_trouble=True)
        return Done(f"{jobs_text(len(ids))} can run again.{lifted}")

    return Prepared(proposal, perform)


async def reset(client: TorcClient, target: Target) -> Prepared:
    """Prepare to make jobs uninitialized, with the jobs that depend on them."""
    jobs = await jobs_with_ids(client, target.job_ids)
    workflow_id = jobs[0].workflow_id
    folder = folder_of(await client.workflows.get_workflow(workflow_id)) or Path()
    plan = await plan_reset(client, workflow_id, dict.fromkeys(target.job_ids, "chosen"), folder)
    ids = [each.job_id for each in plan]
    force = any(each.status in ACTIVE for each in plan)
    status = await client.workflows.get_workflow_status(workflow_id)

    async def perform(_: Mapping[str, str]) -> Done:
        request = RestartJobsRequest(
            scope=JobScope.LISTED, job_ids=ids, begins_run=False, initializes=False, force=force,
            known_run_id=status.run_id,
        )  # fmt: skip
        await client.workflows.restart_jobs(workflow_id, request)
        return Done(f"Reset {jobs_text(len(ids))}. The next runner that starts runs them: x here, s on Slurm.")

    return Prepared(proposals.reset(jobs, plan), perform)


async def priority(client: TorcClient, target: Target) -> Prepared:
    """Prepare to change the priority of jobs."""
    jobs = await jobs_with_ids(client, target.job_ids)

    async def perform(values: Mapping[str, str]) -> Done:
        await update_each(client, jobs, priority=int(values["priority"]), requirements_id=None)
        return Done(f"Changed the priority of {jobs_text(len(jobs))} to {int(values['priority'])}.")

    return Prepared(proposals.priority(jobs), perform)


async def command(client: TorcClient, target: Target) -> Prepared:
    """Prepare to change the command of a job, and to let it run again if it was initialized."""
    jobs = await jobs_with_ids(client, target.job_ids)
    job = jobs[0]
    was_initialized = job.status not in {None, JobStatus.UNINITIALIZED}
    plan = await plan_reset(client, job.workflow_id, {id_of(job): "chosen"}) if was_initialized else []

    async def perform(values: Mapping[str, str]) -> Done:
        text = values["command"]
        if text == job.command:
            return Done("Nothing was changed: the command is the present one.")
        async with reset_around(client, job):
            await client.jobs.update_job(id_of(job), msgspec.structs.replace(job, command=text, status=None))
        again = f" {jobs_text(len(plan))} can run again." if plan else ""
        return Done(f"Changed the command of job {job.id}.{again}")

    return Prepared(proposals.command(jobs, plan), perform)


async def requirements(client: TorcClient, target: Target) -> Prepared:
    """Prepare to give jobs requirements of their own."""
    jobs = await jobs_with_ids(client, target.job_ids)
    present = []
    for one in sorted({job.resource_requirements_id for job in jobs if job.resource_requirements_id is not None}):
        needs = await client.resource_requirements.get_resource_requirements(one)
        present.append((needs.memory or "", needs.runtime or "", str(needs.num_cpus or "")))
    proposal = proposals.requirements(jobs, present)
    before = {field.name: field.value for field in proposal.fields}

    async def perform(values: Mapping[str, str]) -> Done:
        new = {name: text for name, text in values.items() if text and text != before[name]}
        if not new:
            return Done("Nothing was changed: the values are the present ones.")
        cpus = int(new["cpus"]) if "cpus" in new else None
        own = OwnRequirements(memory=new.get("memory"), runtime=new.get("runtime"), num_cpus=cpus)
        await give_requirements(client, jobs[0].workflow_id, jobs, own)
        return Done(f"Changed the requirements of {jobs_text(len(jobs))}. Retry those that failed with y.")

    return Prepared(proposal, perform)
