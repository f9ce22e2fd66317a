"""Create what a plan describes: all of it or nothing."""

import asyncio
import getpass
import os
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import msgspec

from torc_client.api.enums import ClaimJobsSortMethod
from torc_client.api.records import (
    ExecutionConfig,
    FileModel,
    FilesModel,
    JobModel,
    JobsModel,
    ResourceMonitorConfig,
    ResourceRequirementsModel,
    UserDataListModel,
    UserDataModel,
    WorkflowModel,
)
from torc_client.client import TorcClient
from torc_client.spec.plan import Plan, PlannedJob
from torc_client.spec.problems import Problem, SpecError
from torc_client.spec.shape import Record

T = TypeVar("T")

# A request of this size is a few megabytes: long enough to be efficient, short enough to let others through.
RECORDS_PER_REQUEST = 10_000

COPIED_TO_WORKFLOW = (
    "name",
    "description",
    "project",
    "env",
    "use_pending_failed",
    "compute_node_expiration_buffer_seconds",
    "compute_node_wait_for_new_jobs_seconds",
    "compute_node_ignore_workflow_completion",
    "compute_node_wait_for_healthy_database_minutes",
    "compute_node_min_time_for_new_jobs_seconds",
)
COPIED_TO_JOB = (
    "name",
    "command",
    "invocation_script",
    "env",
    "priority",
    "cancel_on_blocking_job_failure",
    "supports_termination",
)


async def create(client: TorcClient, plan: Plan, *, user: str | None = None) -> int:
    """Create the workflow and give its id.

    Whatever goes wrong on the way, Ctrl-C included, the workflow is deleted again and the error raised.
    """
    record = _workflow(plan, user)
    workflow = await client.workflows.create_workflow(record)
    workflow_id = workflow.id or 0
    try:
        await _fill(client, workflow_id, plan)
    except BaseException:
        await asyncio.shield(client.workflows.delete_workflow(workflow_id))
        raise
    return workflow_id


def _workflow(plan: Plan, user: str | None) -> WorkflowModel:
    spec = plan.workflow
    try:
        return WorkflowModel(
            user=spec.get("user") or user or getpass.getuser(),
            metadata=spec.get("metadata"),
            execution_config=msgspec.convert(spec.get("execution_config"), ExecutionConfig | None),
            resource_monitor_config=msgspec.convert(spec.get("resource_monitor"), ResourceMonitorConfig | None),
            jobs_sort_method=msgspec.convert(spec.get("jobs_sort_method"), ClaimJobsSortMethod | None),
            submission_directory=os.getcwd(),  # noqa: PTH109 - as the shell knows it
            **{name: spec[name] for name in COPIED_TO_WORKFLOW if name in spec},
        )
    except msgspec.ValidationError as error:
        raise SpecError(plan.source, [Problem("execution_config or resource_monitor", str(error))]) from error


async def _fill(client: TorcClient, workflow_id: int, plan: Plan) -> None:
    file_ids = []
    for some in _batches(plan.files):
        files = [FileModel(workflow_id=workflow_id, name=record["name"], path=record["path"]) for record in some]
        file_ids += [file.id or 0 for file in (await client.files.create_files(FilesModel(files=files))).files or []]
    user_data_ids = []
    for some in _batches(plan.user_data):
        records = [
            UserDataModel(
                workflow_id=workflow_id, name=record["name"], data=record.get("data"),
                is_ephemeral=record.get("is_ephemeral"),
            )
            for record in some
        ]  # fmt: skip
        answer = await client.user_data.create_user_data_list(UserDataListModel(user_data=records))
        user_data_ids += [record.id or 0 for record in answer.user_data or []]
    requirements_ids = {
        record["name"]: await _create_requirements(client, workflow_id, record) for record in plan.requirements
    }
    job_ids = [0] * len(plan.jobs)

    def model(planned: PlannedJob) -> JobModel:
        record = planned.record
        return JobModel(
            workflow_id=workflow_id,
            resource_requirements_id=requirements_ids.get(record.get("resource_requirements", "")),
            depends_on_job_ids=_ids(planned.parents, job_ids),
            input_file_ids=_ids(planned.input_files, file_ids),
            output_file_ids=_ids(planned.output_files, file_ids),
            input_user_data_ids=_ids(planned.input_user_data, user_data_ids),
            output_user_data_ids=_ids(planned.output_user_data, user_data_ids),
            **{name: record[name] for name in COPIED_TO_JOB if name in record},
        )

    for level in plan.levels:
        for numbers in _batches(level):
            await _create_jobs(client, numbers, lambda number: model(plan.jobs[number]), job_ids)


async def _create_jobs(
    client: TorcClient, numbers: Sequence[int], model: Callable[[int], JobModel], job_ids: list[int]
) -> None:
    answer = await client.jobs.create_jobs(JobsModel(jobs=[model(number) for number in numbers]))
    for number, job in zip(numbers, answer.jobs or [], strict=True):
        job_ids[number] = job.id or 0


async def _create_requirements(client: TorcClient, workflow_id: int, record: Record) -> int:
    members = ("name", "num_cpus", "memory", "num_gpus", "num_nodes")
    requirements = ResourceRequirementsModel(
        workflow_id=workflow_id,
        # The spec's own default, an hour, is not the server's.
        runtime=record.get("runtime", "PT1H"),
        **{member: record[member] for member in members if member in record},
    )
    return (await client.resource_requirements.create_resource_requirements(requirements)).id or 0


def _ids(positions: list[int], ids: Sequence[int]) -> list[int] | None:
    return [ids[position] for position in positions] if positions else None


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + RECORDS_PER_REQUEST] for start in range(0, len(items), RECORDS_PER_REQUEST))
