"""The number and duration of the requests of a server, computed from its metrics. Pure."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

_LINE = re.compile(
    r"^(torc_requests_total|torc_request_seconds_bucket|torc_request_seconds_sum)\{(.*)\} (\S+)", re.MULTILINE
)
_LABEL = re.compile(r'\b(\w+)="([^"\\]*(?:\\.[^"\\]*)*)"')


@dataclass(slots=True)
class Figures:
    """One operation: the number of answers by status, and of timed answers by upper limit of their seconds."""

    by_status: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    by_limit_seconds: dict[float, float] = field(default_factory=dict)
    sum_seconds: float = 0.0

    @property
    def timed(self) -> float:
        """The number of timed answers: those to requests that did not ask to wait."""
        return max(self.by_limit_seconds.values(), default=0)


@dataclass(frozen=True, slots=True)
class OperationStats:
    """The statistics of one operation. Times are None if no answer was timed."""

    operation: str
    requests: int
    refused: int
    failed: int
    per_second: float | None
    mean_ms: float | None
    p95_ms: float | None


def figures(text: str) -> dict[str, Figures]:
    """Parse metrics, by operation. Other metrics are skipped."""
    found: dict[str, Figures] = defaultdict(Figures)
    for name, labels, value in _LINE.findall(text):
        label = dict(_LABEL.findall(labels))
        one = found[label.get("operation", "")]
        if name == "torc_requests_total":
            one.by_status[label.get("status", "")] += float(value)
        elif name == "torc_request_seconds_sum":
            one.sum_seconds += float(value)
        else:
            one.by_limit_seconds[float(label.get("le", "inf"))] = float(value)
    return dict(found)


def stats(
    now: Mapping[str, Figures], before: Mapping[str, Figures] | None = None, window_seconds: float | None = None
) -> list[OperationStats]:
    """Return the statistics since `before` (default: since the server started), the busiest operation first."""
    rows = [_operation(name, each, (before or {}).get(name, Figures()), window_seconds) for name, each in now.items()]
    return sorted((row for row in rows if row.requests), key=lambda row: (-row.requests, row.operation))


def _operation(name: str, now: Figures, before: Figures, window_seconds: float | None) -> OperationStats:
    counts = {status: count - before.by_status.get(status, 0) for status, count in now.by_status.items()}
    requests = sum(counts.values())
    timed = now.timed - before.timed
    reached = {limit: n - before.by_limit_seconds.get(limit, 0) for limit, n in sorted(now.by_limit_seconds.items())}
    limit = next((limit for limit, n in reached.items() if timed and n >= 0.95 * timed), None)
    return OperationStats(
        name,
        int(requests),
        int(sum(count for status, count in counts.items() if status.startswith("4"))),
        int(sum(count for status, count in counts.items() if status.startswith("5"))),
        requests / window_seconds if window_seconds else None,
        (now.sum_seconds - before.sum_seconds) / timed * 1000 if timed else None,
        limit * 1000 if limit is not None else None,
    )
