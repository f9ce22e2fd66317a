"""A recovery by groups: what the user ticked and edited, the plan that follows, and the call that does it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.recovery import recover as recovery
from torc_client.recovery.by_group import FailedGroup, RecoveryByGroup, by_group
from torc_client.recovery.choice import Choice, JobClass
from torc_client.recovery.execution_kind import ExecutionKind, execution_kind
from torc_client.tui.actions.programs import folder_of
from torc_client.tui.actions.proposal import Done, TorcProgram, jobs_text

_MOST_REQUIREMENTS = 300


@dataclass(frozen=True, slots=True)
class RecoveryRequest:
    """What the user chose. Without `ticked`, the groups of the causes that Torc retries by itself."""

    ticked: frozenset[JobClass] | None = None
    memory: Mapping[int, str] = field(default_factory=dict)
    runtime: Mapping[int, str] = field(default_factory=dict)

    def toggled(self, group: JobClass, plan: RecoveryByGroup) -> "RecoveryRequest":
        """Return the request with one group ticked, or no longer."""
        ticked = ticked_in(plan) if self.ticked is None else self.ticked
        return replace(self, ticked=ticked ^ {group})

    def all_toggled(self, plan: RecoveryByGroup) -> "RecoveryRequest":
        """Return the request with all groups ticked, or none if they are."""
        every = frozenset(class_of_group(each) for each in plan.groups)
        ticked = ticked_in(plan) if self.ticked is None else self.ticked
        return replace(self, ticked=frozenset() if ticked == every else every)

    def with_values(self, values: Mapping[tuple[str, int], str]) -> "RecoveryRequest":
        """Return the request with edited values by `memory` or `runtime` and requirements; empty for the proposed."""
        memory, runtime = dict(self.memory), dict(self.runtime)
        for (name, needs_id), text in values.items():
            chosen = memory if name == "memory" else runtime
            if text:
                chosen[needs_id] = text
            else:
                chosen.pop(needs_id, None)
        return replace(self, memory=memory, runtime=runtime)

    def choice(self, plan: RecoveryByGroup | None) -> Choice:
        """Return the choice for the library. Values of requirements that no ticked group has are left out."""
        if plan is None:
            return Choice()
        ticked = ticked_in(plan) if self.ticked is None else self.ticked
        used = {one for each in plan.groups if class_of_group(each) in ticked for one in each.resource_requirements_ids}
        return Choice(
            self.ticked,
            {one: text for one, text in self.memory.items() if one in used},
            {one: text for one, text in self.runtime.items() if one in used},
        )


def class_of_group(group: FailedGroup) -> JobClass:
    """Return the class of a row."""
    return JobClass(group.cause, group.group)


def ticked_in(plan: RecoveryByGroup) -> frozenset[JobClass]:
    """Return the groups that a plan retries."""
    return frozenset(class_of_group(each) for each in plan.groups if each.retry)


@dataclass(frozen=True, slots=True)
class RecoveryPreview:
    """What a recovery would do: the plan, how many jobs have which requirements, and where the jobs run."""

    plan: RecoveryByGroup
    users: Mapping[int, int]
    kind: ExecutionKind

    @property
    def does_something(self) -> bool:
        """Whether anything would change."""
        return bool(self.plan.jobs_to_retry or self.plan.was_canceled)


def _ignore(_: str) -> None:
    """Drop a report: the preview shows the same."""


async def preview(
    client: TorcClient, workflow_id: int, request: RecoveryRequest, before: RecoveryPreview | None = None
) -> RecoveryPreview:
    """Return what a recovery would do, without a change. `before` is the preview that the request is about.

    Raises NotRecoverableError while the workflow can continue by itself.
    """
    choice = request.choice(None if before is None else before.plan)
    options = recovery.RecoveryOptions(dry_run=True, choice=choice)
    plan = await recovery.recover(client, workflow_id, options, lambda _: recovery.KNOWN_CAUSES, report=_ignore)
    grouped = by_group(plan, dry_run=True)
    kind = before.kind if before is not None else await execution_kind(client, workflow_id)
    users = before.users if before is not None else await _users(client, workflow_id, grouped)
    return RecoveryPreview(grouped, users, kind)


async def _users(client: TorcClient, workflow_id: int, plan: RecoveryByGroup) -> dict[int, int]:
    """Return the number of jobs by ids of requirements."""
    ids = [each.id for each in plan.requirements[:_MOST_REQUIREMENTS]]
    found = await asyncio.gather(
        *(
            client.jobs.list_jobs(workflow_id=workflow_id, filter=f"resource_requirements_id={one}", limit=0)
            for one in ids
        )
    )
    return {one: page.total_count for one, page in zip(ids, found, strict=True)}


async def apply(
    client: TorcClient, workflow_id: int, request: RecoveryRequest, shown: RecoveryPreview, output_dir: Path
) -> Done | TorcProgram:
    """Do what was shown, or raise TorcError if it would now do something else.

    The command is returned for a workflow with Slurm schedulers, since it also requests the allocations, and for one
    that was created in another folder, where its input files are.
    """
    folder = folder_of(await client.workflows.get_workflow(workflow_id))
    if shown.kind is ExecutionKind.SLURM or folder is not None:
        return TorcProgram(f"recover {workflow_id}", arguments(workflow_id, request, shown.plan), folder)

    def require_same(plan: recovery.RecoveryPlan) -> None:
        now = by_group(plan, dry_run=True)
        if (now.groups, now.requirements, now.was_canceled) != (
            shown.plan.groups,
            shown.plan.requirements,
            shown.plan.was_canceled,
        ):
            raise TorcError("It would do something else than was shown, so nothing was changed.", "Look again: r")

    options = recovery.RecoveryOptions(
        choice=request.choice(shown.plan), output_dir=output_dir, ignores_missing_inputs=False
    )
    plan = await recovery.recover(
        client, workflow_id, options, lambda _: recovery.KNOWN_CAUSES, report=_ignore, report_plan=require_same
    )
    number = jobs_text(len(plan.selection.retried))
    return Done(f"{number} of workflow {workflow_id} can run again. Run it: x here.")


def arguments(workflow_id: int, request: RecoveryRequest, plan: RecoveryByGroup) -> tuple[str, ...]:
    """Return the words of the command that does the same."""
    choice = request.choice(plan)
    ticked = ticked_in(plan) if choice.classes is None else choice.classes
    only = sorted(f"--only={each}" for each in ticked)
    memory = [f"--memory={one}={text}" for one, text in choice.memory.items()]
    runtime = [f"--runtime={one}={text}" for one, text in choice.runtime.items()]
    return ("recover", str(workflow_id), "--no-prompts", "--by-group", *only, *memory, *runtime)
