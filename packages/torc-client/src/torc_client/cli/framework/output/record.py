"""One record for a terminal: a line for each member, with its value beside it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from torc_client.cli.framework.output.grid import in_ascii
from torc_client.cli.framework.output.json import shaped
from torc_client.cli.framework.output.text import UNKNOWN, message, words
from torc_client.cli.framework.results import Record
from torc_client.edge.terminal_text import inert
from torc_client.shortening import lines_of, width_of
from torc_client.text import duration, percent, rounded, size, timestamp

_BORDERS = len("│  │  │")
# A value is wrapped to at least this width.
_NARROWEST = 20
# The units that names of members have, and how such values are written.
_UNITS: Mapping[str, Callable[[float], str]] = {
    "_bytes": size,
    "_seconds": duration,
    "_minutes": lambda minutes: duration(minutes * 60),
    "_percent": percent,
    "_gb": lambda number: f"{rounded(number)} GiB",
}

# The name of the contract says less than what the member is: it contains the time between two runs.
_LABELS: Mapping[str, str] = {"walltime_seconds": "first start to last end"}

_TIMES = ("_time", "_at", "timestamp")
"""How the names of members end that hold a point in time."""


def details(result: Record, width: int) -> Iterator[RenderableType]:
    """Yield the parts of a record for a terminal of `width` columns."""
    yield from (message(sentence, width) for sentence in result.sentences)
    if result.title:
        yield message(result.title, width)
    record = shaped(msgspec.to_builtins(result.record), result.shape)
    if result.members:
        record = {name: record[name] for name in result.members if name in record}
    yield _Details([(inert(label), inert(text.strip("\n"))) for label, text in _labelled(record)], width)


@dataclass(frozen=True, slots=True)
class _Details:
    """Labels and values in a frame. A word that is longer than a line stays whole, so that it can be copied."""

    lines: list[tuple[str, str]]
    width: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Draw them."""
        text = "\n".join(self._drawn())
        yield Segment(f"{in_ascii(text) if options.ascii_only else text}\n")

    def _drawn(self) -> Iterator[str]:
        left = max((width_of(label) for label, _ in self.lines), default=0)
        room = max(self.width - _BORDERS - left, _NARROWEST)
        wrapped = [(label, list(lines_of(text.expandtabs(), room))) for label, text in self.lines]
        right = max((width_of(line) for _, lines in wrapped for line in lines if width_of(line) <= room), default=0)
        yield f"╭{'─' * (left + 2)}┬{'─' * (right + 2)}╮"
        for label, lines in wrapped:
            for place, line in enumerate(lines):
                name = "" if place else label
                end = "" if width_of(line) > right else f"{' ' * (right - width_of(line))} │"
                yield f"│ {name}{' ' * (left - width_of(name))} │ {line}{end}"
        yield f"╰{'─' * (left + 2)}┴{'─' * (right + 2)}╯"


def _labelled(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the labels and values of a record.

    A map of counts such as jobs_by_status yields a line for each count above 0.
    """
    for name, value in record.items():
        if isinstance(value, dict) and value and all(isinstance(count, int) for count in value.values()):
            yield from (
                (f"{_label(name.removesuffix('_by_status'))}: {key}", words(count))
                for key, count in value.items()
                if count
            )
            continue
        if f"{name}_formatted" in record:
            continue
        short = name.removesuffix("_formatted")
        unit = next((each for each in _UNITS if name.endswith(each)), "")
        if unit and isinstance(value, int | float) and f"{name.removesuffix(unit)}_formatted" not in record:
            yield _LABELS.get(name) or _label(name.removesuffix(unit)), _UNITS[unit](value)
        else:
            yield _LABELS.get(name) or _label(short), _text(name, value)


def _text(name: str, value: Any) -> str:
    match value:
        case str() if name.endswith(_TIMES):
            return timestamp(value)
        case [] | "":
            return UNKNOWN
        case list() if all(isinstance(each, str | int) for each in value):
            return ", ".join(map(words, value))
        case _:
            return words(value)


def _label(name: str) -> str:
    return name.replace("_", " ")
