# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""Operations on failure handlers."""

from torc_client.api.records import FailureHandlerModel, ListFailureHandlersResponse
from torc_client.operation import Operation, Operations

_CREATE_FAILURE_HANDLER = Operation("create_failure_handler", "POST", "/failure_handlers", FailureHandlerModel)
_DELETE_FAILURE_HANDLER = Operation("delete_failure_handler", "DELETE", "/failure_handlers/{id}", FailureHandlerModel)
_GET_FAILURE_HANDLER = Operation("get_failure_handler", "GET", "/failure_handlers/{id}", FailureHandlerModel)
_LIST_FAILURE_HANDLERS = Operation(
    "list_failure_handlers", "GET", "/workflows/{id}/failure_handlers", ListFailureHandlersResponse
)


class FailureHandlers(Operations):
    """Operations on failure handlers."""

    async def create_failure_handler(self, body: FailureHandlerModel) -> FailureHandlerModel:
        """Create a failure handler."""
        return await self._call(_CREATE_FAILURE_HANDLER, body=body)

    async def delete_failure_handler(self, id: int) -> FailureHandlerModel:
        """Delete a failure handler, and return it.

        `id`: The id of the record.
        """
        return await self._call(_DELETE_FAILURE_HANDLER, path={"id": id})

    async def get_failure_handler(self, id: int) -> FailureHandlerModel:
        """Get a failure handler.

        `id`: The id of the record.
        """
        return await self._call(_GET_FAILURE_HANDLER, path={"id": id})

    async def list_failure_handlers(
        self, id: int, *, offset: int | None = None, limit: int | None = None, filter: str | None = None
    ) -> ListFailureHandlersResponse:
        """List failure handlers.

        `id`: The workflow.
        `offset`: Number of records to skip.
        `limit`: Maximum number of records, at most 100000; 10000 if absent.
        `filter`: Only records that match all words, such as `name~sweep status=failed,terminated -archived`. Operators are `= != ~ !~ > >= < <=`; a comma separates values of which any may match; quotes keep blanks. A word without an operator is a part of the name.
        """
        return await self._call(
            _LIST_FAILURE_HANDLERS, path={"id": id}, query={"offset": offset, "limit": limit, "filter": filter}
        )
