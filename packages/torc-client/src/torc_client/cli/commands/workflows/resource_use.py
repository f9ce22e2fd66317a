"""`torc workflows resource-use`."""

from collections.abc import Iterator
from dataclasses import dataclass

from torc_client.api.records import ResourceUseResponse, UsedResources, UseOfRequirements
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import named, pick
from torc_client.cli.framework.results import Column, Listing, Report
from torc_client.recovery.outcomes import required_resources
from torc_client.recovery.use_summary import comparisons
from torc_client.text import count

_COLUMNS = (
    Column("Requirement", "name"),
    Column("Group", "group"),
    Column("Jobs", "num_jobs", right=True),
    Column("Resource", "resource"),
    Column("Required", "required", right=True),
    Column("Median", "p50", right=True),
    Column("p90", "p90", right=True),
    Column("p99", "p99", right=True),
    Column("Most", "most", right=True),
    Column("Compared", "compared"),
)
_IMPORTANCE = ("resource", "required", "p99", "compared", "group", "name", "most", "num_jobs")


@dataclass(frozen=True, slots=True)
class _Row:
    """One resource of the jobs of a requirements record, or of a group of these jobs."""

    name: str
    group: str
    num_jobs: int
    resource: str
    required: str
    p50: str
    p90: str
    p99: str
    most: str
    compared: str


@command("resource-use", is_list=True, short_help="Compare what jobs required with what they used.")
@workflow_argument
async def resource_use(app: App, workflow_id: int | None) -> Report:
    """Compare the memory, CPUs and run time that jobs required with quantiles of what they used.

    The result has a row for each resource requirements record, and for each group of jobs if several groups share it.
    Runners measure memory and CPUs if the workflow enables resource_monitor; run times are always measured.
    """
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        title = await named(client, workflow_id)
        found: ResourceUseResponse = await client.workflows.get_resource_use(workflow_id)
    rows = [row for each in found.requirements for row in _rows(each)]
    listing = Listing(rows, _COLUMNS, "resource", "resources", title, "No job has ended.", importance=_IMPORTANCE)
    return Report(found, listing, _sentences(found))


def _rows(each: UseOfRequirements) -> Iterator[_Row]:
    if len(each.groups) == 1 and not each.groups_left_off:
        yield from _rows_of(each, each.groups[0].group, each.num_jobs, each.used)
        return
    yield from _rows_of(each, "all", each.num_jobs, each.used)
    for group in each.groups:
        yield from _rows_of(each, group.group, group.num_jobs, group.used)


def _rows_of(each: UseOfRequirements, group: str, num_jobs: int, used: UsedResources) -> Iterator[_Row]:
    for one in comparisons(required_resources(each.requirements), used):
        yield _Row(
            each.requirements.name,
            group,
            num_jobs,
            one.resource.value,
            one.text(one.required) if one.required else "",
            one.text(one.used.p50),
            one.text(one.used.p90),
            one.text(one.used.p99),
            one.text(one.used.most),
            one.share_text,
        )


def _sentences(found: ResourceUseResponse) -> list[str]:
    sentences = []
    for each in found.requirements:
        lacking = [
            f"{count('job', number)} lacked {what}"
            for number, what in ((each.used.num_out_of_memory, "memory"), (each.used.num_out_of_time, "time"))
            if number
        ]
        if lacking:
            sentences.append(f"{each.requirements.name}: {' and '.join(lacking)}.")
    if found.requirements_left_off:
        sentences.append(f"{count('further record', found.requirements_left_off)} left out.")
    return sentences
