"""Options that several commands have."""

from typing import Any

import click
import click.shell_completion


class WorkflowId(click.ParamType[int]):
    """The id of a workflow."""

    name = "integer"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Parse the id. Raises BadParameter."""
        try:
            return int(value)
        except ValueError as error:
            raise click.BadParameter(
                f"{value!r} is not an id; `torc workflows list` shows the ids.", ctx, param, param_hint="WORKFLOW_ID"
            ) from error

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[click.shell_completion.CompletionItem]:
        """Return ids and names of the user's workflows, latest first; nothing if the server does not answer."""
        from torc_client.cli.framework.workflow_ids import workflow_ids

        del param
        return workflow_ids(ctx, incomplete)


class Labels(click.ParamType[list[str]]):
    """Labels separated by commas. The option can be repeated; all labels count."""

    name = "labels"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> list[str]:
        """Split the labels."""
        from torc_client.labels import split_labels

        try:
            return list(split_labels([value])) if isinstance(value, str) else value
        except ValueError as error:
            self.fail(str(error), param, ctx)


LIMIT_HELP = "Maximum number.  [default: all; in a terminal, those that fit]"
workflow_argument = click.argument("workflow_id", type=WorkflowId(), required=False)
no_prompts = click.option("--no-prompts", is_flag=True, help="Do not ask for confirmation.")
force_too = click.option("--force", is_flag=True, help="Same as --no-prompts.")
no_prompts_needed = click.option(
    "--no-prompts", is_flag=True, expose_value=False, help="Accepted for scripts of Torc 1.0. The command asks nothing."
)
