"""Wait for the end of a workflow by long polls."""

import asyncio

from torc_client.api.records import IsCompleteResponse
from torc_client.client import TorcClient
from torc_client.defaults import LONGEST_WAIT_SECONDS

# A server without long polls answers at once; then it is asked at this interval.
_POLL_INTERVAL_SECONDS = 1.0


async def wait_until_over(
    client: TorcClient, workflow_id: int, *, timeout_seconds: float | None = None
) -> IsCompleteResponse:
    """Wait until a workflow is complete or canceled. Raises TimeoutError after `timeout_seconds`, TorcError."""
    clock = asyncio.get_running_loop()
    async with asyncio.timeout(timeout_seconds):
        while True:
            asked_at = clock.time()
            answer = await client.workflows.is_workflow_complete(workflow_id, wait_seconds=LONGEST_WAIT_SECONDS)
            if answer.is_complete or answer.is_canceled:
                return answer
            if clock.time() - asked_at < _POLL_INTERVAL_SECONDS:
                await asyncio.sleep(_POLL_INTERVAL_SECONDS)
