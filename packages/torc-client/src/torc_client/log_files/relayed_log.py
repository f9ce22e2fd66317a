"""The output of an attempt as a log that its runner reads, through the server; for threads beside an event loop."""

import asyncio
import base64
from typing import Final

from torc_client.api.enums import OutputStream
from torc_client.api.records import JobOutputPiece
from torc_client.client import TorcClient

MOST_BYTES: Final = 64 * 1024 * 1024
"""A search or a count reads at most this much through the server."""
_ANSWER_SECONDS = 30.0


class RelayedLog:
    """A stream of an attempt. `read` must not be called in the thread of the event loop."""

    piece_bytes = 512 * 1024

    def __init__(self, client: TorcClient, job_id: int, stream: OutputStream, first: JobOutputPiece) -> None:
        """Take over the answer to the first request, which has the size."""
        self._client, self._job_id, self._stream = client, job_id, stream
        self._loop = asyncio.get_running_loop()
        self.attempt_id, self.hostname, self.path = first.attempt_id, first.hostname, first.path
        self.is_both, self.is_over, self.size_bytes = first.is_both, first.is_over, first.size_bytes

    @property
    def identity(self) -> tuple[object, ...]:
        """What distinguishes it from other logs."""
        return ("relayed", self._job_id, self.attempt_id, self._stream, self.path)

    async def refresh(self, wait_seconds: float) -> None:
        """Read the current size; if the log has not grown, wait for more. Raises TorcError."""
        piece = await self._ask(self.size_bytes, 1, wait_seconds)
        self.is_over, self.size_bytes = piece.is_over, piece.size_bytes

    def read(self, offset_bytes: int, limit_bytes: int) -> bytes:
        """Return the bytes from an offset; fewer than the limit only at the end. Raises TorcError."""
        wanted = min(limit_bytes, self.size_bytes - offset_bytes)
        pieces: list[bytes] = []
        while wanted > 0:
            asked = self._ask(offset_bytes, min(wanted, self.piece_bytes))
            piece = asyncio.run_coroutine_threadsafe(asked, self._loop).result(_ANSWER_SECONDS)
            content = base64.b64decode(piece.content)
            if not content:
                break
            pieces.append(content)
            offset_bytes += len(content)
            wanted -= len(content)
        return b"".join(pieces)

    async def _ask(self, offset_bytes: int, limit_bytes: int, wait_seconds: float = 0.0) -> JobOutputPiece:
        return await self._client.jobs.get_job_output(
            self._job_id,
            stream=self._stream,
            offset_bytes=offset_bytes,
            limit_bytes=limit_bytes,
            attempt_id=self.attempt_id,
            wait_seconds=wait_seconds,
        )


async def open_relayed(
    client: TorcClient, job_id: int, stream: OutputStream, attempt_id: int | None = None
) -> RelayedLog:
    """Ask for the size of a stream. Raises TorcError, for example if the runner has ended."""
    first = await client.jobs.get_job_output(
        job_id, stream=stream, offset_bytes=0, limit_bytes=1, attempt_id=attempt_id
    )
    return RelayedLog(client, job_id, stream, first)
