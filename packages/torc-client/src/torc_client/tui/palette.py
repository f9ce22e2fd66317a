"""The command palette: every key that works now by its words, the views, and workflows by id."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.command import DiscoveryHit, Hit, Hits, Provider

from torc_client.tui.keys import Key
from torc_client.tui.panes.registry import VIEWS

if TYPE_CHECKING:
    from torc_client.tui.app import TorcApp

_Command = tuple[str, str, Callable[[], Any]]


def palette_line(key: Key) -> str:
    """Return the line of a key: what it does, and the key. Pure."""
    return f"{key.help.rstrip('.')}  [{key.shown}]"


class Commands(Provider):
    """The commands of the main screen."""

    @property
    def _torc(self) -> "TorcApp":
        app: Any = self.app
        return app  # type: ignore[no-any-return]

    def _commands(self) -> Iterator[_Command]:
        for node, key in self._torc.palette_keys():
            yield palette_line(key), key.word, partial(node.perform_soon, key.action)
        for view in VIEWS:
            show = partial(self._torc.show_view_soon, view.name)
            yield f"Show the view {view.tab}", "view", show

    async def discover(self) -> Hits:
        """Yield all commands: nothing was entered yet."""
        for line, words, run in self._commands():
            yield DiscoveryHit(line, run, text=line, help=None if words == "view" else words)

    async def search(self, query: str) -> Hits:
        """Yield the commands that match, and a workflow if the query is a number."""
        if query.strip().isdigit():
            workflow_id = int(query)
            line = f"Show workflow {workflow_id}"
            yield Hit(1.0, line, partial(self._torc.choose_workflow, workflow_id), text=line)
        matcher = self.matcher(query)
        for line, words, run in self._commands():
            score = max(matcher.match(line), matcher.match(words))
            if score > 0:
                yield Hit(score, matcher.highlight(line), run, text=line)
