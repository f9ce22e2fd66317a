"""The attempts of a job, and the choice of the one whose output is shown."""

from dataclasses import dataclass

from torc_client.answers import id_of, run_id_of
from torc_client.api.enums import JobStatus
from torc_client.api.records import JobModel
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.log_files.names import AttemptId
from torc_client.paging import iterate

UNDERWAY = frozenset({JobStatus.PENDING, JobStatus.RUNNING})


@dataclass(frozen=True, slots=True)
class WantedAttempt:
    """Which attempt of a job: the last one, the last one of a run, or one of a run; without a run, of the last run."""

    run_id: int | None = None
    attempt_id: int | None = None

    @property
    def is_last(self) -> bool:
        """Whether it is the last one, whichever that is."""
        return self.run_id is None and self.attempt_id is None


LAST = WantedAttempt()


@dataclass(frozen=True, slots=True)
class ChosenAttempt:
    """An attempt of a job, its compute node if that is known, and the attempt before it if there is one."""

    attempt: AttemptId
    compute_node_id: int | None
    before: AttemptId | None

    @property
    def note(self) -> str:
        """A line about the attempt before it; empty if there is none."""
        if self.before is None:
            return ""
        shown, earlier = self.attempt, self.before
        options = f"--run {earlier.run_id} --attempt {earlier.attempt_id}"
        return (
            f"This is run {shown.run_id}, attempt {shown.attempt_id}. The attempt before it:"
            f" torc logs show {shown.job_id} {options}"
        )


def has_begun(job: JobModel) -> bool:
    """Return whether the current attempt of a job has started, as far as the job without its results shows it."""
    # A job that was canceled while it ran has no result.
    return job.status in UNDERWAY or (job.status is JobStatus.CANCELED and job.start_time is not None)


async def choose_attempt(client: TorcClient, job: JobModel, wanted: WantedAttempt = LAST) -> ChosenAttempt | None:
    """Return the wanted attempt of a job; None if none has begun. Raises TorcError if there are only others."""
    job_id = id_of(job)
    results = iterate(client.results.list_results, workflow_id=job.workflow_id, job_id=job_id, all_runs=True)
    nodes: dict[AttemptId, int | None] = {
        AttemptId(each.workflow_id, each.job_id, each.run_id, each.attempt_id or 1): each.compute_node_id
        async for each in results
    }
    if has_begun(job):
        run_id = run_id_of(await client.workflows.get_workflow_status(job.workflow_id))
        nodes[AttemptId(job.workflow_id, job_id, run_id, job.attempt_id or 1)] = job.compute_node_id
    attempts = sorted(nodes)
    if not attempts:
        return None
    last = attempts[-1]
    run_id = last.run_id if wanted.run_id is None else wanted.run_id
    fitting = [each for each in attempts if each.run_id == run_id and wanted.attempt_id in {None, each.attempt_id}]
    if not fitting:
        known = ", ".join(f"--run {each.run_id} --attempt {each.attempt_id}" for each in attempts)
        which = "" if wanted.attempt_id is None else f" with attempt {wanted.attempt_id}"
        raise TorcError(f"Job {job_id} has no run {run_id}{which}.", f"It has: {known}")
    attempt = fitting[-1]
    at = attempts.index(attempt)
    node_id = job.compute_node_id if attempt == last and job.compute_node_id is not None else nodes[attempt]
    return ChosenAttempt(attempt, node_id, attempts[at - 1] if at else None)
