"""Options of commands out of the schemas of openapi.json."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import click

from torc_client.document import document
from torc_client.errors import TorcError


def resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema that a reference names; any other as it is."""
    if "$ref" not in schema:
        return schema
    component: Mapping[str, Any] = document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return component


def types_of(schema: Mapping[str, Any]) -> set[str]:
    """Return the JSON types that a value may have; none where anything goes."""
    found = schema.get("type", ())
    return {found} if isinstance(found, str) else set(found)


class JsonText(click.ParamType[Any]):
    """A value that is written as JSON. Raises TorcError where it is none."""

    name = "json"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Decode it."""
        del ctx
        try:
            return json.loads(value) if isinstance(value, str) else value
        except RecursionError as error:
            name = param.opts[-1] if param is not None else "The value"
            raise TorcError(f"{name} is nested too deeply.", "Keep such data in a file.") from error
        except ValueError as error:
            name = param.opts[-1] if param is not None else "The value"
            raise TorcError(
                f"{name} is no JSON: {error}", f"""Texts need quotes of their own: {name} '"text"'."""
            ) from error


class Ids(click.ParamType[list[int]]):
    """Ids with commas between them; together with repeated options, all of them count."""

    name = "ids"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> list[int]:
        """Decode them."""
        try:
            return [int(part) for part in value.split(",")] if isinstance(value, str) else value
        except ValueError:
            self.fail(f"{value!r} is no list of ids such as 3,4", param, ctx)


def plain_type(schema: Mapping[str, Any]) -> "click.ParamType[Any]":
    """Return the type of a single value."""
    schema = resolved(schema)
    if "enum" in schema:
        return click.Choice(schema["enum"])
    types: dict[str, click.ParamType[Any]] = {"integer": click.INT, "number": click.FLOAT, "string": click.STRING}
    return next((parser for name, parser in types.items() if name in types_of(schema)), JsonText())


def member_option(name: str, schema: Mapping[str, Any], flags: Iterable[str], *, is_required: bool) -> click.Option:
    """Make the option that gives a member of a record its value; None, or nothing, where it is not given."""
    text = schema.get("description") or resolved(schema).get("description") or f"Its {name.replace('_', ' ')}."
    if "default" in schema:
        text = f"{text} [default: {schema['default']}]"
    schema = resolved(schema)
    names = [*flags, name]
    if "boolean" in types_of(schema):
        (flag,) = flags
        return click.Option([f"{flag}/--no-{flag.removeprefix('--')}", name], default=None, help=text)
    if "array" in types_of(schema):
        if "integer" in types_of(schema["items"]):
            return click.Option(names, type=Ids(), multiple=True, help=f"{text} (Repeat, or separate with commas.)")
        return click.Option(names, type=plain_type(schema["items"]), multiple=True, help=f"{text} (Repeat.)")
    return click.Option(names, type=plain_type(schema), required=is_required, help=text)


def given_members(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was given, as it goes into a record."""
    return {
        name: _flat(value) if isinstance(value, tuple) else value
        for name, value in values.items()
        if value is not None and value != ()
    }


def _flat(values: tuple[Any, ...]) -> list[Any]:
    return [one for value in values for one in (value if isinstance(value, list) else [value])]
