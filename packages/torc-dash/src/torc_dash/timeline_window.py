"""The time that a timeline shows, and the links that show more, less, or another time. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from torc_client.api.records import TimelineResponse
from torc_client.text import duration, parse_timestamp
from torc_dash import addresses

# No link shows less than this.
_SHORTEST_SECONDS = 0.01
EARLIEST, LATEST = datetime(1971, 1, 2, tzinfo=UTC), datetime(2199, 12, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Window:
    """A time in seconds since 1970."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.end - self.start

    @property
    def length(self) -> str:
        """Its length as text."""
        return duration(self.seconds)


@dataclass(frozen=True)
class Zoom:
    """A link to another time. Without an address, there is nothing more to see."""

    key: str
    title: str
    label: str
    href: str | None


Here = Callable[..., str]
"""The address of the page with other values of some parameters; None takes one away."""


def address_of(workflow_id: int, asked: Mapping[str, str], **changes: str | int | None) -> str:
    """Return the address of the timeline with what was asked for and some changes."""
    return addresses.timeline(workflow_id, **{**asked, **changes})


def times_of(query: Mapping[str, str]) -> dict[str, str]:
    """Return `start` and `end` of a query in one form; none if a timeline cannot show them."""
    start, end = (parse_timestamp(query.get(name, "")) for name in ("start", "end"))
    if start is None or end is None or not EARLIEST < start < end < LATEST:
        return {}
    times = {"start": text_of(start.timestamp()), "end": text_of(end.timestamp())}
    return times if times["start"] < times["end"] else {}


def text_of(seconds: float) -> str:
    """Return a time of an address, with milliseconds."""
    return datetime.fromtimestamp(round(seconds, 3), UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def window_of(start: str | None, end: str | None) -> Window | None:
    """Return the time between two timestamps."""
    first, last = (None if each is None else parse_timestamp(each) for each in (start, end))
    return None if first is None or last is None else Window(first.timestamp(), last.timestamp())


def zooms(shown: Window, found: TimelineResponse, here: Here) -> tuple[Zoom, ...]:
    """Return the links: earlier, later, closer, wider, and all. `shown` is what the page shows."""
    whole = window_of(found.run_start_time, found.run_end_time)

    def link(start: float, end: float) -> str | None:
        if end - start < _SHORTEST_SECONDS or not EARLIEST.timestamp() < start < end < LATEST.timestamp():
            return None
        return here(start=text_of(start), end=text_of(end), table=None)

    half, middle = shown.seconds / 2, (shown.start + shown.end) / 2
    is_whole = whole is not None and shown.start <= whole.start and shown.end >= whole.end
    all_of_it = here(start=None, end=None, table=None)
    wider = link(middle - 2 * half, middle + 2 * half)
    if whole is not None and middle - 2 * half <= whole.start and middle + 2 * half >= whole.end:
        wider = all_of_it
    return (
        Zoom("left", "←", "Earlier", link(shown.start - half, shown.end - half)),
        Zoom("right", "→", "Later", link(shown.start + half, shown.end + half)),
        Zoom("in", "+", "Zoom in", link(middle - half / 2, middle + half / 2)),
        Zoom("out", "\N{MINUS SIGN}", "Zoom out", None if is_whole else wider),
        Zoom("whole", "Whole run", "Show the whole run", None if is_whole else all_of_it),
    )
