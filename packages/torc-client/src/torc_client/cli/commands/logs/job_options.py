"""What `torc logs show` and `torc logs tail` share: which job, which of its streams, where its files are."""

from pathlib import Path

import click

job_argument = click.argument("job_id", type=int)
stream_option = click.option(
    "--stream", type=click.Choice(["stdout", "stderr"]), help="Only this one  [default: both; of one file, all]"
)
output_dir_option = click.option(
    "-o",
    "--output-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="The runner's output folder  [default: where the job's runner says, else torc_output]",
)
