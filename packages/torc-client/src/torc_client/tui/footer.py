"""The last line: the keys that work where the focus is."""

from rich.cells import cell_len
from rich.text import Text
from textual.widgets import Static

from torc_client.tui.dispatch import Acting
from torc_client.tui.keys import Key, Scope

_ALWAYS = ("filter", "help", "palette")


def footer_keys(keys: list[Key], width: int) -> list[Key]:
    """Return the keys that fit into a line, those of filter, help and palette in any case. Pure."""
    last = [key for key in keys if key.action in _ALWAYS]
    free = width - sum(_width(key) for key in last)
    first: list[Key] = []
    for key in keys:
        if key.in_footer and key not in last and _width(key) <= free:
            free -= _width(key)
            first.append(key)
    return first + last


def _width(key: Key) -> int:
    return cell_len(_first(key)) + len(key.word) + 3


def _first(key: Key) -> str:
    return key.shown.split(" ")[0]


class KeyFooter(Acting, Static):
    """The last line of a screen."""

    def on_mount(self) -> None:
        """Follow the focus."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh_keys())
        self.call_after_refresh(self.refresh_keys)

    def on_resize(self) -> None:
        """Show as many keys as fit."""
        self.refresh_keys()

    def refresh_keys(self) -> None:
        """Show the keys that work now."""
        # The keys of all tables are those that users know first.
        active = sorted(self.torc.active_keys(), key=lambda found: (found[0] is Scope.GLOBAL, found[0] is Scope.TABLE))
        keys = [key for _, found in active for key in found]
        line = Text(no_wrap=True)
        for key in footer_keys(list(dict.fromkeys(keys)), self.size.width):
            line.append(_first(key), "bold")
            line.append(f" {key.word}  ")
        self.update(line, layout=False)
