"""The output of a command of `torc` that only reads: as a text, or as a file for the browser while it is printed."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from urllib.parse import quote

from aiohttp import web

from torc_client.edge.terminal_text import inert
from torc_dash.rendering import problem_page
from torc_dash.tasks.program import argv_of, environment_for
from torc_dash.tasks.registry import TASKS
from torc_dash.upstream import UPSTREAM

LIMIT_SECONDS = 30.0
_PIECE_BYTES = 256 * 1024
_MOST_OF_REASON = 4000


class CommandFailedError(Exception):
    """The command printed why it failed; this is its text."""


@contextlib.asynccontextmanager
async def _started(request: web.Request, arguments: Sequence[str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a command until the end of the block. A few of these run at the same time. Raises CommandFailedError."""
    tasks = request.app[TASKS]
    async with tasks.dry_runs:
        try:
            process = await asyncio.create_subprocess_exec(
                *argv_of(arguments),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=environment_for(request.app[UPSTREAM], is_for_nodes=False),
                cwd=tasks.folder,
                start_new_session=True,
            )
        except OSError as error:
            raise CommandFailedError(f"The command cannot be started: {error.strerror}.") from error
        reason = asyncio.create_task(_end_of(process.stderr))
        try:
            yield process
            if await process.wait():
                raise CommandFailedError(inert(await reason) or "The command ended without a reason.")
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
            await reason


async def _end_of(stream: asyncio.StreamReader | None) -> str:
    kept = b""
    while stream is not None and (piece := await stream.read(_PIECE_BYTES)):
        kept = (kept + piece)[-_MOST_OF_REASON:]
    return kept.decode("utf-8", "replace").strip()


async def read(request: web.Request, arguments: Sequence[str], most_bytes: int) -> str:
    """Return what a command prints. Raises CommandFailedError, also if it is more than `most_bytes`."""
    kept = bytearray()
    try:
        async with asyncio.timeout(LIMIT_SECONDS), _started(request, arguments) as process:
            while process.stdout is not None and (piece := await process.stdout.read(_PIECE_BYTES)):
                kept += piece
                if len(kept) > most_bytes:
                    raise CommandFailedError(f"The text is larger than {most_bytes >> 20} MiB. Download it instead.")
    except TimeoutError as error:
        raise CommandFailedError(f"No answer in {LIMIT_SECONDS:g} s. Download the text instead.") from error
    return kept.decode("utf-8", "replace")


async def send(request: web.Request, arguments: Sequence[str], name: str) -> web.StreamResponse:
    """Send what a command prints as a file. If it fails before it prints, respond with a page that says why."""
    response = web.StreamResponse(headers=_headers(name))
    try:
        async with _started(request, arguments) as process:
            while process.stdout is not None and (piece := await process.stdout.read(_PIECE_BYTES)):
                if not response.prepared:
                    await response.prepare(request)
                await response.write(piece)
    except CommandFailedError as error:
        if not response.prepared:
            return problem_page(request, "Not done", str(error), None, 502)
        # A file that ends early must not look whole.
        if request.transport is not None:
            request.transport.abort()
        return response
    if not response.prepared:
        await response.prepare(request)
    await response.write_eof()
    return response


def send_text(text: str, name: str) -> web.Response:
    """Send a text as a file."""
    return web.Response(body=text.encode("utf-8", "surrogatepass"), headers=_headers(name))


def _headers(name: str) -> dict[str, str]:
    return {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": f'attachment; filename="{quote(name)}"',
    }
