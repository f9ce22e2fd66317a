"""What a tool declares about itself, as data."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from torc_client.mcp.settings import McpSettings

Function = Callable[..., Awaitable[Any]]
"""A coroutine function. Its first parameter is the session; it returns an `Answer`. Its docstring is for assistants."""


@dataclass(frozen=True, slots=True)
class AssistantTool:
    """A tool, under the name of its function."""

    function: Function
    title: str
    reads_only: bool = True
    """Whether it changes nothing. Other tools are absent with `--read-only`."""

    allowance: str | None = None
    """The word of `--allow` without which it is absent."""

    is_destructive: bool = False
    """Whether it can remove or replace something."""

    is_idempotent: bool = True
    """Whether a repeated call has no further effect."""

    @property
    def name(self) -> str:
        """The name for clients."""
        return self.function.__name__

    def refusal(self, settings: McpSettings) -> str | None:
        """Return why the settings do not offer this tool, with the remedy. None if they do."""
        if settings.read_only and not self.reads_only:
            return f"{self.name} changes something, and this server was started with --read-only."
        if self.allowance is not None and self.allowance not in settings.allowed:
            remedy = f"The user can allow it: torc-mcp-server --allow {self.allowance}"
            return f"{self.name} is not allowed here. {remedy}"
        return None
