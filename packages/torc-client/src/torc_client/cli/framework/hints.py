"""Hints for errors of the server, which does not know the commands of `torc`."""

import re

from torc_client.errors import NotFoundError, TorcError

# The nouns in the server's messages, each with the command that lists such records.
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
    "submission": "torc submissions list",
    "token": "torc admin tokens list",
    "Slurm scheduler": "torc slurm list",
    "user data record": "torc user-data list",
    "workflow": "torc workflows list --all-users --include-archived",
}
_ABSENT = re.compile(r"There is no (.+?) \d+\b")


def hint_for(error: TorcError) -> str | None:
    """Return the hint of an error; for an unknown id, the command that lists the ids."""
    if error.hint or not isinstance(error, NotFoundError):
        return error.hint
    found = _ABSENT.match(error.message)
    command = _LISTS.get(found[1]) if found else None
    return f"`{command}` shows the ids." if command else None
