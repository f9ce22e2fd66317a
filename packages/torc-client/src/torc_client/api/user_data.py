# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""Operations on user data."""

from torc_client.api.records import (
    CreateUserDataListResponse,
    DeleteCountResponse,
    ListUserDataResponse,
    UserDataListModel,
    UserDataModel,
)
from torc_client.operation import Operation, Operations

_CREATE_USER_DATA = Operation("create_user_data", "POST", "/user_data", UserDataModel)
_CREATE_USER_DATA_LIST = Operation("create_user_data_list", "POST", "/bulk_user_data", CreateUserDataListResponse)
_DELETE_ALL_USER_DATA = Operation("delete_all_user_data", "DELETE", "/user_data", DeleteCountResponse)
_DELETE_USER_DATA = Operation("delete_user_data", "DELETE", "/user_data/{id}", UserDataModel)
_GET_USER_DATA = Operation("get_user_data", "GET", "/user_data/{id}", UserDataModel)
_LIST_USER_DATA = Operation("list_user_data", "GET", "/user_data", ListUserDataResponse)
_UPDATE_USER_DATA = Operation("update_user_data", "PUT", "/user_data/{id}", UserDataModel)


class UserData(Operations):
    """Operations on user data."""

    async def create_user_data(
        self, body: UserDataModel, *, consumer_job_id: int | None = None, producer_job_id: int | None = None
    ) -> UserDataModel:
        """Create a user data record, linked to the jobs that read and write it.

        `consumer_job_id`: A job that reads it.
        `producer_job_id`: A job that writes it.
        """
        return await self._call(
            _CREATE_USER_DATA, query={"consumer_job_id": consumer_job_id, "producer_job_id": producer_job_id}, body=body
        )

    async def create_user_data_list(self, body: UserDataListModel) -> CreateUserDataListResponse:
        """Create many user data of one workflow: all of them, or none on an error."""
        return await self._call(_CREATE_USER_DATA_LIST, body=body)

    async def delete_all_user_data(self, *, workflow_id: int) -> DeleteCountResponse:
        """Delete all user data of a workflow.

        `workflow_id`: The workflow.
        """
        return await self._call(_DELETE_ALL_USER_DATA, query={"workflow_id": workflow_id})

    async def delete_user_data(self, id: int) -> UserDataModel:
        """Delete an user data record, and return it.

        `id`: The id of the record.
        """
        return await self._call(_DELETE_USER_DATA, path={"id": id})

    async def get_user_data(self, id: int) -> UserDataModel:
        """Get an user data record.

        `id`: The id of the record.
        """
        return await self._call(_GET_USER_DATA, path={"id": id})

    async def list_user_data(
        self,
        *,
        workflow_id: int,
        consumer_job_id: int | None = None,
        producer_job_id: int | None = None,
        name: str | None = None,
        is_ephemeral: bool | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        filter: str | None = None,
    ) -> ListUserDataResponse:
        """List user data.

        `workflow_id`: The workflow.
        `consumer_job_id`: Only input user data of this job.
        `producer_job_id`: Only output user data of this job.
        `name`: Only records whose name contains this text.
        `is_ephemeral`: True: only ephemeral records. False: only others.
        `offset`: Number of records to skip.
        `limit`: Maximum number of records, at most 100000; 10000 if absent.
        `sort_by`: The member to sort by. The id if absent.
        `reverse_sort`: Sort in descending order.
        `filter`: Only records that match all words, such as `name~sweep status=failed,terminated -archived`. Operators are `= != ~ !~ > >= < <=`; a comma separates values of which any may match; quotes keep blanks. A word without an operator is a part of the name.
        """
        return await self._call(
            _LIST_USER_DATA,
            query={
                "workflow_id": workflow_id,
                "consumer_job_id": consumer_job_id,
                "producer_job_id": producer_job_id,
                "name": name,
                "is_ephemeral": is_ephemeral,
                "offset": offset,
                "limit": limit,
                "sort_by": sort_by,
                "reverse_sort": reverse_sort,
                "filter": filter,
            },
        )

    async def update_user_data(self, id: int, body: UserDataModel) -> UserDataModel:
        """Change an user data record.

        Absent and null members keep their value, unless their description says otherwise.

        `id`: The id of the record.
        """
        return await self._call(_UPDATE_USER_DATA, path={"id": id}, body=body)
