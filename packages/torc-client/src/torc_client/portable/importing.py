"""Create a workflow from a document."""

import heapq
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from torc_client.answers import id_of
from torc_client.api import records
from torc_client.bulk_create import CHARACTERS_PER_RELATION, RequestDependencySets, batches, create_all_or_nothing
from torc_client.client import TorcClient, current_user
from torc_client.errors import TorcError
from torc_client.portable import record_types
from torc_client.portable.reading import as_record
from torc_client.portable.record_types import Document, Ids, Record, RecordType, remap_ids
from torc_client.ro_crate.job_runs import with_new_ids


async def create_from(
    client: TorcClient, document: Document, *, name: str | None = None, results: bool = True, events: bool = True
) -> int:
    """Create the workflow of a checked document for the current user, and return its id.

    All records get new ids, and jobs are uninitialized. `name` replaces the name of the workflow. `results` and
    `events` include the history. On any error the workflow is deleted. Raises TorcError, for example if the
    dependencies of jobs have a cycle.
    """
    numbers = _order(document["jobs"])
    workflow = _typed(record_types.WORKFLOW, document["workflow"], {}, 0)
    workflow.user = current_user()
    workflow.name = name or workflow.name

    async def fill(workflow_id: int) -> None:
        importer = _Importer(client, workflow_id, document)
        await importer.create_dependencies_of_jobs()
        await importer.create_jobs(numbers)
        await importer.create_entities()
        await importer.create_one_by_one(
            record_types.ACTIONS, lambda action: client.workflow_actions.create_workflow_action(workflow_id, action)
        )
        if results:
            await importer.create_history()
        if events:
            await importer.create_one_by_one(record_types.EVENTS, client.events.create_event)

    return await create_all_or_nothing(client, workflow, fill)


class _Importer:
    """Creates the records of a document, and keeps their new ids by their ids in the document."""

    def __init__(self, client: TorcClient, workflow_id: int, document: Document) -> None:
        self._client = client
        self._workflow_id = workflow_id
        self._document = document
        self._ids: Ids = {}

    async def create_dependencies_of_jobs(self) -> None:
        """Create the records that jobs refer to."""
        client = self._client
        await self._create_in_batches(record_types.FILES, self._send_files)
        await self._create_in_batches(record_types.USER_DATA, self._send_user_data)
        await self._requirements()
        await self.create_one_by_one(record_types.SLURM_SCHEDULERS, client.slurm_schedulers.create_slurm_scheduler)
        await self.create_one_by_one(record_types.LOCAL_SCHEDULERS, client.local_schedulers.create_local_scheduler)
        self._ids[record_types.SCHEDULERS] = self._ids["local_schedulers"] | self._ids["slurm_schedulers"]
        await self.create_one_by_one(record_types.FAILURE_HANDLERS, client.failure_handlers.create_failure_handler)

    async def create_jobs(self, numbers: Sequence[int]) -> None:
        """Create the jobs in this order of their positions in the document."""
        listed = self._document["jobs"]
        position_of = {job["id"]: position for position, job in enumerate(listed)}
        # Jobs that depend on the same jobs share one tuple, and so one dependency set of the request.
        shared: dict[tuple[int, ...], tuple[int, ...]] = {}
        parents = [tuple(position_of[parent] for parent in job.get("depends_on_job_ids", ())) for job in listed]
        parents = [shared.setdefault(each, each) for each in parents]
        created = [0] * len(listed)
        for batch in batches(
            numbers,
            lambda number: _size(listed[number], parents[number]),
            name=lambda number: str(listed[number]["name"]),
        ):
            sets = RequestDependencySets(batch, created)
            jobs = []
            for number in batch:
                waits = {"waits_for_sets": [sets.number_of(parents[number])]} if parents[number] else {}
                job = {member: value for member, value in listed[number].items() if member != "depends_on_job_ids"}
                jobs.append(_typed(record_types.JOBS, {**job, **waits}, self._ids, self._workflow_id))
            answer = await self._client.jobs.create_jobs(
                records.JobsModel(jobs=jobs, dependency_sets=sets.models() or None)
            )
            for number, record in zip(batch, answer.jobs or [], strict=True):
                created[number] = id_of(record)
        self._ids["jobs"] = {job["id"]: created[position] for position, job in enumerate(listed)}

    async def create_entities(self) -> None:
        """Create the entities of the RO-Crate, whose ids and references name the new jobs."""

        async def create(entity: records.RoCrateEntityModel) -> records.RoCrateEntityModel:
            entity.entity_id = with_new_ids(entity.entity_id, self._ids["jobs"])
            entity.metadata = with_new_ids(entity.metadata, self._ids["jobs"])
            return await self._client.ro_crate_entities.create_ro_crate_entity(entity)

        await self.create_one_by_one(record_types.ENTITIES, create)

    async def create_history(self) -> None:
        """Create the results, and as inactive the compute nodes that they name."""
        if self._document["results"] and not self._document["compute_nodes"]:
            named = {result["compute_node_id"] for result in self._document["results"]}
            self._document["compute_nodes"] = [_unknown_node(node_id) for node_id in sorted(named)]

        async def create_node(node: records.ComputeNodeModel) -> records.ComputeNodeModel:
            node.is_active = False
            return await self._client.compute_nodes.create_compute_node(node)

        await self.create_one_by_one(record_types.NODES, create_node)
        await self.create_one_by_one(record_types.RESULTS, self._client.results.create_result)
        last_run = max((result["run_id"] for result in self._document["results"]), default=0)
        if last_run:
            # A run has one result for each attempt of a job, so the jobs need a new run.
            status = await self._client.workflows.reset_workflow_status(self._workflow_id)
            status.run_id = last_run + 1
            await self._client.workflows.update_workflow_status(self._workflow_id, status)

    async def create_one_by_one(self, record_type: RecordType, create: Callable[[Any], Awaitable[Any]]) -> None:
        """Create the records of a type in the order of the document."""
        self._ids[record_type.name] = {
            record["id"]: (await create(_typed(record_type, record, self._ids, self._workflow_id))).id
            for record in self._document[record_type.name]
        }

    async def _requirements(self) -> None:
        """Create requirements. Those that the server created with the workflow are updated."""
        subject = self._client.resource_requirements
        existing = (await subject.list_resource_requirements(workflow_id=self._workflow_id)).items
        known = {each.name: each.id for each in existing if each.id is not None}

        async def create(wanted: records.ResourceRequirementsModel) -> records.ResourceRequirementsModel:
            if wanted.name in known:
                return await subject.update_resource_requirements(known.pop(wanted.name), wanted)
            return await subject.create_resource_requirements(wanted)

        await self.create_one_by_one(record_types.REQUIREMENTS, create)

    async def _create_in_batches(
        self, record_type: RecordType, send: Callable[[list[Any]], Awaitable[Iterable[Any]]]
    ) -> None:
        listed = self._document[record_type.name]
        created: list[int] = []
        for batch in batches(listed, lambda record: len(str(record)), name=lambda record: str(record["name"])):
            models = [_typed(record_type, record, self._ids, self._workflow_id) for record in batch]
            created += [record.id for record in await send(models)]
        self._ids[record_type.name] = {record["id"]: new_id for record, new_id in zip(listed, created, strict=True)}

    async def _send_files(self, files: list[records.FileModel]) -> Iterable[records.FileModel]:
        return (await self._client.files.create_files(records.FilesModel(files=files))).files or ()

    async def _send_user_data(self, user_data: list[records.UserDataModel]) -> Iterable[records.UserDataModel]:
        body = records.UserDataListModel(user_data=user_data)
        return (await self._client.user_data.create_user_data_list(body)).user_data or ()


def _typed(record_type: RecordType, record: Record, ids: Ids, workflow_id: int) -> Any:
    kept = {*record_type.members, "waits_for_sets"}
    wanted = {name: value for name, value in record.items() if name in kept}
    return as_record(record_type.record, remap_ids(record_type, wanted, ids), workflow_id=workflow_id)


def _size(job: Record, parents: tuple[int, ...]) -> int:
    relations = sum(len(value) for value in job.values() if isinstance(value, list)) + len(parents)
    return len(job["command"]) + len(str(job.get("env", ""))) + CHARACTERS_PER_RELATION * relations


def _order(jobs: Sequence[Record]) -> list[int]:
    """Return the positions of jobs, each after those that it depends on, otherwise unchanged. Raises TorcError."""
    position_of = {job["id"]: position for position, job in enumerate(jobs)}
    waiting = [len(set(job.get("depends_on_job_ids", ()))) for job in jobs]
    dependents: list[list[int]] = [[] for _ in jobs]
    for position, job in enumerate(jobs):
        for parent in set(job.get("depends_on_job_ids", ())):
            dependents[position_of[parent]].append(position)
    free = [position for position, number in enumerate(waiting) if not number]
    order: list[int] = []
    while free:
        position = heapq.heappop(free)
        order.append(position)
        for dependent in dependents[position]:
            waiting[dependent] -= 1
            if not waiting[dependent]:
                heapq.heappush(free, dependent)
    if len(order) < len(jobs):
        stuck = next(jobs[position]["name"] for position, number in enumerate(waiting) if number)
        raise TorcError(f"Jobs of the document depend on each other in a cycle: see {stuck}.", "Nothing was created.")
    return order


def _unknown_node(node_id: int) -> Record:
    return {
        "id": node_id,
        "compute_node_type": "local",
        "hostname": "unknown",
        "pid": 0,
        "start_time": "1970-01-01T00:00:00Z",
        "num_cpus": 0,
        "memory_gb": 0,
        "num_gpus": 0,
        "num_nodes": 1,
    }
