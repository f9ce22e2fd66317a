"""The groups beside the table of jobs: each is a filter, combined with what the reader typed. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from torc_client.api.enums import JobStatus
from torc_client.api.records import JobGroupModel
from torc_client.edge.filter_language import quoted
from torc_client.edge.terminal_text import inert_line
from torc_client.job_statuses import UNSUCCESSFUL, count_in
from torc_client.text import count
from torc_dash import addresses
from torc_dash.progress import slices_of
from torc_dash.tables import Slice

MOST_SHOWN = 200
# A word of a filter; a quoted part can contain spaces.
_WORD = re.compile(r'(?:"(?:[^"]|"")*"?|[^\s"])+')


@dataclass(frozen=True)
class ListedGroup:
    """A group in the list. `filter` is the whole filter that selects it."""

    label: str
    detail: str
    failed: str
    slices: tuple[Slice, ...]
    filter: str
    href: str
    chosen: bool


@dataclass(frozen=True)
class GroupList:
    """All groups, the first entry for all jobs."""

    groups: tuple[ListedGroup, ...]
    left_out: int
    kept: tuple[tuple[str, str], ...]
    """Parameters that the form of a narrow page sends unchanged."""


def group_list(
    workflow_id: int, found: Iterable[JobGroupModel], text: str, kept: Iterable[tuple[str, str]]
) -> GroupList | None:
    """Return the list for a page whose filter is `text`; None if a list would not help: there is one group."""
    groups = [each for each in found if each.key]
    if len(groups) < 2:
        return None
    words = _WORD.findall(text)
    rest = " ".join(word for word in words if not word.startswith("group="))
    parameters = {name: value for name, value in kept if name not in {"filter", "page"}}
    chosen = next((word for word in words if word.startswith("group=")), "")

    def entry(filter: str, **members: object) -> ListedGroup:
        href = addresses.jobs(workflow_id, filter=filter, **parameters)
        return ListedGroup(filter=filter, href=href, **members)  # type: ignore[arg-type]

    everything = entry(
        rest,
        label="All jobs",
        detail=count("group", len(groups)),
        failed="",
        slices=(),
        chosen=not chosen,
    )
    listed = []
    for group in groups[:MOST_SHOWN]:
        word = f"group={quoted(group.key)}"
        completed = count_in(group.jobs_by_status, (JobStatus.COMPLETED,))
        unsuccessful = count_in(group.jobs_by_status, UNSUCCESSFUL)
        listed.append(
            entry(
                f"{rest} {word}".strip(),
                label=inert_line(group.label),
                detail=f"{completed:,}/{group.total_jobs:,}",
                failed=f"{unsuccessful:,}" if unsuccessful else "",
                slices=slices_of(group),
                chosen=word == chosen,
            )
        )
    return GroupList((everything, *listed), len(groups) - len(listed), tuple(parameters.items()))
