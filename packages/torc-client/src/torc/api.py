"""Functions that call a server: make a client, send calls, page through lists, create jobs."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, overload

import msgspec

from torc.exceptions import DatabaseOffline
from torc.openapi_client.api import DefaultApi
from torc.openapi_client.api_client import ApiClient
from torc.openapi_client.configuration import Configuration
from torc.openapi_client.exceptions import ApiException, ConnectionException
from torc.openapi_client.models import JobModel, JobsModel
from torc_client.bulk_create import batches, size_of_job
from torc_client.mapping import published

_log = logging.getLogger(__name__)


def make_api(database_url: str) -> DefaultApi:
    """Return a client with all operations of the server at this URL. Sends no request."""
    return DefaultApi(ApiClient(Configuration(host=database_url)))


def wait_for_healthy_database(api: DefaultApi, timeout_minutes: float = 20, poll_seconds: float = 60) -> None:
    """Wait until the server answers. Raises DatabaseOffline after `timeout_minutes`."""
    end = time.monotonic() + timeout_minutes * 60
    while True:
        try:
            send_api_command(api.ping)
        except DatabaseOffline:
            if time.monotonic() + poll_seconds > end:
                raise
            time.sleep(poll_seconds)
        else:
            return


def send_api_command(
    func: Callable[..., Any], *args: Any, raise_on_error: bool = True, timeout: float = 120, **kwargs: Any
) -> Any:
    """Call a method of an API and return its answer. Logs errors of the server.

    Returns None after an error if `raise_on_error` is False. Raises ApiException, and DatabaseOffline if the server
    does not answer within `timeout` seconds.
    """
    try:
        return func(*args, _request_timeout=timeout, **kwargs)
    except ConnectionException as error:
        _log.error("%s: %s", getattr(func, "__name__", func), error.reason)
        raise DatabaseOffline(error.reason) from error
    except ApiException as error:
        _log.error("%s: %s", getattr(func, "__name__", func), error)
        if raise_on_error:
            raise
        return None


def iter_documents(func: Callable[..., Any], *args: Any, offset: int = 0, **kwargs: Any) -> Iterator[Any]:
    """Yield all items of a list method, page by page: `iter_documents(api.list_jobs, workflow_id)`.

    `offset` skips items; `limit` is the size of a page.
    """
    while True:
        page = func(*args, offset=offset, **kwargs)
        items = page.items or []
        yield from items
        offset += len(items)
        if not items or not page.has_more:
            return


def make_job_label(job: JobModel, include_status: bool = False) -> str:
    """Return the name and id of a job as a text for logs."""
    label = f"Job name={job.name} id={job.id}"
    return f"{label} status={job.status}" if include_status else label


@overload
def create_jobs(api: DefaultApi, jobs: Iterable[JobModel], *, max_transfer_size: int = ...) -> list[JobModel]: ...
@overload
def create_jobs(api: DefaultApi, jobs: Iterable[JobModel], max_transfer_size: int) -> list[JobModel]: ...
@overload
def create_jobs(
    api: DefaultApi, workflow_id: int, jobs: Iterable[JobModel], max_transfer_size: int = ...
) -> list[JobModel]: ...
def create_jobs(api: DefaultApi, *arguments: Any, **keywords: Any) -> list[JobModel]:
    """Create jobs in few requests, and return them with their ids, in order.

    `create_jobs(api, jobs)` or, as in older scripts, `create_jobs(api, workflow_id, jobs)`. `max_transfer_size` is the
    largest number of jobs in one request.
    """
    given = _arguments_of_create_jobs(*arguments, **keywords)
    size = given["max_transfer_size"]
    created: list[JobModel] = []
    for batch in batches(given["jobs"], size_of_job):
        for begin in range(0, len(batch), size):
            created += send_api_command(api.create_jobs, JobsModel(jobs=batch[begin : begin + size])).jobs or []
    return created


def _arguments_of_create_jobs(*arguments: Any, **keywords: Any) -> dict[str, Any]:
    names = ["jobs", "max_transfer_size"]
    if "workflow_id" in keywords or (arguments and isinstance(arguments[0], int)):
        names.insert(0, "workflow_id")
    if len(arguments) > len(names) or not keywords.keys() <= {*names}:
        raise TypeError("create_jobs() takes api, jobs and max_transfer_size")
    given = {"max_transfer_size": 100_000, **dict(zip(names, arguments, strict=False)), **keywords}
    if "jobs" not in given or given["max_transfer_size"] < 1:
        raise TypeError("create_jobs() needs jobs, and a max_transfer_size of at least 1")
    return given


def map_function_to_jobs(  # noqa: PLR0917 - the known signature
    api: DefaultApi,
    workflow_id: int,
    module: str,
    func: str,
    params: Sequence[Any],
    postprocess_func: str | None = None,
    module_directory: str | None = None,
    resource_requirements_id: int | None = None,
    scheduler_id: int | None = None,
    start_index: int = 1,
    name_prefix: str = "",
    depends_on_job_ids: list[int] | None = None,
) -> list[JobModel]:
    """Add a job for each of `params`, which calls `func(job_name, param)`, and return the jobs.

    `func` is a function of `module`, found in `module_directory` if Python cannot import it otherwise. With
    `postprocess_func` one more job calls that function with the list of all results. See `map_function_to_jobs` of
    torc_client.Torc.
    """
    connection = api.api_client.connection
    work = published.map_function_to_jobs(
        connection.subjects(api.api_client.headers),
        workflow_id,
        module,
        func,
        params,
        postprocess_func=postprocess_func,
        module_directory=module_directory,
        resource_requirements_id=resource_requirements_id,
        scheduler_id=scheduler_id,
        start_index=start_index,
        name_prefix=name_prefix,
        depends_on_job_ids=depends_on_job_ids,
    )
    return [JobModel.model_read(msgspec.to_builtins(job)) for job in connection.run(work)]


def list_model_fields(cls: type[Any]) -> list[str]:
    """Return the names of the members of a model."""
    return list(cls.model_fields)


__all__ = [
    "DefaultApi",
    "create_jobs",
    "iter_documents",
    "list_model_fields",
    "make_api",
    "make_job_label",
    "map_function_to_jobs",
    "send_api_command",
    "wait_for_healthy_database",
]
