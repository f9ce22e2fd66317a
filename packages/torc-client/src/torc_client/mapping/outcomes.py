"""What came of the calls of a mapped function: values, exceptions with their tracebacks, or neither yet."""

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
from torc_client.job_statuses import UNSUCCESSFUL
from torc_client.mapping.exchange import CallTold, ErrorTold, FileExchange, Told
from torc_client.mapping.function import SCRIPT_OF_CALLER
from torc_client.paging import iterate

R = TypeVar("R")


class CallError(TorcError):
    """A call that has no value: its exception, or how its job ended.

    `type_name` is the exception's type and `traceback` its text, as Python shows it; both are empty where the job
    ended without telling, killed for instance. `return_code` is the job's, where it ended by itself.
    """

    def __init__(self, job_name: str, message: str, told: Mapping[str, str], return_code: int | None) -> None:
        super().__init__(f"{job_name}: {message}")
        self.type_name = told.get("type", "")
        self.traceback = told.get("traceback", "")
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
    """How the call for one item stands: a value where it is completed, an error where it failed, else neither.

    Of a job that performed several calls each has a status of its own.
    """

    item: Any
    job_id: int
    job_name: str
    status: JobStatus
    value: R | None = None
    error: CallError | None = None


async def collect(client: TorcClient, workflow_id: int) -> list[CallResult[Any]]:
    """Return how the calls of a workflow stand, in the order of the items."""
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
    for job in jobs:
        result = results.get(id_of(job))
        if f"output_{job.name}" in user_data:
            told = cast("Told", user_data[f"output_{job.name}"] or {})
            outcomes += _outcomes(job, user_data[f"input_{job.name}"]["items"], told, result)
        elif f"output_{job.name}" in paths:
            files = FileExchange(paths[f"input_{job.name}"], paths[f"output_{job.name}"])
            outcomes += await asyncio.to_thread(_read, job, files, result)
    return outcomes


def values_of(outcomes: Sequence[CallResult[R]]) -> list[R]:
    """Return the values in the order of the items. Raises MapError where any is missing."""
    errors = [outcome.error for outcome in outcomes if outcome.error is not None]
    if errors:
        message = f"{len(errors)} of {len(outcomes)} calls failed; the first, {errors[0].message}"
        failed = MapError(message, "`outcomes()` has all values and all errors with their tracebacks.", outcomes)
        raise failed from errors[0]
    unended = [outcome.job_name for outcome in outcomes if outcome.status is not JobStatus.COMPLETED]
    if unended:
        message = f"{len(unended)} of {len(outcomes)} calls have not ended, {unended[0]} is one of them."
        raise MapError(message, "Let them be run (`run()` or `torc run ID`), and `wait()`.", outcomes)
    return [outcome.value for outcome in outcomes]  # type: ignore[misc]


def _read(job: JobModel, files: FileExchange, result: ResultModel | None) -> list["CallResult[Any]"]:
    """Read items and what came of them out of files. Raises TorcError."""
    # A class of the script is a class of __main__ here, and was one of this module where the job loaded the script.
    sys.modules.setdefault(SCRIPT_OF_CALLER, sys.modules["__main__"])
    try:
        items = [files.unpack(packed) for packed in files.fetch().items]
        told = files.told()
        for call in told.get("calls", []):
            if "value" in call:
                call["value"] = files.unpack(call["value"])
    except Exception as error:
        raise TorcError(
            f"What came of {job.name} cannot be read here: {type(error).__name__}: {error}",
            "Values need the modules that their classes are in.",
        ) from error
    return _outcomes(job, items, told, result)


def _outcomes(job: JobModel, items: Sequence[Any], told: Told, result: ResultModel | None) -> list[CallResult[Any]]:
    """Tell how each call of a job stands. Its status says whether what was told counts."""
    status = job.status or JobStatus.UNINITIALIZED
    attempt = None if result is None else f"{result.run_id}.{result.attempt_id}"
    ended = status is JobStatus.COMPLETED or status in UNSUCCESSFUL
    counts = status is JobStatus.COMPLETED or (ended and told.get("attempt") == attempt)
    calls = told.get("calls", []) if counts else []
    outcomes = []
    for position, item in enumerate(items):
        name = job.name if len(items) == 1 else f"{job.name}, item {position}"
        call = calls[position] if position < len(calls) else CallTold()
        if "value" in call:
            outcome: CallResult[Any] = CallResult(item, id_of(job), job.name, JobStatus.COMPLETED, call["value"])
        elif ended:
            error = call.get("error") or (told.get("error") if counts else None)
            failure = _failure(name, status, error, None if result is None else result.return_code)
            failed = JobStatus.FAILED if status is JobStatus.COMPLETED or error else status
            outcome = CallResult(item, id_of(job), job.name, failed, error=failure)
        else:
            outcome = CallResult(item, id_of(job), job.name, status)
        outcomes.append(outcome)
    return outcomes


def _failure(name: str, status: JobStatus, error: ErrorTold | None, return_code: int | None) -> CallError:
    if error is not None:
        told = {"type": error["type"], "traceback": error["traceback"]}
        return CallError(name, f"{error['type']}: {error['message']}", told, return_code)
    how = status.value if return_code is None else f"{status.value}, return code {return_code}"
    return CallError(name, f"the job ended without telling why ({how})", {}, return_code)
