"""Bar charts as SVG, without a library. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH = 720
_LABELS = 300
_BAR = 20
_GAP = 8
_TOP = 34
_FONT = 'font-family="sans-serif" font-size="13"'


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar with its label and the text at its end; `is_ours` is drawn in the strong colour."""

    label: str
    value: float
    text: str
    is_ours: bool = False


def bars(title: str, of: Sequence[Bar]) -> str:
    """Draw horizontal bars. The longest has the full width."""
    height = _TOP + len(of) * (_BAR + _GAP) + _GAP
    longest = max((bar.value for bar in of), default=0) or 1
    room = _WIDTH - _LABELS - 110
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" {_FONT}>',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="12" y="21" font-size="15" font-weight="bold" fill="#222222">{escape(title)}</text>',
    ]
    for position, bar in enumerate(of):
        y = _TOP + position * (_BAR + _GAP)
        width = max(1.0, room * bar.value / longest)
        colour = "#1f6f8b" if bar.is_ours else "#b8c4c9"
        lines += [
            f'<text x="{_LABELS - 8}" y="{y + 15}" text-anchor="end" fill="#222222">{escape(bar.label)}</text>',
            f'<rect x="{_LABELS}" y="{y}" width="{width:.1f}" height="{_BAR}" fill="{colour}"/>',
            f'<text x="{_LABELS + width + 6:.1f}" y="{y + 15}" fill="#222222">{escape(bar.text)}</text>',
        ]
    return "\n".join([*lines, "</svg>", ""])
