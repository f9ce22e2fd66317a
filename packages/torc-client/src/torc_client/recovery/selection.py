"""Choose the jobs to retry. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from torc_client.api.enums import JobStatus
from torc_client.recovery.choice import EVERYTHING, Choice, class_of, class_of_canceled
from torc_client.recovery.diagnosis import Cause, Finding
from torc_client.recovery.outcomes import JobOutcome


@dataclass(frozen=True, slots=True)
class Selection:
    """Unsuccessful jobs, by what recovery does with them.

    Jobs in `retried` are reset by name, and the jobs that depend on them are reset with them. Jobs in `held` wait for
    a decision and continue to wait. Jobs in `left` and `left_canceled` keep their status.
    """

    retried: list[JobOutcome] = field(default_factory=list)
    held: list[JobOutcome] = field(default_factory=list)
    left: list[Finding] = field(default_factory=list)
    left_canceled: list[JobOutcome] = field(default_factory=list)

    @property
    def is_everything(self) -> bool:
        """Whether every unsuccessful job is retried."""
        return not self.held and not self.left and not self.left_canceled


def select(
    findings: Iterable[Finding], canceled: Iterable[JobOutcome], causes: Collection[Cause], choice: Choice = EVERYTHING
) -> Selection:
    """Choose the jobs that failed for one of the causes, and the canceled jobs to start with.

    Jobs that a user canceled, alone or with the workflow, are retried, and jobs that depend on them with them. A job
    that was canceled because of a failure depends on the failed job, so it is not chosen by name. `choice` excludes
    jobs of other classes.
    """
    selection = Selection()
    canceled = list(canceled)
    unsuccessful = {outcome.job_id for outcome in canceled}
    for finding in findings:
        unsuccessful.add(finding.outcome.job_id)
        if finding.cause in causes and choice.includes(class_of(finding)):
            selection.retried.append(finding.outcome)
        elif finding.outcome.status is JobStatus.PENDING_FAILED:
            selection.held.append(finding.outcome)
        else:
            selection.left.append(finding)
    for outcome in canceled:
        if not outcome.depends_on & unsuccessful:
            is_chosen = choice.includes(class_of_canceled(outcome))
            (selection.retried if is_chosen else selection.left_canceled).append(outcome)
    return selection
