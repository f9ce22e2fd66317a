"""Export a workflow to a JSON document."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from torc_client.answers import id_of
from torc_client.client import TorcClient
from torc_client.paging import iterate
from torc_client.portable import record_types
from torc_client.portable.record_types import Document, Ids, Record, RecordType, remap_ids


async def export(
    client: TorcClient, workflow_id: int, *, include_results: bool = False, include_events: bool = False
) -> Document:
    """Return a workflow as a document with the records of `record_types`; results and events are optional.

    Results are exported together with the compute nodes that they name. Raises NotFoundError, ForbiddenError.
    """
    workflow = await client.workflows.get_workflow(workflow_id)
    document: Document = {
        "export_version": record_types.FORMAT_VERSION,
        "exported_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "workflow": {"id": record_types.WORKFLOW_ID, **_members(record_types.WORKFLOW, workflow)},
    }
    ids: Ids = {}

    async def add(record_type: RecordType, found: AsyncIterator[Any]) -> None:
        listed = [record async for record in found]
        first = _first_number(record_type, ids)
        ids[record_type.name] = {record.id: number for number, record in enumerate(listed, first)}
        document[record_type.name] = [_record(record_type, record, ids) for record in listed]

    query = {"workflow_id": workflow_id}
    await add(record_types.FILES, iterate(client.files.list_files, **query))
    await add(record_types.USER_DATA, iterate(client.user_data.list_user_data, **query))
    await add(record_types.REQUIREMENTS, iterate(client.resource_requirements.list_resource_requirements, **query))
    await add(record_types.SLURM_SCHEDULERS, iterate(client.slurm_schedulers.list_slurm_schedulers, **query))
    await add(record_types.LOCAL_SCHEDULERS, iterate(client.local_schedulers.list_local_schedulers, **query))
    ids[record_types.SCHEDULERS] = ids["local_schedulers"] | ids["slurm_schedulers"]
    await add(record_types.FAILURE_HANDLERS, iterate(client.failure_handlers.list_failure_handlers, id=workflow_id))
    await add(record_types.ENTITIES, iterate(client.ro_crate_entities.list_ro_crate_entities, id=workflow_id))
    await add(record_types.JOBS, iterate(client.jobs.list_jobs, **query, include_relationships=True))
    actions = [each for each in await client.workflow_actions.get_workflow_actions(workflow_id) if not each.is_recovery]
    await add(record_types.ACTIONS, _each(sorted(actions, key=id_of)))
    if include_results:
        await add(record_types.NODES, iterate(client.compute_nodes.list_compute_nodes, **query))
        await add(record_types.RESULTS, iterate(client.results.list_results, **query, all_runs=True))
    if include_events:
        await add(record_types.EVENTS, iterate(client.events.list_events, **query))
    return document


def text_of(document: Document) -> str:
    """Return a document as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def _first_number(record_type: RecordType, ids: Ids) -> int:
    return 1 + (len(ids["slurm_schedulers"]) if record_type is record_types.LOCAL_SCHEDULERS else 0)


def _record(record_type: RecordType, record: Any, ids: Ids) -> Record:
    head = {"id": ids[record_type.name][record.id], "workflow_id": record_types.WORKFLOW_ID}
    return head | remap_ids(record_type, _members(record_type, record), ids)


def _members(record_type: RecordType, record: msgspec.Struct) -> Record:
    values = {name: getattr(record, name) for name in record_type.members}
    return {name: value for name, value in msgspec.to_builtins(values).items() if value is not None and value != []}


async def _each(records: Sequence[Any]) -> AsyncIterator[Any]:
    for record in records:
        yield record
