"""What a command was given where a spec or a workflow may stand."""

from pathlib import Path

from torc_client.errors import TorcError

SPEC_SUFFIXES = frozenset({".yaml", ".yml", ".json", ".json5", ".kdl"})


def is_specification(target: str) -> bool:
    """Whether a target names a file (or, as `-`, stdin) rather than a workflow."""
    path = Path(target)
    return target == "-" or path.suffix.lower() in SPEC_SUFFIXES or path.is_file()


def workflow_id(target: str) -> int:
    """Understand a workflow id. Raises TorcError."""
    if not (target.isascii() and target.isdigit()):
        raise TorcError(
            f"{target!r} is neither a file nor the id of a workflow.",
            "Give a specification (.yaml, .json, .json5, .kdl) or an id as `torc workflows list` shows it.",
        )
    return int(target)
