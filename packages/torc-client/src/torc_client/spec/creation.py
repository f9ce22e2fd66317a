"""Create the workflow of a plan: all of it or nothing."""

import json
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from torc_client.answers import id_of
from torc_client.api.enums import ClaimJobsSortMethod
from torc_client.api.records import (
    FailureHandlerModel,
    FileModel,
    FilesModel,
    JobModel,
    JobsModel,
    ResourceRequirementsModel,
    RoCrateEntityModel,
    SlurmSchedulerModel,
    UserDataListModel,
    UserDataModel,
    WorkflowActionModel,
    WorkflowModel,
)
from torc_client.bulk_create import CHARACTERS_PER_RELATION, RequestDependencySets, batches, create_all_or_nothing
from torc_client.client import TorcClient, current_user
from torc_client.spec.actions import PlannedAction
from torc_client.spec.datasets import HASH_MODE, crate_entity
from torc_client.spec.labels import labels_of
from torc_client.spec.plan import Plan, PlannedJob
from torc_client.spec.settings import settings_of
from torc_client.spec.shape import Record

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
    "access_groups",
    "enable_ro_crate",
    "slurm_defaults",
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
COPIED_TO_SCHEDULER = (
    "name",
    "partition",
    "mem",
    "gres",
    "qos",
    "tmp",
    "ntasks_per_node",
    "extra",
    "serialize_allocations",
)
COPIED_TO_NODES = ("scheduler_type", "num_allocations", "start_one_worker_per_node", "max_parallel_jobs")
COPIED_TO_REQUIREMENTS = ("name", "num_cpus", "memory", "num_gpus", "num_nodes")


async def create(
    client: TorcClient, plan: Plan, *, user: str | None = None, on_progress: Callable[[int, int], None] | None = None
) -> int:
    """Create the workflow and return its id. If an error occurs, nothing is created.

    `on_progress` is called with the number of created jobs and the total.
    """

    async def fill(workflow_id: int) -> None:
        await _fill(client, workflow_id, plan, on_progress or (lambda _done, _total: None))

    return await create_all_or_nothing(client, _workflow(plan, user), fill)


def _workflow(plan: Plan, user: str | None) -> WorkflowModel:
    spec = plan.workflow
    sort_method = spec.get("jobs_sort_method")
    return WorkflowModel(
        user=spec.get("user") or user or current_user(),
        jobs_sort_method=ClaimJobsSortMethod(sort_method) if sort_method else None,
        submission_directory=os.getcwd(),  # noqa: PTH109 - the path of the shell, which may have symbolic links
        **settings_of(spec, (job.record for job in plan.jobs)),
        **{name: spec[name] for name in COPIED_TO_WORKFLOW if name in spec},
    )


async def _fill(client: TorcClient, workflow_id: int, plan: Plan, on_progress: Callable[[int, int], None]) -> None:
    file_ids = await _create_files(client, workflow_id, plan.files)
    await _describe_files(client, workflow_id, plan, file_ids)
    user_data_ids = await _create_user_data(client, workflow_id, plan.user_data)
    requirements_ids = {
        record["name"]: await _create_requirements(client, workflow_id, record) for record in plan.requirements
    }
    handler_ids = {
        record["name"]: await _create_handler(client, workflow_id, record) for record in plan.failure_handlers
    }
    scheduler_ids = {
        record.get("name", ""): await _create_scheduler(client, workflow_id, plan.workflow, record)
        for record in plan.slurm_schedulers
    }
    job_ids = [0] * len(plan.jobs)

    def model(planned: PlannedJob, sets: RequestDependencySets) -> JobModel:
        record = planned.record
        return JobModel(
            workflow_id=workflow_id,
            resource_requirements_id=requirements_ids.get(record.get("resource_requirements", "")),
            failure_handler_id=handler_ids.get(record.get("failure_handler", "")),
            scheduler_id=scheduler_ids[record["scheduler"]] if "scheduler" in record else None,
            labels=labels_of(record) or None,
            waits_for_sets=[sets.number_of(planned.parents)] if planned.parents else None,
            input_file_ids=_ids(planned.input_files, file_ids),
            output_file_ids=_ids(planned.output_files, file_ids),
            input_user_data_ids=_ids(planned.input_user_data, user_data_ids),
            output_user_data_ids=_ids(planned.output_user_data, user_data_ids),
            **{name: record[name] for name in COPIED_TO_JOB if name in record},
        )

    in_order = [number for level in plan.levels for number in level]
    seen: set[int] = set()
    done = 0
    for numbers in batches(in_order, lambda number: _size_of_job(plan.jobs[number], seen)):
        sets = RequestDependencySets(numbers, job_ids)
        jobs = [model(plan.jobs[number], sets) for number in numbers]
        answer = await client.jobs.create_jobs(JobsModel(jobs=jobs, dependency_sets=sets.models() or None))
        for number, job in zip(numbers, answer.jobs or [], strict=True):
            job_ids[number] = id_of(job)
        done += len(numbers)
        on_progress(done, len(in_order))
    for action in plan.actions:
        await _create_action(client, workflow_id, action, job_ids, scheduler_ids)


async def _create_files(client: TorcClient, workflow_id: int, files: Sequence[Record]) -> list[int]:
    async def send(some: list[Record]) -> list[int]:
        models = [
            FileModel(
                workflow_id=workflow_id,
                name=record["name"],
                path=record["path"],
                st_mtime=None if "st_mtime" not in record else float(record["st_mtime"]),
                temp=record.get("temp") or None,
            )
            for record in some
        ]
        answer = await client.files.create_files(FilesModel(files=models))
        return [id_of(file) for file in answer.files or []]

    return await _in_batches(files, lambda record: len(record["name"]) + len(record["path"]), send)


async def _create_user_data(client: TorcClient, workflow_id: int, user_data: Sequence[Record]) -> list[int]:
    async def send(some: list[Record]) -> list[int]:
        models = [
            UserDataModel(
                workflow_id=workflow_id,
                name=record["name"],
                data=record.get("data"),
                is_ephemeral=record.get("is_ephemeral"),
            )
            for record in some
        ]
        answer = await client.user_data.create_user_data_list(UserDataListModel(user_data=models))
        return [id_of(record) for record in answer.user_data or []]

    return await _in_batches(user_data, lambda record: len(str(record.get("data"))), send)


async def _create_requirements(client: TorcClient, workflow_id: int, record: Record) -> int:
    requirements = ResourceRequirementsModel(
        workflow_id=workflow_id,
        # The default of specs, one hour, differs from that of the server.
        runtime=record.get("runtime", "PT1H"),
        **{member: record[member] for member in COPIED_TO_REQUIREMENTS if member in record},
    )
    return id_of(await client.resource_requirements.create_resource_requirements(requirements))


async def _create_handler(client: TorcClient, workflow_id: int, record: Record) -> int:
    rules = json.dumps(record["rules"])
    handler = FailureHandlerModel(workflow_id=workflow_id, name=record["name"], rules=rules)
    return id_of(await client.failure_handlers.create_failure_handler(handler))


async def _describe_files(client: TorcClient, workflow_id: int, plan: Plan, file_ids: Sequence[int]) -> None:
    """Create the RO-Crate entities of datasets and of files with a published id."""
    if not plan.workflow.get("enable_ro_crate"):
        return
    for record, file_id in zip(plan.files, file_ids, strict=True):
        if HASH_MODE in record:
            entity_type, (entity_id, properties) = "Dataset", crate_entity(record)
        elif "identifier" in record:
            entity_type, entity_id = "File", record["identifier"]
            properties = {"name": record["name"], "contentUrl": record["path"]}
        else:
            continue
        entity = RoCrateEntityModel(
            workflow_id=workflow_id,
            entity_id=entity_id,
            entity_type=entity_type,
            file_id=file_id,
            metadata={"@id": entity_id, "@type": entity_type, **properties},
        )
        await client.ro_crate_entities.create_ro_crate_entity(entity)


async def _create_scheduler(client: TorcClient, workflow_id: int, workflow: Record, record: Record) -> int:
    defaults = workflow.get("slurm_defaults", {})
    scheduler = SlurmSchedulerModel(
        workflow_id=workflow_id,
        account=str(record.get("account", defaults.get("account"))),
        nodes=record.get("nodes", 1),
        walltime=record.get("walltime", "01:00:00"),
        **{member: record[member] for member in COPIED_TO_SCHEDULER if member in record},
    )
    return id_of(await client.slurm_schedulers.create_slurm_scheduler(scheduler))


async def _create_action(
    client: TorcClient,
    workflow_id: int,
    action: PlannedAction,
    job_ids: Sequence[int],
    scheduler_ids: Mapping[str, int],
) -> None:
    record = action.record
    config: dict[str, Any]
    if record["action_type"] == "schedule_nodes":
        config = {"num_allocations": 1, **{member: record[member] for member in COPIED_TO_NODES if member in record}}
        if record.get("scheduler") in scheduler_ids:
            config["scheduler_id"] = scheduler_ids[record["scheduler"]]
    else:
        config = {"commands": record["commands"]}
    model = WorkflowActionModel(
        workflow_id=workflow_id,
        trigger_type=record["trigger_type"],
        action_type=record["action_type"],
        action_config=config,
        job_ids=_ids(action.jobs, job_ids),
        persistent=record.get("persistent", False),
    )
    await client.workflow_actions.create_workflow_action(workflow_id, model)


async def _in_batches(
    records: Sequence[Record], size: Callable[[Record], int], send: Callable[[list[Record]], Awaitable[list[int]]]
) -> list[int]:
    ids: list[int] = []
    for some in batches(records, size):
        ids += await send(some)
    return ids


def _size_of_job(job: PlannedJob, seen: set[int]) -> int:
    """Return the size of a job in a request. A group of parents counts only if it is not in `seen`."""
    texts = len(job.record["command"]) + len(job.record.get("invocation_script", "")) + len(str(job.record.get("env")))
    parents = () if id(job.parents) in seen else job.parents
    seen.add(id(job.parents))
    lists = (parents, job.input_files, job.output_files, job.input_user_data, job.output_user_data)
    return texts + CHARACTERS_PER_RELATION * sum(map(len, lists))


def _ids(positions: Sequence[int], ids: Sequence[int]) -> list[int] | None:
    return [ids[position] for position in positions] if positions else None
