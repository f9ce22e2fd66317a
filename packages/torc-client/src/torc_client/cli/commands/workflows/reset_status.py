"""`torc workflows reset-status`."""

import click

from torc_client.api.enums import JobScope
from torc_client.api.records import RestartJobsRequest
from torc_client.batch.run_command import run_command
from torc_client.cli.framework.confirmation import confirmed
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import no_prompts, workflow_argument
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Message
from torc_client.workflow_operations.files import check_files
from torc_client.workflow_operations.initialize import require_inputs
from torc_client.workflow_operations.reset_jobs import how_to_run
from torc_client.workflow_operations.retry_failed import (
    plan_retry,
    require_inputs_of_retry,
    reset_sentence,
    retry_request,
)


@command(short_help="Reset job statuses.")
@workflow_argument
@click.option(
    "--failed-only", is_flag=True, help="Reset only failed, terminated and canceled jobs, and their dependents."
)
@click.option("-r", "--reinitialize", is_flag=True, help="Also make the jobs ready to run again.")
@click.option("--force", is_flag=True, help="Also reset if jobs are running or input files are missing.")
@no_prompts
async def reset_status(  # noqa: PLR0917 - click calls it by keyword
    app: App, workflow_id: int | None, failed_only: bool, reinitialize: bool, force: bool, no_prompts: bool
) -> Message:
    """Reset job statuses, and the cancellation of the workflow. Results of earlier runs are kept."""
    which = "unsuccessful jobs" if failed_only else "all jobs"
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id, changes=True, is_sure=True)
        retry = await plan_retry(client, workflow_id) if failed_only else None
        if reinitialize and not force:
            if retry is not None:
                await require_inputs_of_retry(client, workflow_id, retry)
            else:
                require_inputs(await check_files(client, workflow_id), is_rerun=True)
        question = f"Reset the status of {which} of workflow {workflow_id}?"
        if not confirmed(question, is_sure=no_prompts or force):
            return Message("Nothing was changed.", {"workflow_id": workflow_id}, status="canceled")
        if retry is not None:
            request = retry_request(retry, initializes=reinitialize, force=force)
        else:
            request = RestartJobsRequest(scope=JobScope.ALL, initializes=reinitialize, force=force)
        answer = await client.workflows.restart_jobs(workflow_id, request)
        ready = ", ready to run again" if reinitialize else ""
        if answer.updated_count and not reinitialize:
            run = await run_command(client, workflow_id)
            ready = f". {await how_to_run(client, workflow_id, answer.updated_count, run)}"
    operations = {
        "workflow_reset": True,
        "job_reset": True,
        "reinitialize": True if reinitialize else None,
    }
    message = reset_sentence(workflow_id, answer, ready, () if retry is None else retry.writers)
    facts = {
        "workflow_id": workflow_id,
        "failed_only": failed_only,
        "messages": [message],
        "updated_count": answer.updated_count,
        "operations": operations,
        "cancellation_lifted": bool(answer.cancellation_lifted),
    }
    return Message(message, facts)
