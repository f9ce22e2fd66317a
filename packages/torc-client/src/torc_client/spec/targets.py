"""Arguments of commands that accept a spec file or a workflow id."""

from pathlib import Path

from torc_client.errors import TorcError

SPEC_SUFFIXES = frozenset({".yaml", ".yml", ".json", ".json5", ".kdl"})


def is_specification(target: str) -> bool:
    """Return whether a target is a spec file (or `-`, standard input) and not a workflow id."""
    path = Path(target)
    return target == "-" or path.suffix.lower() in SPEC_SUFFIXES or path.is_file()


def workflow_id(target: str) -> int:
    """Parse a workflow id. Raises TorcError if it is not one."""
    if not (target.isascii() and target.isdigit()):
        raise TorcError(
            f"{target!r} is neither a file nor the id of a workflow.",
            "Give a spec file (.yaml, .json, .json5, .kdl), or an id from `torc workflows list`.",
        )
    return int(target)
