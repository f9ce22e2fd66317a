"""Groups for kinds of records that the vocabulary has no words for: what to say follows from the document alone."""

from collections.abc import Collection, Mapping
from typing import Any

import click

from torc_client.cli.framework.document_options import kinds, resolved
from torc_client.cli.framework.lazy import LazyGroup
from torc_client.cli.framework.record_changes import change_commands
from torc_client.cli.framework.resource_commands import get_command, list_command
from torc_client.cli.framework.results import Column
from torc_client.cli.framework.vocabulary import Words
from torc_client.document import Described, described

# So many columns fit on a terminal; `get` shows every member.
MOST_COLUMNS = 8
_NUMBERS = {"integer", "number"}


def derived_groups(spoken_for: Collection[str]) -> dict[str, click.Group]:
    """Return a group for each kind of record that belongs to workflows, but for the tags that have one already."""
    groups = {}
    for operation in described().values():
        tag = operation.tag
        if tag not in spoken_for and operation.id == f"list_{tag}" and _belongs_to_workflow(operation):
            words = _words(operation)
            groups[tag.replace("_", "-")] = _group(words)
    return groups


def _group(words: Words) -> click.Group:
    reads = [list_command(words), *([get_command(words)] if words.get_operation else [])]
    commands = [*reads, *change_commands(words)]
    summary = f"{words.plural.capitalize()} of a workflow: {', '.join(str(each.name) for each in commands)}"
    group = LazyGroup(table={}, name=words.tag.replace("_", "-"), help=f"{words.plural.capitalize()} of a workflow.")
    group.short_help = summary
    for command in commands:
        group.add_command(command)
    return group


def _belongs_to_workflow(operation: Described) -> bool:
    in_query = any(part["name"] == "workflow_id" and part.get("required") for part in operation.parameters)
    return operation.method == "GET" and (in_query or operation.is_below_workflow) and "items" in _members(operation)


def _members(operation: Described) -> Mapping[str, Any]:
    """Return the members of the answer."""
    members: Mapping[str, Any] = resolved(operation.answer).get("properties", {})
    return members


def _words(operation: Described) -> Words:
    tag = operation.tag
    by_place = {(each.method, each.path): each for each in described().values()}
    get = by_place.get(("GET", f"/{tag}/{{id}}"))
    item = resolved(_members(operation)["items"]["items"])
    singular = (get.id.removeprefix("get_") if get else tag).replace("_", " ")
    hint = f"Add one: torc {tag.replace('_', '-')} create WORKFLOW_ID" if ("POST", f"/{tag}") in by_place else ""
    plural = tag.replace("_", " ")
    return Words(tag, singular, plural, operation.id, get.id if get else "", _columns(item), when_empty=hint)


def _columns(record: Mapping[str, Any]) -> tuple[Column, ...]:
    """Return the id first, then what fits into a line."""
    plain = [
        name
        for name, part in record["properties"].items()
        if not (kinds(resolved(part)) or {"object"}) & {"object", "array"}
    ]
    names = ["id", *(name for name in plain if name not in {"id", "workflow_id"})][:MOST_COLUMNS]
    return tuple(
        Column(_heading(name), name, right=bool(kinds(resolved(record["properties"][name])) & _NUMBERS))
        for name in names
    )


def _heading(name: str) -> str:
    return "ID" if name == "id" else name.removesuffix("_id").replace("_", " ").capitalize()
