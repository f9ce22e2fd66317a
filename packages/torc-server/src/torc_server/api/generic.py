"""The operations that every resource has."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from msgspec import Raw

from torc_server.api import access
from torc_server.api.answers import DeleteCountResponse, bulk_answer, bulk_body, page_of
from torc_server.api.operation import Call, Effect, Guard, Operation, Parameter, WorkflowWide
from torc_server.api.paging import FILTER, PAGING, SORTING, filter_of, filter_parameter, limit_of, sort_key_of
from torc_server.engine.access.permissions import ACCESSIBLE_WORKFLOWS, Audience, accepts, relations_to_server
from torc_server.engine.errors import RuleBroken
from torc_server.engine.ids import WorkflowId
from torc_server.engine.workflow_locks import NOT_BEING_DELETED
from torc_server.resources import lists, records
from torc_server.resources.fields import Boolean, Integer, Member
from torc_server.resources.generation import Generation
from torc_server.resources.json_sql import View
from torc_server.resources.lists import Selection
from torc_server.resources.resource import OF_WORKFLOW, Body, Generic, Resource
from torc_server.store.transaction import Transaction

ID = {"id": Integer("The id of the record.", required=True)}
WORKFLOW_ID = Integer("The workflow.", required=True)

WITH_PROGRESS = Parameter(
    "with_progress",
    Boolean("Include the progress of each record: state, counts of jobs, active nodes.", default=False),
    extension=True,
)


def view_for(call: Call, *, relations: bool = False) -> View:
    """Return the form of records for this caller."""
    return View(relations=relations, generation=call.generation)


def operations_of(resource: Resource) -> Iterator[Operation]:
    """Yield the operations of a resource, in document order."""
    makers = {
        Generic.BULK: _bulk,
        Generic.LIST: _list,
        Generic.CREATE: _create,
        Generic.DELETE_ALL: _delete_all,
        Generic.GET: _get,
        Generic.UPDATE: _update,
        Generic.DELETE: _delete,
    }
    for each, maker in makers.items():
        if each in resource.operations:
            yield replace(maker(resource), extension=resource.extension)


def _guard_by_id(resource: Resource) -> Guard:
    return access.through(resource) if resource.belongs_to_workflow else access.workflow_in_path


@dataclass(frozen=True, slots=True)
class CollectionPath:
    """The path of all records of a resource, and the parameter that selects the workflow."""

    path: str
    guard: Guard
    query: tuple[Parameter, ...] = ()
    path_fields: Mapping[str, Member] = field(default_factory=dict)


def _collection_path(resource: Resource) -> CollectionPath:
    if resource.below_workflow:
        path = f"/workflows/{{id}}/{resource.path}"
        return CollectionPath(path, access.workflow_in_path, path_fields={"id": WORKFLOW_ID})
    if resource.belongs_to_workflow:
        return CollectionPath(f"/{resource.path}", access.workflow_in_query, (Parameter("workflow_id", WORKFLOW_ID),))
    return CollectionPath(f"/{resource.path}", access.open_to_all)


def _listed_workflow(resource: Resource, call: Call) -> WorkflowId:
    return WorkflowId(call.path["id"] if resource.below_workflow else call.query["workflow_id"])


def _list(resource: Resource) -> Operation:
    """Make the operation that lists a page of records."""
    collection = _collection_path(resource)
    relations = (
        Parameter("include_relationships", Boolean("Include the linked records.", default=False, default_shown=False)),
    )
    filters = tuple(
        Parameter(each.name, each.member, extension=each.extension, takes_empty=each.takes_empty)
        for each in resource.filters
    )

    def run(tx: Transaction, call: Call) -> dict[str, Any]:
        selection = replace(
            _selection(tx, resource, call),
            sort_by=sort_key_of(call, resource.members, "id"),
            reverse=call.query.get("reverse_sort", False),
            offset=call.query["offset"],
            limit=limit_of(call),
        )
        view = view_for(call, relations=bool(call.query.get("include_relationships")))
        if call.query.get(WITH_PROGRESS.name):
            view = View(relations=True, only=frozenset({"progress"}), generation=call.generation)
        return lists.page(tx, resource, selection, view)

    return Operation(
        id=f"list_{resource.names.many}",
        method="GET",
        path=collection.path,
        tag=resource.path,
        summary=f"List {resource.path.replace('_', ' ')}.",
        effect=Effect.READ,
        guard=collection.guard,
        run=run,
        answer=page_of(resource.schema, resource.names.many),
        query=(
            *collection.query,
            *filters,
            *PAGING,
            *(SORTING if resource.sortable else ()),
            *(relations if resource.has_relations else ()),
            # Last: clients that were generated from the contract pass parameters by position.
            filter_parameter(resource.probes),
            *((WITH_PROGRESS,) if resource.has_progress else ()),
        ),
        path_fields=collection.path_fields,
        errors=(400, 403, 404, 422),
    )


def _selection(tx: Transaction, resource: Resource, call: Call) -> Selection:
    """Convert the filters of the query to SQL."""
    conditions: list[str] = []
    parameters: dict[str, Any] = {}
    filters: set[str] = set()
    if resource.belongs_to_workflow:
        conditions.append(f"{resource.table}.workflow_id = :workflow_id")
        parameters["workflow_id"] = _listed_workflow(resource, call)
        filters |= OF_WORKFLOW
    elif call.enforce_access and not accepts(Audience.WORKFLOW, relations_to_server(tx, call.caller)):
        conditions.append(ACCESSIBLE_WORKFLOWS)
        parameters["identity"] = call.caller.name
    if not resource.belongs_to_workflow:
        conditions.append(NOT_BEING_DELETED)
    for each in resource.filters:
        value = call.query.get(each.name, each.default)
        if value is not None and (each.when is None or value in each.when):
            conditions.append(each.condition)
            parameters[each.name] = each.member.kept(value)
            filters.add(each.name)
    filtered = filter_of(call, resource.probes)
    if filtered is not None:
        conditions += filtered.sql
        parameters.update(filtered.parameters)
        filters.add(FILTER)
    return Selection(tuple(conditions), parameters, frozenset(filters))


def _create(resource: Resource) -> Operation:
    """Make the operation that creates a record."""

    def run(tx: Transaction, call: Call) -> Raw:
        (record_id,) = records.create(tx, resource, [call.body], call.now)
        return records.one(tx, resource, record_id, view_for(call, relations=True))

    return Operation(
        id=f"create_{resource.names.one}",
        method="POST",
        path=f"/{resource.path}",
        tag=resource.path,
        summary=f"Create {resource.with_article}.",
        effect=Effect.WRITE,
        guard=access.workflow_in_body if resource.belongs_to_workflow else access.open_to_all,
        run=run,
        answer=resource.schema,
        body=resource.schema,
        errors=(400, 403, 404, 409, 422),
    )


# COMPAT 0.12, 0.35: their programs may send an empty list, and one name twice. Remove it when none of them is left.
_LENIENT = frozenset({Generation.V012, Generation.V035})


def require_valid_batch(call: Call, member: str, bodies: Sequence[Body]) -> None:
    """Raise RuleBroken if new records of one call belong to several workflows, or have one name twice, or are none."""
    if len({each["workflow_id"] for each in bodies}) > 1:
        raise RuleBroken(f"All {member} of one call must have the same workflow_id", field="workflow_id")
    if call.generation in _LENIENT:
        return
    if not bodies:
        raise RuleBroken(f"{member} is an empty list; send at least one record", field=member)
    names: set[str] = set()
    for each in bodies:
        if each["name"] in names:
            raise RuleBroken(
                f"{member} has the name {each['name']!r} twice; use each name once in a call",
                field="name",
                value=each["name"],
            )
        names.add(each["name"])


def _bulk(resource: Resource) -> Operation:
    """Make the operation that creates many records."""
    names = resource.names
    member = resource.path

    def run(tx: Transaction, call: Call) -> dict[str, Any]:
        bodies = call.body[member]
        require_valid_batch(call, member, bodies)
        ids = records.create(tx, resource, bodies, call.now)
        return {member: records.many(tx, resource, ids, view_for(call, relations=True))}

    return Operation(
        id=names.create_many,
        method="POST",
        path=f"/bulk_{resource.path}",
        tag=resource.path,
        summary=f"Create many {resource.path.replace('_', ' ')} of one workflow: all of them, or none on an error.",
        effect=Effect.WRITE,
        guard=access.workflows_in_bodies(member),
        run=run,
        answer=bulk_answer(names.bulk_answer, member, resource.schema),
        body=bulk_body(names.bulk_model, member, resource.schema),
        errors=(400, 403, 404, 409, 413, 422),
    )


def _get(resource: Resource) -> Operation:
    """Make the operation that returns a record."""

    def run(tx: Transaction, call: Call) -> Raw:
        return records.one(tx, resource, call.path["id"], view_for(call, relations=True))

    return Operation(
        id=f"get_{resource.names.one}",
        method="GET",
        path=f"/{resource.path}/{{id}}",
        tag=resource.path,
        summary=f"Get {resource.with_article}.",
        effect=Effect.READ,
        guard=_guard_by_id(resource),
        run=run,
        answer=resource.schema,
        path_fields=ID,
        errors=(400, 403, 404),
    )


def _update(resource: Resource) -> Operation:
    """Make the operation that changes a record."""

    def run(tx: Transaction, call: Call) -> Raw:
        records.update(tx, resource, call.path["id"], call.body)
        return records.one(tx, resource, call.path["id"], view_for(call, relations=True))

    return Operation(
        id=f"update_{resource.names.one}",
        method="PUT",
        path=f"/{resource.path}/{{id}}",
        tag=resource.path,
        summary=f"Change {resource.with_article}.",
        effect=Effect.WRITE,
        guard=_guard_by_id(resource),
        run=run,
        answer=resource.schema,
        body=resource.schema,
        path_fields=ID,
        errors=(400, 403, 404, 409, 422),
        description="Absent and null members keep their value, unless their description says otherwise.",
    )


def _delete(resource: Resource) -> Operation:
    """Make the operation that deletes a record."""

    def run(tx: Transaction, call: Call) -> Raw:
        return records.delete(tx, resource, call.path["id"], view_for(call, relations=True))

    return Operation(
        id=resource.names.delete_one,
        method="DELETE",
        path=f"/{resource.path}/{{id}}",
        tag=resource.path,
        summary=f"Delete {resource.with_article}, and return it.",
        effect=Effect.WRITE,
        workflow_wide=None if resource.belongs_to_workflow else WorkflowWide.DELETES,
        guard=_guard_by_id(resource),
        run=run,
        answer=resource.schema,
        path_fields=ID,
        errors=(400, 403, 404, 409),
    )


def _delete_all(resource: Resource) -> Operation:
    """Make the operation that deletes all records of a workflow."""
    collection = _collection_path(resource)

    def run(tx: Transaction, call: Call) -> dict[str, Any]:
        count = records.delete_all(tx, resource, _listed_workflow(resource, call))
        words = resource.path.replace("_", " ")
        # COMPAT 0.12: its clients read deleted_count and message. Remove them when no client of 0.12 is left.
        return {"count": count, "deleted_count": count, "message": f"Deleted {count} {words}"}

    return Operation(
        id=resource.names.delete_all,
        method="DELETE",
        path=collection.path,
        tag=resource.path,
        summary=f"Delete all {resource.path.replace('_', ' ')} of a workflow.",
        effect=Effect.WRITE,
        guard=collection.guard,
        run=run,
        answer=DeleteCountResponse,
        query=collection.query,
        path_fields=collection.path_fields,
        errors=(400, 403, 404, 409),
    )
