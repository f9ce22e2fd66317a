"""What `torc run` was asked to run: a workflow that exists, or one to create from a specification."""

from pathlib import Path

from torc_client.client import TorcClient
from torc_client.errors import TorcError

_SPEC_SUFFIXES = {".yaml", ".yml", ".json", ".json5", ".kdl"}


async def workflow_of(client: TorcClient, target: str, *, skip_checks: bool) -> int:
    """Give the id of the workflow to run, creating it when `target` is a specification. Raises TorcError."""
    if not is_specification(target):
        return workflow_id(target)
    raise TorcError(f"{target}: specifications cannot be read yet.")


def is_specification(target: str) -> bool:
    """Whether a target names a file (or, as `-`, stdin) rather than a workflow."""
    path = Path(target)
    return target == "-" or path.suffix.lower() in _SPEC_SUFFIXES or path.is_file()


def workflow_id(target: str) -> int:
    """Understand a workflow id. Raises TorcError."""
    if not (target.isascii() and target.isdigit()):
        raise TorcError(
            f"{target!r} is neither a file nor the id of a workflow.",
            "Give a specification (.yaml, .yml, .json) or an id as `torc workflows list` shows it.",
        )
    return int(target)
