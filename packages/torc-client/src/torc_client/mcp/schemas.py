"""Schemas of tools as short as clients need them: each of them takes space in the context of an assistant."""

from collections.abc import Callable, Mapping
from inspect import cleandoc
from typing import Any, Final

from mcp.server.mcpserver.tools import Tool

from torc_client.mcp.answers import MOST_ID

_HOLDERS_OF_NAMES: Final = frozenset({"properties", "$defs"})
_NULL: Final = {"type": "null"}


def without_noise(tool: Tool) -> None:
    """Shorten what clients read of a tool. Arguments are checked by its function, not by the schema."""
    tool.description = cleandoc(tool.description)
    tool.parameters = shortened(tool.parameters, _parameter)
    tool.parameters["additionalProperties"] = False
    if tool.output_schema is not None:
        # The library computes it once.
        tool.__dict__["output_schema"] = shortened(tool.output_schema, _member)


def shortened(
    schema: Any, of_schema: Callable[[Mapping[str, Any]], Mapping[str, Any]], *, are_names: bool = False
) -> Any:
    """Return a schema with `of_schema` applied to it and to each schema in it. `are_names`: its keys are names."""
    if isinstance(schema, list):
        return [shortened(each, of_schema) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if are_names:
        return {name: shortened(each, of_schema) for name, each in schema.items()}
    return {
        key: shortened(value, of_schema, are_names=key in _HOLDERS_OF_NAMES)
        for key, value in of_schema(_not_null(schema)).items()
    }


def _not_null(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema of an optional value as that of the value. `required` says already that it can be absent."""
    choices = [each for each in schema.get("anyOf", ()) if each != _NULL]
    if len(choices) == len(schema.get("anyOf", ())):
        return schema
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    return choices[0] | rest if len(choices) == 1 else rest | {"anyOf": choices}


def _parameter(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave out titles, which repeat names, and what says nothing: the default null, and the largest id."""
    return {
        key: value
        for key, value in schema.items()
        if not _is_title(key, value) and (key, value) not in (("default", None), ("maximum", MOST_ID))
    }


def _member(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave out what only the maker of an answer needs: limits, defaults, and the descriptions of whole objects."""
    is_object = "properties" in schema
    return {
        key: value
        for key, value in schema.items()
        if not _is_title(key, value)
        and key not in {"default", "minimum", "maximum"}
        and not (is_object and key in {"additionalProperties", "description"})
    }


def _is_title(key: str, value: Any) -> bool:
    return key == "title" and isinstance(value, str)
