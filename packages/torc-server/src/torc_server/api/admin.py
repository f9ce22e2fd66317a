"""Operations on the running server."""

from typing import Any

from torc_server.api.access import system_admins_if_users_prove_themselves
from torc_server.api.operation import Call, Process, process_operation
from torc_server.resources.fields import Integer, Record, Text


class ReloadAuthResponse(Record):
    """The result of reading the password file again."""

    message = Text("The action that was done.", required=True)
    user_count = Integer("Number of users.", required=True)


@process_operation(
    "reload_auth",
    "POST",
    "/admin/reload-auth",
    tag="access_control",
    guard=system_admins_if_users_prove_themselves,
    answer=ReloadAuthResponse,
    errors=(403, 422),
)
def reload_auth(process: Process, call: Call) -> dict[str, Any]:
    """Read the password file again.

    Removed users and old passwords are refused from then on. A file that cannot be used changes nothing. Only system
    administrators can call this if the server enforces access or requires passwords.
    """
    del call
    user_count = process.reload_credentials()
    return {"message": "Read the password file again", "user_count": user_count}


ADMIN_OPERATIONS = (reload_auth,)
