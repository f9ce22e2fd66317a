"""The argument and options that `torc logs show` and `torc logs tail` share."""

from pathlib import Path

import click

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
