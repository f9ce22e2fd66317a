"""`map_function_to_jobs` of the published client, with the same names, records and commands."""

import asyncio
import inspect
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from torc_client.api import Subjects
from torc_client.api.records import JobModel
from torc_client.bulk_create import create_jobs
from torc_client.code_loading import code_loading, require_no_code_loading
from torc_client.errors import TorcError
from torc_client.mapping.function import Reference, load
from torc_client.mapping.json_values import as_json
from torc_client.mapping.user_data_exchange import UserDataExchange
from torc_client.mapping.user_data_pairs import create_user_data_pairs

RUN_FUNCTION = "pytorc run-function"
RUN_POSTPROCESS = "pytorc run-postprocess"
_POSTPROCESS = "postprocess"
_INPUT_OF_POSTPROCESS = f"input_{_POSTPROCESS}"


async def map_function_to_jobs(  # noqa: PLR0917 - the published signature
    client: Subjects,
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
    """Add the jobs and return them. See `AsyncTorc.map_function_to_jobs`."""
    require_no_code_loading()
    location: Reference = {"module": module}
    if module_directory is not None:
        location["module_directory"] = module_directory
    await asyncio.to_thread(_require, location, func, postprocess_func)
    names = [f"{name_prefix}{number}" for number in range(start_index, start_index + len(params))]
    inputs = _inputs(location, func, names, params)
    if postprocess_func is not None:
        inputs.append((_POSTPROCESS, {**location, "func": postprocess_func}))
    pairs = await create_user_data_pairs(client, workflow_id, inputs, output_names={_POSTPROCESS: "postprocess_result"})
    job = partial(
        JobModel,
        workflow_id=workflow_id,
        resource_requirements_id=resource_requirements_id,
        scheduler_id=scheduler_id,
    )
    jobs = [
        job(
            name=name,
            command=RUN_FUNCTION,
            input_user_data_ids=[pair.input_id],
            output_user_data_ids=[pair.output_id],
            depends_on_job_ids=depends_on_job_ids,
        )
        for name, pair in zip(names, pairs, strict=False)
    ]
    if postprocess_func is not None:
        *of_functions, of_postprocess = pairs
        jobs.append(
            job(
                name=_POSTPROCESS,
                command=RUN_POSTPROCESS,
                input_user_data_ids=[of_postprocess.input_id, *(pair.output_id for pair in of_functions)],
                output_user_data_ids=[of_postprocess.output_id],
            )
        )
    return await create_jobs(client, jobs)


def _inputs(
    location: Reference, func: str, names: Sequence[str], params: Sequence[Any]
) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the data that the jobs read, by name. Raises TorcError for parameters that are not JSON."""
    inputs: list[tuple[str, Mapping[str, Any]]] = []
    for name, item in zip(names, params, strict=True):
        params_of_job = as_json(item, f"The parameter of job {name!r}")
        inputs.append((name, {**location, "func": func, "params": params_of_job, "job_name": name}))
    return inputs


def run_function() -> None:
    """Run the job of the command `pytorc run-function`. Raises the errors of the function."""
    exchange = UserDataExchange()
    (record,) = exchange.inputs()
    _call_and_store(exchange, record.data, record.data["job_name"], record.data["params"])


def run_postprocess() -> None:
    """Run the job of the command `pytorc run-postprocess`. Raises the errors of the function."""
    exchange = UserDataExchange()
    records = exchange.inputs()
    values = [record.data for record in records if record.name != _INPUT_OF_POSTPROCESS]
    (request,) = [record.data for record in records if record.name == _INPUT_OF_POSTPROCESS]
    _call_and_store(exchange, request, values)


def _call_and_store(exchange: UserDataExchange, reference: Reference, *arguments: Any) -> None:
    with code_loading():
        function = load(reference)
    exchange.store(as_json(function(*arguments), "The result"))


def _require(location: Reference, *names: str | None) -> None:
    for name in names:
        if name is not None:
            function = load({**location, "func": name})
            if inspect.iscoroutinefunction(function):
                raise TorcError(f"{name} is a coroutine function.", "Use a plain function, which may call asyncio.run.")
