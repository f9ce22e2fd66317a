"""Which jobs run again: pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from torc_client.api.enums import JobStatus
from torc_client.recovery.diagnosis import Cause, Finding
from torc_client.recovery.ends import JobEnd


@dataclass(frozen=True, slots=True)
class Selection:
    """Jobs by what becomes of them.

    `again` are reset by name; what the server canceled behind them follows by itself. `held` wait for a decision, and
    go on doing so. `left` did not succeed and stay as they are.
    """

    again: list[JobEnd] = field(default_factory=list)
    held: list[JobEnd] = field(default_factory=list)
    left: list[Finding] = field(default_factory=list)

    @property
    def is_everything(self) -> bool:
        """Whether no job without success is left out."""
        return not self.held and not self.left


def select(
    findings: Iterable[Finding], canceled: Iterable[JobEnd], causes: Collection[Cause], *, was_canceled: bool
) -> Selection:
    """Choose the jobs that failed for one of these causes.

    Where the workflow `was_canceled`, jobs that were canceled with it run again too, unless they wait for one that
    stays as it is. Where it was not, they were canceled for a failure, and follow whoever failed.
    """
    selection = Selection()
    for finding in findings:
        if finding.cause in causes:
            selection.again.append(finding.end)
        elif finding.end.status is JobStatus.PENDING_FAILED:
            selection.held.append(finding.end)
        else:
            selection.left.append(finding)
    if was_canceled:
        kept_back = {finding.end.job_id for finding in selection.left}
        selection.again.extend(_free(list(canceled), kept_back))
    return selection


def _free(canceled: list[JobEnd], kept_back: set[int]) -> list[JobEnd]:
    """Return the jobs that wait neither directly nor through others of them for one that is kept back."""
    while True:
        behind = {end.job_id for end in canceled if end.depends_on & kept_back}
        if not behind:
            return canceled
        canceled = [end for end in canceled if end.job_id not in behind]
        kept_back = kept_back | behind
