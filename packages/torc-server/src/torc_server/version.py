"""The version of this distribution; all four carry the same one."""

import json
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

__version__ = "1.0.0.dev0"
UNKNOWN_COMMIT = "unknown"


@cache
def source_commit() -> str:
    """Return the commit that pip installed from a repository; "unknown" for any other installation."""
    try:
        origin = json.loads(distribution("torc-server").read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, OSError, ValueError):
        return UNKNOWN_COMMIT
    commit = origin.get("vcs_info", {}).get("commit_id", UNKNOWN_COMMIT)
    return str(commit)


@cache
def program_path() -> str:
    """Return the path of the program that runs."""
    return str(Path(sys.argv[0]).absolute())
