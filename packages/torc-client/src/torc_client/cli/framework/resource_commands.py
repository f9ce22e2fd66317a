"""`list` and `get` of any resource, out of openapi.json and the vocabulary."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.document_options import plain_type, resolved, types_of
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.results import Column, Listing, Record
from torc_client.cli.framework.vocabulary import ResourceSpec
from torc_client.document import described

# Given by the argument, or of no use to people.
_NO_OPTION = {"workflow_id", "limit"}
_TOLD = {
    "all_runs": "Results of earlier runs and attempts too.",
    "include_relationships": "With the ids of files, data and jobs that each is connected to.",
    "is_output": "Only those that some job writes.",
    "is_active": "Only those that are at work.",
    "is_ephemeral": "Only those that are cleared between runs.",
    "name": "Only those with this in their name.",
    "needs_file_id": "Only those that read this file.",
    "offset": "How many to pass over.",
    "origin_is_set": "Only those that another job created.",
    "reverse_sort": "Last things first.",
    "sort_by": "Member to sort by.",
    "upstream_job_id": "Only those that wait for this job.",
}
_FEWER = "None is as the options ask; without them all are listed."


def list_command(words: ResourceSpec) -> click.Command:
    """Make `torc <group> list [WORKFLOW_ID] ...`."""

    async def list_records(
        app: App, workflow_id: int | None, limit: int | None, exclude: tuple[str, ...], **given: Any
    ) -> Listing:
        from torc_client.cli.framework.picker import named, pick
        from torc_client.paging import iterate

        columns = shown_columns(words.columns, exclude)
        keeps = [filter_.predicate for filter_ in words.filters if given.pop(_name(filter_.flag))]
        query = {name: value for name, value in given.items() if value is not None and value is not False}
        query.setdefault("offset", 0)
        async with app.client() as client:
            workflow_id = await pick(client, workflow_id)
            title = await named(client, workflow_id)
            # A limit counts what is shown, so what is narrowed here is counted here.
            found = iterate(words.operation_of(client, workflow_id), limit=None if keeps else limit, **query)
            items = [item async for item in found if all(keep(item) for keep in keeps)]
        is_narrowed = bool(keeps) or query.keys() - {"offset", "sort_by", "reverse_sort", "include_relationships"}
        hint = _FEWER if is_narrowed else words.when_empty.replace("WORKFLOW_ID", str(workflow_id))
        return Listing(items[:limit], columns, words.singular, words.plural, title, hint)

    made = command("list", short_help=f"List {words.plural} of a workflow.")(list_records)
    made.help = f"List {words.plural} of a workflow; without WORKFLOW_ID, of the one you choose."
    workflow_argument(made)
    made.params += [_option(parameter, words) for parameter in _filters(words)]
    made.params += [click.Option([filter_.flag], is_flag=True, help=filter_.help) for filter_ in words.filters]
    made.params.append(click.Option(["-l", "--limit"], type=click.IntRange(min=0), help="At most so many; else all."))
    made.params.append(click.Option(["-x", "--exclude"], multiple=True, metavar="COLUMN", help="Leave out (repeat)."))
    return made


def get_command(words: ResourceSpec) -> click.Command:
    """Make `torc <group> get ID`."""

    async def get(app: App, id: int | None) -> Record:
        from torc_client.cli.framework.picker import pick_record

        async with app.client() as client:
            chosen = await pick_record(client, words, id)
            operation = getattr(getattr(client, words.tag), words.get_operation)
            return Record(await operation(chosen), f"{words.singular[0].upper()}{words.singular[1:]} {chosen}")

    made = command("get", short_help=f"Show one {words.singular}.")(get)
    made.help = f"Show one {words.singular} with all its members; without ID, the one you choose."
    made.params.append(click.Argument(["id"], type=int, required=False))
    return made


def _filters(words: ResourceSpec) -> list[Mapping[str, Any]]:
    parameters = described()[words.list_operation].parameters
    return [part for part in parameters if part["in"] == "query" and part["name"] not in _NO_OPTION]


def _option(parameter: Mapping[str, Any], words: ResourceSpec) -> click.Option:
    name = parameter["name"]
    schema = resolved(parameter["schema"])
    text = _TOLD.get(name) or parameter.get("description") or schema.get("description") or _otherwise(name)
    flags = [*words.flags.get(name, (f"--{name.replace('_', '-')}",)), name]
    if "boolean" in types_of(schema):
        return click.Option(flags, is_flag=True, help=text)
    return click.Option(flags, type=plain_type(schema), help=text)


def shown_columns(columns: Sequence[Column], excluded: Sequence[str]) -> list[Column]:
    """Return the columns but for those that are named, by heading or member. Raises UsageError for unknown names."""
    names = {name.lower().replace(" ", "_") for name in excluded}
    known = {each for column in columns for each in _names(column)}
    if names - known:
        headings = ", ".join(column.heading for column in columns)
        raise click.UsageError(f"No column {', '.join(sorted(names - known))}; there are: {headings}.")
    return [column for column in columns if not names & _names(column)]


def _names(column: Column) -> set[str]:
    return {column.heading.lower().replace(" ", "_"), column.member}


def _otherwise(name: str) -> str:
    return f"Only those with this {name.removesuffix('_id').replace('_', ' ')}."


def _name(flag: str) -> str:
    return flag.removeprefix("--").replace("-", "_")
