"""The actions of a spec: checked, and with the jobs that they wait for."""

from dataclasses import dataclass

from torc_client.spec.expansion import PLACE
from torc_client.spec.naming import Names, united
from torc_client.spec.problems import Problems
from torc_client.spec.shape import Record

JOB_TRIGGERS = frozenset({"on_jobs_ready", "on_jobs_complete"})


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """An action, with the jobs that it waits for as positions in the plan's list."""

    record: Record
    jobs: tuple[int, ...]


def plan_action(action: Record, jobs: Names, problems: Problems) -> PlannedAction:
    """Find the jobs of an action and see that a runner can carry it out."""
    place = action[PLACE]
    found = united(jobs.find(action, "jobs", problems), jobs.match(action, "job_name_regexes", problems))
    waits_for_jobs = action["trigger_type"] in JOB_TRIGGERS
    if waits_for_jobs and not ("jobs" in action or "job_name_regexes" in action):
        problems.add(place, f"{action['trigger_type']} needs jobs or job_name_regexes: the jobs that it waits for")
    if found and not waits_for_jobs:
        problems.add(place, f"{action['trigger_type']} waits for no jobs; only on_jobs_ready and on_jobs_complete do")
    if action["action_type"] == "schedule_nodes":
        problems.add(f"{place}.action_type", "schedule_nodes is not supported yet; take it out to run the rest")
    elif not action.get("commands"):
        problems.add(place, "run_commands needs commands: a list of at least one command")
    return PlannedAction(action, found)
