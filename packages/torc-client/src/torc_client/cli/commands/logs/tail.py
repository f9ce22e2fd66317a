"""`torc logs tail`."""

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import click

from torc_client.cli.commands.logs.job_options import job_argument, output_dir_option, stream_option
from torc_client.cli.commands.logs.through_server import show_end
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.output.show import say, show_line, show_text
from torc_client.client import TorcClient
from torc_client.log_files.growing import GrowingFile
from torc_client.log_files.job_logs import NOT_BEGUN, UNDERWAY, JobOutput, OutputNotFoundError, Stream, find_output

_PATIENCE_SECONDS = 600.0
"""A server that is away for a while does not end the looking on: the job goes on, too."""
_LOOK_SECONDS = 0.25
_ASK_SECONDS = 1.0


@command(short_help="Show the end of what a job printed, and what it prints from now on.")
@job_argument
@click.option("-n", "--lines", type=click.IntRange(min=0), default=10, show_default=True, help="So many to begin with.")
@click.option("--no-follow", is_flag=True, help="Only what is there now.")
@stream_option
@output_dir_option
async def tail(
    app: App, job_id: int, lines: int, *, no_follow: bool, stream: str | None, output_dir: Path | None
) -> None:
    """Show the last lines that a job printed, and what it prints from now on, until it ends.

    A job that has not begun is waited for. One that is retried has a new attempt: call again. With -f json, a line is
    a piece of the output. Where the files cannot be seen from here, the runner is asked for them through the server.
    """
    async with app.client(patience_seconds=_PATIENCE_SECONDS) as client:
        if not no_follow:
            await _until_begun(client, job_id)
        try:
            output = await find_output(client, await client.jobs.get_job(job_id), output_dir)
        except OutputNotFoundError as missing:
            if output_dir is not None:
                raise
            await show_end(app, client, job_id, stream, missing, lines=lines, follow=not no_follow)
            return
        with ExitStack() as open_files:
            files = {
                each: open_files.enter_context(GrowingFile(path))
                for each, path in output.only(Stream(stream) if stream else None).items()
            }
            for file in files.values():
                file.skip_to_last_lines(lines)
            pieces = _Pieces(app, files)
            if no_follow:
                pieces.show()
                return
            await _follow(client, output, pieces)


class _Pieces:
    """Shows what files have grown by, and which file it is whenever that changes."""

    def __init__(self, app: App, files: Mapping[Stream, GrowingFile]) -> None:
        self._app = app
        self._files = files
        self._last: Stream | None = None

    def show(self) -> None:
        """Show all that is new."""
        for stream, file in self._files.items():
            for text in iter(file.take, ""):
                if self._app.format == "json":
                    show_line({"stream": stream, "path": str(file.path), "text": text}, "", "json")
                    continue
                if stream is not self._last:
                    say(f"==> {stream}: {file.path} <==")
                    self._last = stream
                show_text(text)


async def _follow(client: TorcClient, output: JobOutput, pieces: _Pieces) -> None:
    ended = asyncio.create_task(_until_ended(client, output))
    try:
        while not ended.done():
            pieces.show()
            await asyncio.wait({ended}, timeout=_LOOK_SECONDS)
        await ended
        pieces.show()  # what came between the last look and the end
    finally:
        ended.cancel()


async def _until_begun(client: TorcClient, job_id: int) -> None:
    has_said = False
    while True:
        job = await client.jobs.get_job(job_id)
        # A job that was claimed may still be about to be started: its files come with its start.
        if job.status not in {*NOT_BEGUN, "pending"}:
            return
        if not has_said:
            say(f"Waiting for job {job_id} to begin: it is {job.status}.")
            has_said = True
        await asyncio.sleep(_ASK_SECONDS)


async def _until_ended(client: TorcClient, output: JobOutput) -> None:
    attempt = output.attempt
    while True:
        job = await client.jobs.get_job(attempt.job_id)
        if job.status not in UNDERWAY or (job.attempt_id or 1) != attempt.attempt_id:
            return
        await asyncio.sleep(_ASK_SECONDS)
