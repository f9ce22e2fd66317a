"""The resource use of a job or node, in the form in which it is reported."""

from msgspec import Struct


class UsageSummary(Struct, frozen=True):
    """Peaks and means. None if a value was not measured. CPU use is in percent of one CPU."""

    peak_memory_bytes: int | None = None
    avg_memory_bytes: int | None = None
    peak_cpu_percent: float | None = None
    avg_cpu_percent: float | None = None
