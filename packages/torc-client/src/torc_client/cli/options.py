"""Options that several commands share, each declared once."""

from typing import Any

import click


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


workflow_argument = click.argument("workflow_id", type=WorkflowId(), required=False)
no_prompts = click.option("--no-prompts", is_flag=True, help="Ask nothing; do it.")
force_too = click.option("--force", is_flag=True, help="The same as --no-prompts.")
