"""The rows of the recovery table, and what the dialogs of a row say. Pure."""

from dataclasses import dataclass

from torc_client.edge.terminal_text import inert_line
from torc_client.limit_words import limit
from torc_client.recovery.by_group import FailedGroup, GroupRequirements, RecoveryByGroup
from torc_client.recovery.diagnosis import Cause
from torc_client.recovery.execution_kind import ExecutionKind
from torc_client.recovery.outcomes import DEFAULT_NAME
from torc_client.recovery.sentences import others_of, sentences_of, title_of_cause
from torc_client.spec.quantities import duration_seconds, memory_bytes
from torc_client.tui.actions.proposal import Proposal, ProposalField, jobs_text
from torc_client.tui.actions.recovering import RecoveryPreview, RecoveryRequest, class_of_group, ticked_in

COLUMNS = ("", "Cause", "Group", "Jobs", "Memory", "Run time")


@dataclass(frozen=True, slots=True)
class RecoveryRow:
    """A group of unsuccessful jobs with the same cause. `why` is shown for the row of the cursor."""

    group: FailedGroup
    cells: tuple[str, ...]
    why: str


def rows_of(preview: RecoveryPreview, request: RecoveryRequest) -> list[RecoveryRow]:
    """Return the rows of a plan."""
    plan = preview.plan
    ticked = ticked_in(plan) if request.ticked is None else request.ticked
    needs = {each.id: each for each in plan.requirements}
    rows = []
    for group in plan.groups:
        its_needs = [needs[one] for one in group.resource_requirements_ids]
        cells = (
            "[x]" if class_of_group(group) in ticked else "[ ]",
            title_of_cause(group.cause),
            inert_line(group.group),
            f"{group.job_count:,}",
            _changes([(each.memory, each.new_memory) for each in its_needs]),
            _changes([(limit(each.runtime), limit(each.new_runtime)) for each in its_needs]),
        )
        rows.append(RecoveryRow(group, cells, _why(group)))
    return rows


def _changes(values: list[tuple[str | None, str | None]]) -> str:
    if not values:
        return ""
    now, new = values[0]
    text = f"{now or '-'} → {new}" if new and new != now else now or "-"
    return text + (f" +{len(values) - 1}" if len(values) > 1 else "")


def _why(group: FailedGroup) -> str:
    others = others_of(group)
    reason = inert_line(group.reason)
    hint = " Look at its log (l) before you retry it unchanged." if group.cause == Cause.UNKNOWN else ""
    name = inert_line(group.example_job_name)
    return f"Job {group.example_job_id} {name}: {reason}{f' ({others})' if others else ''}.{hint}"


def effects(preview: RecoveryPreview) -> tuple[str, ...]:
    """Return what the recovery will do, as sentences."""
    found = sentences_of(preview.plan, preview.users)
    if not found:
        return ("No job failed: there is nothing to recover.",)
    if preview.kind is ExecutionKind.SLURM and preview.does_something:
        return (*found, "Allocations for all jobs that have not run are planned and requested from Slurm.")
    return found


def edit_proposal(preview: RecoveryPreview, group: FailedGroup, request: RecoveryRequest) -> Proposal:
    """Return the dialog for the values of the requirements of a group."""
    plan = preview.plan
    needs = {each.id: each for each in plan.requirements}
    fields: list[ProposalField] = []
    lines = []
    for one in group.resource_requirements_ids:
        each = needs[one]
        lines.append(_shared(each, preview.users.get(one, 0)))
        memory = request.memory.get(one) or each.new_memory or each.memory or ""
        runtime = request.runtime.get(one) or each.new_runtime or each.runtime or ""
        name = inert_line(each.name)
        fields += [
            ProposalField(f"memory-{one}", f"Memory of {name}", memory, "8g", memory_bytes),
            ProposalField(f"runtime-{one}", f"Run time of {name}", runtime, "PT2H", duration_seconds),
        ]
    lines.append("An empty field has the proposed value again.")
    return Proposal(f"Values for {inert_line(group.group)}", tuple(lines), "Use", fields=tuple(fields))


def _shared(needs: GroupRequirements, number: int) -> str:
    name = inert_line(needs.name)
    if needs.name == DEFAULT_NAME:
        return f"{name}: these jobs get requirements of their own."
    parts = [f"{name}: {jobs_text(number)} {'uses' if number == 1 else 'share'} it"]
    if needs.max_peak_memory_bytes:
        parts.append(f"peak memory {needs.max_peak_memory_bytes / 2**20:,.0f} MiB")
    if needs.max_exec_seconds:
        parts.append(f"longest run {needs.max_exec_seconds:,.0f} s")
    return ", ".join(parts) + "."


def edited(plan: RecoveryByGroup, proposal: Proposal, values: dict[str, str]) -> dict[tuple[str, int], str]:
    """Return the values of the dialog that differ from those that it showed."""
    before = {field.name: field.value for field in proposal.fields}
    known = {each.id for each in plan.requirements}
    found = {}
    for key, text in values.items():
        name, _, number = key.partition("-")
        if text != before.get(key) and int(number) in known:
            found[name, int(number)] = text
    return found


def apply_proposal(workflow_id: int, preview: RecoveryPreview) -> Proposal:
    """Return the dialog before a recovery is done."""
    refusal = "" if preview.does_something else "No group is ticked: nothing would be done."
    return Proposal(f"Recover workflow {workflow_id}", effects(preview), "Recover", refusal=refusal)
