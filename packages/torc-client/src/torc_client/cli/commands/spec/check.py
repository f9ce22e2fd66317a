"""`torc spec check`."""

import click

from torc_client import spec
from torc_client.cli.framework.context import App, command, files
from torc_client.cli.framework.output.show import say
from torc_client.cli.framework.results import Text


@command(short_help="Say all that is wrong with a spec file.")
@click.argument("file", shell_complete=files)
@click.option("--skip-checks", is_flag=True, help="Leave out checks of schedulers and their nodes.")
def check(app: App, file: str, skip_checks: bool) -> Text:
    """Say all that is wrong with a spec FILE (- reads stdin), each with its line, its column and what to do.

    The exit code is 1 when anything is. JSON is a list of problems; it is empty when there is none.
    """
    del app
    try:
        plan = spec.load(file, skip_checks=skip_checks)
    except spec.SpecError as error:
        lines = [problem.line(error.source) for problem in error.problems]
        return Text("\n".join(lines), [problem.facts(error.source) for problem in error.problems], failed=True)
    for warning in plan.warnings:
        say(f"Warning: {warning.line(plan.source)}")
    return Text(f"{plan.source}: valid, {len(plan.jobs)} jobs and {len(plan.files)} files", [])
