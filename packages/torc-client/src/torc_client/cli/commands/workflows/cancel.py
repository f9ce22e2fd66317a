"""`torc workflows cancel`."""

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import no_prompts_needed, workflow_argument
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Message


@command(short_help="Cancel a workflow.")
@workflow_argument
@no_prompts_needed
async def cancel(app: App, workflow_id: int | None) -> Message:
    """Cancel a workflow. Runners stop its running jobs and start no more jobs."""
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        await client.workflows.cancel_workflow(workflow_id)
    facts = {"workflow_id": workflow_id, "canceled_slurm_jobs": [], "errors": None}
    return Message(f"Canceled workflow {workflow_id}.", facts)
