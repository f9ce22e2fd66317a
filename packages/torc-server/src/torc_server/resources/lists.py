"""Lists of records: selection, order and pages. ``docs/explanation/lists.md`` explains why they are fast."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Raw

from torc_server.engine.errors import RuleBroken
from torc_server.engine.status.tallies import tally
from torc_server.resources.fields import Member
from torc_server.resources.json_sql import PLAIN, WHOLE, View, composed, json_sql, member_sql
from torc_server.resources.read_only_list import ReadOnlyList
from torc_server.resources.resource import Resource
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# The most records of a page, and those of a page whose request has no limit.
MAX_LIMIT, PAGE_LIMIT = 100_000, 10_000
# Pairs are made one by one if there are few of them, at all or for the links of the workflow.
FEW_PAIRS, PAIRS_OF_A_LINK = 100_000, 4
# A page has at most this size, whatever its records contain. It is several times in memory while it is sent.
LARGEST_PAGE_CHARACTERS = 128 * 1024**2


@dataclass(frozen=True, slots=True)
class Selection:
    """A page of a list: the conditions, the order, and the position and length of the page.

    `conditions` are SQL. `filters` are the names of the query parameters that the conditions were made of.
    """

    conditions: tuple[str, ...]
    parameters: Mapping[str, Any]
    filters: frozenset[str] = frozenset()
    sort_by: str = "id"
    reverse: bool = False
    offset: int = 0
    limit: int = PAGE_LIMIT


@lru_cache(maxsize=512)
def _select_page(
    resource: Resource, view: View, conditions: tuple[str, ...], order: str
) -> tuple[Statement, Statement]:
    where = " WHERE " + " AND ".join(conditions) if conditions else ""
    table = resource.table
    # Ids are selected first, so that skipped rows are neither read in full nor written as JSON.
    chosen = f"SELECT {table}.id AS id FROM {table}{where} ORDER BY {order} LIMIT :max_rows OFFSET :skipped_rows"  # noqa: S608 - declared names
    return (
        composed(
            f"SELECT {json_sql(resource, view)} FROM ({chosen}) AS chosen"  # noqa: S608 - declared names
            f" CROSS JOIN {table} ON {table}.id = chosen.id ORDER BY {order}"
        ),
        composed(f"SELECT COUNT(*) FROM {table}{where}"),  # noqa: S608 - declared names
    )


@lru_cache(maxsize=128)
def _select_report(
    report: ReadOnlyList, conditions: tuple[str, ...], order: str, sort_by: str, direction: str, *, dense: bool
) -> Statement:
    parts = " || ".join(member_sql("report", name, member, PLAIN) for name, member in report.members.items())
    if dense and report.page is not None:
        rows, ending = report.page(sort_by, direction), "ORDER BY report.position"
    else:
        where = f"WHERE {' AND '.join(conditions)} " if conditions else ""
        rows, ending = report.rows, f"{where}ORDER BY {order} LIMIT :max_rows OFFSET :skipped_rows"
    return composed(f"SELECT '{{' || substr({parts}, 2) || '}}' FROM ({rows}) AS report {ending}")  # noqa: S608 - declared names


@lru_cache(maxsize=64)
def _count_report(report: ReadOnlyList, conditions: tuple[str, ...]) -> Statement:
    if conditions:
        return composed(f"SELECT COUNT(*) FROM ({report.rows}) AS report WHERE {' AND '.join(conditions)}")  # noqa: S608 - declared
    return report.count or composed(f"SELECT COUNT(*) FROM ({report.rows})")  # noqa: S608 - a declared statement


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A page of a list: the JSON texts of the records, the number of skipped ones, the limit, and the total count."""

    items: tuple[str, ...]
    offset: int
    limit: int
    total: int

    def in_envelope(self, counts: Mapping[str, int]) -> dict[str, Any]:
        """Return the envelope of a list, with `counts` between the offset and the total."""
        return {
            "items": Raw(f"[{','.join(self.items)}]"),
            "offset": self.offset,
            **counts,
            "total_count": self.total,
            "has_more": self.offset + len(self.items) < self.total,
        }


def page(tx: Transaction, resource: Resource, selection: Selection, view: View = PLAIN) -> dict[str, Any]:
    """Return a page of a list in its envelope. Raises RuleBroken for an unknown sort key."""
    return _in_list_envelope(excerpt(tx, resource, selection, view))


def excerpt(tx: Transaction, resource: Resource, selection: Selection, view: View = PLAIN) -> Excerpt:
    """Return a page of a list. Raises RuleBroken for an unknown sort key."""
    order = _order(resource.path, resource.members, resource.table, selection, keys=("id",))
    counted = resource.tallies.get(selection.filters)
    if counted is None:
        return _part(tx, selection, *_select_page(resource, view, selection.conditions, order))
    known = tally(tx, counted, selection.parameters)
    if selection.sort_by != "id":
        return _part(tx, selection, *_select_page(resource, view, selection.conditions, order), total=known.total)
    position = known.position(max(selection.offset, 0), reverse=selection.reverse)
    if position is None:
        return Excerpt((), *_bounds(selection), known.total)
    direction = "<=" if selection.reverse else ">="
    conditions = (*selection.conditions, f"{resource.table}.id {direction} :first_id")
    select, _ = _select_page(resource, view, conditions, order)
    offset, limit = _bounds(selection)
    values = {**selection.parameters, "first_id": position.id, "max_rows": limit, "skipped_rows": position.skipped_rows}
    return Excerpt(_texts(tx, select, values), offset, limit, known.total)


def report_page(tx: Transaction, report: ReadOnlyList, selection: Selection) -> dict[str, Any]:
    """Return a page of a read-only list in its envelope. Raises RuleBroken for an unknown sort key."""
    order = _order(report.path, report.members, "report", selection, keys=report.keys)
    direction = "DESC" if selection.reverse else "ASC"
    total, *links = tx.rows(_count_report(report, selection.conditions), selection.parameters)[0]
    dense = bool(links) and total > FEW_PAIRS + PAIRS_OF_A_LINK * links[0]
    select = _select_report(report, selection.conditions, order, selection.sort_by, direction, dense=dense)
    offset, limit = _bounds(selection)
    items = _texts(tx, select, {**selection.parameters, "max_rows": limit, "skipped_rows": offset})
    return _in_list_envelope(Excerpt(items, offset, limit, total))


def _in_list_envelope(part: Excerpt) -> dict[str, Any]:
    return part.in_envelope({"max_limit": MAX_LIMIT, "count": len(part.items)})


def is_sort_key(members: Mapping[str, Member], name: str) -> bool:
    """Whether lists can be sorted by the member."""
    return name in members and members[name].column.is_sortable


def _order(path: str, members: Mapping[str, Member], table: str, selection: Selection, *, keys: tuple[str, ...]) -> str:
    """Return the ORDER BY of a list: the sort key, then the unique keys, so that pages do not overlap."""
    if not is_sort_key(members, selection.sort_by):
        known = ", ".join(name for name, each in members.items() if each.column.is_sortable)
        raise RuleBroken(
            f"sort_by of {path} is {selection.sort_by!r}; it must be one of {known}",
            field="sort_by",
            value=selection.sort_by,
        )
    direction = "DESC" if selection.reverse else "ASC"
    columns = dict.fromkeys((selection.sort_by, *keys))
    return ", ".join(f"{_expression(table, name, members[name])} {direction}" for name in columns)


def _expression(table: str, name: str, member: Member) -> str:
    column = member.column
    return column.sql if column.sorts and column.sql else f"{table}.{name}"


def _bounds(selection: Selection) -> tuple[int, int]:
    return max(selection.offset, 0), min(max(selection.limit, 0), MAX_LIMIT)


def _part(
    tx: Transaction, selection: Selection, select: Statement, count: Statement, *, total: int | None = None
) -> Excerpt:
    offset, limit = _bounds(selection)
    items = _texts(tx, select, {**selection.parameters, "max_rows": limit, "skipped_rows": offset})
    return Excerpt(items, offset, limit, tx.value(count, selection.parameters) if total is None else total)


def _texts(tx: Transaction, select: Statement, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the JSON texts of a page. Raises RuleBroken for a page that is too large."""
    items: list[str] = []
    left = LARGEST_PAGE_CHARACTERS
    for row in tx.each(select, values):
        left -= len(row[0])
        if left < 0 and items:
            size = f"{LARGEST_PAGE_CHARACTERS // 1024**2} MiB"
            raise RuleBroken(
                f"The page is larger than {size} after {len(items)} records; use a limit of at most {len(items)}",
                field="limit",
                value=values["max_rows"],
            )
        items.append(row[0])
    return tuple(items)


def after(tx: Transaction, resource: Resource, selection: Selection, after_id: int) -> list[tuple[int, str]]:
    """Return the ids and JSON texts of the records after an id, with all relations. Used to read all in steps."""
    conditions = (*selection.conditions, f"{resource.table}.id > :after_id")
    select, _ = _select_page(resource, WHOLE, conditions, f"{resource.table}.id")
    values = {**selection.parameters, "after_id": after_id, "max_rows": selection.limit, "skipped_rows": 0}
    return [(msgspec.json.decode(row[0], type=_Identified).id, row[0]) for row in tx.rows(select, values)]


class _Identified(msgspec.Struct):
    id: int
