"""Rich output, in which only the program writes escape sequences."""

from collections.abc import Iterable
from typing import Any, TextIO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from torc_client.edge.standard_streams import unfiltered
from torc_client.edge.terminal_text import inert


def terminal_console(stream: TextIO, **options: Any) -> Console:
    """Return a console that writes to a standard stream; `options` are those of `rich.console.Console`."""
    return _Console(file=unfiltered(stream), **options)


class _Console(Console):
    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield segments whose text has no control characters; those with cursor movements have no text of others."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(inert(segment.text), segment.style)
