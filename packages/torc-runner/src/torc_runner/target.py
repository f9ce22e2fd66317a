"""The target of `torc run`: a workflow that exists, or one to create from a specification."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from torc_client import spec
from torc_client.client import TorcClient
from torc_client.spec.targets import is_specification, workflow_id

if TYPE_CHECKING:
    from torc_client.spec import Plan


def parse_target(target: str | Mapping[str, Any]) -> "Plan | int":
    """Return the id of a workflow, or the plan of one to create. Raises TorcError with all errors of a spec.

    A target is the text that a person wrote, or a spec that was made of it.
    """
    if not isinstance(target, str):
        from torc_client.spec.plan import make_plan  # noqa: PLC0415 - a workflow that exists needs no plan

        return make_plan("torc exec", target)
    return spec.load(target) if is_specification(target) else workflow_id(target)


async def workflow_of(client: TorcClient, wanted: "Plan | int", progress: Callable[[int, int], None]) -> int:
    """Return the id of the workflow to run. Create it if `wanted` is a plan. Raises TorcError.

    `progress` is called with the number of jobs that are created, and of all jobs.
    """
    if isinstance(wanted, int):
        return wanted
    return await spec.create(client, wanted, on_progress=progress)
