# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""Operations on access control."""

from torc_client.api.records import (
    AccessCheckResponse,
    AccessGroupModel,
    AdminSqlRequest,
    AdminSqlResponse,
    ApiStatsResponse,
    ListAccessGroupsResponse,
    ListAdminAuditLogResponse,
    ListUserGroupMembershipsResponse,
    ReloadAuthResponse,
    UserGroupMembershipModel,
    WorkflowAccessGroupModel,
)
from torc_client.operation import Operation, Operations

_ADD_USER_TO_GROUP = Operation("add_user_to_group", "POST", "/access_groups/{id}/members", UserGroupMembershipModel)
_ADD_WORKFLOW_TO_GROUP = Operation(
    "add_workflow_to_group", "POST", "/workflows/{id}/access_groups/{group_id}", WorkflowAccessGroupModel
)
_ADD_WORKFLOW_TO_GROUP_BY_BODY = Operation(
    "add_workflow_to_group_by_body", "POST", "/workflows/{id}/access_groups", WorkflowAccessGroupModel
)
_ADMIN_SQL = Operation("admin_sql", "POST", "/admin/sql", AdminSqlResponse)
_CHECK_WORKFLOW_ACCESS = Operation(
    "check_workflow_access", "GET", "/access_check/{workflow_id}/{user_name}", AccessCheckResponse
)
_CREATE_ACCESS_GROUP = Operation("create_access_group", "POST", "/access_groups", AccessGroupModel)
_DELETE_ACCESS_GROUP = Operation("delete_access_group", "DELETE", "/access_groups/{id}", AccessGroupModel)
_GET_ACCESS_GROUP = Operation("get_access_group", "GET", "/access_groups/{id}", AccessGroupModel)
_GET_API_STATS = Operation("get_api_stats", "GET", "/admin/api-stats", ApiStatsResponse)
_LIST_ACCESS_GROUPS = Operation("list_access_groups", "GET", "/access_groups", ListAccessGroupsResponse)
_LIST_ADMIN_AUDIT_LOG = Operation("list_admin_audit_log", "GET", "/admin/audit-log", ListAdminAuditLogResponse)
_LIST_GROUP_MEMBERS = Operation(
    "list_group_members", "GET", "/access_groups/{id}/members", ListUserGroupMembershipsResponse
)
_LIST_USER_GROUPS = Operation("list_user_groups", "GET", "/users/{user_name}/groups", ListAccessGroupsResponse)
_LIST_WORKFLOW_GROUPS = Operation(
    "list_workflow_groups", "GET", "/workflows/{id}/access_groups", ListAccessGroupsResponse
)
_RELOAD_AUTH = Operation("reload_auth", "POST", "/admin/reload-auth", ReloadAuthResponse)
_REMOVE_USER_FROM_GROUP = Operation(
    "remove_user_from_group", "DELETE", "/access_groups/{id}/members/{user_name}", UserGroupMembershipModel
)
_REMOVE_WORKFLOW_FROM_GROUP = Operation(
    "remove_workflow_from_group", "DELETE", "/workflows/{id}/access_groups/{group_id}", WorkflowAccessGroupModel
)


class AccessControl(Operations):
    """Operations on access control."""

    async def add_user_to_group(self, id: int, body: UserGroupMembershipModel) -> UserGroupMembershipModel:
        """Add a user to an access group.

        `id`: The access group.
        """
        return await self._call(_ADD_USER_TO_GROUP, path={"id": id}, body=body)

    async def add_workflow_to_group(self, id: int, group_id: int) -> WorkflowAccessGroupModel:
        """Let an access group use a workflow.

        `id`: The workflow.
        `group_id`: The access group.
        """
        return await self._call(_ADD_WORKFLOW_TO_GROUP, path={"id": id, "group_id": group_id})

    async def add_workflow_to_group_by_body(self, id: int, body: WorkflowAccessGroupModel) -> WorkflowAccessGroupModel:
        """Let the access group in the body use a workflow.

        `id`: The workflow.
        """
        return await self._call(_ADD_WORKFLOW_TO_GROUP_BY_BODY, path={"id": id}, body=body)

    async def admin_sql(self, body: AdminSqlRequest) -> AdminSqlResponse:
        """Run an SQL statement that reads, and store it in the audit log.

        A statement that would write is refused (422), with the command that makes the change. Secrets are read as null. The statement has limits of time, rows and size. Only system administrators can call this if the server enforces access or requires passwords; servers with --disable-admin-sql or --admins-see-own-only refuse it.
        """
        return await self._call(_ADMIN_SQL, body=body)

    async def check_workflow_access(self, workflow_id: int, user_name: str) -> AccessCheckResponse:
        """Return whether a user may use a workflow: as its owner, by one of its access groups or as an administrator.

        No user has access to a workflow that does not exist.

        `workflow_id`: The workflow.
        `user_name`: The user.
        """
        return await self._call(_CHECK_WORKFLOW_ACCESS, path={"workflow_id": workflow_id, "user_name": user_name})

    async def create_access_group(self, body: AccessGroupModel) -> AccessGroupModel:
        """Create an access group."""
        return await self._call(_CREATE_ACCESS_GROUP, body=body)

    async def delete_access_group(self, id: int) -> AccessGroupModel:
        """Delete an access group with its memberships and its links to workflows, and return it.

        The system's own group cannot be deleted.

        `id`: The id of the record.
        """
        return await self._call(_DELETE_ACCESS_GROUP, path={"id": id})

    async def get_access_group(self, id: int) -> AccessGroupModel:
        """Get an access group.

        `id`: The id of the record.
        """
        return await self._call(_GET_ACCESS_GROUP, path={"id": id})

    async def get_api_stats(
        self, *, window_seconds: int | None = None, interval_seconds: int | None = None
    ) -> ApiStatsResponse:
        """Return the numbers of requests in intervals of the last time, newest first.

        The begins of the intervals are multiples of their length. The numbers are in memory: they begin with the server.

        `window_seconds`: The time to report, at most 3600.
        `interval_seconds`: The length of an interval.
        """
        return await self._call(
            _GET_API_STATS, query={"window_seconds": window_seconds, "interval_seconds": interval_seconds}
        )

    async def list_access_groups(
        self, *, offset: int | None = None, limit: int | None = None
    ) -> ListAccessGroupsResponse:
        """List all access groups, by name.

        `offset`: Number of records to skip.
        `limit`: Maximum number of records, at most 100000.
        """
        return await self._call(_LIST_ACCESS_GROUPS, query={"offset": offset, "limit": limit})

    async def list_admin_audit_log(
        self, *, offset: int | None = None, limit: int | None = None
    ) -> ListAdminAuditLogResponse:
        """List the statements that callers sent to `/admin/sql`, newest first, with those that were refused.

        The log has the newest 100,000 entries, and of callers who may send no statement the newest 1,000.

        `offset`: Number of records to skip.
        `limit`: Maximum number of records, at most 100000; 10000 if absent.
        """
        return await self._call(_LIST_ADMIN_AUDIT_LOG, query={"offset": offset, "limit": limit})

    async def list_group_members(
        self, id: int, *, offset: int | None = None, limit: int | None = None
    ) -> ListUserGroupMembershipsResponse:
        """List the members of an access group, by user name.

        `id`: The access group.
        `offset`: Number of records to skip.
        `limit`: Maximum number of records, at most 100000.
        """
        return await self._call(_LIST_GROUP_MEMBERS, path={"id": id}, query={"offset": offset, "limit": limit})

    async def list_user_groups(
        self, user_name: str, *, offset: int | None = None, limit: int | None = None
    ) -> ListAccessGroupsResponse:
        """List the access groups of a user, by name. An unknown user belongs to no group.

        `user_name`: The user.
        `offset`: Number of records to skip.
        `limit`: Maximum number of records, at most 100000.
        """
        return await self._call(
            _LIST_USER_GROUPS, path={"user_name": user_name}, query={"offset": offset, "limit": limit}
        )

    async def list_workflow_groups(
        self, id: int, *, offset: int | None = None, limit: int | None = None
    ) -> ListAccessGroupsResponse:
        """List the access groups that can use a workflow, by name.

        `id`: The workflow.
        `offset`: Number of records to skip.
        `limit`: Maximum number of records, at most 100000.
        """
        return await self._call(_LIST_WORKFLOW_GROUPS, path={"id": id}, query={"offset": offset, "limit": limit})

    async def reload_auth(self) -> ReloadAuthResponse:
        """Read the password file again.

        Removed users and old passwords are refused from then on. A file that cannot be used changes nothing. Only system administrators can call this if the server enforces access or requires passwords.
        """
        return await self._call(_RELOAD_AUTH)

    async def remove_user_from_group(self, id: int, user_name: str) -> UserGroupMembershipModel:
        """Remove a user from an access group, and return the membership.

        `id`: The access group.
        `user_name`: The user.
        """
        return await self._call(_REMOVE_USER_FROM_GROUP, path={"id": id, "user_name": user_name})

    async def remove_workflow_from_group(self, id: int, group_id: int) -> WorkflowAccessGroupModel:
        """Stop an access group from using a workflow, and return the removed link.

        `id`: The workflow.
        `group_id`: The access group.
        """
        return await self._call(_REMOVE_WORKFLOW_FROM_GROUP, path={"id": id, "group_id": group_id})
