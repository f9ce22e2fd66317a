"""The actions of a spec: checked, and with the jobs that they wait for."""

from collections.abc import Mapping
from dataclasses import dataclass

from torc_client.spec.expansion import PLACE
from torc_client.spec.naming import Names, merge_unique
from torc_client.spec.problems import Problems
from torc_client.spec.shape import Record

JOB_TRIGGERS = frozenset({"on_jobs_ready", "on_jobs_complete"})
OF_COMMANDS = ("commands",)
OF_NODES = ("scheduler", "scheduler_type", "num_allocations", "start_one_worker_per_node", "max_parallel_jobs")
FOREIGN: Mapping[str, tuple[str, ...]] = {"run_commands": OF_NODES, "schedule_nodes": OF_COMMANDS}


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """An action, with the jobs that it waits for as positions in the plan's list."""

    record: Record
    jobs: tuple[int, ...]


def plan_action(action: Record, jobs: Names, schedulers: Names, problems: Problems) -> PlannedAction:
    """Find the jobs of an action and see that a runner can carry it out."""
    place = action[PLACE]
    found = merge_unique(jobs.find(action, "jobs", problems), jobs.match(action, "job_name_regexes", problems))
    trigger = action.get("trigger_type")  # absent where the spec has a wrong one, which is told already
    waits_for_jobs = trigger in JOB_TRIGGERS
    if waits_for_jobs and not ("jobs" in action or "job_name_regexes" in action):
        problems.add(place, f"{trigger} needs jobs or job_name_regexes: the jobs that it waits for")
    if found and trigger and not waits_for_jobs:
        problems.add(place, f"{trigger} waits for no jobs; only on_jobs_ready and on_jobs_complete do")
    for name in FOREIGN[action["action_type"]]:
        if name in action:
            problems.add(f"{place}.{name}", f"{action['action_type']} has no {name}; take it out")
    if action["action_type"] == "schedule_nodes":
        _check_scheduler(action, schedulers, problems)
    elif not action.get("commands"):
        problems.add(place, "run_commands needs commands: a list of at least one command")
    return PlannedAction(action, found)


def _check_scheduler(action: Record, schedulers: Names, problems: Problems) -> None:
    kind, wanted = action.get("scheduler_type"), action.get("scheduler")
    if kind is None:
        problems.add(action[PLACE], "schedule_nodes needs a scheduler_type; write slurm or local")
    elif kind == "slurm" and wanted is None:
        problems.add(action[PLACE], "schedule_nodes needs a scheduler: the name of one in slurm_schedulers")
    elif kind == "slurm":
        schedulers.find_one(action, "scheduler", problems)
