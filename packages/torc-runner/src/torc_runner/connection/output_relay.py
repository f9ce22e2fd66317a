"""Sends pieces of the output files of this runner's jobs to the server, when a client reads them through the server."""

import asyncio
import base64
import os
import stat
from contextlib import suppress

from torc_client.api.enums import OutputProblem, OutputStream
from torc_client.api.records import OutputPieceDelivery, OutputRequest
from torc_client.client import TorcClient
from torc_client.defaults import LARGEST_PIECE_BYTES, LONGEST_WAIT_SECONDS
from torc_client.errors import ServerError, ServerUnreachableError, TorcError, UnauthorizedError
from torc_runner.launch.attempt_files import AttemptFiles
from torc_runner.log import fields, logger
from torc_runner.run_context import RunContext

_START_SECONDS = 1.0
"""The server is not asked by runners that leave before this time."""
_WAIT_SECONDS = 50
_PAUSE_SECONDS = 5.0
"""The pause before a server is asked again that was away, or did not hold the request open."""
_CHECK_SECONDS = 0.2
_MAX_REQUESTS = 32
_NEXT_REQUEST_SECONDS = 2.0
"""A client that follows a job asks for the next piece within this time."""
_LINGER_SECONDS = 6.0

_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC

_Followed = tuple[int, int, OutputStream]


class OutputRelay:
    """Answers output requests. The server names jobs and attempts, never a file."""

    def __init__(self, client: TorcClient, context: RunContext, attempt_files: AttemptFiles) -> None:
        self._client = client
        self._context = context
        self._attempt_files = attempt_files
        self._answers: set[asyncio.Task[None]] = set()
        self._followed: dict[_Followed, float] = {}

    async def listen(self) -> None:
        """Answer requests until canceled, or until the server refuses to relay output."""
        clock, nodes = asyncio.get_running_loop(), self._client.compute_nodes
        try:
            await self._attempt_files.has_started.wait()
            await asyncio.sleep(_START_SECONDS)
            while True:
                asked_at = clock.time()
                try:
                    found = await nodes.list_output_requests(self._context.compute_node_id, wait_seconds=_WAIT_SECONDS)
                except (ServerError, ServerUnreachableError, UnauthorizedError):
                    await asyncio.sleep(_PAUSE_SECONDS)
                    continue
                except TorcError as error:
                    logger.info("Output not readable through the server %s", fields(reason=error))
                    return
                for request in found.items:
                    self._begin(request)
                if not found.items and clock.time() - asked_at < _PAUSE_SECONDS:
                    await asyncio.sleep(_PAUSE_SECONDS)
        finally:
            for task in self._answers:
                task.cancel()

    async def finish(self) -> None:
        """Let clients that follow ended jobs read the rest, for a short time."""
        clock = asyncio.get_running_loop()
        with suppress(TimeoutError):
            async with asyncio.timeout(_LINGER_SECONDS):
                while True:
                    since = clock.time() - _NEXT_REQUEST_SECONDS
                    self._followed = {each: at for each, at in self._followed.items() if at >= since}
                    if not self._followed and not self._answers:
                        return
                    await asyncio.sleep(_CHECK_SECONDS)

    def _begin(self, request: OutputRequest) -> None:
        if len(self._answers) < _MAX_REQUESTS:
            task = asyncio.create_task(self._answer(request))
            self._answers.add(task)
            task.add_done_callback(self._answers.discard)

    async def _answer(self, request: OutputRequest) -> None:
        try:
            piece = await self._piece(request)
        except OSError as error:
            logger.warning("Output not readable %s", fields(job_id=request.job_id, reason=error))
            piece = _problem(request, OutputProblem.UNREADABLE)
        followed = (request.job_id, request.attempt_id, request.stream)
        if request.wait_seconds > 0 and piece.problem is None and not piece.is_over:
            self._followed[followed] = asyncio.get_running_loop().time()
        else:
            self._followed.pop(followed, None)
        try:
            await self._client.compute_nodes.deliver_output_piece(self._context.compute_node_id, piece)
        except TorcError as error:
            logger.info("Output not delivered %s", fields(job_id=request.job_id, reason=error))

    async def _piece(self, request: OutputRequest) -> OutputPieceDelivery:
        """Read the piece that is asked for, and wait for it if it is not written yet. Raises OSError."""
        output = self._attempt_files.find(request.job_id, request.attempt_id)
        if output is None:
            return _problem(request, OutputProblem.UNKNOWN)
        files = output.files
        path = files.stdout if request.stream is OutputStream.STDOUT else files.stderr
        if path == os.devnull:
            return _problem(request, OutputProblem.NOT_KEPT)
        try:
            # Opened once, so that it can be read to its end if it is deleted.
            descriptor = await asyncio.to_thread(os.open, path, _FLAGS)
        except FileNotFoundError:
            return _problem(request, OutputProblem.NOT_KEPT)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return _problem(request, OutputProblem.UNREADABLE)
            is_over, size_bytes, offset_bytes = await self._until_more(request, descriptor)
            limit_bytes = max(0, min(request.limit_bytes, LARGEST_PIECE_BYTES))
            content = await asyncio.to_thread(os.pread, descriptor, limit_bytes, offset_bytes)
        finally:
            os.close(descriptor)
        return OutputPieceDelivery(
            request_id=request.request_id,
            run_id=self._context.run_id,
            is_both=files.stdout == files.stderr,
            path=path,
            offset_bytes=offset_bytes,
            size_bytes=size_bytes,
            content=base64.b64encode(content).decode(),
            is_over=is_over and offset_bytes + len(content) >= size_bytes,
        )

    async def _until_more(self, request: OutputRequest, descriptor: int) -> tuple[bool, int, int]:
        """Wait for output. Return whether the attempt has ended, the size, and the offset of the piece."""
        clock = asyncio.get_running_loop()
        deadline = clock.time() + min(request.wait_seconds, LONGEST_WAIT_SECONDS)
        while True:
            output = self._attempt_files.find(request.job_id, request.attempt_id)
            is_over = output is None or not output.is_running  # read before the size, which is then final
            size_bytes = os.fstat(descriptor).st_size
            offset_bytes = request.offset_bytes
            if offset_bytes < 0:
                offset_bytes = max(0, size_bytes + offset_bytes)
            if is_over or size_bytes > offset_bytes or clock.time() >= deadline:
                return is_over, size_bytes, offset_bytes
            await asyncio.sleep(_CHECK_SECONDS)


def _problem(request: OutputRequest, problem: OutputProblem) -> OutputPieceDelivery:
    return OutputPieceDelivery(request_id=request.request_id, problem=problem)
