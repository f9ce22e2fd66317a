"""What `torc run` was asked to run: a workflow that exists, or one to create from a specification."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torc_client import spec
from torc_client.client import TorcClient
from torc_client.errors import TorcError

if TYPE_CHECKING:
    from torc_client.spec import Plan

SPEC_SUFFIXES = {".yaml", ".yml", ".json", ".json5", ".kdl"}


def understand(target: str | Mapping[str, Any]) -> "Plan | int":
    """Give the id of a workflow, or the plan of one to create. Raises TorcError with all that is wrong.

    A target is what a person wrote, or a spec that was made of it.
    """
    if not isinstance(target, str):
        from torc_client.spec.plan import make_plan  # noqa: PLC0415 - a workflow that exists needs no plan

        return make_plan("torc exec", target)
    return spec.load(target) if is_specification(target) else workflow_id(target)


async def workflow_of(client: TorcClient, wanted: "Plan | int") -> int:
    """Give the id of the workflow to run, creating it when there is only a plan. Raises TorcError."""
    return wanted if isinstance(wanted, int) else await spec.create(client, wanted)


def is_specification(target: str) -> bool:
    """Whether a target names a file (or, as `-`, stdin) rather than a workflow."""
    path = Path(target)
    return target == "-" or path.suffix.lower() in SPEC_SUFFIXES or path.is_file()


def workflow_id(target: str) -> int:
    """Understand a workflow id. Raises TorcError."""
    if not (target.isascii() and target.isdigit()):
        raise TorcError(
            f"{target!r} is neither a file nor the id of a workflow.",
            "Give a specification (.yaml, .yml, .json) or an id as `torc workflows list` shows it.",
        )
    return int(target)
