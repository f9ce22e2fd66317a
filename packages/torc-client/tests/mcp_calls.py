"""Calls of tools for assistants in tests: their answers, which are limited in size, and their refusals."""

from torc_client.mcp.answers import MOST_BYTES


async def answer(client, tool: str, **arguments):
    """Call a tool and return its answer."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content[0].text
    assert len(result.content[0].text.encode()) <= MOST_BYTES
    return result.structured_content


async def refusal(client, tool: str, **arguments) -> str:
    """Call a tool and return its error."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    return result.content[0].text
