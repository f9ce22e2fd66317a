"""Options that several commands share, each declared once."""

import click

workflow_argument = click.argument("workflow_id", type=int, required=False)
no_prompts = click.option("--no-prompts", is_flag=True, help="Ask nothing; do it.")
force_too = click.option("--force", is_flag=True, help="The same as --no-prompts.")
