"""The name of the user who runs a program, for clients and for the password file."""

import os
import pwd
from collections.abc import Mapping


def own_user_name(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return TORC_USERNAME, else USER, else the login; None if none of them is known.

    Containers and batch jobs often set USER only. USERNAME is read last, for accounts that the system does not know.
    """
    for variable in ("TORC_USERNAME", "USER"):
        if environment.get(variable):
            return environment[variable]
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return environment.get("USERNAME") or None
