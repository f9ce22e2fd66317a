"""How a call and what came of it travel through the server: as user data, in JSON."""

import asyncio
import os
from typing import Any, cast

from torc_client import job_variables
from torc_client.answers import id_of
from torc_client.api.records import UserDataModel
from torc_client.client import TorcClient
from torc_client.mapping.exchange import Asked, Told, require_json
from torc_client.mapping.function import Reference

# A result is worth waiting for a server that is started again.
PATIENCE_SECONDS = 600.0


class UserDataExchange:
    """A record of user data that the job reads, and one that it writes; no connection is kept while it computes."""

    def __init__(self) -> None:
        self._workflow_id = int(os.environ[job_variables.WORKFLOW_ID])
        self._job_id = int(os.environ[job_variables.JOB_ID])

    def fetch(self) -> Asked:
        """Ask the server what is to be called."""
        (record,) = asyncio.run(self.inputs())
        data: dict[str, Any] = record.data
        return Asked(cast("Reference", data), data["items"])

    def unpack(self, packed: Any) -> Any:
        """Give JSON as it is."""
        return packed

    def pack(self, value: Any) -> Any:
        """Give a value as it is. Raises TorcError for one that is no JSON."""
        require_json(value, "The result")
        return value

    def tell(self, told: Told) -> None:
        """Store what came of it."""
        self.store(told)

    async def inputs(self) -> list[UserDataModel]:
        """Return what the job reads, in the order of creation."""
        async with TorcClient(retry_timeout_seconds=PATIENCE_SECONDS) as client:
            page = await client.user_data.list_user_data(workflow_id=self._workflow_id, consumer_job_id=self._job_id)
            return page.items

    def store(self, data: Any) -> None:
        """Let the record that the job writes hold this."""
        asyncio.run(self._store(data))

    async def _store(self, data: Any) -> None:
        async with TorcClient(retry_timeout_seconds=PATIENCE_SECONDS) as client:
            page = await client.user_data.list_user_data(workflow_id=self._workflow_id, producer_job_id=self._job_id)
            (record,) = page.items
            change = UserDataModel(workflow_id=self._workflow_id, name=record.name, data=data)
            await client.user_data.update_user_data(id_of(record), change)
