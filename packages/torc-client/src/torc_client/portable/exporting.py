"""Write a workflow down as a document."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from torc_client.client import TorcClient
from torc_client.paging import iterate
from torc_client.portable import record_types as kinds
from torc_client.portable.record_types import Document, Ids, Kind, Record, renamed


async def export(
    client: TorcClient, workflow_id: int, *, include_results: bool = False, include_events: bool = False
) -> Document:
    """Return a workflow as a document: what `torc_client.portable.record_types` lists, results and events where wished.

    Results come with the nodes that they name. Raises NotFoundError, ForbiddenError.
    """
    workflow = await client.workflows.get_workflow(workflow_id)
    document: Document = {
        "export_version": kinds.FORMAT_VERSION,
        "exported_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "workflow": {"id": kinds.WORKFLOW_ID, **_members(kinds.WORKFLOW, workflow)},
    }
    ids: Ids = {}

    async def add(kind: Kind, found: AsyncIterator[Any]) -> None:
        listed = [record async for record in found]
        ids[kind.name] = {record.id: number for number, record in enumerate(listed, _first_number(kind, ids))}
        document[kind.name] = [_record(kind, record, ids) for record in listed]

    of_it = {"workflow_id": workflow_id}
    await add(kinds.FILES, iterate(client.files.list_files, **of_it))
    await add(kinds.USER_DATA, iterate(client.user_data.list_user_data, **of_it))
    await add(kinds.REQUIREMENTS, iterate(client.resource_requirements.list_resource_requirements, **of_it))
    await add(kinds.SLURM_SCHEDULERS, iterate(client.slurm_schedulers.list_slurm_schedulers, **of_it))
    await add(kinds.LOCAL_SCHEDULERS, iterate(client.local_schedulers.list_local_schedulers, **of_it))
    ids[kinds.SCHEDULERS] = ids["local_schedulers"] | ids["slurm_schedulers"]
    await add(kinds.FAILURE_HANDLERS, iterate(client.failure_handlers.list_failure_handlers, id=workflow_id))
    await add(kinds.ENTITIES, iterate(client.ro_crate_entities.list_ro_crate_entities, id=workflow_id))
    await add(kinds.JOBS, iterate(client.jobs.list_jobs, **of_it, include_relationships=True))
    actions = [each for each in await client.workflow_actions.get_workflow_actions(workflow_id) if not each.is_recovery]
    await add(kinds.ACTIONS, _each(sorted(actions, key=lambda action: action.id or 0)))
    if include_results:
        await add(kinds.NODES, iterate(client.compute_nodes.list_compute_nodes, **of_it))
        await add(kinds.RESULTS, iterate(client.results.list_results, **of_it, all_runs=True))
    if include_events:
        await add(kinds.EVENTS, iterate(client.events.list_events, **of_it))
    return document


def text_of(document: Document) -> str:
    """Return it as JSON that people can read."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def _first_number(kind: Kind, ids: Ids) -> int:
    return 1 + (len(ids["slurm_schedulers"]) if kind is kinds.LOCAL_SCHEDULERS else 0)


def _record(kind: Kind, record: Any, ids: Ids) -> Record:
    head = {"id": ids[kind.name][record.id], "workflow_id": kinds.WORKFLOW_ID}
    return head | renamed(kind, _members(kind, record), ids)


def _members(kind: Kind, record: msgspec.Struct) -> Record:
    values = {name: getattr(record, name) for name in kind.members}
    return {name: value for name, value in msgspec.to_builtins(values).items() if value is not None and value != []}


async def _each(records: Sequence[Any]) -> AsyncIterator[Any]:
    for record in records:
        yield record
