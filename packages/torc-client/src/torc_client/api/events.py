# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""Operations on events."""

from typing import Any

from torc_client.api.records import DeleteCountResponse, EventModel, ListEventsResponse
from torc_client.operation import Operation, Operations

_CREATE_EVENT = Operation("create_event", "POST", "/events", EventModel)
_DELETE_EVENT = Operation("delete_event", "DELETE", "/events/{id}", EventModel)
_DELETE_EVENTS = Operation("delete_events", "DELETE", "/events", DeleteCountResponse)
_GET_EVENT = Operation("get_event", "GET", "/events/{id}", EventModel)
_LIST_EVENTS = Operation("list_events", "GET", "/events", ListEventsResponse)
_UPDATE_EVENT = Operation("update_event", "PUT", "/events/{id}", EventModel)


class Events(Operations):
    """Operations on events."""

    async def create_event(self, body: EventModel) -> EventModel:
        """Create an event."""
        return await self._call(_CREATE_EVENT, body=body)

    async def delete_event(self, id: int) -> EventModel:
        """Delete an event, and return it.

        `id`: The id of the record.
        """
        return await self._call(_DELETE_EVENT, path={"id": id})

    async def delete_events(self, *, workflow_id: int) -> DeleteCountResponse:
        """Delete all events of a workflow.

        `workflow_id`: The workflow.
        """
        return await self._call(_DELETE_EVENTS, query={"workflow_id": workflow_id})

    async def get_event(self, id: int) -> EventModel:
        """Get an event.

        `id`: The id of the record.
        """
        return await self._call(_GET_EVENT, path={"id": id})

    async def list_events(
        self,
        *,
        workflow_id: int,
        category: str | None = None,
        after_timestamp: int | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        filter: str | None = None,
    ) -> ListEventsResponse:
        """List events.

        `workflow_id`: The workflow.
        `category`: Only events whose data has this category.
        `after_timestamp`: Only events after this time, in milliseconds since the epoch.
        `offset`: Number of records to skip.
        `limit`: Maximum number of records, at most 100000; 10000 if absent.
        `sort_by`: The member to sort by. The id if absent.
        `reverse_sort`: Sort in descending order.
        `filter`: Only records that match all words, such as `name~sweep status=failed,terminated -archived`. Operators are `= != ~ !~ > >= < <=`; a comma separates values of which any may match; quotes keep blanks. A word without an operator is a part of the name.
        """
        return await self._call(
            _LIST_EVENTS,
            query={
                "workflow_id": workflow_id,
                "category": category,
                "after_timestamp": after_timestamp,
                "offset": offset,
                "limit": limit,
                "sort_by": sort_by,
                "reverse_sort": reverse_sort,
                "filter": filter,
            },
        )

    async def update_event(self, id: int, body: Any = None) -> EventModel:
        """Replace the data of an event.

        `id`: The id of the record.
        """
        return await self._call(_UPDATE_EVENT, path={"id": id}, body=body)
