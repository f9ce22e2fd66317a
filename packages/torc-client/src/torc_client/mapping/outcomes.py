"""What came of the calls of a mapped function: values, exceptions with their tracebacks, or neither yet."""

import asyncio
import pickle
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from torc_client.api.enums import JobStatus
from torc_client.api.records import JobModel, ResultModel
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.mapping.exchange import FileExchange, Told
from torc_client.mapping.function import SCRIPT_OF_CALLER
from torc_client.paging import iterate

R = TypeVar("R")

_FAILURES = frozenset({JobStatus.FAILED, JobStatus.TERMINATED, JobStatus.CANCELED, JobStatus.PENDING_FAILED})


class CallFailed(TorcError):  # noqa: N818 - named after what happened
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


class CallsFailed(TorcError):  # noqa: N818 - named after what happened
    """Some calls failed or have not ended; `outcomes` has all of them."""

    def __init__(self, message: str, hint: str, outcomes: Sequence["Outcome[Any]"]) -> None:
        super().__init__(message, hint)
        self.outcomes = list(outcomes)


@dataclass(frozen=True, slots=True)
class Outcome(Generic[R]):
    """How the call for one item stands: a value where it is completed, an error where it failed, else neither."""

    item: Any
    job_id: int
    job_name: str
    status: JobStatus
    value: R | None = None
    error: CallFailed | None = None


async def collect(client: TorcClient, workflow_id: int) -> list[Outcome[Any]]:
    """Return how the calls of a workflow stand, in the order of the items."""
    jobs = [job async for job in iterate(client.jobs.list_jobs, workflow_id=workflow_id, sort_by="id")]
    results: dict[int, ResultModel] = {}
    if any(job.status in _FAILURES for job in jobs):
        async for result in iterate(client.results.list_results, workflow_id=workflow_id):
            results[result.job_id] = result
    user_data = {
        record.name: record.data async for record in iterate(client.user_data.list_user_data, workflow_id=workflow_id)
    }
    paths = {file.name: Path(file.path) async for file in iterate(client.files.list_files, workflow_id=workflow_id)}
    outcomes = []
    for job in jobs:
        if f"output_{job.name}" in user_data:
            data = user_data[f"input_{job.name}"]
            item, told = data.get("params"), cast("Told", user_data[f"output_{job.name}"] or {})
        elif f"output_{job.name}" in paths:
            item, told = await asyncio.to_thread(
                _read, paths[f"input_{job.name}"], paths[f"output_{job.name}"], job.status
            )
        else:
            continue
        outcomes.append(_outcome(job, item, told, results.get(job.id or 0)))
    return outcomes


def values_of(outcomes: Sequence[Outcome[R]]) -> list[R]:
    """Return the values in the order of the items. Raises CallsFailed where any is missing."""
    errors = [outcome.error for outcome in outcomes if outcome.error is not None]
    if errors:
        message = f"{len(errors)} of {len(outcomes)} calls failed; the first, {errors[0].message}"
        failed = CallsFailed(message, "`outcomes()` has all values and all errors with their tracebacks.", outcomes)
        raise failed from errors[0]
    unended = [outcome.job_name for outcome in outcomes if outcome.status is not JobStatus.COMPLETED]
    if unended:
        message = f"{len(unended)} of {len(outcomes)} calls have not ended, {unended[0]} is one of them."
        raise CallsFailed(message, "Let them be run (`run()` or `torc run ID`), and `wait()`.", outcomes)
    return [outcome.value for outcome in outcomes]  # type: ignore[misc]


def _read(input_path: Path, output_path: Path, status: JobStatus | None) -> tuple[Any, Told]:
    """Read an item and what came of it out of files. Raises TorcError."""
    # A class of the script is a class of __main__ here, and was one of this module where the job loaded the script.
    sys.modules.setdefault(SCRIPT_OF_CALLER, sys.modules["__main__"])
    try:
        item = FileExchange(input_path, output_path).fetch().item()
        ended = status is JobStatus.COMPLETED or status in _FAILURES
        told: Told = pickle.loads(output_path.read_bytes()) if ended and output_path.exists() else {}  # noqa: S301
    except Exception as error:
        raise TorcError(
            f"{output_path} cannot be read here: {type(error).__name__}: {error}",
            "Values need the modules that their classes are in.",
        ) from error
    return item, told


def _outcome(job: JobModel, item: Any, told: Told, result: ResultModel | None) -> Outcome[Any]:
    status = job.status or JobStatus.UNINITIALIZED
    value: Any = None
    error: CallFailed | None = None
    if status is JobStatus.COMPLETED:
        value = told.get("value")
    elif status in _FAILURES:
        error = _error(job.name, status, told, result)
    return Outcome(item, job.id or 0, job.name, status, value, error)


def _error(job_name: str, status: JobStatus, told: Told, result: ResultModel | None) -> CallFailed:
    return_code = None if result is None else result.return_code
    is_current = result is not None and told.get("attempt") == f"{result.run_id}.{result.attempt_id}"
    if is_current and "error" in told:
        error = told["error"]
        return CallFailed(job_name, f"{error['type']}: {error['message']}", dict(error), return_code)  # type: ignore[arg-type]
    how = status.value if return_code is None else f"{status.value}, return code {return_code}"
    return CallFailed(job_name, f"the job ended without telling why ({how})", {}, return_code)
