"""The commands `list` and `get` of a record type, made from openapi.json and the vocabulary."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.document_options import resolved, types_of, value_option
from torc_client.cli.framework.look import put_options_last, without_columns
from torc_client.cli.framework.names_in_jobs import IdOrName
from torc_client.cli.framework.options import LIMIT_HELP, workflow_argument
from torc_client.cli.framework.results import Listing, Record
from torc_client.cli.framework.switches import Switch
from torc_client.cli.framework.vocabulary import ResourceSpec
from torc_client.document import described

if TYPE_CHECKING:
    from torc_client.client import TorcClient

# `workflow_id` is an argument of the command, and `limit` is its own option.
_NO_OPTION = {"workflow_id", "limit"}
# Filters that list the records with a property or those without it.
_PROPERTIES = {"is_active", "is_ephemeral", "origin_is_set"}
_HELP = {
    "all_runs": "Include results of earlier runs and attempts.",
    "include_relationships": "Include the ids of related files, user data and jobs.",
    "is_output": "Only files that a job writes.",
    "is_active": "Only active nodes, or only others.",
    "is_ephemeral": "Only data that is cleared before a new run, or only other data.",
    "name": "Filter by part of the name.",
    "needs_file_id": "Only jobs that read this file.",
    "offset": "Number of records to skip.",
    "origin_is_set": "Only jobs that another job created, or only others.",
    "reverse_sort": "Sort in descending order.",
    "sort_by": "Field to sort by.",
    "upstream_job_id": "Only jobs that depend on this job.",
}
_RUN = "torc run WORKFLOW_ID"
_FILTERED_EMPTY = "No record matches these options. Without them, all are listed."


def list_command(resource: ResourceSpec) -> click.Command:
    """Return the command `torc <group> list [WORKFLOW_ID] ...`."""

    async def list_records(
        app: App, workflow_id: int | None, limit: int | None, exclude: tuple[str, ...], **given: Any
    ) -> Listing:
        from torc_client.batch.run_command import run_command
        from torc_client.cli.framework.counted import records_and_total
        from torc_client.cli.framework.picker import named, pick

        columns = without_columns(resource.columns, exclude)
        predicates = [filter_.predicate for filter_ in resource.filters if given.pop(_name(filter_.flag))]
        query = {
            name: value
            for name, value in given.items()
            if value is not None and (value is not False or name in _PROPERTIES)
        }
        query.setdefault("offset", 0)
        async with app.client() as client:
            workflow_id = await pick(client, workflow_id, is_titled=app.format == "table")
            title = await named(client, workflow_id)
            # The limit counts listed records, so with filters of the client it is applied after them.
            operation = resource.operation_of(client, workflow_id)
            items, total = await records_and_total(
                operation, limit=None if predicates else app.page_limit(limit), **query
            )
            when_empty = resource.when_empty
            if not total and _RUN in when_empty:
                when_empty = when_empty.replace(_RUN, await run_command(client, workflow_id))
            if predicates:
                items = [item for item in items if all(predicate(item) for predicate in predicates)]
                total = len(items)
            notes = await _notes(app, client, resource, workflow_id, items[:limit])
        is_narrowed = bool(predicates) or query.keys() - {"offset", "sort_by", "reverse_sort", "include_relationships"}
        hint = _FILTERED_EMPTY if is_narrowed else when_empty.replace("WORKFLOW_ID", str(workflow_id))
        return Listing(
            items[:limit], columns, resource.singular, resource.plural, title, hint, total, resource.shape,
            importance=resource.words.importance, more=resource.more_columns, notes=notes,
        )  # fmt: skip

    made = command("list", short_help=f"List {resource.plural} of a workflow.")(list_records)
    made.help = f"List {resource.plural} of a workflow. The default workflow is your newest one."
    workflow_argument(made)
    made.params += [_option(parameter, resource) for parameter in _filters(resource)]
    made.params += [click.Option([filter_.flag], is_flag=True, help=filter_.help) for filter_ in resource.filters]
    made.params.append(click.Option(["-l", "--limit"], type=click.IntRange(min=0), help=LIMIT_HELP))
    made.params.append(
        click.Option(["-x", "--exclude"], multiple=True, metavar="COLUMN", help="Hide a column. (Repeatable.)")
    )
    put_options_last(made)
    return made


def get_command(resource: ResourceSpec) -> click.Command:
    """Return the command `torc <group> get ID`."""

    async def get(app: App, id: int | str | None) -> Record:
        from torc_client.cli.framework.picker import pick_record

        async with app.client() as client:
            chosen = await pick_record(client, resource, id)
            operation = getattr(getattr(client, resource.tag), resource.get_operation)
            title = f"{resource.singular[0].upper()}{resource.singular[1:]} {chosen}"
            record = await operation(chosen)
            notes = await _notes(app, client, resource, getattr(record, "workflow_id", 0), [record])
            return Record(record, title, shape=resource.shape, sentences=notes)

    made = command("get", short_help=f"Show one {resource.singular}.")(get)
    made.help = f"Show one {resource.singular} with all its fields. Without ID, choose one."
    made.help += name_note(resource)
    made.params.append(id_argument(resource))
    return made


def id_argument(resource: ResourceSpec) -> click.Argument:
    """Return the argument for the id of a record."""
    return click.Argument(["id"], type=IdOrName() if resource.has_names_in_jobs else int, required=False)


def name_note(resource: ResourceSpec) -> str:
    """Return what the help of a command says of names; empty if it takes ids only."""
    return " The command of a job may give its name instead." if resource.has_names_in_jobs else ""


async def _notes(
    app: App, client: "TorcClient", resource: ResourceSpec, workflow_id: int, records: Sequence[Any]
) -> list[str]:
    """Return why records did not succeed, for a table."""
    from torc_client.cli.framework.failure_notes import KINDS, failure_notes

    is_shown = app.format == "table" and resource.tag in KINDS
    return await failure_notes(client, workflow_id, records) if is_shown else []


def _filters(resource: ResourceSpec) -> list[Mapping[str, Any]]:
    parameters = described()[resource.list_operation].parameters
    return [part for part in parameters if part["in"] == "query" and part["name"] not in _NO_OPTION]


def _option(parameter: Mapping[str, Any], resource: ResourceSpec) -> click.Option:
    name = parameter["name"]
    schema = resolved(parameter["schema"])
    text = _HELP.get(name) or parameter.get("description") or schema.get("description") or _otherwise(name)
    flags = [*resource.flags.get(name, (f"--{name.replace('_', '-')}",)), name]
    if "boolean" in types_of(schema):
        is_switch = name in _PROPERTIES
        return Switch(flags[0], name, help=text) if is_switch else click.Option(flags, is_flag=True, help=text)
    return value_option(flags, schema, text)


def _otherwise(name: str) -> str:
    return f"Filter by {name.removesuffix('_id').replace('_', ' ')}."


def _name(flag: str) -> str:
    return flag.removeprefix("--").replace("-", "_")
