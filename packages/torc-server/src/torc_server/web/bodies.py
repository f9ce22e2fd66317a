"""Read the bodies of requests, and decode large ones in threads, in steps that can be ended."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from aiohttp import hdrs, web

from torc_server.live.api_events import CAPTURED_MOST_BYTES, ApiEvents
from torc_server.resources.bounds import Bounds
from torc_server.resources.steps import Work, WorkEnded, working
from torc_server.resources.values import has_more_values
from torc_server.web.errors import RequestError
from torc_server.web.garbage import without_collections
from torc_server.web.request_keys import SENT_BODY

T = TypeVar("T")

MIB = 1024**2
# A body of this size takes about 5 ms to decode.
LARGE_BODY_BYTES = 256 * 1024
# Large bodies that are decoded at the same time. The others wait.
DECODED_AT_ONCE = 2
# All large bodies in memory together, as a multiple of the largest one.
LARGEST_BODIES = 2
# A large body of which nothing arrives for this time is given up, so that others get its memory.
STALLED_SECONDS = 30.0

_HELD: web.RequestKey[int] = web.RequestKey("bytes_held", int)


class Bodies:
    """The bodies of the requests of a server. `most_bytes` is the size of the largest body."""

    def __init__(self, most_bytes: int, api_events: ApiEvents) -> None:
        self._most_bytes = most_bytes
        self._api_events = api_events
        self._held_bytes = 0
        # Invalid small bodies do not wait for large ones.
        self._small = ThreadPoolExecutor(DECODED_AT_ONCE, thread_name_prefix="torc-decode-small")
        self._large = ThreadPoolExecutor(DECODED_AT_ONCE, thread_name_prefix="torc-decode-large")
        self._at_work: set[Work] = set()
        self._is_closed = False

    async def read(self, request: web.Request, bounds: Bounds) -> bytes:
        """Read a body. Raises RequestError if it is encoded or exceeds the bounds, or if too many are being read.

        The memory of a large body is counted until `release`.
        """
        encoding = request.headers.get(hdrs.CONTENT_ENCODING, "identity")
        if encoding.lower() != "identity":
            raise RequestError(
                f"The body has the Content-Encoding {encoding[:60]!r}; send it without compression", status=415
            )
        most = min(bounds.num_bytes, self._most_bytes)
        if (request.content_length or 0) > most:
            raise _too_large(most)
        body = bytearray()
        content = request.content
        while not content.at_eof():
            if len(body) < LARGE_BODY_BYTES:
                body += await content.readany()
            else:
                self._hold(request, len(body))
                body += await _next_part(request)
            if len(body) > most:
                raise _too_large(most)
        text = bytes(body)
        if self._api_events.wants_bodies and len(text) <= CAPTURED_MOST_BYTES:
            request[SENT_BODY] = text
        if len(text) > bounds.num_values and await self.run(has_more_values, text, bounds.num_values):
            raise RequestError(
                f"The body has more than {bounds.num_values} values; send them in several calls", status=413
            )
        return text

    def _hold(self, request: web.Request, num_bytes: int) -> None:
        before = request.get(_HELD, 0)
        if self._held_bytes - before + num_bytes > LARGEST_BODIES * self._most_bytes:
            raise RequestError("The server is processing too many large requests; try again later", status=503)
        self._held_bytes += num_bytes - before
        request[_HELD] = num_bytes

    def release(self, request: web.Request) -> None:
        """Stop counting the memory of the body of a request."""
        self._held_bytes -= request.pop(_HELD, 0)

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run a function of a body in a thread. It ends at its next step when the caller is canceled or at `close`."""
        work = Work()
        is_large = any(isinstance(each, bytes) and len(each) >= LARGE_BODY_BYTES for each in arguments)
        pool = self._large if is_large else self._small
        self._at_work.add(work)
        try:
            if self._is_closed:
                raise WorkEnded  # noqa: TRY301 - the same answer
            return await asyncio.get_running_loop().run_in_executor(pool, _in_steps, work, function, arguments)
        except WorkEnded:
            raise RequestError(
                "The server is stopping and accepts no further requests; try again when it is back", status=503
            ) from None
        finally:
            work.end()
            self._at_work.discard(work)

    def close(self) -> None:
        """End the work in the threads."""
        self._is_closed = True
        for each in self._at_work:
            each.end()
        for pool in (self._small, self._large):
            pool.shutdown(wait=False)


BODIES = web.AppKey("bodies", Bodies)


async def _next_part(request: web.Request) -> bytes:
    try:
        async with asyncio.timeout(STALLED_SECONDS):
            return await request.content.readany()
    except TimeoutError:
        seconds = f"{STALLED_SECONDS:.0f} seconds"
        raise RequestError(f"No part of the body arrived for {seconds}; send the request again", status=408) from None


def _too_large(most_bytes: int) -> RequestError:
    return RequestError(f"The body is larger than {most_bytes // MIB} MiB: send it in smaller parts", status=413)


def _in_steps(work: Work, function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
    with working(work), without_collections():
        return function(*arguments)
