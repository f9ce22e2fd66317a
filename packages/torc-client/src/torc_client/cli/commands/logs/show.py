"""`torc logs show`."""

from pathlib import Path

from torc_client.cli.commands.logs.job_options import (
    attempt_options,
    job_argument,
    output_dir_option,
    say_what_came_before,
    stream_option,
)
from torc_client.cli.commands.logs.through_server import show_all
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.output.show import say, show_text
from torc_client.cli.framework.results import Record
from torc_client.log_files.folder_databases import databases_of
from torc_client.log_files.growing import GrowingFile
from torc_client.log_files.job_attempts import WantedAttempt
from torc_client.log_files.job_logs import OutputNotFoundError, Stream, find_output


@command("show", short_help="Show the output of a job.")
@job_argument
@attempt_options
@stream_option
@output_dir_option
async def show_output(
    app: App,
    job_id: int,
    *,
    run_id: int | None,
    attempt_id: int | None,
    stream: str | None,
    output_dir: Path | None,
) -> Record | None:
    """Show the output of an attempt of a job, complete or so far. By default, it is the latest one.

    If this machine cannot read the files of the latest attempt, the server requests them from the runner, as long as
    the runner is active.
    """
    wanted = WantedAttempt(run_id, attempt_id)
    async with app.client() as client:
        try:
            output = await find_output(client, await client.jobs.get_job(job_id), output_dir, wanted)
        except OutputNotFoundError as missing:
            if output_dir is not None or missing.is_gone or not wanted.is_last:
                raise
            shown = await show_all(app, client, job_id, stream, missing)
            say_what_came_before(missing.chosen)
            return shown
    if len(databases_of(output.folder)) > 1:
        say(f"{output.folder} has output of several databases: jobs with the same ids replace the files of each other.")
    chosen = output.only(Stream(stream) if stream else None)
    outputs = []
    for each, path in chosen.items():
        with GrowingFile(path) as file:
            if app.format == "json":
                outputs.append({"stream": each, "path": str(path), "text": "".join(iter(file.take, ""))})
                continue
            say(f"==> {each}: {path} <==")
            for text in iter(file.take, ""):
                show_text(text)
    say_what_came_before(output.chosen)
    if app.format != "json":
        return None
    attempt = output.attempt
    return Record({"job_id": job_id, "run_id": attempt.run_id, "attempt_id": attempt.attempt_id, "output": outputs})
