"""List, read, create, change and delete the records of any resource. The only composer of SQL text.

What it composes are declared names: columns, tables and filters of resources, never a word of a client. SQLite
itself writes the JSON, so that no object is made per row.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from torc_server.engine.errors import Conflict, NotFound, RuleBroken
from torc_server.engine.ids import WorkflowId
from torc_server.resources.fields import UNSET, Member
from torc_server.resources.json_fields import JsonText
from torc_server.resources.report import Report
from torc_server.resources.resource import Body, Resource
from torc_server.store.numbers import json_numbers
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

MAX_LIMIT = 10_000


class Encoded(str):
    """JSON text: an answer that needs no more encoding."""

    __slots__ = ()


class View(NamedTuple):
    """How records are written: with relations, all or only some, and with JSON as text inside strings (0.12)."""

    relations: bool = False
    only: frozenset[str] | None = None
    json_as_text: bool = False


PLAIN = View()
WHOLE = View(relations=True)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which records, in which order, and which part of them."""

    conditions: tuple[str, ...]
    parameters: Mapping[str, Any]
    sort_by: str = "id"
    reverse: bool = False
    offset: int = 0
    limit: int = MAX_LIMIT


def _composed(text: str) -> Statement:
    """Make a statement that the tests of resources check, instead of listing it with the declared ones."""
    statement = str.__new__(Statement, text)
    statement.hot = False
    return statement


def _member_sql(table: str, name: str, member: Member, view: View) -> str:
    """Give SQL for ``,"name":value``; empty where the value is null."""
    column = member.sql or f"{table}.{name}"
    as_text = view.json_as_text and isinstance(member, JsonText)
    value = f"json_quote({column})" if as_text else member.json_sql(column)
    if member.null_shown:
        return f"""',"{name}":' || coalesce({value}, 'null')"""
    # A computed NULL passes through ||; CASE keeps it for the writers of true, false and words.
    return f"""CASE WHEN {column} IS NULL THEN '' ELSE ',"{name}":' || {value} END"""


def _is_wanted(name: str, view: View) -> bool:
    return view.relations and (view.only is None or name in view.only)


@lru_cache(maxsize=64)
def _json_sql(resource: Resource, view: View) -> str:
    """Give SQL for the JSON text of a row."""
    parts = [
        _member_sql(resource.table, name, member, view)
        for name, member in resource.members.items()
        if name != "id" and (member.stored or member.sql) and (not member.relation or _is_wanted(name, view))
    ]
    return f"""'{{"id":' || {resource.table}.id || """ + " || ".join(parts) + " || '}'"


@lru_cache(maxsize=64)
def _select_one(resource: Resource, view: View) -> Statement:
    return _composed(f"SELECT {_json_sql(resource, view)} FROM {resource.table} WHERE id = :id")  # noqa: S608 - declared names


@lru_cache(maxsize=64)
def _select_workflow(resource: Resource) -> Statement:
    return _composed(f"SELECT workflow_id FROM {resource.table} WHERE id = :id")  # noqa: S608 - declared names


@lru_cache(maxsize=64)
def _select_many(resource: Resource, view: View) -> Statement:
    return _composed(
        f"SELECT {_json_sql(resource, view)} FROM json_each(:ids) AS wanted"  # noqa: S608 - declared names
        f" CROSS JOIN {resource.table} ON {resource.table}.id = wanted.value ORDER BY wanted.key"
    )


@lru_cache(maxsize=512)
def _select_page(
    resource: Resource, view: View, conditions: tuple[str, ...], order: str
) -> tuple[Statement, Statement]:
    where = " WHERE " + " AND ".join(conditions) if conditions else ""
    return (
        _composed(
            f"SELECT {_json_sql(resource, view)} FROM {resource.table}{where} ORDER BY {order}"  # noqa: S608 - declared names
            " LIMIT :max_rows OFFSET :skipped_rows"
        ),
        _composed(f"SELECT COUNT(*) FROM {resource.table}{where}"),  # noqa: S608 - declared names
    )


@lru_cache(maxsize=64)
def _select_report(report: Report, order: str) -> tuple[Statement, Statement]:
    parts = " || ".join(_member_sql("report", name, member, PLAIN) for name, member in report.members.items())
    return (
        _composed(
            f"SELECT '{{' || substr({parts}, 2) || '}}' FROM ({report.rows}) AS report ORDER BY {order}"  # noqa: S608 - declared names
            " LIMIT :max_rows OFFSET :skipped_rows"
        ),
        report.count or _composed(f"SELECT COUNT(*) FROM ({report.rows})"),  # noqa: S608 - a declared statement
    )


@lru_cache(maxsize=64)
def _insert(resource: Resource, columns: tuple[str, ...]) -> Statement:
    return _composed(
        f"INSERT INTO {resource.table} ({', '.join(columns)}) VALUES ({', '.join(':' + name for name in columns)})"  # noqa: S608 - declared names
    )


@lru_cache(maxsize=64)
def _update(resource: Resource, extra: tuple[str, ...]) -> Statement:
    changes = [
        f"{name} = :{name}" if member.null == "clears" else f"{name} = coalesce(:{name}, {name})"
        for name, member in changeable(resource).items()
    ] + [f"{name} = coalesce(:{name}, {name})" for name in extra]
    return _composed(f"UPDATE {resource.table} SET {', '.join(changes)} WHERE id = :id")  # noqa: S608 - declared names


@lru_cache(maxsize=64)
def _delete(resource: Resource, column: str) -> Statement:
    return _composed(f"DELETE FROM {resource.table} WHERE {column} = :id")  # noqa: S608 - declared names


@lru_cache(maxsize=64)
def _missing_reference(table: str) -> Statement:
    return _composed(
        "SELECT wanted.value FROM json_each(:ids) AS wanted WHERE NOT EXISTS"  # noqa: S608 - declared names
        f" (SELECT 1 FROM {table} WHERE {table}.id = wanted.value AND {table}.workflow_id = :workflow_id) LIMIT 1"
    )


LAST_ID = Statement("SELECT seq FROM sqlite_sequence WHERE name = :table")


def changeable(resource: Resource) -> dict[str, Member]:
    """Give the members that an update may change."""
    return {
        name: each for name, each in resource.members.items() if each.stored and not each.read_only and not each.fixed
    }


def missing(resource: Resource, record_id: int) -> NotFound:
    """Make the error for a record that is not there."""
    return NotFound(f"There is no {resource.noun} {record_id}")


def one(tx: Transaction, resource: Resource, record_id: int, view: View = WHOLE) -> Encoded:
    """Give a record as JSON; raises NotFound."""
    text = tx.value(_select_one(resource, view), {"id": record_id})
    if text is None:
        raise missing(resource, record_id)
    return Encoded(text)


def workflow_of(tx: Transaction, resource: Resource, record_id: int) -> WorkflowId:
    """Give the workflow that a record belongs to; raises NotFound."""
    workflow_id = tx.value(_select_workflow(resource), {"id": record_id})
    if workflow_id is None:
        raise missing(resource, record_id)
    return WorkflowId(workflow_id)


def stored(tx: Transaction, resource: Resource, record_id: int) -> Body:
    """Give a record as values; raises NotFound."""
    body: Body = msgspec.json.decode(one(tx, resource, record_id, WHOLE).encode())
    return body


def many(tx: Transaction, resource: Resource, ids: Iterable[int], view: View = PLAIN) -> Encoded:
    """Give records as a JSON list, in the order of their ids; those that are not there are left out."""
    rows = tx.rows(_select_many(resource, view), {"ids": json_numbers(list(ids))})
    return Encoded(f"[{','.join(row[0] for row in rows)}]")


def after(tx: Transaction, resource: Resource, selection: Selection, after_id: int) -> list[tuple[int, str]]:
    """Give the ids and JSON texts of the records behind an id, with all their relations: the way to walk all."""
    conditions = (*selection.conditions, f"{resource.table}.id > :after_id")
    select, _ = _select_page(resource, WHOLE, conditions, f"{resource.table}.id")
    values = {**selection.parameters, "after_id": after_id, "max_rows": selection.limit, "skipped_rows": 0}
    return [(msgspec.json.decode(row[0], type=_Identified).id, row[0]) for row in tx.rows(select, values)]


class _Identified(msgspec.Struct):
    id: int


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a list: the records' JSON texts, how many were passed over, the limit, how many match in all."""

    items: tuple[str, ...]
    offset: int
    limit: int
    total: int

    def in_envelope(self, counts: Mapping[str, int]) -> Encoded:
        """Write it as the envelope of a list, with these numbers between the offset and the total."""
        numbers = "".join(f'"{name}":{number},' for name, number in counts.items())
        has_more = "true" if self.offset + len(self.items) < self.total else "false"
        return Encoded(
            f'{{"items":[{",".join(self.items)}],"offset":{self.offset},{numbers}'
            f'"total_count":{self.total},"has_more":{has_more}}}'
        )


def page(tx: Transaction, resource: Resource, selection: Selection, view: View = PLAIN) -> Encoded:
    """Give a part of a list, in its envelope; raises RuleBroken for a sort key that is no member."""
    return _in_list_envelope(excerpt(tx, resource, selection, view))


def excerpt(tx: Transaction, resource: Resource, selection: Selection, view: View = PLAIN) -> Excerpt:
    """Give a part of a list; raises RuleBroken for a sort key that is no member."""
    order = _order(resource.path, resource.members, resource.table, selection, keys=("id",))
    return _part(tx, selection, *_select_page(resource, view, selection.conditions, order))


def report_page(tx: Transaction, report: Report, selection: Selection) -> Encoded:
    """Give a part of a report, in the envelope of lists; raises RuleBroken for a sort key that is no member."""
    order = _order(report.path, report.members, "report", selection, keys=report.keys)
    return _in_list_envelope(_part(tx, selection, *_select_report(report, order)))


def _in_list_envelope(part: Excerpt) -> Encoded:
    return part.in_envelope({"max_limit": MAX_LIMIT, "count": len(part.items)})


def _order(path: str, members: Mapping[str, Member], table: str, selection: Selection, *, keys: tuple[str, ...]) -> str:
    """Give the ORDER BY of a list, with its keys behind what was asked for, so that pages never overlap."""
    member = members.get(selection.sort_by)
    if member is None or not member.stored:
        known = ", ".join(name for name, each in members.items() if each.stored)
        raise RuleBroken(f"Lists of {path} are sorted by one of {known}", field="sort_by", value=selection.sort_by)
    direction = "DESC" if selection.reverse else "ASC"
    columns = dict.fromkeys((selection.sort_by, *keys))
    return ", ".join(f"{table}.{column} {direction}" for column in columns)


def _part(tx: Transaction, selection: Selection, select: Statement, count: Statement) -> Excerpt:
    offset, limit = max(selection.offset, 0), min(max(selection.limit, 0), MAX_LIMIT)
    items = [row[0] for row in tx.rows(select, {**selection.parameters, "max_rows": limit, "skipped_rows": offset})]
    return Excerpt(tuple(items), offset, limit, tx.value(count, selection.parameters))


def create(tx: Transaction, resource: Resource, bodies: Sequence[Body], now: datetime) -> list[int]:
    """Store new records, all of one workflow, and give their ids in the same order.

    Raises RuleBroken for references to what the workflow does not have, Conflict for duplicates, and what the
    resource's own rules raise.
    """
    if not bodies:
        return []
    _require_references(tx, resource, bodies)
    rows = resource.prepare_new(tx, bodies, now) if resource.prepare_new else bodies
    # What is the server's own and has no value yet is the table's business.
    columns = {
        name: each
        for name, each in resource.members.items()
        if each.stored and (name == "id" or name in rows[0] or not each.read_only)
    }
    absent = {name: None if each.default is UNSET else each.default for name, each in columns.items()}
    extra = tuple(sorted(set(rows[0]) - set(resource.members)))
    # The ids are given here, so that they follow the request's order. There is one writer: nobody else takes them.
    first = (tx.value(LAST_ID, {"table": resource.table}) or 0) + 1
    ids = list(range(first, first + len(rows)))
    converted = [name for name, each in columns.items() if type(each).kept is not Member.kept]
    statement = _insert(resource, (*columns, *extra))

    def parameters() -> Iterable[Mapping[str, Any]]:
        for record_id, body in zip(ids, rows, strict=True):
            row = {**absent, **body, "id": record_id}
            for name in converted:
                if row[name] is not None:
                    row[name] = columns[name].kept(row[name])
            yield row

    _without_duplicates(resource, lambda: tx.execute_many(statement, parameters()))
    if resource.attach_new:
        resource.attach_new(tx, ids, bodies)
    return ids


def update(tx: Transaction, resource: Resource, record_id: int, body: Body) -> None:
    """Change a record. Absent members keep their value, unless the member says that they clear it.

    Raises NotFound, RuleBroken, Conflict.
    """
    before = stored(tx, resource, record_id)
    members = changeable(resource)
    if resource.belongs_to_workflow:
        sent = {name: value for name, value in body.items() if name in members}
        _require_references(tx, resource, [{**sent, "workflow_id": before["workflow_id"]}])
    change = resource.prepare_change(tx, before, body) if resource.prepare_change else body
    row = {name: each.kept(change[name]) if name in change else None for name, each in members.items()}
    extra = tuple(sorted(set(change) - set(resource.members)))
    values = {**row, **{name: change[name] for name in extra}, "id": record_id}
    _without_duplicates(resource, lambda: tx.execute(_update(resource, extra), values))
    if resource.after_change:
        resource.after_change(tx, before)


def delete(tx: Transaction, resource: Resource, record_id: int, view: View = WHOLE) -> Encoded:
    """Delete a record and give what it was; raises NotFound and what the resource's own rules raise."""
    before = one(tx, resource, record_id, view)
    body: Body = msgspec.json.decode(before.encode())
    if resource.before_delete:
        resource.before_delete(tx, body)
    tx.execute(_delete(resource, "id"), {"id": record_id})
    if resource.after_delete:
        resource.after_delete(tx, WorkflowId(body["workflow_id"] if resource.belongs_to_workflow else record_id))
    return before


def delete_all(tx: Transaction, resource: Resource, workflow_id: WorkflowId) -> int:
    """Delete a workflow's records and tell how many there were."""
    if resource.before_delete_all:
        resource.before_delete_all(tx, workflow_id)
    count = tx.execute(_delete(resource, "workflow_id"), {"id": workflow_id})
    if resource.after_delete_all:
        resource.after_delete_all(tx, workflow_id)
    return count


def _require_references(tx: Transaction, resource: Resource, bodies: Sequence[Body]) -> None:
    for name, member in resource.members.items():
        if member.references is None:
            continue
        ids = {body[name] for body in bodies if name in body}
        if not ids:
            continue
        workflow_id = bodies[0]["workflow_id"]
        absent = tx.value(
            _missing_reference(member.references), {"ids": json.dumps(list(ids)), "workflow_id": workflow_id}
        )
        if absent is not None:
            raise RuleBroken(f"Workflow {workflow_id} has no {name} {absent}", field=name, value=absent)


def _without_duplicates(resource: Resource, write: Any) -> None:
    try:
        write()
    except sqlite3.IntegrityError as error:
        if error.sqlite_errorcode in (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY):
            raise Conflict(f"That {resource.noun} exists already") from error
        raise
