"""`torc workflows groups`."""

from dataclasses import dataclass

import msgspec

from torc_client.api.records import JobGroupModel, JobGroupsResponse
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.output.show import say
from torc_client.cli.framework.picker import named, pick
from torc_client.cli.framework.results import Column, Listing
from torc_client.text import count


@dataclass(frozen=True, slots=True)
class CountedGroup:
    """A group of jobs, with the labels of the groups that it waits for."""

    key: str
    label: str
    merged_groups: int
    total_jobs: int
    jobs_by_status: dict[str, int]
    waits_for: list[str]
    first_job_id: int
    resource_requirements_ids: list[int]


def _counts(record: JobGroupModel) -> dict[str, int]:
    return {name: number for name, number in msgspec.structs.asdict(record.jobs_by_status).items() if number}


def _status_words(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {status}" for status, number in counts.items())


def _names(keys: list[str]) -> str:
    return ", ".join(keys)


_COLUMNS = (
    Column("Group", "label"),
    Column("Jobs", "total_jobs", right=True),
    Column("Status", "jobs_by_status", _status_words),
    Column("Waits for", "waits_for", _names),
    Column("First job", "first_job_id", right=True),
)


@command("groups", short_help="List the groups of a workflow's jobs.")
@workflow_argument
async def groups(app: App, workflow_id: int | None) -> Listing:
    """List the groups of a workflow's jobs: jobs whose names differ only in their numbers.

    `simulate_1` and `simulate_2` are of the group `simulate_#`. List its jobs with `torc jobs list --group`.
    """
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        title = await named(client, workflow_id)
        found: JobGroupsResponse = await client.workflows.list_job_groups(workflow_id)
    labels = {each.key: each.label for each in found.groups}
    waits: dict[str, list[str]] = {}
    for edge in found.edges:
        listed = waits.setdefault(edge.target, [])
        if labels[edge.source] not in listed:
            listed.append(labels[edge.source])
    if found.edges_left_off:
        say(f"{count('edge', found.edges_left_off)} between groups left out")
    items = [
        CountedGroup(
            each.key, each.label, each.merged_groups, each.total_jobs, _counts(each), waits.get(each.key, []),
            each.first_job_id, each.resource_requirements_ids,
        )
        for each in found.groups
    ]  # fmt: skip
    return Listing(items, _COLUMNS, "group", "groups", title, "Each job is of a group.")
