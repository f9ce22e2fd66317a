"""SQL with which SQLite writes records as JSON, so that Python makes no object per row.

The statements that this module, `records` and `lists` compose have only declared names: columns, tables and filters of
resources. They never have a text of a client.
"""

from functools import lru_cache
from typing import NamedTuple

from torc_server.resources.fields import Member
from torc_server.resources.json_fields import JsonObject, JsonText
from torc_server.resources.resource import Resource
from torc_server.store.statement import Statement


class View(NamedTuple):
    """Which relations are written, all or some of them, and the form of JSON for older clients.

    `json_as_text`: as text in strings (0.12). `without_extensions`: without the members that only this server has,
    because the models of 0.35 and 1.0 refuse unknown members of some objects.
    """

    relations: bool = False
    only: frozenset[str] | None = None
    json_as_text: bool = False
    without_extensions: bool = False


PLAIN = View()
WHOLE = View(relations=True)


def composed(text: str) -> Statement:
    """Make a statement that is not listed with the declared ones. The tests of resources check it."""
    statement = str.__new__(Statement, text)
    statement.hot = False
    return statement


def member_sql(table: str, name: str, member: Member, view: View) -> str:
    """Return SQL for ``,"name":value``, or an empty text if the value is null."""
    column = member.column.sql or f"{table}.{name}"
    as_text = view.json_as_text and isinstance(member, JsonText)
    if as_text:
        value = f"json_quote({column})"
    elif view.without_extensions and isinstance(member, JsonObject):
        value = member.sql_without_extensions(column)
    else:
        value = member.json_sql(column)
    if member.column.null_shown:
        return f"""',"{name}":' || coalesce({value}, 'null')"""
    # The CASE is needed because a NULL would make the whole text NULL, and a boolean expression write false.
    return f"""CASE WHEN {column} IS NULL THEN '' ELSE ',"{name}":' || {value} END"""


def _is_wanted(name: str, member: Member, view: View) -> bool:
    if not member.column.is_relation:
        return True
    return view.relations and (not member.column.only_named if view.only is None else name in view.only)


@lru_cache(maxsize=64)
def json_sql(resource: Resource, view: View) -> str:
    """Return SQL for the JSON text of a row."""
    parts = [
        member_sql(resource.table, name, member, view)
        for name, member in resource.members.items()
        if name != "id"
        and member.column.is_shown
        and (member.column.is_stored or member.column.sql)
        and _is_wanted(name, member, view)
    ]
    return f"""'{{"id":' || {resource.table}.id || """ + " || ".join(parts) + " || '}'"
