"""The results of the calls of a mapped function: values, exceptions with their tracebacks, or neither yet."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from torc_client.answers import id_of
from torc_client.api.enums import JobStatus
from torc_client.api.records import JobModel, ResultModel
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.exit_codes import COULD_NOT_RUN, meaning
from torc_client.job_statuses import UNSUCCESSFUL
from torc_client.mapping.command import interpreter_of
from torc_client.mapping.exchange import PICKLED, CallReport, ErrorReport, FileExchange, JobReport
from torc_client.mapping.function import SCRIPT_OF_CALLER
from torc_client.paging import iterate

R = TypeVar("R")
_HOW_TO_GO_ON = (
    "`outcomes()` has all values and all errors with their tracebacks. To run the failed calls again: "
    "`retry_failed()`, then `run()`."
)


class CallError(TorcError):
    """A call failed: its function raised an exception, or its job ended without a report.

    `type_name` is the type of the exception and `traceback` its text, in the format of Python. Both are empty if the
    job ended without a report, for example because it was killed. `return_code` is the return code of the job, if it
    has one.
    """

    def __init__(self, job_name: str, message: str, report: Mapping[str, str], return_code: int | None) -> None:
        super().__init__(f"{job_name}: {message}")
        self.type_name = report.get("type", "")
        self.traceback = report.get("traceback", "")
        self.return_code = return_code
        if self.traceback:
            self.add_note(self.traceback)


class MapError(TorcError):
    """Some calls failed or have not ended; `outcomes` has all of them."""

    def __init__(self, message: str, hint: str, outcomes: Sequence["CallResult[Any]"]) -> None:
        super().__init__(message, hint)
        self.outcomes = list(outcomes)


@dataclass(frozen=True, slots=True)
class CallResult(Generic[R]):
    """The current result of the call for one item: a value if it completed, an error if it failed, else neither.

    If a job performs several calls, each call has its own status.
    """

    item: Any
    """The item that the function was called with."""
    job_id: int
    """Id of the job that performs the call."""
    job_name: str
    """Name of that job."""
    status: JobStatus
    """Status of the call: that of its job, or completed and failed for each call of a job that performs several."""
    value: R | None = None
    """What the function returned. Absent for calls that failed or have not ended."""
    error: CallError | None = None
    """The error of a failed call, with the traceback of the job."""


async def collect(client: TorcClient, workflow_id: int) -> list[CallResult[Any]]:
    """Return the current results of the calls of a workflow, in the order of the items.

    Raises TorcError if `map` did not create it.
    """
    jobs = [job async for job in iterate(client.jobs.list_jobs, workflow_id=workflow_id, sort_by="id")]
    results: dict[int, ResultModel] = {}
    if any(job.status in UNSUCCESSFUL for job in jobs):
        async for each in iterate(client.results.list_results, workflow_id=workflow_id):
            results[each.job_id] = each
    user_data = {
        record.name: record.data async for record in iterate(client.user_data.list_user_data, workflow_id=workflow_id)
    }
    paths = {file.name: Path(file.path) async for file in iterate(client.files.list_files, workflow_id=workflow_id)}
    outcomes: list[CallResult[Any]] = []
    is_mapped = not jobs
    for job in jobs:
        result = results.get(id_of(job))
        request, report = f"input_{job.name}", f"output_{job.name}"
        if report in user_data and "items" in (user_data.get(request) or ()):
            outcomes += _outcomes(job, user_data[request]["items"], cast("JobReport", user_data[report] or {}), result)
        elif report in paths and request in paths and paths[request].suffix == PICKLED:
            outcomes += await asyncio.to_thread(_read, job, FileExchange(paths[request], paths[report]), result)
        else:
            continue
        is_mapped = True
    if not is_mapped:
        raise TorcError(
            f"Workflow {workflow_id} was not created by `map`: its jobs call no function.",
            f"The results of its jobs: `torc.workflow({workflow_id}).job_results()`.",
        )
    return outcomes


def values_of(outcomes: Sequence[CallResult[Any]], *, return_exceptions: bool = False, why_idle: str = "") -> list[Any]:
    """Return the values in the order of the items, with `return_exceptions` also the errors of failed calls.

    Raises MapError if a value is missing. `why_idle` has the reasons why ready jobs do not run; it may be empty.
    """
    errors = [outcome.error for outcome in outcomes if outcome.error is not None]
    if errors and not return_exceptions:
        message = f"{len(errors)} of {len(outcomes)} calls failed; the first error: {errors[0].message}"
        failed = MapError(message, _HOW_TO_GO_ON, outcomes)
        raise failed from errors[0]
    unended = [
        outcome.job_name for outcome in outcomes if outcome.status is not JobStatus.COMPLETED and outcome.error is None
    ]
    if unended:
        message = (
            f"{len(unended)} of {len(outcomes)} calls have not ended, for example {unended[0]}. {why_idle}".rstrip()
        )
        raise MapError(message, "Run the workflow (`run()` or `torc run ID`), then `wait()`.", outcomes)
    return [outcome.value if outcome.error is None else outcome.error for outcome in outcomes]


def _read(job: JobModel, files: FileExchange, result: ResultModel | None) -> list["CallResult[Any]"]:
    """Read the items and the results of a job from its files. Raises TorcError."""
    # A class of the script is in __main__ here, and was in this module in the job, which loaded the script.
    sys.modules.setdefault(SCRIPT_OF_CALLER, sys.modules["__main__"])
    try:
        items = [files.unpack(packed) for packed in files.fetch().items]
        report = files.read_report()
        for call in report.get("calls", []):
            if "value" in call:
                call["value"] = files.unpack(call["value"])
    except Exception as error:
        raise TorcError(
            f"The results of {job.name} cannot be read here: {type(error).__name__}: {error}",
            "Make the modules with the classes of the values importable.",
        ) from error
    return _outcomes(job, items, report, result)


def _outcomes(
    job: JobModel, items: Sequence[Any], report: JobReport, result: ResultModel | None
) -> list[CallResult[Any]]:
    """Return the current result of each call of a job. A report of another attempt does not count."""
    status = job.status or JobStatus.UNINITIALIZED
    attempt = None if result is None else f"{result.run_id}.{result.attempt_id}"
    ended = status is JobStatus.COMPLETED or status in UNSUCCESSFUL
    counts = status is JobStatus.COMPLETED or (ended and report.get("attempt") == attempt)
    calls = report.get("calls", []) if counts else []
    outcomes = []
    for position, item in enumerate(items):
        name = job.name if len(items) == 1 else f"{job.name}, item {position}"
        call = calls[position] if position < len(calls) else CallReport()
        if "value" in call:
            outcome: CallResult[Any] = CallResult(item, id_of(job), job.name, JobStatus.COMPLETED, call["value"])
        elif ended:
            error = call.get("error") or (report.get("error") if counts else None)
            failure = _failure(name, job, status, error, None if result is None else result.return_code)
            failed = JobStatus.FAILED if status is JobStatus.COMPLETED or error else status
            outcome = CallResult(item, id_of(job), job.name, failed, error=failure)
        else:
            outcome = CallResult(item, id_of(job), job.name, status)
        outcomes.append(outcome)
    return outcomes


def _failure(
    name: str, job: JobModel, status: JobStatus, error: ErrorReport | None, return_code: int | None
) -> CallError:
    if error is not None:
        report = {"type": error["type"], "traceback": error["traceback"]}
        return CallError(name, f"{error['type']}: {error['message']}", report, return_code)
    how = status.value if return_code is None else f"{status.value}, return code {return_code}"
    if return_code in COULD_NOT_RUN:
        why = f": its interpreter {interpreter_of(job.command)} could not run there"
    elif return_code and (known := meaning(return_code)):
        why = f": {known}"
    else:
        why = ""
    output = "" if return_code is None else f"; its output: `torc logs show {job.id}`"
    return CallError(name, f"the job ended without a report ({how}){why}{output}", {}, return_code)
