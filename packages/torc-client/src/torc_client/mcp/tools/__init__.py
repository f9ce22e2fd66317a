"""The tools, by subject. Each module has some functions and the table `TOOLS` of them."""

from typing import Final

from torc_client.mcp.assistant_tool import AssistantTool
from torc_client.mcp.tools import applying, failures, graphs, jobs, logs, workflows

TOOLS: Final[tuple[AssistantTool, ...]] = (
    *workflows.TOOLS,
    *failures.TOOLS,
    *jobs.TOOLS,
    *logs.TOOLS,
    *graphs.TOOLS,
    *applying.TOOLS,
)
"""All tools, in the order in which clients list them."""
