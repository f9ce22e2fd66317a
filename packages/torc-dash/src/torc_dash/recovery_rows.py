"""The rows of the recovery page, from the plan of the command. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from torc_client.edge.filter_language import quoted
from torc_client.edge.terminal_text import inert_line
from torc_client.recovery.by_group import FailedGroup, GroupRequirements, RecoveryByGroup
from torc_client.recovery.choice import CANCELED
from torc_client.recovery.diagnosis import Cause
from torc_client.recovery.outcomes import DEFAULT_NAME
from torc_client.recovery.sentences import others_of, title_of_cause
from torc_client.text import count
from torc_dash import addresses
from torc_dash.recovery_form import key_of, listed_as

MOST_CLASSES = 300

_STATUSES = {CANCELED: "canceled", Cause.UNKNOWN: "failed,pending_failed"}


@dataclass(frozen=True)
class NeedsField:
    """The requirements of a class: values now, and fields for new ones. Only the first row of them has fields."""

    id: int
    name: str
    shared: str
    memory: str
    new_memory: str
    was_memory: str
    """The proposed value; empty if the new one is the reader's."""

    runtime: str
    new_runtime: str
    was_runtime: str
    has_fields: bool


@dataclass(frozen=True)
class ClassRow:
    """A class of unsuccessful jobs."""

    key: str
    listed: str
    ticked: bool
    group: str
    title: str
    reason: str
    others: str
    is_unknown: bool
    jobs: str
    jobs_href: str
    log_href: str
    log_title: str
    needs: tuple[NeedsField, ...]


def rows_of(
    plan: RecoveryByGroup, users: Mapping[int, int], edited: Mapping[tuple[str, int], str]
) -> tuple[ClassRow, ...]:
    """Return the rows. `users` has the number of jobs by ids of requirements, `edited` the values of the reader."""
    needs = {each.id: each for each in plan.requirements}
    seen: set[int] = set()
    rows = []
    for group in plan.groups[:MOST_CLASSES]:
        fields = []
        for id in group.resource_requirements_ids:  # noqa: A001 - the contract's name
            fields.append(_field(needs[id], users, edited, has_fields=id not in seen))
            seen.add(id)
        rows.append(_row(plan.workflow_id, group, tuple(fields)))
    return tuple(rows)


def _row(workflow_id: int, group: FailedGroup, needs: tuple[NeedsField, ...]) -> ClassRow:
    status = _STATUSES.get(group.cause, "failed,terminated,pending_failed")
    return ClassRow(
        key=key_of(group),
        listed=listed_as(group),
        ticked=group.retry,
        group=inert_line(group.group),
        title=title_of_cause(group.cause),
        reason=inert_line(group.reason),
        others=others_of(group),
        is_unknown=group.cause == Cause.UNKNOWN,
        jobs=count("job", group.job_count),
        jobs_href=addresses.jobs(workflow_id, filter=f"group={quoted(group.group)} status={status}"),
        log_href="" if group.cause == CANCELED else addresses.log(group.example_job_id),
        log_title=inert_line(group.example_job_name),
        needs=needs,
    )


def _field(
    needs: GroupRequirements, users: Mapping[int, int], edited: Mapping[tuple[str, int], str], *, has_fields: bool
) -> NeedsField:
    number = users.get(needs.id, 0)
    memory, runtime = edited.get(("memory", needs.id), ""), edited.get(("runtime", needs.id), "")
    usual_memory, usual_runtime = needs.new_memory or needs.memory or "", needs.new_runtime or needs.runtime or ""
    return NeedsField(
        id=needs.id,
        name=inert_line(needs.name),
        shared="these jobs get requirements of their own"
        if needs.name == DEFAULT_NAME
        else f"{count('job', number)} {'uses' if number == 1 else 'share'} these requirements",
        memory=needs.memory or "",
        new_memory=memory or usual_memory,
        was_memory="" if memory else usual_memory,
        runtime=needs.runtime or "",
        new_runtime=runtime or usual_runtime,
        was_runtime="" if runtime else usual_runtime,
        has_fields=has_fields,
    )
