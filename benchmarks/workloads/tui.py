"""The terminal interface with a large workflow in the middle of its run."""

import asyncio
import statistics
import time

from benchmarks.measure import Round, Row, Sizes, Workload, at_most
from benchmarks.service import Service
from benchmarks.sweeps import Sweep, claim_and_end, run_part, write_sweep
from benchmarks.terminals import Terminal

_MS, _KB, _MIB = 1000, 1000, 1024 * 1024
_SIZES = ((80, 24), (200, 50))
_TAB, _DOWN, _PAGE_DOWN, _RIGHT = b"\t", b"\x1b[B", b"\x1b[6~", b"\x1b[C"
_NEWS = "What to know now"


def _keys(terminal: Terminal, key: bytes, presses: int) -> float:
    """Return the median time from a key to its paint."""
    found = []
    for _ in range(presses):
        terminal.settle()
        found.append(terminal.press(key))
    return _MS * statistics.median(found)


def _measure(this: Round, service: Service, sweep: Sweep, sizes: Sizes) -> None:
    starts = []
    for _ in range(sizes["starts"]):
        with Terminal(service, sweep.flow.workflow_id, *_SIZES[0]) as terminal:
            starts.append(terminal.seconds_until(_NEWS))
    this.measured["start"] = statistics.median(starts)
    for columns, rows in _SIZES:
        with Terminal(service, sweep.flow.workflow_id, columns, rows) as terminal:
            terminal.seconds_until(_NEWS)
            terminal.press(_RIGHT)
            this.measured[f"overview {columns}"] = _busy(service, sweep, terminal, sizes)
            terminal.press(_TAB)
            this.measured[f"row {columns}"] = _keys(terminal, _DOWN, sizes["presses"])
            this.measured[f"page {columns}"] = _keys(terminal, _PAGE_DOWN, sizes["presses"])
            this.measured[f"jobs {columns}"] = _busy(service, sweep, terminal, sizes)
            this.measured["memory"] = terminal.resident_bytes() / _MIB


def _busy(service: Service, sweep: Sweep, terminal: Terminal, sizes: Sizes) -> float:
    """Return the kilobytes a second that are written while jobs start and end."""
    terminal.settle()
    before, start = terminal.written_bytes, time.perf_counter()
    asyncio.run(claim_and_end(service, sweep, each_second=sizes["each_second"], seconds=sizes["seconds"]))
    return (terminal.written_bytes - before) / (time.perf_counter() - start) / _KB


def _run(this: Round, sizes: Sizes) -> None:
    with Service(this.directory) as service:
        service.torc("create", write_sweep(this.directory, sizes["jobs"]))
        _measure(this, service, asyncio.run(run_part(service, sizes["completed"])), sizes)


def _row(title: str, value: str, unit: str, limit: float) -> Row:
    return Row(title, value, unit, target=at_most(limit), needs_full_size=True)


TUI = Workload(
    name="tui",
    title="The terminal interface of a large workflow",
    rows=(
        _row("start of `torc tui` until the overview says what to know", "start", "s", 0.8),
        _row("memory after some views", "memory", "MB", 60),
        _row("from a key to its paint: next row, 80x24", "row 80", "ms", 50),
        _row("the same, 200x50", "row 200", "ms", 50),
        _row("from a key to its paint: next screen of rows, 80x24", "page 80", "ms", 50),
        _row("the same, 200x50", "page 200", "ms", 50),
        _row("bytes to the terminal while 100 jobs a second end: overview, 80x24", "overview 80", "kB/s", 20),
        _row("the same, 200x50", "overview 200", "kB/s", 20),
        _row("the same: table of jobs, 80x24", "jobs 80", "kB/s", 20),
        _row("the same, 200x50", "jobs 200", "kB/s", 20),
    ),
    run=_run,
    runs=1,
    has_warm_up=False,
    quick={"jobs": 10_002, "completed": 3_401, "starts": 3, "presses": 10, "each_second": 100, "seconds": 5},
    full={"jobs": 100_002, "completed": 34_012, "starts": 7, "presses": 30, "each_second": 100, "seconds": 15},
)
