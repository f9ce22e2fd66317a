"""Options that several commands share, each declared once."""

from typing import Any

import click
import click.shell_completion


class WorkflowId(click.ParamType[int]):
    """The id of a workflow."""

    name = "integer"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it, or say where ids are found."""
        try:
            return int(value)
        except ValueError as error:
            raise click.BadParameter(
                f"{value!r} is no id; `torc workflows list` shows them.", ctx, param, param_hint="WORKFLOW_ID"
            ) from error

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[click.shell_completion.CompletionItem]:
        """Return the ids of the caller's workflows with their names, the latest first; none if nobody answers."""
        from torc_client.cli.framework.workflow_ids import workflow_ids

        del param
        return workflow_ids(ctx, incomplete)


workflow_argument = click.argument("workflow_id", type=WorkflowId(), required=False)
no_prompts = click.option("--no-prompts", is_flag=True, help="Ask nothing; do it.")
force_too = click.option("--force", is_flag=True, help="The same as --no-prompts.")
