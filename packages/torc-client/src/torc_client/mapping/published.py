"""`map_function_to_jobs` of the published client: the same names, records and commands."""

import asyncio
import inspect
import json
from collections.abc import Sequence
from typing import Any

from torc_client.answers import id_of
from torc_client.api.records import JobModel, UserDataListModel, UserDataModel
from torc_client.bulk_create import batches, create_jobs
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.mapping.exchange import require_json
from torc_client.mapping.function import Reference, load, require_main_program
from torc_client.mapping.user_data_exchange import UserDataExchange

RUN_FUNCTION = "pytorc run-function"
RUN_POSTPROCESS = "pytorc run-postprocess"
_INPUT_OF_POSTPROCESS = "input_postprocess"


async def map_function_to_jobs(  # noqa: PLR0917 - as it was published
    client: TorcClient,
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
    """Add the jobs and return them; `AsyncTorc.map_function_to_jobs` says more."""
    require_main_program()
    place: Reference = {"module": module}
    if module_directory is not None:
        place["module_directory"] = module_directory
    await asyncio.to_thread(_require, place, func, postprocess_func)
    names = [f"{name_prefix}{number}" for number in range(start_index, start_index + len(params))]
    records = []
    for name, item in zip(names, params, strict=True):
        require_json(item, f"What job {name!r} is called with")
        data = {**place, "func": func, "params": item, "job_name": name}
        records.append(UserDataModel(workflow_id=workflow_id, name=f"input_{name}", data=data))
        records.append(UserDataModel(workflow_id=workflow_id, name=f"output_{name}", data={}))
    if postprocess_func is not None:
        data = {**place, "func": postprocess_func}
        records.append(UserDataModel(workflow_id=workflow_id, name=_INPUT_OF_POSTPROCESS, data=data))
        records.append(UserDataModel(workflow_id=workflow_id, name="postprocess_result", data={}))
    ids: list[int] = []
    for some in batches(records, lambda record: len(json.dumps(record.data))):
        answer = await client.user_data.create_user_data_list(UserDataListModel(user_data=some))
        ids += [id_of(record) for record in answer.user_data or []]
    jobs = [
        JobModel(
            workflow_id=workflow_id,
            name=name,
            command=RUN_FUNCTION,
            input_user_data_ids=[ids[2 * position]],
            output_user_data_ids=[ids[2 * position + 1]],
            resource_requirements_id=resource_requirements_id,
            scheduler_id=scheduler_id,
            depends_on_job_ids=depends_on_job_ids,
        )
        for position, name in enumerate(names)
    ]
    if postprocess_func is not None:
        *read, written = [*ids[1 : 2 * len(names) : 2], *ids[-2:]]
        jobs.append(
            JobModel(
                workflow_id=workflow_id,
                name="postprocess",
                command=RUN_POSTPROCESS,
                input_user_data_ids=[read[-1], *read[:-1]],
                output_user_data_ids=[written],
                resource_requirements_id=resource_requirements_id,
                scheduler_id=scheduler_id,
            )
        )
    return await create_jobs(client, jobs)


def run_function() -> None:
    """Do what a job with the command `pytorc run-function` is for. Raises what the function raises."""
    exchange = UserDataExchange()
    (record,) = asyncio.run(exchange.inputs())
    _call_and_store(exchange, record.data, record.data["job_name"], record.data["params"])


def run_postprocess() -> None:
    """Do what a job with the command `pytorc run-postprocess` is for. Raises what the function raises."""
    exchange = UserDataExchange()
    records = asyncio.run(exchange.inputs())
    values = [record.data for record in records if record.name != _INPUT_OF_POSTPROCESS]
    (asked,) = [record.data for record in records if record.name == _INPUT_OF_POSTPROCESS]
    _call_and_store(exchange, asked, values)


def _call_and_store(exchange: UserDataExchange, reference: Reference, *arguments: Any) -> None:
    value = load(reference)(*arguments)
    require_json(value, "The result")
    exchange.store(value)


def _require(place: Reference, *names: str | None) -> None:
    for name in names:
        if name is not None:
            function = load({**place, "func": name})
            if inspect.iscoroutinefunction(function):
                raise TorcError(f"{name} is a coroutine function.", "Give a plain one, which may call asyncio.run.")
