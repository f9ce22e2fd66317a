"""Create a workflow from a spec file: first what it becomes, then all of it or nothing."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from torc_client import spec
from torc_client.client import TorcClient, current_user
from torc_client.edge.terminal_text import inert_line
from torc_client.spec.plan import Plan
from torc_client.spec.summary import overview
from torc_client.text import count
from torc_client.tui.actions.proposal import Done, Prepared, Proposal, jobs_text

_WARNINGS_SHOWN = 5


def propose_creation(path: Path, plan: Plan) -> Proposal:
    """Say what a spec becomes. Pure."""
    facts = overview(plan)
    parts = [
        count(noun, number)
        for noun, number in (
            ("file", facts["file_count"]),
            ("record of user data", facts["user_data_count"]),
            ("resource requirement", facts["resource_requirements_count"]),
            ("Slurm scheduler", facts["slurm_scheduler_count"]),
            ("action", facts["action_count"]),
        )
        if number
    ]
    lines = [
        f"{inert_line(str(facts['workflow_name']))}: {jobs_text(facts['job_count'])}"
        + "".join(f", {part}" for part in parts)
        + "."
    ]
    lines += [f"Jobs: {inert_line(facts['job_names'])}.", f"It runs on {facts['runs_on']}."]
    warnings = list(plan.warning_lines())
    lines += [inert_line(line) for line in warnings[:_WARNINGS_SHOWN]]
    if len(warnings) > _WARNINGS_SHOWN:
        lines.append(f"and {count('warning', len(warnings) - _WARNINGS_SHOWN)} more.")
    return Proposal(f"Create a workflow from {inert_line(path.name)}", tuple(lines), "Create")


async def create(client: TorcClient, path: Path) -> Prepared:
    """Prepare a workflow from a spec. Raises SpecError with all problems of the file."""
    plan = await asyncio.to_thread(spec.load, str(path))

    async def perform(_: Mapping[str, str]) -> Done:
        workflow_id = await spec.create(client, plan, user=current_user())
        return Done(
            f"Created workflow {workflow_id} with {jobs_text(len(plan.jobs))}. Run it: x here, s on Slurm.",
            workflow_id=workflow_id,
        )

    return Prepared(propose_creation(path, plan), perform)
