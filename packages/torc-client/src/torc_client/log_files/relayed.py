"""Read the output of a job from its runner through the server, for machines that do not see its files."""

import asyncio
import base64
import codecs
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

from torc_client.api.enums import OutputStream
from torc_client.api.records import JobOutputPiece
from torc_client.client import TorcClient
from torc_client.errors import NotFoundError
from torc_client.log_files.job_logs import Stream

_PIECE_BYTES = 256 * 1024
_HELD_SECONDS = 20.0
BOTH_STREAMS = (OutputStream.STDOUT, OutputStream.STDERR)


@dataclass(frozen=True, slots=True)
class RelayedText:
    """A piece of an attempt's output."""

    run_id: int
    attempt_id: int
    stream: Stream
    place: str
    """The file, and the host on which it is."""
    text: str


async def all_of(client: TorcClient, job_id: int, streams: Iterable[OutputStream]) -> AsyncIterator[RelayedText]:
    """Yield the current output of a job, one stream after the other. Raises TorcError."""
    reading = _Reading(client, job_id)
    for stream in streams:
        async for text in reading.texts(stream):
            yield text
        if reading.has_one_file:
            break
    reading.require_any()


async def end_of(
    client: TorcClient, job_id: int, streams: Iterable[OutputStream], lines: int, *, follow: bool
) -> AsyncIterator[RelayedText]:
    """Yield the last lines of the last 256 KiB, and with `follow` new output until the job ends. Raises TorcError."""
    reading, queue = _Reading(client, job_id), asyncio.Queue[RelayedText | None]()

    async def read(stream: OutputStream) -> None:
        async for text in reading.texts(stream, lines=lines, follow=follow):
            if not (reading.has_one_file and stream is not wanted[0]):
                await queue.put(text)

    async def read_all() -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for stream in wanted:
                    group.create_task(read(stream))
        finally:
            queue.put_nowait(None)

    wanted = await reading.different(streams)
    task = asyncio.create_task(read_all())
    try:
        while (text := await queue.get()) is not None:
            yield text
        try:
            await task
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
    finally:
        task.cancel()


class _Reading:
    """Reads the streams of one attempt."""

    def __init__(self, client: TorcClient, job_id: int) -> None:
        self._client = client
        self._job_id = job_id
        self._attempt_id: int | None = None
        self._missing: NotFoundError | None = None
        self._has_any = False
        self.has_one_file = False

    async def different(self, streams: Iterable[OutputStream]) -> list[OutputStream]:
        """Drop absent streams, and one of two that share a file. Raises TorcError if none is left."""
        found: list[OutputStream] = []
        for stream in streams:
            piece = await self._ask(stream, 0, 1, 0.0)
            if piece is not None:
                found.append(stream)
            if self.has_one_file:
                break
        self.require_any()
        return found

    def require_any(self) -> None:
        """Raise the reason for absent output, if there is one."""
        if not self._has_any and self._missing is not None:
            raise self._missing

    async def texts(
        self, stream: OutputStream, *, lines: int | None = None, follow: bool = False
    ) -> AsyncIterator[RelayedText]:
        """Yield the text of a stream: all of it, or its last lines, and with `follow` new output."""
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        offset_bytes, end_bytes = (0 if lines is None else -_PIECE_BYTES), None
        is_first = True
        while True:
            held_seconds = _HELD_SECONDS if follow and not is_first else 0.0
            piece = await self._ask(stream, offset_bytes, _PIECE_BYTES, held_seconds)
            if piece is None:
                return
            content = base64.b64decode(piece.content)
            offset_bytes = piece.offset_bytes + len(content)
            end_bytes = piece.size_bytes if end_bytes is None else end_bytes
            if is_first and lines is not None:
                content = _last_lines(content, lines)
            is_first = False
            yield RelayedText(
                piece.run_id,
                piece.attempt_id,
                Stream.BOTH if piece.is_both else Stream(stream.value),
                f"{piece.hostname}:{piece.path}",
                decoder.decode(content),
            )
            if piece.is_over or (not follow and (offset_bytes >= end_bytes or not content)):
                return

    async def _ask(
        self, stream: OutputStream, offset_bytes: int, limit_bytes: int, held_seconds: float
    ) -> JobOutputPiece | None:
        try:
            piece = await self._client.jobs.get_job_output(
                self._job_id,
                stream=stream,
                offset_bytes=offset_bytes,
                limit_bytes=limit_bytes,
                attempt_id=self._attempt_id,
                wait_seconds=held_seconds,
            )
        except NotFoundError as error:
            self._missing = error
            return None
        self._attempt_id = piece.attempt_id
        self._has_any = True
        self.has_one_file = piece.is_both
        return piece


def _last_lines(content: bytes, count: int) -> bytes:
    """Return the last lines; the last one may be incomplete."""
    if count == 0:
        return b""
    at = len(content) - 1 if content.endswith(b"\n") else len(content)
    for _ in range(count):
        at = content.rfind(b"\n", 0, at)
        if at < 0:
            return content
    return content[at + 1 :]
