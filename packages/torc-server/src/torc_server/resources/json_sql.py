"""How SQLite writes records as JSON itself, so that no object is made per row.

What is composed here and by `records` and `lists` are declared names: columns, tables and filters of resources, never a
word of a client.
"""

from functools import lru_cache
from typing import NamedTuple

from torc_server.resources.fields import Member
from torc_server.resources.json_fields import JsonText
from torc_server.resources.resource import Resource
from torc_server.store.statement import Statement


class View(NamedTuple):
    """How records are written: with relations, all or only some, and with JSON as text inside strings (0.12)."""

    relations: bool = False
    only: frozenset[str] | None = None
    json_as_text: bool = False


PLAIN = View()
WHOLE = View(relations=True)


def composed(text: str) -> Statement:
    """Make a statement that the tests of resources check, instead of listing it with the declared ones."""
    statement = str.__new__(Statement, text)
    statement.hot = False
    return statement


def member_sql(table: str, name: str, member: Member, view: View) -> str:
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
def json_sql(resource: Resource, view: View) -> str:
    """Give SQL for the JSON text of a row."""
    parts = [
        member_sql(resource.table, name, member, view)
        for name, member in resource.members.items()
        if name != "id" and (member.stored or member.sql) and (not member.relation or _is_wanted(name, view))
    ]
    return f"""'{{"id":' || {resource.table}.id || """ + " || ".join(parts) + " || '}'"
