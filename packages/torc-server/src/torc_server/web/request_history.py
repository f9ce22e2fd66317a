"""The numbers of requests in the last hour, second by second, in a fixed amount of memory."""

from typing import Any

WINDOW_SECONDS = 3600
# The window, and the part of an interval before it.
_SLOTS = 2 * WINDOW_SECONDS
_MEMBERS = ("request_count", "bytes_in", "bytes_out", "status_2xx", "status_4xx", "status_5xx", "status_other")
_OTHER = _MEMBERS.index("status_other")
_OF_HUNDRED = {2: 3, 4: 4, 5: 5}


class RequestHistory:
    """Counts requests by the second in which they were answered. Counting happens on the event loop, reading anywhere.

    A slot has its second and the numbers of that second. It is used again for the second after `_SLOTS` seconds.
    """

    def __init__(self) -> None:
        self._slots: list[list[int] | None] = [None] * _SLOTS

    def answered(self, second: int, status: int, bytes_in: int, bytes_out: int) -> None:
        """Count a request. A status of 0 means that there was no answer."""
        slot = self._slots[second % _SLOTS]
        if slot is None or slot[-1] != second:
            slot = self._slots[second % _SLOTS] = [0, 0, 0, 0, 0, 0, 0, second]
        slot[0] += 1
        slot[1] += bytes_in
        slot[2] += bytes_out
        slot[_OF_HUNDRED.get(status // 100, _OTHER)] += 1

    def buckets(self, window_seconds: int, interval_seconds: int, now_ms: int) -> dict[str, Any]:
        """Return the numbers in intervals, newest first, also the empty ones.

        An interval has at least one second, and the window at most an hour and at least one interval.
        """
        interval = min(max(interval_seconds, 1), WINDOW_SECONDS)
        window = min(max(window_seconds, interval), WINDOW_SECONDS)
        newest = now_ms // 1000 // interval * interval
        starts = [newest - number * interval for number in range(-(-window // interval))]
        return {
            "now_ms": now_ms,
            "interval_seconds": interval,
            "window_seconds": window,
            "buckets": [{"start_ms": start * 1000, **self._sum(start, start + interval)} for start in starts],
        }

    def _sum(self, begin: int, end: int) -> dict[str, int]:
        sums = [0] * len(_MEMBERS)
        for second in range(begin, end):
            slot = self._slots[second % _SLOTS]
            if slot is not None and slot[-1] == second:
                sums = [total + number for total, number in zip(sums, slot, strict=False)]
        return dict(zip(_MEMBERS, sums, strict=True))
