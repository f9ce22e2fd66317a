"""Numbers and times of requests.

They are stored as plain numbers: the metrics of the library support many threads, which costs a large part of a small
request. The library gets the numbers when metrics are requested.
"""

from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

LATENCY_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_LIMITS = (*map(str, LATENCY_BUCKETS), "+Inf")


class _Times:
    """The times of one operation: the number of requests in each bucket, and the sum of the times."""

    __slots__ = ("buckets", "sum_seconds")

    def __init__(self) -> None:
        self.buckets = [0] * len(_LIMITS)
        self.sum_seconds = 0.0


class RequestCounts(Collector):
    """Counts requests. Counting happens on the event loop, collecting on any thread."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], int] = {}
        self._times: dict[str, _Times] = {}

    def answered(self, operation: str, status: str, seconds: float | None) -> None:
        """Count a request. `seconds` is None if the time is not meaningful."""
        key = (operation, status)
        self._counts[key] = self._counts.get(key, 0) + 1
        if seconds is None:
            return
        times = self._times.get(operation)
        if times is None:
            times = self._times[operation] = _Times()
        times.buckets[bisect_left(LATENCY_BUCKETS, seconds)] += 1
        times.sum_seconds += seconds

    def collect(self) -> Iterable[Metric]:
        """Return the current numbers."""
        counted = CounterMetricFamily(
            "torc_requests", "Requests answered, by operation and status.", labels=["operation", "status"]
        )
        for key, count in list(self._counts.items()):
            counted.add_metric(key, count)
        timed = HistogramMetricFamily(
            "torc_request_seconds",
            "Time to answer, without streams and requests with wait_seconds.",
            labels=["operation"],
        )
        for operation, times in list(self._times.items()):
            reached = list(zip(_LIMITS, map(float, accumulate(times.buckets)), strict=True))
            timed.add_metric([operation], buckets=reached, sum_value=times.sum_seconds)
        return counted, timed
