"""Copy text to the clipboard of the user's terminal, also over ssh and from within tmux and screen (OSC 52). Pure.

The terminal decides whether it accepts the text, and does not answer. In tmux, the option `set-clipboard on` or
`allow-passthrough on` is necessary.
"""

import base64
from collections.abc import Mapping
from typing import Final

from torc_client.edge.terminal_text import inert
from torc_client.text import size

MOST_BYTES: Final = 74_994
"""Terminals ignore longer sequences. This is what most of them accept."""
# GNU screen passes at most this many bytes of a sequence at once.
_SCREEN_BYTES = 700


def copy_sequence(text: str, environ: Mapping[str, str]) -> str | None:
    """Return what to write to the terminal; None if the text is too long."""
    content = inert(text).encode("utf-8", "replace")
    if len(content) > MOST_BYTES:
        return None
    sequence = f"\x1b]52;c;{base64.b64encode(content).decode()}\x07"
    if environ.get("TMUX"):
        # tmux takes the first one, if it may set the clipboard, and passes the second one on, if it may do that.
        escaped = sequence.replace("\x1b", "\x1b\x1b")
        return f"{sequence}\x1bPtmux;{escaped}\x1b\\"
    if environ.get("STY") or environ.get("TERM", "").startswith("screen"):
        parts = (sequence[at : at + _SCREEN_BYTES] for at in range(0, len(sequence), _SCREEN_BYTES))
        return "".join(f"\x1bP{part}\x1b\\" for part in parts)
    return sequence


def copied(text: str, what: str) -> str:
    """Return the message after a text was copied, or was too long: "Copied the path"."""
    length = len(inert(text).encode("utf-8", "replace"))
    if length > MOST_BYTES:
        return f"Not copied: {size(length)} is too long for the clipboard of terminals (at most {size(MOST_BYTES)})."
    return f"Copied {what}."
