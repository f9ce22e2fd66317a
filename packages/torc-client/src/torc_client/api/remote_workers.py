# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""Operations on remote workers."""

from torc_client.api.records import RemoteWorkerModel
from torc_client.operation import Operation, Operations

_CREATE_REMOTE_WORKERS = Operation(
    "create_remote_workers", "POST", "/workflows/{id}/remote_workers", list[RemoteWorkerModel]
)
_DELETE_REMOTE_WORKER = Operation(
    "delete_remote_worker", "DELETE", "/workflows/{id}/remote_workers/{worker}", RemoteWorkerModel
)
_LIST_REMOTE_WORKERS = Operation(
    "list_remote_workers", "GET", "/workflows/{id}/remote_workers", list[RemoteWorkerModel]
)


class RemoteWorkers(Operations):
    """Operations on remote workers."""

    async def create_remote_workers(self, id: int, body: list[str]) -> list[RemoteWorkerModel]:
        """Add remote workers to a workflow, and return all workers of the request.

        Workers that the workflow has already stay unchanged.

        `id`: The workflow.
        """
        return await self._call(_CREATE_REMOTE_WORKERS, path={"id": id}, body=body)

    async def delete_remote_worker(self, id: int, worker: str) -> RemoteWorkerModel:
        """Delete a remote worker from a workflow, and return it.

        `id`: The workflow.
        `worker`: The worker, as it was added.
        """
        return await self._call(_DELETE_REMOTE_WORKER, path={"id": id, "worker": worker})

    async def list_remote_workers(self, id: int) -> list[RemoteWorkerModel]:
        """List the remote workers of a workflow, in alphabetical order.

        `id`: The workflow.
        """
        return await self._call(_LIST_REMOTE_WORKERS, path={"id": id})
