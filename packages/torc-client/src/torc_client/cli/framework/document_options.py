"""Command options made from the schemas of openapi.json."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import click

from torc_client.cli.framework.options import Labels
from torc_client.cli.framework.switches import Switch
from torc_client.document import document
from torc_client.errors import TorcError

# Longer lists of values do not fit beside the name of an option.
_LONGEST_METAVAR = 40


def resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema that a reference names; any other schema unchanged."""
    if "$ref" not in schema:
        return schema
    component: Mapping[str, Any] = document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return component


def types_of(schema: Mapping[str, Any]) -> set[str]:
    """Return the JSON types that a value may have; an empty set if the schema allows any type."""
    found = schema.get("type", ())
    return {found} if isinstance(found, str) else set(found)


class JsonText(click.ParamType[Any]):
    """A value in JSON; - reads it from stdin. Raises TorcError if it is not valid JSON."""

    name = "json"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Decode the value."""
        del ctx
        try:
            if not isinstance(value, str):
                return value
            return json.loads(sys.stdin.buffer.read() if value == "-" else value)
        except RecursionError as error:
            name = param.opts[-1] if param is not None else "The value"
            raise TorcError(f"{name} is nested too deeply.", "Store such data in a file.") from error
        except ValueError as error:
            name = param.opts[-1] if param is not None else "The value"
            raise TorcError(
                f"{name} is not valid JSON: {error}", f"""Put a string in double quotes: {name} '"text"'."""
            ) from error


class Ids(click.ParamType[list[int]]):
    """Ids separated by commas. The option can be repeated; all ids count."""

    name = "ids"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> list[int]:
        """Parse the ids."""
        try:
            return [int(part) for part in value.split(",")] if isinstance(value, str) else value
        except ValueError:
            self.fail(f"{value!r} is not a list of ids such as 3,4", param, ctx)


def job_ids_option(help: str, *short: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that adds --job-ids, with lists of ids as the value."""
    text = f"{help} (Repeatable, or separated by commas.)"
    return click.option(*short, "--job-ids", type=Ids(), multiple=True, metavar="ID,ID", help=text)


def plain_type(schema: Mapping[str, Any]) -> "click.ParamType[Any]":
    """Return the type of a single value."""
    schema = resolved(schema)
    if "enum" in schema:
        return click.Choice(schema["enum"])
    types: dict[str, click.ParamType[Any]] = {"integer": click.INT, "number": click.FLOAT, "string": click.STRING}
    return next((parser for name, parser in types.items() if name in types_of(schema)), JsonText())


def value_option(
    names: Sequence[str], schema: Mapping[str, Any], help: str, *, is_required: bool = False
) -> click.Option:
    """Return an option with a single value. Its help has the values of a long list, where a terminal can break them."""
    kind = plain_type(schema)
    if not isinstance(kind, click.Choice) or len("|".join(kind.choices)) <= _LONGEST_METAVAR:
        return click.Option(names, type=kind, required=is_required, help=help)
    text = f"{help.removesuffix('.')}: {', '.join(kind.choices)}."
    return click.Option(names, type=kind, required=is_required, help=text, metavar=names[-1].upper())


def member_option(
    name: str, schema: Mapping[str, Any], flags: Iterable[str], *, is_required: bool, is_new: bool = True
) -> click.Option:
    """Return the option that sets a member of a record. Its value is None, or empty, if the option is not used.

    Its help shows the default only with `is_new`: a change of a record keeps the values of unused options.
    """
    text = schema.get("description") or resolved(schema).get("description") or f"The {name.replace('_', ' ')}."
    if is_new and "default" in schema:
        text = f"{text}  [default: {schema['default']}]"
    schema = resolved(schema)
    names = [*flags, name]
    if "boolean" in types_of(schema):
        (flag,) = flags
        return Switch(flag, name, help=text)
    if "array" in types_of(schema):
        separated = Ids() if "integer" in types_of(schema["items"]) else Labels() if name == "labels" else None
        if separated is not None:
            return click.Option(
                names, type=separated, multiple=True, help=f"{text} (Repeatable, or separated by commas.)"
            )
        return click.Option(names, type=plain_type(schema["items"]), multiple=True, help=f"{text} (Repeatable.)")
    return value_option(names, schema, text, is_required=is_required)


def given_members(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members whose options were used."""
    return {
        name: _flat(value) if isinstance(value, tuple) else value
        for name, value in values.items()
        if value is not None and value != ()
    }


def _flat(values: tuple[Any, ...]) -> list[Any]:
    return [one for value in values for one in (value if isinstance(value, list) else [value])]
