"""The reference page of the tools of `torc-mcp-server`, generated from their table."""

from collections.abc import Iterator
from typing import Any

from torc_client.client import TorcClient
from torc_client.mcp.assistant_tool import AssistantTool
from torc_client.mcp.server import TorcMcpServer
from torc_client.mcp.session import McpSession
from torc_client.mcp.settings import ALLOWANCES, McpSettings
from torc_client.mcp.tools import TOOLS


def assistant_tools_page() -> Iterator[str]:
    """Yield every tool, and its parameters."""
    schemas = _schemas()
    yield "# Tools for assistants"
    yield (
        "The tools of `torc-mcp-server`. How to start it: [Use an assistant](../how-to/use-an-assistant.md). Tools "
        "that plan change nothing: `apply_plan` carries out what they return. Each answer has at most 25 kB."
    )
    rows = [f"| [`{tool.name}`](#{tool.name}) | {tool.title} | {_access(tool)} |" for tool in TOOLS]
    yield "| Tool | What it does | Offered |\n|---|---|---|\n" + "\n".join(rows)
    for tool in TOOLS:
        description = " ".join((tool.function.__doc__ or "").split())
        yield f"## {tool.name}\n\n{description}"
        parameters = schemas[tool.name]["properties"]
        required = schemas[tool.name].get("required", ())
        if parameters:
            yield "| Parameter | Type | |\n|---|---|---|\n" + "\n".join(
                f"| `{name}` | {_type(schema)} | {_default(name in required, schema)} |"
                for name, schema in parameters.items()
            )


def _schemas() -> dict[str, dict[str, Any]]:
    settings = McpSettings(user="user", allowed=frozenset(ALLOWANCES))
    server = TorcMcpServer(McpSession(TorcClient("http://localhost:1/torc-service/v1"), settings))
    return server.schemas_of_parameters()


def _access(tool: AssistantTool) -> str:
    if tool.allowance is not None:
        return f"with `--allow {tool.allowance}`"
    return "always" if tool.reads_only else "without `--read-only`"


def _type(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"] if each.get("type") != "null")
    if "$ref" in schema:
        return "a status of a job" if schema["$ref"].endswith("JobStatus") else "an object"
    kinds = {"integer": "an integer", "number": "a number", "string": "a text", "boolean": "true or false"}
    if schema.get("type") == "array":
        return "a list"
    return kinds.get(str(schema.get("type")), "an object")


def _default(is_required: bool, schema: dict[str, Any]) -> str:
    if is_required:
        return "required"
    default = schema.get("default")
    return "" if default is None else f"default `{str(default).lower() if isinstance(default, bool) else default}`"
