"""Text of a line as a terminal would show it: colours as names, progress bars as their last state.

Control sequences never act. Colours become styles; other sequences are removed if they only move the cursor or erase,
and shown if they could do anything else, such as set a title, make a link or write to the clipboard.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Final

_SEQUENCE = re.compile(
    r"\x1b\[(?P<parameters>[0-?]{0,64})[ -/]{0,4}(?P<final>[@-~])"
    r"|(?P<control>[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u2028\u2029\ud800-\udfff])"
)
# Moves of the cursor, erasures, modes: they have no meaning in a page. `m` is a colour.
_SILENT = frozenset("ABCDEFGHJKSTfhlmnrsu")
_NAMES: Final = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_LEVELS = (0, 95, 135, 175, 215, 255)
_SPACE, _DELETE = 0x20, 0x7F
_STRONG = 128
_MOST_SEGMENTS = 2000


@dataclass(frozen=True, slots=True)
class Style:
    """The look of some text. Colours are names such as `red` or `bright-red`."""

    foreground: str = ""
    background: str = ""
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    struck: bool = False
    inverse: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The parts of the style that differ from plain text, as words."""
        flags = ("bold", "dim", "italic", "underline", "struck", "inverse")
        words = [name for name in flags if getattr(self, name)]
        if self.foreground:
            words.append(f"fg-{self.foreground}")
        if self.background:
            words.append(f"bg-{self.background}")
        return tuple(words)


PLAIN: Final = Style()
CONTROL: Final = "control"


@dataclass(frozen=True, slots=True)
class Segment:
    """Text of one style. `is_control` marks a picture of a control character."""

    text: str
    style: Style = PLAIN
    is_control: bool = False


@dataclass(slots=True)
class _Building:
    segments: list[Segment] = field(default_factory=list)

    def add(self, text: str, style: Style, *, is_control: bool = False) -> None:
        if not text:
            return
        last = self.segments[-1] if self.segments else None
        # A line of nothing but changes of colour would become a page of elements.
        full = len(self.segments) >= _MOST_SEGMENTS
        if last is not None and (full or (last.style == style and last.is_control == is_control)):
            self.segments[-1] = replace(last, text=last.text + text)
        else:
            self.segments.append(Segment(text, style, is_control))


def decoded(content: bytes) -> str:
    """Return the text of a line. Invalid UTF-8 is replaced; of a progress bar, the last state remains."""
    text = content.decode("utf-8", "replace").removesuffix("\r")
    if "\r" in text:
        states = [state for state in text.split("\r") if state]
        text = states[-1] if states else ""
    return text


def segments_of(text: str, style: Style = PLAIN) -> tuple[list[Segment], Style]:
    """Split text by style, and return the style at its end. The texts together are what is shown."""
    building, position = _Building(), 0
    for found in _SEQUENCE.finditer(text):
        building.add(text[position : found.start()], style)
        position = found.end()
        control = found["control"]
        if control is not None:
            building.add(visible(control), style, is_control=True)
        elif found["final"] == "m":
            style = _styled(style, found["parameters"])
        elif found["final"] not in _SILENT:
            building.add("".join(map(visible, found[0])), style, is_control=True)
    building.add(text[position:], style)
    return building.segments, style


def plain(content: bytes) -> str:
    """Return the text of a line without colours and with visible control characters."""
    segments, _ = segments_of(decoded(content))
    return "".join(segment.text for segment in segments)


def visible(character: str) -> str:
    """Return a control character as terminals echo it, such as `^[`, or as `<9B>`; others are unchanged."""
    code = ord(character)
    if code < _SPACE or code == _DELETE:
        return f"^{chr(code ^ 64)}"
    return f"<{code:02X}>" if _SEQUENCE.fullmatch(character) else character


def _styled(style: Style, parameters: str) -> Style:
    # A colon separates parts of one parameter: 38:2::1:2:3.
    codes = [int(part) if part.isascii() and part.isdigit() else 0 for part in re.split("[;:]", parameters)]
    at = 0
    while at < len(codes):
        code = codes[at]
        if code in {38, 48, 58}:
            name, used = _extended(codes[at + 1 :], empty="::" in parameters)
            at += used
            if name and code != 58:
                style = replace(style, foreground=name) if code == 38 else replace(style, background=name)
        else:
            style = _changed(style, code)
        at += 1
    return style


_CHANGES: Final[dict[int, dict[str, bool | str]]] = {
    1: {"bold": True}, 2: {"dim": True}, 3: {"italic": True}, 4: {"underline": True}, 7: {"inverse": True},
    9: {"struck": True}, 21: {"underline": True}, 22: {"bold": False, "dim": False}, 23: {"italic": False},
    24: {"underline": False}, 27: {"inverse": False}, 29: {"struck": False}, 39: {"foreground": ""},
    49: {"background": ""},
    **{30 + at: {"foreground": name} for at, name in enumerate(_NAMES)},
    **{40 + at: {"background": name} for at, name in enumerate(_NAMES)},
    **{90 + at: {"foreground": f"bright-{name}"} for at, name in enumerate(_NAMES)},
    **{100 + at: {"background": f"bright-{name}"} for at, name in enumerate(_NAMES)},
}  # fmt: skip


def _changed(style: Style, code: int) -> Style:
    if code == 0:
        return PLAIN
    changes = _CHANGES.get(code)
    return style if changes is None else replace(style, **changes)  # type: ignore[arg-type] # names and types agree


def _extended(rest: list[int], *, empty: bool) -> tuple[str, int]:
    """Return the nearest named colour of 256 or of all colours, and the number of codes that describe it."""
    if rest[:1] == [5] and len(rest) > 1:
        return _of_256(rest[1]), 2
    if rest[:1] == [2]:
        skipped = 2 if empty and len(rest) > 4 else 1  # the empty name of a colour space
        if len(rest) >= skipped + 3:
            red, green, blue = rest[skipped : skipped + 3]
            return _nearest(red, green, blue), skipped + 3
    return "", len(rest)


def _of_256(code: int) -> str:
    if code < 8:
        return _NAMES[code]
    if code < 16:
        return f"bright-{_NAMES[code - 8]}"
    if code < 232:
        red, rest = divmod(code - 16, 36)
        return _nearest(_LEVELS[red], _LEVELS[rest // 6], _LEVELS[rest % 6])
    grey = 8 + 10 * (min(code, 255) - 232)
    return _nearest(grey, grey, grey)


def _nearest(red: int, green: int, blue: int) -> str:
    high, low = max(red, green, blue), min(red, green, blue)
    if high - low < 48:  # a shade of grey
        return "black" if high < 64 else "bright-black" if high < 144 else "white" if high < 224 else "bright-white"
    middle = (high + low) / 2
    bits = (red > middle) + 2 * (green > middle) + 4 * (blue > middle)
    return f"bright-{_NAMES[bits]}" if high > 220 or low > _STRONG else _NAMES[bits]
