"""The errors of running a workflow and of waiting for it: jobs that did not succeed, and a wait that was too short."""

from collections.abc import Iterable, Iterator

from torc_client.api.enums import JobStatus
from torc_client.api.records import ResultModel, WorkflowStatusResponse
from torc_client.edge.terminal_text import inert_line
from torc_client.errors import TorcError
from torc_client.job_statuses import UNSUCCESSFUL, count_in, has_runners
from torc_client.scripting.records import Records
from torc_client.text import count

_JOBS_NAMED = 5


class WaitTimeoutError(TorcError, TimeoutError):
    """The workflow has not ended within the time; it continues.

    `status` is the status of the workflow at that time, or None if the server does not answer.
    """

    def __init__(self, message: str, hint: str, status: WorkflowStatusResponse | None) -> None:
        super().__init__(message, hint)
        self.status = status


class JobsFailedError(TorcError):
    """Not all jobs of the workflow completed, as `check=True` requires.

    `results` are the results of the jobs that did not succeed, `status` is the status of the workflow.
    """

    def __init__(self, message: str, hint: str, results: Records[ResultModel], status: WorkflowStatusResponse) -> None:
        super().__init__(message, hint)
        self.results = results
        self.status = status


def wait_timeout(workflow_id: int, seconds: float, status: WorkflowStatusResponse | None) -> WaitTimeoutError:
    """Make the error of a wait that was too short. `status` is None if the server does not answer."""
    if status is None:
        message = f"Workflow {workflow_id} has not ended within {seconds:g} s, as far as known: its server is silent."
        return WaitTimeoutError(message, "`torc.wait_for_server()` waits for the server; then wait again.", None)
    counts = ", ".join(_counts(status, JobStatus)) or "it has no jobs"
    message = f"{_name(status)} has not ended within {seconds:g} s: of {count('job', status.total_jobs)}, {counts}."
    if has_runners(status):
        hint = "It continues: wait again. `workflow.diagnose()` returns the reasons why jobs do not run."
    else:
        hint = f"No runner works on it. Start one: `workflow.run()`, or `torc run {workflow_id}` in a terminal."
    return WaitTimeoutError(message, hint, status)


def jobs_failed(status: WorkflowStatusResponse, results: Records[ResultModel], why_idle: str) -> JobsFailedError:
    """Make the error of a workflow whose jobs did not all complete. `results` are those of the unsuccessful jobs.

    `why_idle` has the reasons why ready jobs do not run; it may be empty.
    """
    named = [_failure(result) for result in results[:_JOBS_NAMED]]
    if len(results) > _JOBS_NAMED:
        named.append(f"and {len(results) - _JOBS_NAMED} more")
    others = (JobStatus.CANCELED, *(each for each in JobStatus if each not in {*UNSUCCESSFUL, JobStatus.COMPLETED}))
    parts = [
        *(["it was canceled"] if status.is_canceled else []),
        f"{status.jobs_by_status.completed} of {count('job', status.total_jobs)} completed",
        *([f"failed: {', '.join(named)}"] if named else []),
        *([", ".join(_counts(status, others))] if count_in(status.jobs_by_status, others) else []),
    ]
    if results:
        hint = (
            f"The output of {results[0].job_name}: `torc logs show {results[0].job_id}`. To run the unsuccessful jobs "
            "again: `workflow.retry_failed()`, then `workflow.run()`."
        )
    elif status.is_canceled:
        hint = "To run the canceled jobs again: `workflow.retry_failed()`, then `workflow.run()`."
    else:
        hint = "`workflow.diagnose()` returns the reasons why jobs do not run."
    message = f"{_name(status)}: {'; '.join(parts)}. {why_idle}".rstrip()
    return JobsFailedError(message, hint, results, status)


def _name(status: WorkflowStatusResponse) -> str:
    return f"Workflow {status.workflow_id} ({status.workflow_name})"


def _failure(result: ResultModel) -> str:
    how = "" if result.status is JobStatus.FAILED else f"{result.status.value}, "
    why = f": {inert_line(result.reason)}" if result.reason else ""
    return f"{result.job_name or result.job_id} ({how}return code {result.return_code}{why})"


def _counts(status: WorkflowStatusResponse, statuses: Iterable[JobStatus]) -> Iterator[str]:
    for each in statuses:
        number = count_in(status.jobs_by_status, [each])
        if number:
            yield f"{number} {each.value}"
