"""What to do about errors that the service tells without knowing who asks: which command shows what there is."""

import re

from torc_client.errors import ApiError, NotFoundError, TorcError, UnauthorizedError

# The service's nouns, each with the command that lists such things.
_LISTS = {
    "action": "torc workflows list-actions",
    "access group": "torc access-groups list",
    "compute node": "torc compute-nodes list",
    "crate entity": "torc ro-crate list",
    "event": "torc events list",
    "failure handler": "torc failure-handlers list",
    "file": "torc files list",
    "job": "torc jobs list",
    "local scheduler": "torc local-schedulers list",
    "resource requirements record": "torc resource-requirements list",
    "result": "torc results list --all-runs",
    "scheduled compute node": "torc scheduled-compute-nodes list",
    "Slurm scheduler": "torc slurm list",
    "user data record": "torc user-data list",
    "workflow": "torc workflows list --all-users --include-archived",
}
_ABSENT = re.compile(r"There is no (.+?) \d+\b")


def sentence(error: TorcError) -> str:
    """Return what is wrong; what the service says gets the dot that ends a sentence."""
    if isinstance(error, UnauthorizedError) and error.message == "Unauthorized":
        from torc_client.client import current_user

        return f"The server does not let in {current_user()}: a password is missing or wrong, or it knows no such user."
    return f"{error.message}." if isinstance(error, ApiError) and error.message[-1:].isalnum() else error.message


def remedy(error: TorcError) -> str | None:
    """Return what to do: what the error itself says, else the command that shows which ids there are."""
    if error.hint or not isinstance(error, NotFoundError):
        return error.hint
    found = _ABSENT.match(error.message)
    command = _LISTS.get(found[1]) if found else None
    return f"`{command}` shows the ids." if command else None
