"""`torc workflows cancel`."""

from torc_client.batch.watching import id_in_system, named, open_allocations
from torc_client.cli.framework.confirmation import confirmed
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import no_prompts, workflow_argument
from torc_client.cli.framework.output import ask
from torc_client.cli.framework.output.show import say
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Text
from torc_client.client import TorcClient
from torc_client.job_statuses import WorkflowState, has_runners, workflow_state
from torc_client.recovery.canceling import CanceledAllocations, Canceling
from torc_client.text import count


@command(short_help="Cancel a workflow.")
@workflow_argument
@no_prompts
async def cancel(app: App, workflow_id: int | None, no_prompts: bool) -> Text:
    """Cancel a workflow and its Slurm allocations. Runners stop its running jobs and start no more jobs.

    The command waits until Slurm has ended the allocations. In a terminal it asks first if there are any. If some
    cannot be canceled, the workflow is canceled nevertheless, and the exit code is 1. A finished workflow without
    failed jobs, runners and allocations stays as it is.
    """
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id, changes=True, is_sure=no_prompts)
        status = await client.workflows.get_workflow_status(workflow_id)
        if workflow_state(status) is WorkflowState.COMPLETED and not has_runners(status):
            return _answer(workflow_id, f"Workflow {workflow_id} is finished: nothing is left to cancel.")
        # Elsewhere a question has no answer, and scripts cancel without one.
        if ask.is_possible() and not await _is_confirmed(client, workflow_id, is_sure=no_prompts):
            return Text("Nothing was canceled.", {"status": "unchanged", "workflow_id": workflow_id})
        canceled = await Canceling(report=say).workflow(client, workflow_id)
    allocations = f" and {count('allocation', len(canceled.ids))}" if canceled.ids else ""
    return _answer(workflow_id, f"Canceled workflow {workflow_id}{allocations}.", canceled)


def _answer(workflow_id: int, message: str, canceled: CanceledAllocations | None = None) -> Text:
    canceled = canceled or CanceledAllocations()
    facts = {
        "status": "partial_success" if canceled.errors else "success",
        "message": message,
        "workflow_id": workflow_id,
        "canceled_slurm_jobs": canceled.ids,
        "errors": canceled.errors or None,
    }
    return Text("\n".join((message, *canceled.errors)), facts, failed=bool(canceled.errors), is_message=True)


async def _is_confirmed(client: TorcClient, workflow_id: int, *, is_sure: bool) -> bool:
    allocations = [] if is_sure else await open_allocations(client, workflow_id)
    if not allocations:
        return True
    ids = named([id_in_system(each) for each in allocations])
    question = f"Cancel workflow {workflow_id} and its {count('allocation', len(allocations))} ({ids})?"
    return confirmed(question, is_sure=is_sure)
