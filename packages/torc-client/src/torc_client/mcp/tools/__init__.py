"""The tools, by subject. Each module has some functions and the table `TOOLS` of them."""

from typing import Final

from torc_client.mcp.assistant_tool import AssistantTool
from torc_client.mcp.tools import (
    applying,
    cluster,
    failures,
    graphs,
    jobs,
    lifecycle,
    logs,
    reading,
    recovering,
    requirements,
    running,
    spec_files,
    specs,
    usage,
    workflows,
)

TOOLS: Final[tuple[AssistantTool, ...]] = (
    *workflows.TOOLS,
    *failures.TOOLS,
    *jobs.TOOLS,
    *logs.TOOLS,
    *graphs.TOOLS,
    *usage.TOOLS,
    *requirements.TOOLS,
    *recovering.TOOLS,
    *running.TOOLS,
    *lifecycle.TOOLS,
    *cluster.TOOLS,
    *reading.TOOLS,
    *specs.TOOLS,
    *spec_files.TOOLS,
    *applying.TOOLS,
)
"""All tools, in the order in which clients list them."""
