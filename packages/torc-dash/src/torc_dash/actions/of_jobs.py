"""The actions on selected jobs of a workflow."""

from collections.abc import Sequence

from torc_client.edge.filter_language import quoted
from torc_dash.actions.action import Action, ActionField, FieldKind, Situation


def selection(situation: Situation) -> Sequence[str]:
    """Return the words of a command that select the jobs."""
    if situation.job_ids:
        return tuple(map(str, situation.job_ids))
    return ("--workflow-id", str(situation.id), f"--filter={filter_of(situation)}")


def filter_of(situation: Situation) -> str:
    """Return the filter that selects the jobs: that of a table, and the group."""
    return " ".join(filter(None, (situation.filter, f"group={quoted(situation.group)}" if situation.group else "")))


def _reset(situation: Situation) -> Sequence[str]:
    return ("jobs", "reset-status", *selection(situation), "--reinit", "--no-prompts")


def _fail(situation: Situation) -> Sequence[str]:
    return ("jobs", "fail", *map(str, situation.job_ids))


def _update(situation: Situation) -> Sequence[str]:
    return ("jobs", "update", *map(str, situation.job_ids))


def _update_selection(situation: Situation) -> Sequence[str]:
    return ("jobs", "update", *selection(situation))


def _needs_held_ids(situation: Situation) -> str:
    if not situation.status.jobs_by_status.pending_failed:
        return "No job waits for a decision on its failure (pending_failed)."
    return "" if situation.job_ids else "Select jobs one by one for this."


def _needs_one(situation: Situation) -> str:
    return "" if len(situation.job_ids) == 1 else "Select one job for this."


RESET_JOBS = Action(
    "reset-jobs",
    "Make ready again",
    "The jobs become ready to run again, and all jobs that depend on them. Results of earlier runs are kept.",
    _reset,
    fields=(ActionField("force", "Also pending and running jobs", "--force", FieldKind.FLAG),),
    dry_run=("--dry-run",),
    is_of_jobs=True,
)
FAIL_JOBS = Action(
    "fail-jobs",
    "Decide that they failed",
    "Jobs that wait for a decision on their failure become failed. Jobs that depend on them may be canceled.",
    _fail,
    refusal=_needs_held_ids,
    is_of_jobs=True,
)
SET_PRIORITY = Action(
    "set-priority",
    "Priority",
    "Ready jobs with a higher priority start first. Jobs that run are not affected.",
    _update_selection,
    button="Save",
    needs_values=True,
    fields=(ActionField("priority", "Priority", "--priority", FieldKind.NUMBER, "0", -(2**63)),),
    is_of_jobs=True,
    most_jobs=1_000,
)
OWN_REQUIREMENTS = Action(
    "own-requirements",
    "Requirements",
    "The selected jobs get requirements of their own with these values. Jobs that run now keep what they have.",
    _update_selection,
    button="Save",
    needs_values=True,
    fields=(
        ActionField("memory", "Memory", "--memory", hint="8g"),
        ActionField("runtime", "Run time", "--runtime", hint="PT30M"),
        ActionField("cpus", "CPUs", "--num-cpus", FieldKind.NUMBER, "2", 1),
    ),
    is_of_jobs=True,
)
EDIT_JOB = Action(
    "edit-job",
    "Edit",
    "Values that are left empty stay as they are.",
    _update,
    button="Save",
    needs_values=True,
    fields=(
        ActionField("command", "Command", "--command", FieldKind.LINES),
        ActionField(
            "priority", "Priority", "--priority", FieldKind.NUMBER, "jobs with a higher one start first", -(2**63)
        ),
        ActionField("reset", "Reset it first and run it again: a new command needs this", "--reset", FieldKind.FLAG),
        ActionField(
            "requirements", "Other resource requirements", "--resource-requirements-id", FieldKind.NUMBER, "an id", 1
        ),
    ),
    refusal=_needs_one,
    is_of_jobs=True,
)

JOB_ACTIONS = (RESET_JOBS, FAIL_JOBS, SET_PRIORITY, OWN_REQUIREMENTS, EDIT_JOB)
