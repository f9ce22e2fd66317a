"""Choose a workflow or a record when the command line has no id."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from torc_client.answers import id_of
from torc_client.api.records import WorkflowModel
from torc_client.client import TorcClient, current_user
from torc_client.errors import TorcError
from torc_client.overview.conclusion import state_in_words

if TYPE_CHECKING:
    from torc_client.cli.framework.vocabulary import ResourceSpec

_MAX_SHOWN = 50
_MAX_NAMED = 5
_MAX_WITH_STATE = 20
"""The state of a workflow is a request of its own."""

_NONE = "(its id, or Enter for none)"
_VERBS = {
    "cancel": "Cancel",
    "delete": "Delete",
    "init": "Initialize",
    "recover": "Recover",
    "reinit": "Reinitialize",
    "reset-status": "Reset",
    "run": "Run",
    "submit": "Submit",
    "update": "Change",
    "watch": "Watch",
}
"""What commands of torc and of its group `workflows` do to a workflow, for their questions."""


async def pick(
    client: TorcClient,
    workflow_id: int | None,
    *,
    changes: bool = False,
    is_sure: bool = False,
    is_titled: bool = False,
) -> int:
    """Return `workflow_id`; if it is None, the user's newest workflow, or the one to change.

    With `changes` the user chooses the workflow in a terminal, and confirms it if there is only one. `is_sure` skips
    that confirmation. With `is_titled`, the title of the result names the workflow. Elsewhere nothing is changed that
    the command line does not name.

    Raises TorcError if there is no workflow, without a terminal if the command changes it, and if it is declined.
    """
    if workflow_id is not None:
        return workflow_id
    workflows, total = await _own_workflows(client)
    newest = workflows[0]
    if not changes:
        if total > 1:
            from torc_client.cli.framework.output.show import say

            say(
                f"The newest of {total} workflows:"
                if is_titled
                else f"Workflow {_titled(newest)}, the newest of {total}."
            )
        return id_of(newest)
    from torc_client.cli.framework.output import ask

    if not ask.is_possible():
        shown = ", ".join(map(_titled, workflows[:_MAX_NAMED]))
        more = f" and {total - _MAX_NAMED} more" if total > _MAX_NAMED else ""
        raise TorcError(
            "The id of the workflow is missing, so nothing was changed.",
            f"Give the id of a workflow. Yours: {shown}{more}.",
        )
    if total > 1:
        return await _chosen(client, workflows, total, f"{_verb_and_which()} workflow? {_NONE}")
    if not is_sure and not ask.confirm(f"Use your only workflow, {_titled(newest)}?"):
        raise TorcError("Nothing was changed.", "`torc workflows list --all-users` shows the ids of all workflows.")
    return id_of(newest)


async def _own_workflows(client: TorcClient) -> tuple[list[WorkflowModel], int]:
    """Return the newest workflows of the user, and the number of all. Raises TorcError if there is none."""
    user = current_user()
    page = await client.workflows.list_workflows(user=user, is_archived=False, limit=_MAX_SHOWN, reverse_sort=True)
    if not page.items:
        raise TorcError(f"{user} has no workflows on this server.", "Create one and run it: torc run FILE")
    return page.items, page.total_count


def _verb_and_which() -> str:
    """Return the first words of the question of the command that runs: "Cancel which"."""
    import click

    context = click.get_current_context()
    groups = context.command_path.split()[1:-1]
    verb = _VERBS.get(context.info_name or "") if groups in ([], ["workflows"]) else None
    return f"{verb} which" if verb else "Which"


async def _chosen(client: TorcClient, workflows: Sequence[WorkflowModel], total: int, question: str) -> int:
    """Return the id of the workflow that the user chooses. Raises TorcError."""
    from torc_client.cli.framework.output import ask
    from torc_client.cli.framework.output.show import say

    shown = workflows[:_MAX_WITH_STATE]
    for workflow, state in zip(shown, await asyncio.gather(*(_state(client, each) for each in shown)), strict=True):
        say(f"{workflow.id:>8}  {workflow.name}{state}")
    if more := total - len(shown):
        say(f"     ...  {more} more: torc workflows list")
    chosen = ask.number(question)
    if chosen is None:
        raise TorcError("No workflow was chosen, so nothing was done.")
    if chosen not in {workflow.id for workflow in workflows}:
        raise TorcError(f"{chosen} is not one of these workflows.")
    return chosen


async def _state(client: TorcClient, workflow: WorkflowModel) -> str:
    """Return the state of a workflow in words, to follow its name; empty if it is not known."""
    try:
        return f" ({state_in_words(await client.workflows.get_workflow_status(id_of(workflow)))})"
    except TorcError:  # the choice is possible without it
        return ""


def _titled(workflow: WorkflowModel) -> str:
    return f"{workflow.id} ({workflow.name})"


async def pick_record(client: TorcClient, resource: "ResourceSpec", id: int | str | None) -> int:
    """Return `id`, or the id of the record that a job names; if it is None, that of the record that the user chooses.

    Raises MissingParameter without a terminal, and TorcError if there is no record.
    """
    if isinstance(id, str):
        from torc_client.cli.framework.names_in_jobs import id_of_named

        return await id_of_named(client, resource, id)
    if id is not None:
        if resource.has_names_in_jobs:
            from torc_client.cli.framework.names_in_jobs import require_id

            await require_id(client, resource, id)
        return id
    import click

    from torc_client.cli.framework.output import ask
    from torc_client.cli.framework.output.show import say

    if not ask.is_possible():
        raise click.MissingParameter(param_hint="'ID'", param_type="argument")
    workflows, total = await _own_workflows(client)
    if total == 1:
        workflow_id = id_of(workflows[0])
    else:
        workflow_id = await _chosen(client, workflows, total, f"Of which workflow? {_NONE}")
    page = await resource.operation_of(client, workflow_id)(offset=0, limit=_MAX_SHOWN)
    if not page.items:
        raise TorcError(
            f"Workflow {workflow_id} has no {resource.plural}.",
            resource.when_empty.replace("WORKFLOW_ID", str(workflow_id)) or None,
        )
    for record in page.items:
        say(f"{record.id:>8}  {getattr(record, 'name', '') or ''}")
    if page.has_more:
        say(f"     ...  {page.total_count - len(page.items)} more")
    chosen = ask.number(f"Which {resource.singular}? {_NONE}")
    if chosen is None:
        raise TorcError(f"No {resource.singular} was chosen, so nothing was done.")
    return chosen


async def named(client: TorcClient, workflow_id: int) -> str:
    """Return the title of a table for a workflow: "workflow 7 (sweep)". Raises NotFoundError."""
    return f"workflow {workflow_id} ({(await client.workflows.get_workflow(workflow_id)).name})"
