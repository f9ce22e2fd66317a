"""Get the steps from a planned spec, or from an exported workflow."""

from collections.abc import Mapping
from typing import Any

from torc_client.execution_plan.events import Allocation, Step
from torc_client.spec.plan import Plan


def of_spec(plan: Plan) -> tuple[list[Step], list[Allocation]]:
    """Return the steps and allocations of a planned spec."""
    steps = [
        Step(
            job.record["name"],
            job.parents,
            (*(("file", one) for one in job.input_files), *(("data", one) for one in job.input_user_data)),
            (*(("file", one) for one in job.output_files), *(("data", one) for one in job.output_user_data)),
        )
        for job in plan.jobs
    ]
    allocations = [
        Allocation(
            action.record["trigger_type"],
            action.record.get("scheduler", ""),
            action.record["scheduler_type"],
            action.record.get("num_allocations", 1),
            action.jobs,
        )
        for action in plan.actions
        if action.record["action_type"] == "schedule_nodes"
    ]
    return steps, allocations


def of_document(document: Mapping[str, Any]) -> tuple[list[Step], list[Allocation]]:
    """Return the steps and allocations of an exported workflow."""
    place_of = {job["id"]: place for place, job in enumerate(document["jobs"])}
    shared: dict[tuple[int, ...], tuple[int, ...]] = {}
    steps = []
    for job in document["jobs"]:
        parents = tuple(place_of[one] for one in job.get("depends_on_job_ids", ()))
        steps.append(
            Step(job["name"], shared.setdefault(parents, parents), _things(job, "input"), _things(job, "output"))
        )
    names = {
        (kind, scheduler["id"]): scheduler.get("name", "")
        for kind in ("slurm", "local")
        for scheduler in document[f"{kind}_schedulers"]
    }
    allocations = []
    for action in document["workflow_actions"]:
        if action["action_type"] == "schedule_nodes":
            config = action["action_config"]
            kind = config.get("scheduler_type", "")
            allocations.append(
                Allocation(
                    action["trigger_type"],
                    names.get((kind, config.get("scheduler_id")), ""),
                    kind,
                    config.get("num_allocations", 1),
                    tuple(place_of[one] for one in action.get("job_ids", ())),
                )
            )
    return steps, allocations


def _things(job: Mapping[str, Any], way: str) -> tuple[tuple[str, int], ...]:
    files = (("file", one) for one in job.get(f"{way}_file_ids", ()))
    return (*files, *(("data", one) for one in job.get(f"{way}_user_data_ids", ())))
