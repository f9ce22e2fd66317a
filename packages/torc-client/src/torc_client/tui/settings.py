"""What `torc tui` is started with."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from torc_client.client import TorcClient, current_user

DEFAULT_OUTPUT_DIR = Path("torc_output")


class StartedServer(Protocol):
    """A server that runs for the terminal interface."""

    @property
    def url(self) -> str:
        """The URL for clients."""


StartServer = Callable[[Callable[[str], None]], AbstractAsyncContextManager[StartedServer]]
"""Run a server during a context. It calls the argument with each line that the server prints."""


@dataclass(frozen=True, slots=True)
class TuiSettings:
    """What `torc tui` is started with.

    `connect` makes a client for a URL. `user` is the owner whose workflows are listed, None for all. `start_server`
    starts a server for the key `S`, and at the start if `is_standalone`.
    """

    url: str
    connect: Callable[[str], TorcClient] = TorcClient
    user: str | None = None
    workflow_id: int | None = None
    read_only: bool = False
    is_standalone: bool = False
    start_server: StartServer | None = None
    output_dir: Path = DEFAULT_OUTPUT_DIR

    @property
    def own_name(self) -> str:
        """The name of the user of this program."""
        return current_user()
