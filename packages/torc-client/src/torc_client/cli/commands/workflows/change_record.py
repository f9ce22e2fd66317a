"""`torc workflows correct-resources --requirements-id`: one record gets amounts that the user chose."""

from dataclasses import dataclass

from torc_client.api.records import ResourceRequirementsModel, UseOfRequirements
from torc_client.cli.framework.context import App
from torc_client.cli.framework.picker import named, pick
from torc_client.cli.framework.results import Column, Listing, Report
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.limit_words import limit
from torc_client.recovery.apply import apply_adjustments
from torc_client.recovery.corrections import Adjustment, ChosenAmounts, for_choice
from torc_client.recovery.outcomes import DEFAULT_NAME, required_resources
from torc_client.text import count

_COLUMNS = (
    Column("Requirement", "name"),
    Column("Amount", "amount"),
    Column("Before", "before", limit, right=True),
    Column("After", "after", limit, right=True),
)
_MOST_GROUPS = 5


@dataclass(frozen=True, slots=True)
class _Change:
    """A row of the result: one amount of the record."""

    name: str
    amount: str
    before: str
    after: str


async def change_record(
    app: App, workflow_id: int | None, record_id: int | None, chosen: ChosenAmounts, *, dry_run: bool
) -> Report:
    """Change one record of a workflow, or report what would change. Raises TorcError."""
    if record_id is None:
        raise TorcError(
            "--memory, --runtime and --num-cpus need --requirements-id.",
            "`torc resource-requirements list` shows the ids of a workflow.",
        )
    if chosen == ChosenAmounts():
        raise TorcError("--requirements-id needs --memory, --runtime or --num-cpus.", None)
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id, changes=not dry_run)
        title = await named(client, workflow_id)
        record, use = await _record_of(client, workflow_id, record_id)
        try:
            adjustments = for_choice(required_resources(record), chosen)
        except ValueError as error:
            raise TorcError(f"{error}.", None) from error
        updated = 0 if dry_run else await apply_adjustments(client, workflow_id, adjustments)
    facts = {
        "status": "success",
        "workflow_id": workflow_id,
        "dry_run": dry_run,
        "resource_requirements_updated": updated,
        "num_jobs": None if use is None else use.num_jobs,
        "groups": {} if use is None else {group.group: group.num_jobs for group in use.groups},
        "adjustments": adjustments,
    }
    changes = [change for each in adjustments for change in _changes(each)]
    return Report(facts, Listing(changes, _COLUMNS, "amount", "amounts", title), _sentences(use, changes))


async def _record_of(
    client: TorcClient, workflow_id: int, record_id: int
) -> tuple[ResourceRequirementsModel, UseOfRequirements | None]:
    """Return a record, and who has it, which is None if the answer leaves it out. Raises TorcError."""
    record = await client.resource_requirements.get_resource_requirements(record_id)
    if record.workflow_id != workflow_id:
        raise TorcError(
            f"The workflow has no resource requirements {record_id}.",
            f"`torc resource-requirements list {workflow_id}` shows their ids.",
        )
    if record.name == DEFAULT_NAME:
        raise TorcError(
            "The default requirements cannot be changed here: jobs have them that name none.",
            "Create other requirements, and let `torc jobs update` assign them.",
        )
    found = await client.workflows.get_resource_use(workflow_id)
    return record, next((each for each in found.requirements if each.requirements.id == record_id), None)


def _changes(adjustment: Adjustment) -> list[_Change]:
    amounts = (
        ("memory", adjustment.original_memory, adjustment.new_memory),
        ("runtime", adjustment.original_runtime, adjustment.new_runtime),
        ("CPUs", adjustment.original_cpus, adjustment.new_cpus),
    )
    return [
        _Change(adjustment.name, amount, str(before), str(after))
        for amount, before, after in amounts
        if after is not None
    ]


def _sentences(use: UseOfRequirements | None, changes: list[_Change]) -> list[str]:
    same = [] if changes else ["The record has these amounts already."]
    if use is None or not use.num_jobs:
        return same
    groups = [f"{group.group} ({group.num_jobs:,})" for group in use.groups[:_MOST_GROUPS]]
    more = len(use.groups) - len(groups) + use.groups_left_off
    listed = ", ".join([*groups, *([count("further group", more)] if more else [])])
    return [f"Jobs with {use.requirements.name}: {use.num_jobs:,}, of {listed}.", *same]
