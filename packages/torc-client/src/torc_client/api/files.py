# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""Operations on files."""

from torc_client.api.records import CreateFilesResponse, DeleteCountResponse, FileModel, FilesModel, ListFilesResponse
from torc_client.operation import Operation, Operations

_CREATE_FILE = Operation("create_file", "POST", "/files", FileModel)
_CREATE_FILES = Operation("create_files", "POST", "/bulk_files", CreateFilesResponse)
_DELETE_FILE = Operation("delete_file", "DELETE", "/files/{id}", FileModel)
_DELETE_FILES = Operation("delete_files", "DELETE", "/files", DeleteCountResponse)
_GET_FILE = Operation("get_file", "GET", "/files/{id}", FileModel)
_LIST_FILES = Operation("list_files", "GET", "/files", ListFilesResponse)
_UPDATE_FILE = Operation("update_file", "PUT", "/files/{id}", FileModel)


class Files(Operations):
    """Operations on files."""

    async def create_file(self, body: FileModel) -> FileModel:
        """Create a file."""
        return await self._call(_CREATE_FILE, body=body)

    async def create_files(self, body: FilesModel) -> CreateFilesResponse:
        """Create many files of one workflow: all of them, or none on an error."""
        return await self._call(_CREATE_FILES, body=body)

    async def delete_file(self, id: int) -> FileModel:
        """Delete a file, and return it.

        `id`: The id of the record.
        """
        return await self._call(_DELETE_FILE, path={"id": id})

    async def delete_files(self, *, workflow_id: int) -> DeleteCountResponse:
        """Delete all files of a workflow.

        `workflow_id`: The workflow.
        """
        return await self._call(_DELETE_FILES, query={"workflow_id": workflow_id})

    async def get_file(self, id: int) -> FileModel:
        """Get a file.

        `id`: The id of the record.
        """
        return await self._call(_GET_FILE, path={"id": id})

    async def list_files(
        self,
        *,
        workflow_id: int,
        produced_by_job_id: int | None = None,
        name: str | None = None,
        path: str | None = None,
        is_output: bool | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        filter: str | None = None,
    ) -> ListFilesResponse:
        """List files.

        `workflow_id`: The workflow.
        `produced_by_job_id`: Only output files of this job.
        `name`: Only files whose name contains this text.
        `path`: Only files whose path contains this text.
        `is_output`: True: only files that are an output of a job. False: all files.
        `offset`: Number of records to skip.
        `limit`: Maximum number of records, at most 100000; 10000 if absent.
        `sort_by`: The member to sort by. The id if absent.
        `reverse_sort`: Sort in descending order.
        `filter`: Only records that match all words, such as `name~sweep status=failed,terminated -archived`. Operators are `= != ~ !~ > >= < <=`; a comma separates values of which any may match; quotes keep blanks. A word without an operator is a part of the name.
        """
        return await self._call(
            _LIST_FILES,
            query={
                "workflow_id": workflow_id,
                "produced_by_job_id": produced_by_job_id,
                "name": name,
                "path": path,
                "is_output": is_output,
                "offset": offset,
                "limit": limit,
                "sort_by": sort_by,
                "reverse_sort": reverse_sort,
                "filter": filter,
            },
        )

    async def update_file(self, id: int, body: FileModel) -> FileModel:
        """Change a file.

        Absent and null members keep their value, unless their description says otherwise.

        `id`: The id of the record.
        """
        return await self._call(_UPDATE_FILE, path={"id": id}, body=body)
