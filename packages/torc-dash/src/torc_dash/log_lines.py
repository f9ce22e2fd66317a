"""The lines of a log as HTML: numbers with links, colours as classes, marks, and the meaning of known errors."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from markupsafe import Markup, escape

from torc_client.log_files.line_windows import Line
from torc_client.log_files.patterns import Pattern, Severity, pattern_of, possible_in
from torc_client.log_files.terminal_text import PLAIN, Segment, decoded, segments_of
from torc_client.text import size

_MOST_MARKS = 200


@dataclass(frozen=True)
class LineLinks:
    """The addresses of lines: what comes before the number of a line, or before its offset."""

    number: str
    offset: str
    raw: str


def render_lines(
    lines: Iterable[Line], first_number: int | None, links: LineLinks, hit: int | None, marked: re.Pattern[str] | None
) -> Markup:
    """Return the elements of lines. `hit` is the offset of the line that the page points to."""
    lines = list(lines)
    possible = [
        one for one in possible_in(b"\n".join(line.content for line in lines)) if one.severity is Severity.ERROR
    ]
    explained: set[str] = set()
    style, pieces = PLAIN, list[str]()
    for position, line in enumerate(lines):
        pattern = pattern_of(line.content, possible) if possible else None
        segments, style = segments_of(decoded(line.content), style)
        number = None if first_number is None else first_number + position
        pieces.append(_opening(line, number, links, is_hit=line.offset == hit, is_known=pattern is not None))
        pieces.extend(_text(segments, marked))
        if line.hidden_bytes:
            pieces.append(
                f'<a class="cut" href="{escape(links.raw)}&amp;offset={line.offset}&amp;bytes={line.length}">'
                f"{size(line.hidden_bytes)} more in this line: show raw</a>"
            )
        pieces.append("</code>")
        if pattern is not None and pattern.name not in explained:
            explained.add(pattern.name)
            pieces.append(_meaning(pattern))
        pieces.append("</div>\n")
    return Markup("".join(pieces))  # noqa: S704 - every text of the log and of links is escaped


def _opening(line: Line, number: int | None, links: LineLinks, *, is_hit: bool, is_known: bool) -> str:
    classes = "ln" + " is-hit" * is_hit + " is-known" * is_known
    if number is None:
        return (
            f'<div class="{classes}" data-at="{line.offset}"><a class="no" href="{escape(links.offset)}{line.offset}" '
            f'aria-label="Line at byte {line.offset}">·</a><code>'
        )
    return (
        f'<div class="{classes}" id="L{number}" data-at="{line.offset}"><a class="no" '
        f'href="{escape(links.number)}{number}#L{number}">{number}</a><code>'
    )


def _meaning(pattern: Pattern) -> str:
    return f'<p class="meaning"><strong>{escape(pattern.meaning)}.</strong> {escape(pattern.remedy)}</p>'


def _text(segments: list[Segment], marked: re.Pattern[str] | None) -> Iterator[str]:
    spans = _spans("".join(one.text for one in segments), marked)
    at = 0
    for segment in segments:
        names = ("control",) if segment.is_control else segment.style.names
        inner = "".join(_marked(segment.text, at, spans)) if spans else str(escape(segment.text))
        at += len(segment.text)
        yield f'<span class="{" ".join(names)}">{inner}</span>' if names else inner


def _spans(text: str, marked: re.Pattern[str] | None) -> list[tuple[int, int]]:
    if marked is None:
        return []
    return [found.span() for found, _ in zip(marked.finditer(text), range(_MOST_MARKS), strict=False)]


def _marked(text: str, offset: int, spans: list[tuple[int, int]]) -> Iterator[str]:
    position = 0
    for first, last in spans:
        start, end = max(first - offset, position), min(last - offset, len(text))
        if start < end:
            yield str(escape(text[position:start]))
            yield f"<mark>{escape(text[start:end])}</mark>"
            position = end
    yield str(escape(text[position:]))
