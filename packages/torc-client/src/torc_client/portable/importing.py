"""Make a workflow of a document."""

import heapq
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from torc_client.api import records
from torc_client.bulk_create import CHARACTERS_PER_RELATION, RequestDependencySets, batches, create_all_or_nothing
from torc_client.client import TorcClient, current_user
from torc_client.errors import TorcError
from torc_client.portable import record_types as kinds
from torc_client.portable.reading import as_record
from torc_client.portable.record_types import Document, Ids, Kind, Record, renamed


async def create_from(
    client: TorcClient, document: Document, *, name: str | None = None, results: bool = True, events: bool = True
) -> int:
    """Create the workflow of a document that was checked, for the current user; returns its id.

    Everything gets new ids, and no job was ever started. `name` replaces the workflow's; `results` and `events` come
    along as history. All of it or nothing. Raises TorcError where jobs wait for each other, and what the server raises.
    """
    numbers = _order(document["jobs"])
    workflow = _typed(kinds.WORKFLOW, document["workflow"], {}, 0)
    workflow.user = current_user()
    workflow.name = name or workflow.name

    async def fill(workflow_id: int) -> None:
        made = _Made(client, workflow_id, document)
        await made.what_jobs_name()
        await made.jobs(numbers)
        await made.one_by_one(
            kinds.ACTIONS, lambda action: client.workflow_actions.create_workflow_action(workflow_id, action)
        )
        if results:
            await made.history()
        if events:
            await made.one_by_one(kinds.EVENTS, client.events.create_event)

    return await create_all_or_nothing(client, workflow, fill)


class _Made:
    """What of a document has been created, by its ids there."""

    def __init__(self, client: TorcClient, workflow_id: int, document: Document) -> None:
        self._client = client
        self._workflow_id = workflow_id
        self._document = document
        self._ids: Ids = {}

    async def what_jobs_name(self) -> None:
        """Create what jobs name."""
        client = self._client
        await self._in_bulk(kinds.FILES, self._send_files)
        await self._in_bulk(kinds.USER_DATA, self._send_user_data)
        await self._requirements()
        await self.one_by_one(kinds.SLURM_SCHEDULERS, client.slurm_schedulers.create_slurm_scheduler)
        await self.one_by_one(kinds.LOCAL_SCHEDULERS, client.local_schedulers.create_local_scheduler)
        self._ids[kinds.SCHEDULERS] = self._ids["local_schedulers"] | self._ids["slurm_schedulers"]
        await self.one_by_one(kinds.FAILURE_HANDLERS, client.failure_handlers.create_failure_handler)
        await self.one_by_one(kinds.ENTITIES, client.ro_crate_entities.create_ro_crate_entity)

    async def jobs(self, numbers: Sequence[int]) -> None:
        """Create the jobs in this order of their places in the document."""
        listed = self._document["jobs"]
        place_of = {job["id"]: place for place, job in enumerate(listed)}
        # Jobs that wait for the same others share one tuple, and so one set of the request.
        shared: dict[tuple[int, ...], tuple[int, ...]] = {}
        parents = [tuple(place_of[one] for one in job.get("depends_on_job_ids", ())) for job in listed]
        parents = [shared.setdefault(each, each) for each in parents]
        created = [0] * len(listed)
        for some in batches(numbers, lambda number: _size(listed[number], parents[number])):
            sets = RequestDependencySets(some, created)
            jobs = []
            for number in some:
                waits = {"waits_for_sets": [sets.number_of(parents[number])]} if parents[number] else {}
                job = {member: value for member, value in listed[number].items() if member != "depends_on_job_ids"}
                jobs.append(_typed(kinds.JOBS, {**job, **waits}, self._ids, self._workflow_id))
            answer = await self._client.jobs.create_jobs(
                records.JobsModel(jobs=jobs, dependency_sets=sets.models() or None)
            )
            for number, made in zip(some, answer.jobs or [], strict=True):
                created[number] = made.id or 0
        self._ids["jobs"] = {job["id"]: created[place] for place, job in enumerate(listed)}

    async def history(self) -> None:
        """Create results, and the nodes that they name as ones that are gone."""
        if self._document["results"] and not self._document["compute_nodes"]:
            named = {result["compute_node_id"] for result in self._document["results"]}
            self._document["compute_nodes"] = [_unknown_node(one) for one in sorted(named)]

        async def create_node(node: records.ComputeNodeModel) -> records.ComputeNodeModel:
            node.is_active = False
            return await self._client.compute_nodes.create_compute_node(node)

        await self.one_by_one(kinds.NODES, create_node)
        await self.one_by_one(kinds.RESULTS, self._client.results.create_result)
        last_run = max((result["run_id"] for result in self._document["results"]), default=0)
        if last_run:
            # A run has one result for each attempt of a job, and what comes is a new run.
            status = await self._client.workflows.reset_workflow_status(self._workflow_id)
            status.run_id = last_run + 1
            await self._client.workflows.update_workflow_status(self._workflow_id, status)

    async def one_by_one(self, kind: Kind, create: Callable[[Any], Awaitable[Any]]) -> None:
        """Create records of a kind in the order of the document."""
        self._ids[kind.name] = {
            record["id"]: (await create(_typed(kind, record, self._ids, self._workflow_id))).id
            for record in self._document[kind.name]
        }

    async def _requirements(self) -> None:
        """Create requirements; those that the workflow came with are made to be what the document says."""
        subject = self._client.resource_requirements
        there = (await subject.list_resource_requirements(workflow_id=self._workflow_id)).items
        known = {each.name: each.id for each in there if each.id is not None}

        async def create(wanted: records.ResourceRequirementsModel) -> records.ResourceRequirementsModel:
            if wanted.name in known:
                return await subject.update_resource_requirements(known.pop(wanted.name), wanted)
            return await subject.create_resource_requirements(wanted)

        await self.one_by_one(kinds.REQUIREMENTS, create)

    async def _in_bulk(self, kind: Kind, send: Callable[[list[Any]], Awaitable[Iterable[Any]]]) -> None:
        listed = self._document[kind.name]
        made: list[int] = []
        for some in batches(listed, lambda record: len(str(record))):
            models = [_typed(kind, record, self._ids, self._workflow_id) for record in some]
            made += [record.id for record in await send(models)]
        self._ids[kind.name] = {record["id"]: one for record, one in zip(listed, made, strict=True)}

    async def _send_files(self, files: list[records.FileModel]) -> Iterable[records.FileModel]:
        return (await self._client.files.create_files(records.FilesModel(files=files))).files or ()

    async def _send_user_data(self, user_data: list[records.UserDataModel]) -> Iterable[records.UserDataModel]:
        body = records.UserDataListModel(user_data=user_data)
        return (await self._client.user_data.create_user_data_list(body)).user_data or ()


def _typed(kind: Kind, record: Record, ids: Ids, workflow_id: int) -> Any:
    kept = {*kind.members, "waits_for_sets"}
    wanted = {name: value for name, value in record.items() if name in kept}
    return as_record(kind.record, renamed(kind, wanted, ids), workflow_id=workflow_id)


def _size(job: Record, parents: tuple[int, ...]) -> int:
    relations = sum(len(value) for value in job.values() if isinstance(value, list)) + len(parents)
    return len(job["command"]) + len(str(job.get("env", ""))) + CHARACTERS_PER_RELATION * relations


def _order(jobs: Sequence[Record]) -> list[int]:
    """Give the places of jobs so that each comes after those that it waits for, else as they are."""
    place_of = {job["id"]: place for place, job in enumerate(jobs)}
    waiting = [len(set(job.get("depends_on_job_ids", ()))) for job in jobs]
    behind: list[list[int]] = [[] for _ in jobs]
    for place, job in enumerate(jobs):
        for one in set(job.get("depends_on_job_ids", ())):
            behind[place_of[one]].append(place)
    free = [place for place, number in enumerate(waiting) if not number]
    order: list[int] = []
    while free:
        place = heapq.heappop(free)
        order.append(place)
        for next_place in behind[place]:
            waiting[next_place] -= 1
            if not waiting[next_place]:
                heapq.heappush(free, next_place)
    if len(order) < len(jobs):
        stuck = next(jobs[place]["name"] for place, number in enumerate(waiting) if number)
        raise TorcError(f"Jobs of the document wait for each other, {stuck} among them.", "Nothing was created.")
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
