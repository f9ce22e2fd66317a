"""Schemas of tools as short as clients need them: each of them takes space in the context of an assistant."""

from typing import Any

from mcp.server.mcpserver.tools import Tool


def without_noise(tool: Tool) -> None:
    """Remove the titles that repeat names, and refuse parameters that are not declared."""
    tool.parameters = shortened(tool.parameters)
    tool.parameters["additionalProperties"] = False
    if tool.output_schema is not None:
        # The library computes it once.
        tool.__dict__["output_schema"] = shortened(tool.output_schema)


def shortened(schema: Any, *, names: bool = False) -> Any:
    """Return a schema without titles. `names` says that the keys are names of properties."""
    if isinstance(schema, list):
        return [shortened(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: shortened(value, names=key in {"properties", "$defs"} and not names)
        for key, value in schema.items()
        if names or key != "title" or not isinstance(value, str)
    }
