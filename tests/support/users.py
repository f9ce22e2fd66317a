"""Run a part of a test without the rights of root."""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def not_root(folder: Path) -> Iterator[None]:
    """Act as the user `nobody` if the tests run as root. `folder` is made reachable for that user.

    The program and its environment may be in a folder that only root can enter. Therefore import modules and read
    files of the program before.
    """
    if os.geteuid() != 0:
        yield
        return
    for each in (folder, *folder.parents):
        if each.stat().st_uid == 0 and each.stat().st_mode & 0o001 == 0:
            each.chmod(each.stat().st_mode | 0o011)
    os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)
