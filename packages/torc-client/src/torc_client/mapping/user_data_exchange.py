"""The exchange of calls and results through the server: as user data, in JSON."""

import os
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, cast

from torc_client import job_variables
from torc_client.address import DEFAULT_URL
from torc_client.answers import id_of
from torc_client.api.records import UserDataModel
from torc_client.api.user_data import UserData
from torc_client.mapping.exchange import CallRequest, JobReport
from torc_client.mapping.function import Reference
from torc_client.mapping.json_values import as_json
from torc_client.mapping.quick_sender import NotPerformedError, QuickSender, at_once

T = TypeVar("T")
# A restart of the server must not lose a result.
RETRY_TIMEOUT_SECONDS = 600.0


class UserDataExchange:
    """Exchanges user data: a record that the job reads and one that it writes. There is no connection between these."""

    def __init__(self) -> None:
        self._workflow_id = int(os.environ[job_variables.WORKFLOW_ID])
        self._job_id = int(os.environ[job_variables.JOB_ID])

    def fetch(self) -> CallRequest:
        """Request the function and the items from the server."""
        (record,) = self.inputs()
        data: dict[str, Any] = record.data
        return CallRequest(cast("Reference", data), data["items"])

    def unpack(self, packed: Any) -> Any:
        """Return the JSON value unchanged."""
        return packed

    def pack(self, value: Any) -> Any:
        """Return the JSON value. Raises TorcError if it is none."""
        return as_json(value, "The result")

    def report(self, report: JobReport) -> None:
        """Store the results."""
        self.store(report)

    def inputs(self) -> list[UserDataModel]:
        """Return the records that the job reads, in the order of creation."""

        async def read(user_data: UserData) -> list[UserDataModel]:
            page = await user_data.list_user_data(workflow_id=self._workflow_id, consumer_job_id=self._job_id)
            return page.items

        return _performed(read)

    def store(self, data: Any) -> None:
        """Store the data in the record that the job writes."""

        async def write(user_data: UserData) -> None:
            page = await user_data.list_user_data(workflow_id=self._workflow_id, producer_job_id=self._job_id)
            (record,) = page.items
            change = UserDataModel(workflow_id=self._workflow_id, name=record.name, data=data)
            await user_data.update_user_data(id_of(record), change)

        _performed(write)


def _performed(calls: Callable[[UserData], Coroutine[Any, Any, T]]) -> T:
    """Perform calls, which can be repeated: at once, or by the usual client with its retries. Raises TorcError."""
    try:
        return at_once(calls(UserData(QuickSender(os.environ.get("TORC_API_URL") or DEFAULT_URL))))
    except NotPerformedError:
        import asyncio  # noqa: PLC0415 - jobs start more quickly without both

        from torc_client.client import TorcClient  # noqa: PLC0415 - the same

    async def with_retries() -> T:
        async with TorcClient(retry_timeout_seconds=RETRY_TIMEOUT_SECONDS) as client:
            return await calls(client.user_data)

    return asyncio.run(with_retries())
