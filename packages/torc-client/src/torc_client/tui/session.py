"""The state that all panes share: the client, the chosen workflow, the user, and how errors are reported."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from time import monotonic
from typing import TypeVar

from torc_client.client import TorcClient
from torc_client.edge.terminal_text import inert
from torc_client.errors import ServerUnreachableError, TorcError
from torc_client.tui.settings import TuiSettings

Answer = TypeVar("Answer")
Notify = Callable[[str, str, str], None]
"""Show a message: its text, its title, and its severity (information, warning, error)."""

# Panes that load again and again would repeat the message of one failure.
_SAME_MESSAGE_SECONDS = 10.0


class Session:
    """A connection to a server, and what the user has chosen.

    `workflow_id` is the chosen workflow. `user` is the owner whose workflows are listed, None for all. `is_away` is
    true while the server does not answer, which the header shows.
    """

    def __init__(self, settings: TuiSettings, notify: Notify) -> None:
        self.settings = settings
        self.workflow_id = settings.workflow_id
        self.user = settings.user
        self.read_only = settings.read_only
        self.output_dir: Path = settings.output_dir
        self.is_away = False
        self._notify = notify
        self._reported: dict[str, float] = {}
        self._url = settings.url
        self._client: TorcClient | None = None

    @property
    def url(self) -> str:
        """The URL of the server."""
        return self._url

    @property
    def client(self) -> TorcClient:
        """The client of the server. It connects with the first request."""
        if self._client is None:
            self._client = self.settings.connect(self._url)
        return self._client

    async def use_server(self, url: str) -> None:
        """Use another server. The chosen workflow is forgotten."""
        client, self._client = self._client, None
        self._url, self.workflow_id = url, None
        if client is not None:
            await client.close()

    async def call(self, request: Awaitable[Answer], doing: str) -> Answer | None:
        """Await a request and return its answer; report an error and return None.

        `doing` completes the sentence "Cannot ...", for example "read the jobs of workflow 7".
        """
        try:
            return await request
        except TorcError as error:
            self.report(error, doing)
            return None

    def report(self, error: TorcError, doing: str) -> None:
        """Show an error. Repetitions are omitted, and while the server is known to be away, that it is."""
        if isinstance(error, ServerUnreachableError) and self.is_away and not error.may_be_done:
            return
        text = " ".join(part for part in (error.message, error.hint) if part)
        now = monotonic()
        if now - self._reported.get(text, -_SAME_MESSAGE_SECONDS) < _SAME_MESSAGE_SECONDS:
            return
        self._reported[text] = now
        self.notify(text, title=f"Cannot {doing}", severity="error")

    def notify(self, text: str, *, title: str = "", severity: str = "information") -> None:
        """Show a message. `severity` is information, warning or error."""
        self._notify(inert(text), inert(title), severity)

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()
