"""A run as a table in Markdown, with results and targets. Pure."""

from benchmarks.machine import sentence
from benchmarks.record import RowRecord, RunRecord, WorkloadRecord

_HEAD = "| What | Result | Spread | Target | |\n|---|---:|---:|---:|---|"
_VERDICTS = {True: "met", False: "missed", None: ""}


def number(value: float) -> str:
    """Format a number with three significant digits."""
    if abs(value) >= 1000 or value == int(value):
        return f"{value:,.0f}"
    if abs(value) >= 100:
        return f"{value:.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.2g}"


def row_line(row: RowRecord) -> str:
    """Format a row: median, spread, target, verdict."""
    target = "" if row.target is None else f"{row.target}{_unit(row)}"
    if row.median is None or row.least is None or row.most is None:
        return f"| {row.title} | - | | {target} | {row.reason} |"
    spread = "" if len(row.values) < 2 else f"{number(row.least)} to {number(row.most)}"
    return f"| {row.title} | {number(row.median)}{_unit(row)} | {spread} | {target} | {_VERDICTS[row.is_met]} |"


def workload_table(workload: WorkloadRecord) -> str:
    """Format the table of a workload with its title and sizes."""
    sizes = ", ".join(f"`{name.replace('_', ' ')}` {count:,}" for name, count in workload.sizes.items())
    rounds = f"{len(workload.rounds)} round{'s' if len(workload.rounds) != 1 else ''}"
    head = f"### {workload.title}\n\n`{workload.name}`: {sizes}; {rounds}, {workload.seconds:.0f} s in all.\n"
    return "\n".join([head, _HEAD, *[row_line(row) for row in workload.rows], ""])


def page_part(run: RunRecord) -> str:
    """Format a run."""
    versions = ", ".join(f"{name} {version}" for name, version in run.machine["versions"].items())
    remark = [f"{run.remark}\n"] if run.remark else []
    head = [
        f"Run of the **{run.set}** set, {run.started_at}, revision `{run.machine['revision']}`.\n",
        f"{sentence(run.machine)}.\n",
        f"Versions: {versions}.\n",
        *remark,
    ]
    return "\n".join([*head, *[workload_table(each) for each in run.workloads]])


def _unit(row: RowRecord) -> str:
    return f" {row.unit}" if row.unit else ""
