"""What a user chose of a recovery: classes of jobs, and values of requirements. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from torc_client.errors import TorcError
from torc_client.graph.names import group_of
from torc_client.recovery.corrections import Adjustment, Direction
from torc_client.recovery.diagnosis import Cause, Finding
from torc_client.recovery.outcomes import JobOutcome

CANCELED: Final = "canceled"
"""The cause of jobs that were canceled before they ended. They have no result that could be diagnosed."""

CAUSES: Final = (*(cause.value for cause in Cause), CANCELED)


@dataclass(frozen=True, slots=True)
class JobClass:
    """The unsuccessful jobs of a group with the same cause."""

    cause: str
    group: str

    def __str__(self) -> str:
        """Return the text from which `read_class` makes it."""
        return f"{self.cause}:{self.group}"


def read_class(text: str) -> JobClass:
    """Parse `CAUSE:GROUP`. A job's name stands for its group. Raises ValueError."""
    cause, colon, name = text.partition(":")
    if not colon or cause not in CAUSES or not name:
        raise ValueError(f"{text!r} is not CAUSE:GROUP; the causes are {', '.join(CAUSES)}")
    return JobClass(cause, group_of(name))


def class_of(finding: Finding) -> JobClass:
    """Return the class of an unsuccessful job."""
    return JobClass(finding.cause.value, group_of(finding.outcome.job_name))


def class_of_canceled(outcome: JobOutcome) -> JobClass:
    """Return the class of a canceled job."""
    return JobClass(CANCELED, group_of(outcome.job_name))


@dataclass(frozen=True, slots=True)
class Choice:
    """The classes to retry, None for those of the chosen causes, and new values by ids of requirements."""

    classes: frozenset[JobClass] | None = None
    memory: Mapping[int, str] = field(default_factory=dict)
    runtime: Mapping[int, str] = field(default_factory=dict)

    def includes(self, chosen: JobClass) -> bool:
        """Whether a class can be retried."""
        return self.classes is None or chosen in self.classes


EVERYTHING: Final = Choice()


def with_values(adjustments: Iterable[Adjustment], retried: Iterable[JobOutcome], choice: Choice) -> list[Adjustment]:
    """Return the adjustments with the chosen values in place of computed ones.

    Raises TorcError if no retried job has requirements for which a value was chosen.
    """
    changed = {each.resource_requirements_id: each for each in adjustments}
    jobs: dict[int, list[JobOutcome]] = {}
    for outcome in retried:
        jobs.setdefault(outcome.required.id, []).append(outcome)
    for id in {**choice.memory, **choice.runtime}:  # noqa: A001 - the contract's name
        if id not in jobs:
            raise TorcError(
                f"No job that would be retried has the resource requirements {id}.",
                "`torc recover --dry-run --by-group` shows the ids.",
            )
        adjustment = changed.setdefault(id, _unchanged(jobs[id]))
        adjustment.new_memory = choice.memory.get(id, adjustment.new_memory)
        adjustment.new_runtime = choice.runtime.get(id, adjustment.new_runtime)
    return [*changed.values()]


def _unchanged(outcomes: list[JobOutcome]) -> Adjustment:
    record = outcomes[0].required.record
    return Adjustment(
        resource_requirements_id=outcomes[0].required.id,
        name=record.name,
        direction=Direction.UPSCALE,
        job_ids=[outcome.job_id for outcome in outcomes],
        job_names=[outcome.job_name for outcome in outcomes],
        original_memory=record.memory,
        original_runtime=record.runtime,
        original_cpus=record.num_cpus,
    )
