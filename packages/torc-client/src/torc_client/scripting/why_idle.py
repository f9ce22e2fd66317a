"""Why jobs of a workflow do not run, for the errors and warnings of scripts."""

from torc_client.client import TorcClient
from torc_client.edge.terminal_text import inert_line
from torc_client.errors import TorcError
from torc_client.overview.sentences import obstacles


async def why_idle(client: TorcClient, workflow_id: int) -> str:
    """Return the reasons as sentences, as far as they are known. They are additions to another message."""
    try:
        found = await client.workflows.explain_workflow(workflow_id)
    except TorcError:
        return ""
    return " ".join(f"{inert_line(each.message).rstrip('.')}." for each in obstacles(found.reasons, runs=False))
