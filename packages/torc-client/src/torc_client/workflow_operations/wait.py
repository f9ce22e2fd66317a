"""Wait for a workflow to be over, without asking again and again."""

import asyncio

from torc_client.api.records import IsCompleteResponse
from torc_client.client import TorcClient

# The longest time that the server holds one request.
LONGEST_POLL_SECONDS = 60.0
# A server that does not know how to wait answers at once; then we ask this often.
_ASK_EVERY_SECONDS = 1.0


async def wait_until_over(
    client: TorcClient, workflow_id: int, *, timeout_seconds: float | None = None
) -> IsCompleteResponse:
    """Return when a workflow is complete or canceled. Raises TimeoutError after `timeout_seconds`, TorcError."""
    clock = asyncio.get_running_loop()
    async with asyncio.timeout(timeout_seconds):
        while True:
            asked = clock.time()
            answer = await client.workflows.is_workflow_complete(workflow_id, wait_seconds=LONGEST_POLL_SECONDS)
            if answer.is_complete or answer.is_canceled:
                return answer
            if clock.time() - asked < _ASK_EVERY_SECONDS:
                await asyncio.sleep(_ASK_EVERY_SECONDS)
