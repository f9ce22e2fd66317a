"""The commands `create`, `update`, `delete` and `delete-all` of a record type, made from openapi.json."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.document_options import given_members, member_option, resolved
from torc_client.cli.framework.options import force_too, no_prompts, workflow_argument
from torc_client.cli.framework.resource_commands import id_argument, name_note
from torc_client.cli.framework.results import Message, Record
from torc_client.cli.framework.vocabulary import ResourceSpec
from torc_client.document import DocumentedOperation, described
from torc_client.errors import TorcError
from torc_client.text import count

# The server sets the id, and `workflow_id` is an argument of the command.
_NO_OPTION = {"id", "workflow_id"}
# Statuses of jobs that a runner has, which the server does not delete.
_HELD = {"pending", "running"}


def change_commands(resource: ResourceSpec) -> list[click.Command]:
    """Return the commands that change records: the verbs of the vocabulary that the document has."""
    one = f"/{resource.tag}/{{id}}"
    makers: Mapping[str, tuple[str, str, Callable[[ResourceSpec, DocumentedOperation], click.Command]]] = {
        "create": ("POST", f"/{resource.tag}", create_command),
        "update": ("PUT", one, update_command),
        "delete": ("DELETE", one, delete_command),
        "delete-all": ("DELETE", f"/{resource.tag}", delete_all_command),
    }
    by_place = {(operation.method, operation.path): operation for operation in described().values()}
    made = []
    for verb in resource.verbs:
        method, path, maker = makers[verb]
        if (method, path) in by_place:
            made.append(maker(resource, by_place[method, path]))
    return made


def create_command(resource: ResourceSpec, operation: DocumentedOperation) -> click.Command:
    """Return the command `torc <group> create [WORKFLOW_ID] ...`."""
    in_query = [part for part in operation.parameters if part["in"] == "query"]

    async def create(app: App, workflow_id: int | None, **given: Any) -> Message:
        from torc_client.cli.framework.picker import pick

        query = {part["name"]: given.pop(part["name"]) for part in in_query}
        _check(resource, given)
        async with app.client() as client:
            workflow_id = await pick(client, workflow_id, changes=True)
            record = _record(operation, {**resource.defaults, **given_members(given), "workflow_id": workflow_id})
            made = await getattr(getattr(client, resource.tag), operation.id)(record, **query)
        facts = {"workflow_id": workflow_id, resource.id_name: made.id}
        message = f"Created {resource.singular} {made.id} in workflow {workflow_id}."
        return Message(message, facts, record=made, shape=resource.shape)

    made = command("create", short_help=f"Add {_article(resource.singular)} to a workflow.")(create)
    made.help = f"Add {_article(resource.singular)} to a workflow. Without WORKFLOW_ID, choose the workflow."
    workflow_argument(made)
    made.params += _options(operation, resource.members, resource.defaults, is_new=True)
    made.params += [
        member_option(part["name"], {**part["schema"], **part}, [_flag(part["name"])], is_required=False)
        for part in in_query
    ]
    return made


def _check(resource: ResourceSpec, values: Mapping[str, Any]) -> None:
    """Raise UsageError for a value that the vocabulary refuses."""
    for member, check in resource.checks.items():
        wrong = check(values[member]) if values.get(member) is not None else ""
        if wrong:
            raise click.UsageError(f"--{member}: {wrong}.")


def update_command(resource: ResourceSpec, operation: DocumentedOperation) -> click.Command:
    """Return the command `torc <group> update ID ...`."""
    options = _options(operation, resource.update_members or resource.members, resource.defaults, is_new=False)

    async def update(app: App, id: int | str | None, **given: Any) -> Record:
        import msgspec

        from torc_client.cli.framework.picker import pick_record

        changes = given_members(given)
        if not changes:
            flags = [option.opts[-1] for option in options]
            raise click.UsageError(f"Nothing to change. Use {', '.join(flags[:-1])} or {flags[-1]}.")
        _check(resource, changes)
        async with app.client() as client:
            subject = getattr(client, resource.tag)
            chosen = await pick_record(client, resource, id)
            # The server replaces the whole record, so the request contains the unchanged members too.
            before = msgspec.to_builtins(await getattr(subject, resource.get_operation)(chosen))
            changed = await getattr(subject, operation.id)(chosen, _record(operation, {**before, **changes}))
        return Record(changed, f"{_capital(resource.singular)} {chosen}", shape=resource.shape)

    made = command("update", short_help=f"Change {_article(resource.singular)}.")(update)
    made.help = (
        f"Change {_article(resource.singular)}. Fields without an option keep their values. Without ID, choose one."
    )
    made.help += name_note(resource)
    if resource.update_note:
        made.help += f" {resource.update_note}"
    made.params += [id_argument(resource), *options]
    return made


def delete_command(resource: ResourceSpec, operation: DocumentedOperation) -> click.Command:
    """Return the command `torc <group> delete ID...`."""

    async def delete(app: App, ids: tuple[int, ...]) -> Message:
        deleted: dict[int, Any] = {}
        async with app.client() as client:
            subject = getattr(client, resource.tag)
            found = await _deletable(client, resource, list(dict.fromkeys(ids)))
            for one, record in found.items():
                try:
                    await getattr(subject, operation.id)(one)
                except TorcError as error:
                    if deleted:
                        error.message += f" Deleted before: {_list(deleted)}."
                    raise
                deleted[one] = record
        names = resource.singular if len(deleted) == 1 else resource.plural
        records = list(deleted.values())
        record = records[0] if len(records) == 1 and not resource.is_deleted_as_list else None
        return Message(
            f"Deleted {names} {_list(deleted)}.",
            {f"{resource.id_name}s": list(deleted)},
            record=record,
            records=records,
            shape=resource.shape,
        )

    made = command("delete", short_help=f"Delete {resource.plural}.")(delete)
    made.help = f"Delete {resource.plural} by their ids. If one of them does not exist, none is deleted."
    if resource.delete_note:
        made.help += f" {resource.delete_note}"
    made.params.append(click.Argument(["ids"], type=int, nargs=-1, required=True))
    return made


async def _deletable(client: Any, resource: ResourceSpec, ids: Sequence[int]) -> dict[int, Any]:
    """Return the records by their ids.

    Raises an error, before any is deleted, if one of them does not exist, or if one of several is a job of a runner.
    """
    read = getattr(getattr(client, resource.tag), resource.get_operation)
    found = {}
    for one in ids:
        try:
            found[one] = await read(one)
        except TorcError as error:
            error.message += " Nothing was deleted." if len(ids) > 1 else ""
            raise
        if len(ids) > 1 and getattr(found[one], "status", None) in _HELD:
            raise TorcError(
                f"{_capital(resource.singular)} {one} is {found[one].status}. Nothing was deleted.",
                "Cancel the workflow, or wait until the job ends.",
            )
    return found


def delete_all_command(resource: ResourceSpec, operation: DocumentedOperation) -> click.Command:
    """Return the command `torc <group> delete-all [WORKFLOW_ID]`."""

    async def delete_all(app: App, workflow_id: int | None, no_prompts: bool, force: bool) -> Message:
        from torc_client.cli.framework.confirmation import confirmed
        from torc_client.cli.framework.picker import named, pick

        async with app.client() as client:
            workflow_id = await pick(client, workflow_id, changes=True, is_sure=True)
            title = await named(client, workflow_id)
            if not confirmed(f"Delete all {resource.plural} of {title}?", is_sure=no_prompts or force):
                return Message("Nothing was deleted.", {"workflow_id": workflow_id, "count": 0}, status="canceled")
            answer = await getattr(getattr(client, resource.tag), operation.id)(workflow_id=workflow_id)
        facts = {"workflow_id": workflow_id, "count": answer.count}
        return Message(
            f"Deleted {count(resource.singular, answer.count, resource.plural)} of workflow {workflow_id}.", facts
        )

    made = command("delete-all", short_help=f"Delete all {resource.plural} of a workflow.")(delete_all)
    made.help = f"Delete all {resource.plural} of a workflow, after a confirmation."
    for add in (workflow_argument, no_prompts, force_too):
        add(made)
    return made


def _record(operation: DocumentedOperation, members: Mapping[str, Any]) -> Any:
    """Return the record that the operation takes as its body."""
    import msgspec

    from torc_client.api import records

    assert operation.body is not None  # noqa: S101 - operations that create or change records have a body
    kind = operation.body.get("$ref", "").rsplit("/", 1)[-1]
    return msgspec.convert(members, getattr(records, kind)) if kind else members


def _options(
    operation: DocumentedOperation, members: Mapping[str, tuple[str, ...]], defaults: Mapping[str, Any], *, is_new: bool
) -> list[click.Option]:
    """Return an option for each member that the user can set."""
    schema = resolved(operation.body or {})
    properties: Mapping[str, Any] = schema.get("properties", {})
    chosen = members or {
        name: (_flag(name),) for name, part in properties.items() if name not in _NO_OPTION and name not in defaults
    }
    required = set(schema.get("required", ())) - set(defaults) if is_new else set()
    shown = {name: {"default": value} for name, value in defaults.items()} if is_new else {}
    return [
        member_option(
            name, {**properties[name], **shown.get(name, {})}, flags, is_required=name in required, is_new=is_new
        )
        for name, flags in chosen.items()
    ]


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _list(ids: Iterable[int]) -> str:
    return ", ".join(map(str, ids))


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _article(noun: str) -> str:
    # The letter R is pronounced with a vowel.
    return f"{'an' if noun[0] in 'aeio' or noun.startswith('RO-') else 'a'} {noun}"
