"""Read, create, change and delete the records of any resource."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain, islice
from typing import Any

import msgspec
from msgspec import Raw

from torc_server.engine.errors import Conflict, NotFound
from torc_server.engine.ids import WorkflowId
from torc_server.resources.fields import UNSET, Member
from torc_server.resources.json_sql import PLAIN, WHOLE, View, composed, json_sql
from torc_server.resources.references import Check, Reference, reference_of, require_own
from torc_server.resources.resource import Body, Resource
from torc_server.store.row_ids import json_numbers, last_id
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction


@lru_cache(maxsize=128)
def _select_one(resource: Resource, view: View) -> Statement:
    return composed(f"SELECT {json_sql(resource, view)} FROM {resource.table} WHERE id = :id")  # noqa: S608 - declared names


@lru_cache(maxsize=64)
def _select_workflow(resource: Resource) -> Statement:
    return composed(f"SELECT workflow_id FROM {resource.table} WHERE id = :id")  # noqa: S608 - declared names


@lru_cache(maxsize=128)
def _select_many(resource: Resource, view: View) -> Statement:
    return composed(
        f"SELECT {resource.table}.id, {json_sql(resource, view)} FROM json_each(:ids) AS wanted"  # noqa: S608 - declared names
        f" CROSS JOIN {resource.table} ON {resource.table}.id = wanted.value ORDER BY wanted.key"
    )


@lru_cache(maxsize=64)
def _insert(resource: Resource, columns: tuple[str, ...], num_rows: int) -> Statement:
    row = f"({', '.join('?' * len(columns))})"
    return composed(
        f"INSERT INTO {resource.table} ({', '.join(columns)}) VALUES {', '.join([row] * num_rows)}"  # noqa: S608 - declared names
    )


@lru_cache(maxsize=64)
def _update(resource: Resource, extra: tuple[str, ...]) -> Statement:
    forms = {
        "clears": "{0} = :{0}",
        "keep": "{0} = coalesce(:{0}, {0})",
        "emptied": "{0} = nullif(coalesce(:{0}, {0}), '{1}')",
    }
    changes = [forms[member.null].format(name, member.empty) for name, member in changeable(resource).items()] + [
        f"{name} = coalesce(:{name}, {name})" for name in extra
    ]
    return composed(f"UPDATE {resource.table} SET {', '.join(changes)} WHERE id = :id")  # noqa: S608 - declared names


@lru_cache(maxsize=64)
def _delete(resource: Resource, column: str) -> Statement:
    return composed(f"DELETE FROM {resource.table} WHERE {column} = :id")  # noqa: S608 - declared names


# Rows of one INSERT. On a table with triggers, SQLite copies every page before an INSERT changes it, so that it can
# undo a statement that fails half-way. Larger statements need fewer copies.
_ROWS_AT_ONCE = 64


def changeable(resource: Resource) -> dict[str, Member]:
    """Return the members that an update may change."""
    return {
        name: each
        for name, each in resource.members.items()
        if each.column.is_stored and not each.read_only and not each.fixed
    }


def missing(resource: Resource, record_id: int) -> NotFound:
    """Make the error for a record that does not exist."""
    return NotFound(f"There is no {resource.noun} {record_id}")


def one(tx: Transaction, resource: Resource, record_id: int, view: View = WHOLE) -> Raw:
    """Return a record as JSON. Raises NotFound."""
    text = tx.value(_select_one(resource, view), {"id": record_id})
    if text is None:
        raise missing(resource, record_id)
    return Raw(text)


def workflow_of(tx: Transaction, resource: Resource, record_id: int) -> WorkflowId:
    """Return the workflow of a record. Raises NotFound."""
    workflow_id = tx.value(_select_workflow(resource), {"id": record_id})
    if workflow_id is None:
        raise missing(resource, record_id)
    return WorkflowId(workflow_id)


def stored(tx: Transaction, resource: Resource, record_id: int) -> Body:
    """Return a record as values. Raises NotFound."""
    body: Body = msgspec.json.decode(one(tx, resource, record_id, WHOLE))
    return body


def many(tx: Transaction, resource: Resource, ids: Iterable[int], view: View = PLAIN) -> Raw:
    """Return records as a JSON list, in the order of `ids`, without those that do not exist."""
    rows = tx.rows(_select_many(resource, view), {"ids": json_numbers(list(ids))})
    return Raw(f"[{','.join(row[1] for row in rows)}]")


def by_id(tx: Transaction, resource: Resource, ids: Iterable[int], view: View = PLAIN) -> dict[int, Raw]:
    """Return records as JSON by id, without those that do not exist. Runs one query."""
    rows = tx.rows(_select_many(resource, view), {"ids": json_numbers(list(ids))})
    return {row[0]: Raw(row[1]) for row in rows}


def create(tx: Transaction, resource: Resource, bodies: Sequence[Body], now: datetime) -> list[int]:
    """Store new records, all of one workflow. Returns their ids in the same order.

    Raises RuleBroken for references to records that the workflow does not have, Conflict for duplicates, and the errors
    of the rules of the resource.
    """
    if not bodies:
        return []
    if resource.belongs_to_workflow:
        _require_references(tx, resource, WorkflowId(bodies[0]["workflow_id"]), bodies)
    rows = resource.prepare_new(tx, bodies, now) if resource.prepare_new else bodies
    # A read-only member without a value gets the default of the table.
    columns = {
        name: each
        for name, each in resource.members.items()
        if each.column.is_stored and (name == "id" or name in rows[0] or not each.read_only)
    }
    absent = {name: None if each.default is UNSET else each.default for name, each in columns.items()}
    extra = tuple(sorted(set(rows[0]) - set(resource.members)))
    # The ids are assigned here, in the order of the request. There is one writer, so no other request can use them.
    first = last_id(tx, resource.table) + 1
    ids = list(range(first, first + len(rows)))
    converted = [name for name, each in columns.items() if type(each).kept is not Member.kept]
    stored_columns = (*columns, *extra)

    def values() -> Iterator[list[Any]]:
        for record_id, body in zip(ids, rows, strict=True):
            row = {**absent, **body, "id": record_id}
            for name in converted:
                if row[name] is not None:
                    row[name] = columns[name].kept(row[name])
            yield [row[name] for name in stored_columns]

    _without_duplicates(resource, lambda: _insert_all(tx, resource, stored_columns, values()))
    if resource.attach_new:
        resource.attach_new(tx, ids, bodies)
    return ids


def _insert_all(tx: Transaction, resource: Resource, columns: tuple[str, ...], rows: Iterable[list[Any]]) -> None:
    remaining = iter(rows)
    while some := list(islice(remaining, _ROWS_AT_ONCE)):
        if len(some) == _ROWS_AT_ONCE:
            tx.execute(_insert(resource, columns, len(some)), list(chain.from_iterable(some)))
        else:
            tx.execute_many(_insert(resource, columns, 1), some)


def update(tx: Transaction, resource: Resource, record_id: int, body: Body) -> None:
    """Change a record. Absent members keep their value, except those with ``null="clears"``.

    Raises NotFound, RuleBroken, Conflict.
    """
    before = stored(tx, resource, record_id)
    members = changeable(resource)
    if resource.belongs_to_workflow:
        # An id that does not change may refer to a record that was deleted since.
        sent = {name: value for name, value in body.items() if name in members and value != before.get(name)}
        _require_references(tx, resource, WorkflowId(before["workflow_id"]), [sent])
    change = resource.prepare_change(tx, before, body) if resource.prepare_change else body
    row = {name: each.kept(change[name]) if name in change else None for name, each in members.items()}
    extra = tuple(sorted(set(change) - set(resource.members)))
    values = {**row, **{name: change[name] for name in extra}, "id": record_id}
    _without_duplicates(resource, lambda: tx.execute(_update(resource, extra), values))
    if resource.after_change:
        resource.after_change(tx, before)


def delete(tx: Transaction, resource: Resource, record_id: int, view: View = WHOLE) -> Raw:
    """Delete a record and return it. Raises NotFound and the errors of the rules of the resource."""
    before = one(tx, resource, record_id, view)
    body: Body = msgspec.json.decode(before)
    if resource.before_delete:
        resource.before_delete(tx, body)
    tx.execute(_delete(resource, "id"), {"id": record_id})
    if resource.after_delete:
        resource.after_delete(tx, WorkflowId(body["workflow_id"] if resource.belongs_to_workflow else record_id))
    return before


def delete_all(tx: Transaction, resource: Resource, workflow_id: WorkflowId) -> int:
    """Delete the records of a workflow and return their number."""
    if resource.before_delete_all:
        resource.before_delete_all(tx, workflow_id)
    count = tx.execute(_delete(resource, "workflow_id"), {"id": workflow_id})
    if resource.after_delete_all:
        resource.after_delete_all(tx, workflow_id)
    return count


@lru_cache(maxsize=64)
def _references(resource: Resource) -> tuple[tuple[str, Reference], ...]:
    """Return the members of a resource whose ids are checked here."""
    component = resource.schema.__name__
    found = ((name, reference_of(component, name)) for name in resource.members)
    return tuple((name, each) for name, each in found if each is not None and each.check is Check.RECORDS)


def _require_references(tx: Transaction, resource: Resource, workflow_id: WorkflowId, bodies: Sequence[Body]) -> None:
    for name, reference in _references(resource):
        ids: set[int] = set()
        for body in bodies:
            value = body.get(name)
            if value is not None:
                ids.update(value if isinstance(value, list) else (value,))
        require_own(tx, workflow_id, reference, ids, member=name)


def _without_duplicates(resource: Resource, write: Any) -> None:
    try:
        write()
    except sqlite3.IntegrityError as error:
        if error.sqlite_errorcode in (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY):
            raise Conflict(f"That {resource.noun} already exists") from error
        raise
