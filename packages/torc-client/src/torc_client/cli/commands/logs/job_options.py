"""The argument and options that `torc logs show` and `torc logs tail` share."""

from collections.abc import Callable
from pathlib import Path

import click

from torc_client.cli.framework.output.show import say
from torc_client.log_files.job_attempts import ChosenAttempt
from torc_client.option_types import UserPath

job_argument = click.argument("job_id", type=int)
stream_option = click.option(
    "--stream", type=click.Choice(["stdout", "stderr"]), help="Only this stream.  [default: both]"
)
output_dir_option = click.option(
    "-o",
    "--output-dir",
    type=UserPath(file_okay=False, path_type=Path),
    help="Output folder of the runner.  [default: the folder that the runner reported, or torc_output]",
)

_ATTEMPT_OPTIONS = (
    click.option(
        "--run", "run_id", type=click.IntRange(min=1), help="Run of the workflow.  [default: the last one of the job]"
    ),
    click.option(
        "--attempt",
        "attempt_id",
        type=click.IntRange(min=1),
        help="Attempt of the job in this run.  [default: the last one]",
    ),
)


def attempt_options(function: Callable[..., object]) -> Callable[..., object]:
    """Add the options that choose an attempt."""
    for option in reversed(_ATTEMPT_OPTIONS):
        function = option(function)
    return function


def say_what_came_before(chosen: ChosenAttempt | None) -> None:
    """Print on stderr that a job has an earlier attempt, if it has one, and the command that shows its output."""
    if chosen is not None and chosen.note:
        say(chosen.note)
