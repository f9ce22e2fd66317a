"""`torc logs tail`."""

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import click

from torc_client.cli.commands.logs.job_options import (
    attempt_options,
    job_argument,
    output_dir_option,
    say_what_came_before,
    stream_option,
)
from torc_client.cli.commands.logs.through_server import show_end
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.output.show import say, show_line, show_text
from torc_client.client import TorcClient
from torc_client.log_files.growing import GrowingFile
from torc_client.log_files.job_attempts import UNDERWAY, WantedAttempt
from torc_client.log_files.job_logs import NOT_BEGUN, JobOutput, OutputNotFoundError, Stream, find_output
from torc_client.time_limits import FOLLOWING_SECONDS

"""How long to retry when the server does not answer. The job keeps running meanwhile."""
_READ_INTERVAL_SECONDS = 0.25
_POLL_INTERVAL_SECONDS = 1.0


@command(short_help="Show the last lines of a job's output, and follow it.")
@job_argument
@click.option(
    "-n", "--lines", type=click.IntRange(min=0), default=10, show_default=True, help="Number of lines at the start."
)
@click.option("--no-follow", is_flag=True, help="Do not wait for more output.")
@attempt_options
@stream_option
@output_dir_option
async def tail(
    app: App,
    job_id: int,
    lines: int,
    *,
    no_follow: bool,
    run_id: int | None,
    attempt_id: int | None,
    stream: str | None,
    output_dir: Path | None,
) -> None:
    """Show the last lines of a job's output and follow it until the job ends.

    The command waits for a job that has not started. It follows one attempt: run it again for a retry. With --run or
    --attempt it shows what there is and does not wait. With -f json, each line is a JSON object with a piece of the
    output. If this machine cannot read the files, the server requests them from the runner.
    """
    wanted = WantedAttempt(run_id, attempt_id)
    no_follow = no_follow or not wanted.is_last
    async with app.client(patience_seconds=FOLLOWING_SECONDS) as client:
        if not no_follow:
            await _until_begun(client, job_id)
        try:
            output = await find_output(client, await client.jobs.get_job(job_id), output_dir, wanted)
        except OutputNotFoundError as missing:
            if output_dir is not None or missing.is_gone or not wanted.is_last:
                raise
            say_what_came_before(missing.chosen)
            await show_end(app, client, job_id, stream, missing, lines=lines, follow=not no_follow)
            return
        with ExitStack() as open_files:
            files = {
                each: open_files.enter_context(GrowingFile(path))
                for each, path in output.only(Stream(stream) if stream else None).items()
            }
            for file in files.values():
                file.skip_to_last_lines(lines)
            say_what_came_before(output.chosen)
            pieces = _Pieces(app, files)
            if no_follow:
                pieces.show()
            else:
                await _follow(client, output, pieces)
            pieces.say_if_empty()


class _Pieces:
    """Prints new output, with a header whenever the stream changes."""

    def __init__(self, app: App, files: Mapping[Stream, GrowingFile]) -> None:
        self._app = app
        self._files = files
        self._last: Stream | None = None
        self._is_empty = True

    def show(self) -> None:
        """Print the output since the last call."""
        for stream, file in self._files.items():
            for text in iter(file.take, ""):
                if self._app.format == "json":
                    show_line({"stream": stream, "path": str(file.path), "text": text}, "", "json")
                    continue
                if stream is not self._last:
                    say(f"==> {stream}: {file.path} <==")
                    self._last = stream
                show_text(text)
                self._is_empty = False

    def say_if_empty(self) -> None:
        """Say that there was no output, and which files were read."""
        if self._is_empty and self._app.format != "json":
            say(f"No output in {' and '.join(str(file.path) for file in self._files.values())}.")


async def _follow(client: TorcClient, output: JobOutput, pieces: _Pieces) -> None:
    ended = asyncio.create_task(_until_ended(client, output))
    try:
        while not ended.done():
            pieces.show()
            await asyncio.wait({ended}, timeout=_READ_INTERVAL_SECONDS)
        await ended
        pieces.show()  # output between the last read and the end
    finally:
        ended.cancel()


async def _until_begun(client: TorcClient, job_id: int) -> None:
    is_announced = False
    while True:
        job = await client.jobs.get_job(job_id)
        # The files of a pending job exist only after its start.
        if job.status not in {*NOT_BEGUN, "pending"}:
            return
        if not is_announced:
            say(f"Waiting for job {job_id} to start: it is {job.status}.")
            is_announced = True
        await asyncio.sleep(_POLL_INTERVAL_SECONDS)


async def _until_ended(client: TorcClient, output: JobOutput) -> None:
    attempt = output.attempt
    while True:
        job = await client.jobs.get_job(attempt.job_id)
        if job.status not in UNDERWAY or (job.attempt_id or 1) != attempt.attempt_id:
            return
        await asyncio.sleep(_POLL_INTERVAL_SECONDS)
