"""Text of others, made harmless for a terminal.

One function decides what a terminal may get. Streams, logs and tables use it.
"""

import re

# Control characters of ASCII and ISO 6429 without tab and line end, marks that change the direction of text, line and
# paragraph separators, and bytes of file names that are not UTF-8. Joiners stay: emoji and many scripts need them.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def inert(text: str) -> str:
    r"""Return a text with control characters as `\u009b`, so that a name or a command cannot control the terminal.

    JSON stays valid, and has the same value.
    """
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def inert_line(text: str) -> str:
    """Return a text such as a name in one line, without control characters."""
    return inert(text).replace("\n", "\\n")
