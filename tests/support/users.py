"""Tests of what only users without root's rights meet, also where root runs the tests."""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def not_root(folder: Path) -> Iterator[None]:
    """Act as a user without root's rights, who can reach `folder`."""
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
