"""`torc workflows reset-status`."""

import click

from torc_client.cli.framework.confirmation import confirmed
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import no_prompts, workflow_argument
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Message
from torc_client.text import count
from torc_client.workflow_operations.initialize import reset_statuses


@command(short_help="Reset job statuses.")
@workflow_argument
@click.option(
    "--failed-only", is_flag=True, help="Reset only failed, terminated and canceled jobs, and their dependents."
)
@click.option("-r", "--reinitialize", is_flag=True, help="Also make the jobs ready to run again.")
@click.option("--force", is_flag=True, help="Also reset while jobs are running.")
@no_prompts
async def reset_status(  # noqa: PLR0917 - click calls it by keyword
    app: App, workflow_id: int | None, failed_only: bool, reinitialize: bool, force: bool, no_prompts: bool
) -> Message:
    """Reset job statuses, and the cancellation of the workflow. Results of earlier runs are kept."""
    which = "unsuccessful jobs" if failed_only else "all jobs"
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        question = f"Reset the status of {which} of workflow {workflow_id}?"
        if not confirmed(app, question, is_sure=no_prompts or force):
            return Message("Nothing was changed.", {"workflow_id": workflow_id}, status="canceled")
        updated = await reset_statuses(client, workflow_id, failed_only=failed_only, force=force)
        if reinitialize:
            await client.workflows.initialize_jobs(
                workflow_id, only_uninitialized=True, clear_ephemeral_user_data=False
            )
    operations = {
        "workflow_reset": "success",
        "job_reset": "success",
        "reinitialize": "success" if reinitialize else "skipped",
    }
    facts = {"workflow_id": workflow_id, "updated_count": updated, "operations": operations}
    jobs = count("job", updated)
    return Message(f"Reset {jobs} of workflow {workflow_id}{', ready to run again' * reinitialize}.", facts)
