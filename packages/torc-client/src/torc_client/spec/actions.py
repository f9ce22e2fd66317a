"""Actions of a spec: check them and find the jobs that they wait for."""

from collections.abc import Mapping
from dataclasses import dataclass

from torc_client.spec.codes import Code
from torc_client.spec.expansion import PLACE
from torc_client.spec.naming import Names, merge_unique
from torc_client.spec.problems import Problems
from torc_client.spec.shape import Record

JOB_TRIGGERS = frozenset({"on_jobs_ready", "on_jobs_complete"})
COMMAND_FIELDS = ("commands",)
NODE_FIELDS = ("scheduler", "scheduler_type", "num_allocations", "start_one_worker_per_node", "max_parallel_jobs")
# The fields that belong to the other type of action.
IRRELEVANT_FIELDS: Mapping[str, tuple[str, ...]] = {"run_commands": NODE_FIELDS, "schedule_nodes": COMMAND_FIELDS}


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """An action, with the jobs that it waits for as positions in the list of jobs of the plan."""

    record: Record
    jobs: tuple[int, ...]


def plan_action(action: Record, jobs: Names, schedulers: Names, problems: Problems) -> PlannedAction:
    """Find the jobs of an action, and check that a runner can execute it."""
    place = action[PLACE]
    found = merge_unique(jobs.find(action, "jobs", problems), jobs.match(action, "job_name_regexes", problems))
    trigger = action.get("trigger_type")  # absent if the spec has an invalid one, which is reported already
    waits_for_jobs = trigger in JOB_TRIGGERS
    if waits_for_jobs and not ("jobs" in action or "job_name_regexes" in action):
        reason = f"an action with the trigger {trigger} needs jobs to wait for"
        problems.add(Code.INCOMPLETE_ACTION, place, reason, "add jobs or job_name_regexes")
    if found and trigger and not waits_for_jobs:
        reason = f"an action with the trigger {trigger} does not wait for jobs"
        fix = "remove jobs and job_name_regexes, or use on_jobs_ready or on_jobs_complete"
        problems.warn(Code.IRRELEVANT_FIELD, place, reason, fix)
        found = ()
    for name in IRRELEVANT_FIELDS[action["action_type"]]:
        if name in action:
            reason = f"an action of type {action['action_type']} does not use {name}"
            problems.warn(Code.IRRELEVANT_FIELD, f"{place}.{name}", reason, "remove it")
    if action["action_type"] == "schedule_nodes":
        _check_scheduler(action, schedulers, problems)
    elif not action.get("commands"):
        reason = "an action of type run_commands needs commands"
        problems.add(Code.INCOMPLETE_ACTION, place, reason, "add commands: a list of at least one command")
    return PlannedAction(action, found)


def _check_scheduler(action: Record, schedulers: Names, problems: Problems) -> None:
    scheduler_type, scheduler = action.get("scheduler_type"), action.get("scheduler")
    if scheduler_type is None:
        reason = "an action of type schedule_nodes needs a scheduler_type"
        problems.add(Code.INCOMPLETE_ACTION, action[PLACE], reason, "write slurm or local")
    elif scheduler_type == "slurm" and scheduler is None:
        reason = "an action of type schedule_nodes needs a scheduler"
        problems.add(Code.INCOMPLETE_ACTION, action[PLACE], reason, "add the name of one in slurm_schedulers")
    elif scheduler_type == "slurm":
        schedulers.find_one(action, "scheduler", problems)
