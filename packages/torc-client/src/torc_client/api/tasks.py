# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""Operations on tasks."""

from torc_client.api.records import TaskModel
from torc_client.operation import Operation, Operations

_GET_TASK = Operation("get_task", "GET", "/tasks/{id}", TaskModel)


class Tasks(Operations):
    """Operations on tasks."""

    async def get_task(self, id: int) -> TaskModel:
        """Get a task.

        `id`: The id of the record.
        """
        return await self._call(_GET_TASK, path={"id": id})
