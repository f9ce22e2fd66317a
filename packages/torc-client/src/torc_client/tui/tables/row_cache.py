"""Which rows of a long list are known, and which to ask the server for. Pure.

The server filters, sorts and pages. A table knows at most some hundred rows around those in view, and never all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

MOST_ROWS_ASKED = 250
_MOST_ROWS_KNOWN = 1_000
# Rows beyond those in view that are asked for before they are needed.
_AHEAD = 100

Known = TypeVar("Known")


@dataclass(frozen=True, slots=True)
class Ask:
    """Rows to ask for."""

    offset: int
    limit: int

    @property
    def end(self) -> int:
        """The position after the last row."""
        return self.offset + self.limit


@dataclass(slots=True)
class RowCache(Generic[Known]):
    """The known rows by position, and the number of all rows; None until the first answer."""

    total: int | None = None
    rows: dict[int, Known] = field(default_factory=dict)

    def missing(self, first: int, last: int) -> Ask | None:
        """Return what to ask for so that the rows from `first` to `last` are known; None if they are."""
        return self._around(first, last, 0)

    def ahead(self, first: int, last: int) -> Ask | None:
        """Return what to ask for before rows beyond those in view are needed; None if enough are known."""
        return self._around(first, last, _AHEAD)

    def _around(self, first: int, last: int, margin: int) -> Ask | None:
        end = last + 1 + margin if self.total is None else min(last + 1 + margin, self.total)
        unknown = [at for at in range(max(0, first - margin), end) if at not in self.rows]
        if not unknown:
            return None
        if unknown[0] >= first:
            return self._limited(unknown[0], unknown[0] + MOST_ROWS_ASKED)
        before = max((at for at in unknown if at < first), default=unknown[-1])
        if margin == 0 or unknown[-1] > last:  # on both sides: those in view and around them
            middle = (first + last) // 2
            return self._limited(middle - MOST_ROWS_ASKED // 2, middle + MOST_ROWS_ASKED // 2)
        return self._limited(before + 1 - MOST_ROWS_ASKED, before + 1)

    def _limited(self, offset: int, end: int) -> Ask:
        start = max(0, offset)
        stop = end if self.total is None else min(end, self.total)
        return Ask(start, min(max(stop - start, 1), MOST_ROWS_ASKED))

    def renewal(self, first: int, last: int) -> Ask:
        """Return what to ask for when rows may have changed: those in view, and some around them."""
        start = max(0, first - _AHEAD // 2)
        return Ask(start, min(last + _AHEAD // 2 - start + 1, MOST_ROWS_ASKED))

    def add(self, offset: int, rows: Sequence[Known], total: int) -> None:
        """Remember rows. Rows far from them are forgotten when there are too many."""
        self.total = total
        self.rows.update(enumerate(rows, offset))
        for at in [at for at in self.rows if at >= total]:
            del self.rows[at]
        if len(self.rows) > _MOST_ROWS_KNOWN:
            middle = offset + len(rows) // 2
            near = sorted(self.rows, key=lambda at: abs(at - middle))[: _MOST_ROWS_KNOWN // 2]
            self.rows = {at: self.rows[at] for at in near}

    def replace(self, offset: int, rows: Sequence[Known], total: int) -> None:
        """Remember these rows alone."""
        self.rows = {}
        self.add(offset, rows, total)


def moved_to(ids: Mapping[int, int | None], cursor: int, record_id: int | None) -> int:
    """Return where the record of the cursor is now: its new position, or the old one if it is not near it."""
    if record_id is None or ids.get(cursor) == record_id:
        return cursor
    places = [at for at, each in ids.items() if each == record_id]
    return min(places, key=lambda at: abs(at - cursor), default=cursor)
