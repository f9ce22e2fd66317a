"""SQL with which SQLite writes records as JSON, so that Python makes no object per row.

The statements that this module, `records` and `lists` compose have only declared names: columns, tables and filters of
resources. They never have a text of a client.
"""

from functools import lru_cache
from typing import NamedTuple

from torc_server.resources.fields import Member
from torc_server.resources.generation import Generation
from torc_server.resources.json_fields import JsonObject, JsonText
from torc_server.resources.resource import Resource
from torc_server.store.statement import Statement


class View(NamedTuple):
    """Which relations are written, all or some of them, and the generation of the client that reads the records."""

    relations: bool = False
    only: frozenset[str] | None = None
    generation: Generation = Generation.OTHER


PLAIN = View()
WHOLE = View(relations=True)


def composed(text: str) -> Statement:
    """Make a statement that is not listed with the declared ones. The tests of resources check it."""
    statement = str.__new__(Statement, text)
    statement.hot = False
    return statement


def member_sql(table: str, name: str, member: Member, view: View) -> str:
    """Return SQL for ``,"name":value``, or an empty text if the value is null."""
    column = member.column.variants.get(view.generation) or member.column.sql or f"{table}.{name}"
    # COMPAT 0.12, 0.35, 1.0: JSON is text in strings for 0.12. The models of 0.35 and 1.0 refuse unknown members of
    # some objects, so they get no extensions. Remove each when no client of the generation is left.
    if view.generation is Generation.V012 and isinstance(member, JsonText):
        value = f"json_quote({column})"
    elif view.generation in {Generation.V035, Generation.V100} and isinstance(member, JsonObject):
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


@lru_cache(maxsize=128)
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
