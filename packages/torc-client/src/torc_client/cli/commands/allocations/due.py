"""Whether a new workflow would get its first allocation."""

from torc_client import spec
from torc_client.batch.systems import scheduler_types
from torc_client.errors import TorcError
from torc_client.execution_plan.depth import depths
from torc_client.execution_plan.sources import of_spec


def require_due_at_start(plan: spec.Plan, target: str) -> None:
    """Raise TorcError if no request for allocations is due when the workflow starts.

    Runners carry out the later ones, so there would never be a runner.
    """
    requests = [
        action
        for action in plan.actions
        if action.record["action_type"] == "schedule_nodes" and action.record.get("scheduler_type") in scheduler_types()
    ]
    steps, _ = of_spec(plan)
    depth = depths(steps)
    for action in requests:
        trigger = action.record["trigger_type"]
        if trigger == "on_workflow_start":
            return
        if trigger == "on_jobs_ready" and all(depth[place] == 0 for place in action.jobs):
            return
    waiting = next((plan.jobs[place].record["name"] for each in requests for place in each.jobs if depth[place]), None)
    reason = "" if waiting is None else f" For example, {waiting} waits for other jobs, which have no allocation."
    raise TorcError(
        f"No action of {target} requests allocations when the workflow starts, so no job would run.{reason}",
        "Add an action with trigger_type: on_workflow_start, or run `torc slurm generate --overwrite`.",
    )
