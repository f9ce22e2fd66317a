"""Groups of resource commands: `torc jobs`, `torc files` and so on.

`vocabulary.py` has columns, option names and hints for most record types. A record type without an entry there gets a
group that follows from the OpenAPI document alone.
"""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

import click

from torc_client.cli.framework import examples
from torc_client.cli.framework.document_options import resolved, types_of
from torc_client.cli.framework.lazy import LazyCommand, LazyGroup
from torc_client.cli.framework.record_changes import change_commands
from torc_client.cli.framework.resource_commands import get_command, list_command
from torc_client.cli.framework.vocabulary import ResourceSpec
from torc_client.document import DocumentedOperation, described
from torc_client.vocabulary.words import ColumnKind, ColumnWords, RecordWords

# A table of more columns is wider than a terminal. `get` shows every member.
MAX_COLUMNS = 8
_NUMBERS = {"integer", "number"}


def resource_group(
    spec: ResourceSpec, name: str = "", extra: Mapping[str, LazyCommand] | None = None, help: str | None = None
) -> LazyGroup:
    """Return the group of commands for one record type.

    `extra` adds commands to those that follow from the document, or replaces one of the same name.
    """

    @cache
    def derived() -> dict[str, click.Command]:
        reads = [list_command(spec), *([get_command(spec)] if spec.get_operation else [])]
        return {str(made.name): made for made in (*reads, *change_commands(spec)) if made.name not in (extra or {})}

    plural = f"{spec.plural[0].upper()}{spec.plural[1:]}"
    group_name = name or spec.tag.replace("_", "-")
    return LazyGroup(
        name=group_name,
        help=help or f"{plural} of a workflow.",
        lazy_commands=extra or {},
        fallback=derived,
        epilog=examples.epilog(group_name),
    )


def derived_groups(known_tags: Collection[str]) -> dict[str, click.Group]:
    """Return a group for each record type of workflows whose tag in the document is not in `known_tags`."""
    groups: dict[str, click.Group] = {}
    for operation in described().values():
        tag = operation.tag
        if tag not in known_tags and operation.id == f"list_{tag}" and _belongs_to_workflow(operation):
            spec = spec_from_document(operation)
            group = resource_group(spec)
            commands = ", ".join(group.list_commands(click.Context(group)))
            group.short_help = f"{spec.plural.capitalize()} of a workflow: {commands}"
            groups[tag.replace("_", "-")] = group
    return groups


def spec_from_document(list_operation: DocumentedOperation) -> ResourceSpec:
    """Return names and columns of a record type, given the operation that lists its records."""
    tag = list_operation.tag
    by_route = {(each.method, each.path): each for each in described().values()}
    get = by_route.get(("GET", f"/{tag}/{{id}}"))
    item = resolved(_members(list_operation)["items"]["items"])
    singular = (get.id.removeprefix("get_") if get else tag).replace("_", " ")
    can_create = ("POST", f"/{tag}") in by_route
    hint = f"Add one: torc {tag.replace('_', '-')} create WORKFLOW_ID" if can_create else ""
    plural = tag.replace("_", " ")
    return ResourceSpec(
        RecordWords(tag, singular, plural, list_operation.id, get.id if get else "", _columns(item), when_empty=hint)
    )


def _belongs_to_workflow(operation: DocumentedOperation) -> bool:
    in_query = any(part["name"] == "workflow_id" and part.get("required") for part in operation.parameters)
    return operation.method == "GET" and (in_query or operation.is_below_workflow) and "items" in _members(operation)


def _members(operation: DocumentedOperation) -> Mapping[str, Any]:
    """Return the members of the answer."""
    members: Mapping[str, Any] = resolved(operation.answer).get("properties", {})
    return members


def _columns(record: Mapping[str, Any]) -> tuple[ColumnWords, ...]:
    """Return the id first, then members with a single value, up to `MAX_COLUMNS`."""
    single = [
        name
        for name, part in record["properties"].items()
        if not (types_of(resolved(part)) or {"object"}) & {"object", "array"}
    ]
    names = ["id", *(name for name in single if name not in {"id", "workflow_id"})][:MAX_COLUMNS]
    return tuple(ColumnWords(_heading(name), name, _kind_of(record["properties"][name])) for name in names)


def _kind_of(member: Mapping[str, Any]) -> ColumnKind:
    return ColumnKind.NUMBER if types_of(resolved(member)) & _NUMBERS else ColumnKind.TEXT


def _heading(name: str) -> str:
    return "ID" if name == "id" else name.removesuffix("_id").replace("_", " ").capitalize()
