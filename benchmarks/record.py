"""Results as JSON, for the report. Pure, except for the two functions that read and write the file."""

from pathlib import Path
from typing import Any, Self

import msgspec

from benchmarks.measure import Outcome, Round, Sizes, Workload, outcomes


class RowRecord(msgspec.Struct, kw_only=True):
    """A row of the table with its result."""

    title: str
    unit: str
    target: str | None
    median: float | None
    least: float | None
    most: float | None
    spread: float | None
    values: list[float]
    is_met: bool | None
    reason: str

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        """Convert an outcome to a record."""
        found = outcome.summary
        return cls(
            title=outcome.row.title,
            unit=outcome.row.unit,
            target=None if outcome.row.target is None else str(outcome.row.target),
            median=None if found is None else found.median,
            least=None if found is None else found.least,
            most=None if found is None else found.most,
            spread=None if found is None else found.spread,
            values=[] if found is None else list(found.values),
            is_met=outcome.is_met,
            reason=outcome.reason,
        )


class WorkloadRecord(msgspec.Struct, kw_only=True):
    """A workload with its sizes, its rows and all measured values."""

    name: str
    title: str
    sizes: dict[str, int]
    seconds: float
    rows: list[RowRecord]
    rounds: list[dict[str, float]]
    reasons: dict[str, str]


class RunRecord(msgspec.Struct, kw_only=True):
    """A whole run."""

    set: str
    started_at: str
    machine: dict[str, Any]
    remark: str
    workloads: list[WorkloadRecord]


def workload_record(
    workload: Workload, sizes: Sizes, rounds: list[Round], *, is_full: bool, seconds: float, failure: str = ""
) -> WorkloadRecord:
    """Convert the rounds of a workload to a record; `failure` is the reason for missing ones."""
    rows = [RowRecord.of(outcome) for outcome in outcomes(workload, rounds, is_full=is_full)]
    if failure and not rounds:
        for row in rows:
            row.reason = failure
    reasons = {name: reason for each in rounds for name, reason in each.reasons.items()}
    if failure:
        reasons["workload"] = failure
    return WorkloadRecord(
        name=workload.name,
        title=workload.title,
        sizes=dict(sizes),
        seconds=round(seconds, 1),
        rows=rows,
        rounds=[each.measured for each in rounds],
        reasons=reasons,
    )


def merged(earlier: RunRecord | None, run: RunRecord) -> RunRecord:
    """Add workloads of an earlier run of the same set on the same machine that this run did not measure."""
    if earlier is None or earlier.set != run.set or _of_machine(earlier) != _of_machine(run):
        return run
    measured = {each.name: each for each in run.workloads}
    kept = [measured.pop(each.name, each) for each in earlier.workloads]
    return msgspec.structs.replace(run, workloads=[*kept, *measured.values()])


def _of_machine(run: RunRecord) -> tuple[Any, ...]:
    return tuple(run.machine.get(name) for name in ("processor", "cpus", "memory_bytes", "file_system", "revision"))


def write(path: Path, run: RunRecord) -> None:
    """Write a run as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(run), indent=2) + b"\n")


def read(path: Path) -> RunRecord | None:
    """Read a run; None without a file. Raises msgspec.DecodeError for a malformed file."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=RunRecord)
    except FileNotFoundError:
        return None
