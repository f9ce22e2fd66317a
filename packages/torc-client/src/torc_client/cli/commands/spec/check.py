"""`torc spec check`."""

import click

from torc_client import spec
from torc_client.batch.submission_checks import refusals
from torc_client.cli.framework.context import App, command, files
from torc_client.cli.framework.output.show import say
from torc_client.cli.framework.results import Text
from torc_client.spec.fit import schedulers_of
from torc_client.text import count


@command(short_help="Check a spec file.")
@click.argument("file", shell_complete=files)
@click.option("--skip-checks", is_flag=True, help="Skip checks of schedulers and their nodes.")
async def check(app: App, file: str, skip_checks: bool) -> Text:
    """Check a spec FILE (- reads stdin), and print each problem with its line, column and remedy.

    On a cluster, warnings name schedulers that its partitions do not allow.

    The exit code is 1 if there are problems. With `-f json` the output is a list of problems, empty for a valid spec.
    Warnings are not in the list: they go to stderr if there are no problems.
    """
    del app
    try:
        plan = spec.load(file, skip_checks=skip_checks)
    except spec.SpecError as error:
        lines = [problem.line(error.source) for problem in error.problems]
        return Text(
            "\n".join(lines), [problem.facts(error.source) for problem in error.problems], failed=True, is_message=True
        )
    for line in plan.warning_lines():
        say(line)
    if not skip_checks and plan.slurm_schedulers:
        for sentence in await refusals(schedulers_of(plan.workflow, plan.slurm_schedulers)):
            say(f"Warning: {plan.source}: on this cluster, {sentence}.")
    contents = f"{count('job', len(plan.jobs))} and {count('file', len(plan.files))}"
    return Text(f"{plan.source}: valid, {contents}", [], is_message=True)
