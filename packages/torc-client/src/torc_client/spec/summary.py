"""Summarize what a spec would create: the result of a dry run."""

from typing import Any

from torc_client.spec.plan import Plan
from torc_client.spec.problems import SpecError

# This number of names fits on a screen.
MAX_NAMES = 10


def summary(plan: Plan) -> dict[str, Any]:
    """Return the validation result of a valid spec."""
    return {
        "valid": True,
        "errors": [],
        "warnings": [str(problem) for problem in plan.warnings],
        "summary": {
            "workflow_name": plan.workflow["name"],
            "workflow_description": plan.workflow.get("description"),
            "job_count": len(plan.jobs),
            "job_count_before_expansion": plan.counts_before_expansion["jobs"],
            "file_count": len(plan.files),
            "file_count_before_expansion": plan.counts_before_expansion["files"],
            "user_data_count": len(plan.user_data),
            "resource_requirements_count": len(plan.requirements),
            "slurm_scheduler_count": len(plan.slurm_schedulers),
            "action_count": len(plan.actions),
            "has_schedule_nodes_action": any(each.record["action_type"] == "schedule_nodes" for each in plan.actions),
            "job_names": [job.record["name"] for job in plan.jobs],
            "scheduler_names": [record["name"] for record in plan.slurm_schedulers if "name" in record],
        },
    }


def overview(plan: Plan) -> dict[str, Any]:
    """Return the summary for people: it has only the first names, since there may be a million."""
    whole = summary(plan)
    facts = whole["summary"]
    for name in ("job_names", "scheduler_names"):
        if names := facts.pop(name):
            facts[name] = _first(names)
    schedules_nodes = facts.pop("has_schedule_nodes_action")
    where = "nodes that its actions schedule" if schedules_nodes else "runners that are started with torc run"
    return {**facts, "runs_on": where, "warnings": len(whole["warnings"])}


def _first(names: list[str]) -> str:
    more = len(names) - MAX_NAMES
    if more == 1:  # its name is as short as the words for it
        return ", ".join(names)
    return ", ".join(names[:MAX_NAMES]) + (f" and {more} more" if more > 0 else "")


def failure(error: SpecError) -> dict[str, Any]:
    """Return the validation result of an invalid spec."""
    return {
        "valid": False,
        "errors": [each.line(error.source) for each in error.problems],
        "warnings": [],
        "summary": None,
    }
