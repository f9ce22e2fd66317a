"""The spec language: read a text into a checked plan, and create a workflow from a plan.

plan = load("workflow.yaml")                 # raises SpecError with all problems
workflow_id = await create(client, plan)     # all of it or nothing
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torc_client.spec.creation import create
    from torc_client.spec.plan import Plan
    from torc_client.spec.problems import Problem, SpecError
    from torc_client.spec.reading import Document

__all__ = ["Plan", "Problem", "SpecError", "checked", "create", "load"]

# Imported at first use: callers that only parse a duration do not need them.
_MODULES = {"Plan": "plan", "Problem": "problems", "SpecError": "problems", "create": "creation"}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)


def load(path: str, *, skip_checks: bool = False) -> "Plan":
    """Read and check a spec file, or standard input for `-`. Raises SpecError with all problems and their positions.

    `skip_checks` skips the check that all nodes of allocations would get work.
    """
    from torc_client.spec.pausing import no_collection  # noqa: PLC0415 - see above
    from torc_client.spec.reading import read_document  # noqa: PLC0415

    with no_collection():
        return checked(read_document(path), skip_checks=skip_checks)


def checked(document: "Document", *, skip_checks: bool = False) -> "Plan":
    """Check a document that was read. Raises SpecError with all problems and their positions."""
    from torc_client.spec.plan import make_plan  # noqa: PLC0415 - see above
    from torc_client.spec.problems import SpecError, located  # noqa: PLC0415

    try:
        plan = make_plan(document.source, document.value, skip_checks=skip_checks, complaints=document.complaints)
    except SpecError as error:
        raise error.with_positions(document.positions()) from error
    if plan.warnings:
        plan.warnings[:] = located(plan.warnings, document.positions())
    return plan
