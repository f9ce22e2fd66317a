"""What the tools of one server share."""

from dataclasses import dataclass, field

from torc_client.client import TorcClient
from torc_client.mcp.documents import Documents
from torc_client.mcp.plans import Plans
from torc_client.mcp.settings import McpSettings


@dataclass(slots=True)
class McpSession:
    """The client of the Torc server, the choices of the user, and the plans that wait for `apply_plan`."""

    client: TorcClient
    settings: McpSettings
    plans: Plans = field(default_factory=Plans)
    documents: Documents = field(init=False)

    def __post_init__(self) -> None:
        """Use the folders that the settings name."""
        self.documents = Documents(self.settings.docs_dir, self.settings.examples_dir)
