"""The actions on the resource requirements of a workflow."""

from collections.abc import Sequence

from torc_dash import addresses
from torc_dash.actions.action import Action, ActionField, FieldKind, Situation


def _correct(situation: Situation) -> Sequence[str]:
    return ("workflows", "correct-resources", str(situation.id))


def _needs_jobs(situation: Situation) -> str:
    return "" if situation.status.total_jobs else "The workflow has no jobs."


_FACTOR = "1.2"

FIT_RESOURCES = Action(
    "fit-resources",
    "Fit requirements to use",
    "Requirements are raised if jobs used more or lacked memory or time, and lowered if all jobs used less. Jobs that"
    " share requirements get the same. No job runs again.",
    _correct,
    fields=(
        ActionField("quantile", "Fit to this quantile of the jobs", "--quantile", hint="max, or p99, p90, p50"),
        ActionField("memory", "Multiply memory by", "--memory-multiplier", FieldKind.NUMBER, _FACTOR, 1),
        ActionField("runtime", "Multiply run time by", "--runtime-multiplier", FieldKind.NUMBER, _FACTOR, 1),
        ActionField("cpus", "Multiply CPUs by", "--cpu-multiplier", FieldKind.NUMBER, _FACTOR, 1),
        ActionField("raise-only", "Lower nothing", "--no-downsize", FieldKind.FLAG),
    ),
    dry_run=("--dry-run",),
    refusal=_needs_jobs,
    button="Fit",
    back=addresses.resources,
)
CHANGE_REQUIREMENTS = Action(
    "change-requirements",
    "Change requirements",
    "All jobs that have these requirements get the new amounts, also those that were not measured. Jobs that run now"
    " keep what they have. Values that are left empty stay as they are.",
    _correct,
    fields=(
        ActionField("requirements", "Resource requirements", "--requirements-id", FieldKind.NUMBER, "an id", 1),
        ActionField("memory", "Memory", "--memory", hint="4g"),
        ActionField("runtime", "Run time", "--runtime", hint="PT30M"),
        ActionField("cpus", "CPUs", "--num-cpus", FieldKind.NUMBER, "2", 1),
    ),
    dry_run=("--dry-run",),
    refusal=_needs_jobs,
    button="Change",
    needs_values=True,
    is_quick=True,
    back=addresses.resources,
)

REQUIREMENT_ACTIONS = (FIT_RESOURCES, CHANGE_REQUIREMENTS)
