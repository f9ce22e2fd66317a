"""Read a spec for which allocations are planned."""

from typing import Any

from torc_client.batch.profile import Profile
from torc_client.errors import TorcError
from torc_client.spec.plan import Plan, make_plan
from torc_client.spec.problems import SpecError
from torc_client.spec.reading import Document


def require_partition(profile: Profile, name: str | None) -> None:
    """Raise TorcError if a cluster has no partition of this name."""
    if name is not None and all(each.name != name for each in profile.cluster.partitions):
        raise TorcError(
            f"{profile.name} has no partition {name!r}.", f"`torc hpc partitions {profile.name}` lists them."
        )


def without_schedulers(document: Document, *, overwrite: bool) -> dict[str, Any]:
    """Return the content of a spec without schedulers, and without actions that request nodes.

    Raises TorcError if it has some and `overwrite` is false.
    """
    content = document.value
    if not isinstance(content, dict):
        return {}
    actions = content.get("actions") or []
    requests = [each for each in actions if isinstance(each, dict) and each.get("action_type") == "schedule_nodes"]
    if not content.get("slurm_schedulers") and not requests:
        return content
    if not overwrite:
        raise TorcError(
            f"{document.source} already has Slurm schedulers, or actions that request nodes.",
            "Use --overwrite to replace them; other actions are kept.",
        )
    jobs = [
        {name: value for name, value in job.items() if name != "scheduler"} if isinstance(job, dict) else job
        for job in content.get("jobs") or []
    ]
    kept = {name: value for name, value in content.items() if name not in {"slurm_schedulers", "actions", "jobs"}}
    others = [each for each in actions if each not in requests]
    return {**kept, "jobs": jobs, **({"actions": others} if others else {})}


def plan_of(document: Document, content: dict[str, Any]) -> Plan:
    """Return the plan of a spec with this content. Raises SpecError."""
    try:
        return make_plan(document.source, content or document.value, complaints=document.complaints)
    except SpecError as error:
        raise error.with_positions(document.positions()) from error
