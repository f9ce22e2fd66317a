"""Large answers: written piece by piece, and counted while their clients take them."""

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

from torc_server.edge.held_connections import holding

LARGE_ANSWER_BYTES = 256 * 1024
PIECE_BYTES = 64 * 1024


class LargeAnswer(web.Response):
    """An answer whose body is copied into the buffers of the connection in pieces, each when the client took the last.

    Written at once, a body that the client does not take would be in memory twice.
    """

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Keep the request, for its connection."""
        self._asked_by = request
        return await super().prepare(request)

    async def write_eof(self, data: bytes = b"") -> None:
        """Write the body."""
        body = self.body
        assert isinstance(body, bytes), "the body of an operation"  # noqa: S101 - an error of the caller
        pieces = memoryview(body)
        with holding(self._asked_by, len(body)):
            for start in range(0, len(body), PIECE_BYTES):
                await self.write(pieces[start : start + PIECE_BYTES])
            await web.StreamResponse.write_eof(self, data)
