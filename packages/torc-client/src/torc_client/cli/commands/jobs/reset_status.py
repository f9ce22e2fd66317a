"""`torc jobs reset-status`."""

from collections.abc import Collection, Sequence
from typing import Any

import click

from torc_client.answers import id_of
from torc_client.api.enums import JobScope, JobStatus
from torc_client.api.records import RestartJobsRequest
from torc_client.batch.run_command import run_command
from torc_client.cli.framework.confirmation import confirmed
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import no_prompts
from torc_client.cli.framework.output.show import say
from torc_client.cli.framework.picker import named, pick
from torc_client.cli.framework.results import Column, Listing, Message, Report
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.paging import iterate
from torc_client.text import count
from torc_client.workflow_operations.initialize import require_inputs_of
from torc_client.workflow_operations.reset_jobs import JobReset, canceled_again, how_to_run, plan_reset

_COLUMNS = (
    Column("Job", "job_id", right=True),
    Column("Name", "name"),
    Column("Status", "status"),
    Column("Why", "reason", wraps=True),
)


_NAMED = 5


class _Statuses(click.ParamType[list[str]]):
    """Job statuses separated by commas."""

    name = "statuses"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> list[str]:
        """Parse the statuses."""
        words = [word.strip().lower() for word in str(value).split(",") if word.strip()]
        known = [status.value for status in JobStatus]
        for word in words:
            if word not in known:
                self.fail(f"{word!r} is not a job status; choose from {', '.join(known)}", param, ctx)
        return words


@command("reset-status", short_help="Reset job statuses.")
@click.argument("job_ids", type=int, nargs=-1)
@click.option("--workflow-id", type=int, help="Workflow of the jobs, with --filter, --status or --return-code.")
@click.option(
    "-s",
    "--status",
    "statuses",
    type=_Statuses(),
    multiple=True,
    help="Jobs with these statuses. (Repeatable, or separated by commas.)",
)
@click.option("--return-code", type=int, help="Jobs whose latest result has this return code.")
@click.option("--filter", "words", metavar="WORDS", help="Jobs that match all words, as in `torc jobs list --filter`.")
@click.option("--reinit", "--reinitialize", "reinit", is_flag=True, help="Also make the jobs ready to run.")
@click.option("--dry-run", is_flag=True, help="List the jobs and the reasons; change nothing.")
@click.option(
    "--force",
    is_flag=True,
    help="Include pending and running jobs, ignore missing input files, and do not ask for confirmation.",
)
@no_prompts
async def reset_status(  # noqa: PLR0917 - click calls it by keyword
    app: App,
    job_ids: tuple[int, ...],
    workflow_id: int | None,
    statuses: tuple[list[str], ...],
    return_code: int | None,
    words: str | None,
    reinit: bool,
    dry_run: bool,
    force: bool,
    no_prompts: bool,
) -> Message | Report:
    """Reset the statuses of jobs and of all jobs that depend on them. Results of earlier runs remain.

    Select jobs by id, or by --filter, --status and --return-code; a job must match all that are given. The exit code is
    1 if no job matches.
    """
    wanted = {status for each in statuses for status in each}
    if not job_ids and not wanted and return_code is None and words is None:
        raise click.UsageError("Select jobs by id, --filter, --status or --return-code.")
    if job_ids and (wanted or return_code is not None or words is not None):
        raise click.UsageError("Ids exclude --filter, --status and --return-code.")
    if job_ids and workflow_id is not None:
        raise click.UsageError("Ids exclude --workflow-id: the workflow is that of the jobs.")
    async with app.client() as client:
        workflow_id, chosen = await _chosen(
            client, workflow_id, job_ids, wanted, return_code, words, changes=not dry_run
        )
        plan = await plan_reset(client, workflow_id, chosen)
        title = await named(client, workflow_id)
        _warn_of_completed(plan)
        if dry_run:
            listing = Listing(plan, _COLUMNS, "job to reset", "jobs to reset", title)
            return Report(_dry_run(workflow_id, plan, chosen, reinit=reinit), listing)
        if reinit and not force:
            await require_inputs_of(client, workflow_id, [each.job_id for each in plan])
        question = f"Reset {count('job', len(plan))} of {title}? (--dry-run lists them)"
        ids = [each.job_id for each in plan]
        facts = {"workflow_id": workflow_id, "job_ids": ids}
        if not confirmed(question, is_sure=no_prompts or force):
            return Message("Nothing was changed.", facts | {"job_ids": []}, status="canceled")
        request = RestartJobsRequest(
            scope=JobScope.LISTED, job_ids=ids, begins_run=reinit, initializes=reinit, force=force
        )
        answer = await client.workflows.restart_jobs(workflow_id, request)
        canceled = await canceled_again(client, workflow_id, set(ids)) if reinit else []
        ready = ", ready to run again"
        if not reinit:
            run = await run_command(client, workflow_id)
            ready = f". {await how_to_run(client, workflow_id, len(plan), run)}"
    if canceled:
        again = "it is" if len(plan) == 1 else f"{len(canceled)} of them are"
        ready = f"; {again} canceled again, because a job before did not succeed. Reset that job, too"
    lifted = " The cancellation is lifted." if answer.cancellation_lifted else ""
    facts |= {"updated_count": len(plan), "reinitialized": reinit, "canceled_again": canceled}
    facts |= {"reset_job_ids": sorted(chosen), "reinit": reinit, "dry_run": False}
    return Message(
        f"Reset {count('job', len(plan))} of workflow {workflow_id}{ready}.{lifted}",
        {**facts, "cancellation_lifted": bool(answer.cancellation_lifted)},
    )


def _dry_run(workflow_id: int, plan: Sequence[JobReset], chosen: Collection[int], *, reinit: bool) -> dict[str, Any]:
    return {
        "workflow_id": workflow_id,
        "dry_run": True,
        "reinit_requested": reinit,
        "items": plan,
        "jobs": [each for each in plan if each.job_id in chosen],
        "downstream_jobs": [each for each in plan if each.job_id not in chosen],
    }


def _warn_of_completed(plan: Sequence[JobReset]) -> None:
    completed = [str(each.job_id) for each in plan if each.status == JobStatus.COMPLETED]
    if completed:
        more = " ..." if len(completed) > _NAMED else ""
        jobs = count("completed job", len(completed))
        say(f"Warning: {jobs} will run again: {', '.join(completed[:_NAMED])}{more}.")


async def _chosen(  # noqa: PLR0917 - the options of the command, in their order
    client: TorcClient,
    workflow_id: int | None,
    job_ids: tuple[int, ...],
    statuses: set[str],
    return_code: int | None,
    words: str | None,
    *,
    changes: bool,
) -> tuple[int, dict[int, str]]:
    """Return the workflow, and the ids of the selected jobs with the reason for each. Raises TorcError."""
    if job_ids:
        owners = {(await client.jobs.get_job(job_id)).workflow_id for job_id in dict.fromkeys(job_ids)}
        if len(owners) > 1:
            raise TorcError(
                f"These jobs belong to workflows {', '.join(map(str, sorted(owners)))}.", "Choose jobs of one workflow."
            )
        return owners.pop(), dict.fromkeys(job_ids, "chosen")
    workflow_id = await pick(client, workflow_id, changes=changes, is_sure=True)
    selections = []
    if statuses:
        selections.append(await _with_status(client, workflow_id, statuses))
    if return_code is not None:
        selections.append(await _with_return_code(client, workflow_id, return_code))
    if words is not None:
        selections.append(await _with_words(client, workflow_id, words))
    first, *others = selections
    found = {
        one: ", ".join((why, *(other[one] for other in others)))
        for one, why in first.items()
        if all(one in other for other in others)
    }
    if not found:
        raise TorcError(f"No job of workflow {workflow_id} matches.", "See `torc jobs list` and `torc results list`.")
    return workflow_id, found


async def _with_status(client: TorcClient, workflow_id: int, statuses: set[str]) -> dict[int, str]:
    found = {}
    for status in sorted(statuses):
        async for job in iterate(client.jobs.list_jobs, workflow_id=workflow_id, status=JobStatus(status)):
            found[id_of(job)] = status
    return found


async def _with_return_code(client: TorcClient, workflow_id: int, return_code: int) -> dict[int, str]:
    results = iterate(client.results.list_results, workflow_id=workflow_id, return_code=return_code)
    return {result.job_id: f"return code {return_code}" async for result in results}


async def _with_words(client: TorcClient, workflow_id: int, words: str) -> dict[int, str]:
    jobs = iterate(client.jobs.list_jobs, workflow_id=workflow_id, filter=words)
    return {id_of(job): "matches the filter" async for job in jobs}
