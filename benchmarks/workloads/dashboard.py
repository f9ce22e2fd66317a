"""Pages of the dashboard of a large workflow in the middle of its run."""

import asyncio
import itertools
import re
import sqlite3
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial

from benchmarks.browsers import OpenPage, chromium_page, now
from benchmarks.dashboards import Dashboard, Reader, Refused
from benchmarks.limits.empty_handler import empty_handler
from benchmarks.measure import NotMeasured, Round, Row, Sizes, Target, Workload, at_most
from benchmarks.service import Service
from benchmarks.sweeps import Sweep, end_one, run_part, write_sweep
from torc_dash.app import ROUTES
from torc_dash.table_sources import SOURCES

_MS = 1000
_MIB = 1024 * 1024
_PAGES_OPEN = 20
_NEEDLE = "the needle"
_PARAMETER = re.compile(r"\{(\w+)(?::(?:[^{}]|\{[^{}]*\})*)?\}")
# Routes with other answers than pages.
_NOT_PAGES = frozenset({"live", "raw-log", "find", "failed-job", "spec-file", "export", "spec-schema"})
_EXAMPLES = {"name": tuple(SOURCES), "action": ("initialize", "delete", "reset-jobs")}
_FIRST_BYTE_MS, _GRAPH_MS, _JOB_MS = 100, 150, 60
_JOBS = "/workflows/{id}/jobs"
ASKED = {
    "filter by name": f"{_JOBS}?filter=name~_097",
    "filter without a match": f"{_JOBS}?filter=name~nothing",
    "filter by status, sort by name": f"{_JOBS}?filter=status=completed&sort=name",
    "filter results by memory": "/workflows/{id}/tables/results?filter=peak_memory_bytes%3E2g",
    "sort by name, page 900": f"{_JOBS}?sort=name&reverse=1&page=900",
    "sort results by memory": "/workflows/{id}/tables/results?sort=peak_memory_bytes&reverse=1",
    "last page": f"{_JOBS}?page=2001",
}
COMPARED = ("/workflows", "/workflows/{id}", _JOBS, "/workflows/{id}/graph", "/jobs/{id}")


def pages() -> dict[str, str]:
    """Return the pages of the route table by their titles, with an example for each parameter but the ids."""
    found = {}
    for route in ROUTES:
        names = _PARAMETER.findall(route.path)
        if route.method != "GET" or route.kwargs.get("name") in _NOT_PAGES or route.path.endswith(".csv"):
            continue
        examples = [each for name in names for each in _EXAMPLES.get(name, ())] or [""]
        if set(names) <= {"id", *_EXAMPLES} and not route.path.startswith("/tasks/"):
            pieces = _PARAMETER.split(route.path)[::2]
            for example in examples:
                values = ["{id}" if name == "id" else example for name in names]
                path = "".join(itertools.chain(*zip(pieces, (*values, ""), strict=True)))
                found[path] = path
    return found


PAGES = pages()


def _target(path: str) -> Target:
    return at_most({"/workflows/{id}/graph": _GRAPH_MS, "/jobs/{id}": _JOB_MS}.get(path, _FIRST_BYTE_MS))


def _addressed(path: str, sweep: Sweep) -> str:
    number = sweep.failed[-1] if path.startswith("/jobs/") else sweep.flow.workflow_id
    return path.replace("{id}", str(number))


def _first_byte(reader: Reader, address: str) -> float:
    return reader.visit(address).first_byte


def _median(work: Callable[[], float], repeats: int) -> float:
    return statistics.median(work() for _ in range(repeats))


def _read_pages(this: Round, reader: Reader, sweep: Sweep, repeats: int) -> None:
    for title, path in {**PAGES, **ASKED}.items():
        address = _addressed(path, sweep)
        try:
            length = len(reader.visit(address).body)
        except Refused as error:
            this.reasons[title] = f"no page: {error}"[:80]
            continue
        this.measured[title] = _MS * _median(partial(_first_byte, reader, address), repeats)
        if title in COMPARED:
            with empty_handler(length) as port, closing(Reader(f"http://127.0.0.1:{port}/?", "none")) as bare:
                this.measured[f"bare {title}"] = _MS * _median(partial(_first_byte, bare, "/"), repeats)


def _read_rows(this: Round, service: Service, repeats: int) -> None:
    """Read what the pages of jobs read, without anything around it."""
    queries = {
        "rows": "SELECT * FROM job WHERE workflow_id = 1 ORDER BY id LIMIT 50",
        "count": "SELECT COUNT(*) FROM job WHERE workflow_id = 1 AND name LIKE '%\\_097%' ESCAPE '\\'",
    }
    with closing(sqlite3.connect(f"file:{service.database}?mode=ro", uri=True)) as database:
        for name, query in queries.items():

            def read(query: str = query) -> float:
                start = time.perf_counter()
                database.execute(query).fetchall()
                return time.perf_counter() - start

            this.measured[f"bare {name}"] = _MS * _median(read, repeats)


def _read_log(this: Round, reader: Reader, sweep: Sweep, mib: int, repeats: int) -> None:
    job_id = sweep.failed[0]
    path = sweep.stdout_of(job_id)
    line = b"2026-11-30 09:00:00 INFO step 000000: residual 1.234567e-08, mesh 512 x 512\n"
    block = (line * (_MIB // len(line) + 1))[:_MIB]
    with path.open("wb") as file:
        for _ in range(mib):
            file.write(block)
        file.write(f"\nhere is {_NEEDLE}\n".encode())
    log = f"/jobs/{job_id}/log?stream=stdout"
    search = f"{log}&from=0&go=next&q={_NEEDLE.replace(' ', '+')}"
    assert _NEEDLE in reader.visit(search).body.decode()
    this.measured["log first"] = _MS * _median(partial(_first_byte, reader, f"{log}&go=start"), repeats)
    this.measured["log last"] = _MS * _median(partial(_first_byte, reader, f"{log}&go=end"), repeats)
    few = min(repeats, 5)
    this.measured["search"] = _MS * _median(partial(_first_byte, reader, search), few)

    def grep() -> float:
        start = time.perf_counter()
        subprocess.run(["grep", "-F", "-m", "1", _NEEDLE, path], check=True, capture_output=True)
        return time.perf_counter() - start

    this.measured["grep"] = _MS * _median(grep, few)


@contextmanager
def _open_pages(dashboard: Dashboard, cookie: str, sweep: Sweep) -> Iterator[None]:
    """Keep pages open as browsers do: each was read, and has a stream of changes."""
    readers = [dashboard.reader(cookie) for _ in range(_PAGES_OPEN)]
    try:
        for reader, path in zip(readers, list(COMPARED) * _PAGES_OPEN, strict=False):
            reader.visit(_addressed(path, sweep))
            reader.listen(f"/live?workflow={sweep.flow.workflow_id}")
        yield
    finally:
        for reader in readers:
            reader.close()


def _watch(this: Round, service: Service, dashboard: Dashboard, sweep: Sweep, sizes: Sizes) -> None:
    """Measure a page in a browser: while nothing happens, and while jobs end."""
    with chromium_page(dashboard.link) as opened:
        opened.open(f"{dashboard.origin}/workflows/{sweep.flow.workflow_id}")
        opened.rest(2)
        bytes_before, cpu_before, start = opened.received_bytes, service.cpu_seconds(), time.perf_counter()
        opened.rest(sizes["idle_seconds"])
        seconds = time.perf_counter() - start
        this.measured["idle bytes"] = (opened.received_bytes - bytes_before) / seconds
        this.measured["idle cpu"] = 100 * (service.cpu_seconds() - cpu_before) / seconds
        bytes_before, cpu_before, start = opened.received_bytes, service.cpu_seconds(), time.perf_counter()
        delays = _end_jobs(opened, service, sweep, sizes["updates"])
        seconds = time.perf_counter() - start
        this.measured["busy bytes"] = (opened.received_bytes - bytes_before) / seconds
        this.measured["busy cpu"] = 100 * (service.cpu_seconds() - cpu_before) / seconds
        this.measured["paint"], this.measured["paint worst"] = statistics.median(delays), max(delays)
        this.measured["heap"] = opened.heap_bytes() / _MIB


def _end_jobs(opened: OpenPage, service: Service, sweep: Sweep, updates: int) -> list[float]:
    """Let a job end about each second; return how long the page took to show it."""
    delays = []
    for job_id, flow in sweep.running[:updates]:
        end_one(service, sweep, job_id, flow)
        delays.append(opened.painted_after(now()))
        opened.rest(1 - min(1, delays[-1]))
    return delays


def _run(this: Round, sizes: Sizes) -> None:
    with Service(this.directory) as service:
        service.torc("create", write_sweep(this.directory, sizes["jobs"]))
        sweep = asyncio.run(run_part(service, sizes["completed"]))
        with Dashboard(service) as dashboard, closing(dashboard.reader()) as reader:
            _read_pages(this, reader, sweep, sizes["repeats"])
            _read_rows(this, service, sizes["repeats"])
            _read_log(this, reader, sweep, sizes["log_mib"], sizes["repeats"])
            with _open_pages(dashboard, reader.cookie, sweep):
                this.measured["memory"] = dashboard.resident_bytes() / _MIB
        with Dashboard(service) as dashboard:
            try:
                _watch(this, service, dashboard, sweep, sizes)
            except NotMeasured as reason:
                this.reasons |= dict.fromkeys(("idle bytes", "idle cpu", "busy bytes", "busy cpu"), str(reason))
                this.reasons |= dict.fromkeys(("paint", "paint worst", "heap"), str(reason))


def _row(title: str, value: str, unit: str, limit: float) -> Row:
    return Row(title, value, unit, target=at_most(limit), needs_full_size=True)


DASHBOARD = Workload(
    name="dashboard",
    title="The dashboard of a large workflow",
    rows=(
        *(Row(f"first byte of `{path}`", path, "ms", target=_target(path), needs_full_size=True) for path in PAGES),
        *(_row(title, title, "ms", 250) for title in ASKED),
        *(Row(f"`{path}` to a bare handler of as many bytes", path, "times", per=f"bare {path}") for path in COMPARED),
        Row("the filter by name to bare SQLite that counts them", "filter by name", "times", per="bare count"),
        Row(f"`{_JOBS}` to bare SQLite that reads its rows", _JOBS, "times", per="bare rows"),
        _row("log of `log mib`: first lines", "log first", "ms", 150),
        _row("log of `log mib`: last lines", "log last", "ms", 150),
        _row("log of `log mib`: search all of it", "search", "ms", 1000),
        Row("the same to `grep`", "search", "times", per="grep"),
        _row(f"memory of torc-dash with {_PAGES_OPEN} open pages", "memory", "MB", 80),
        _row("bytes that an idle page receives", "idle bytes", "B/s", 2000),
        Row("the same while a job ends each second", "busy bytes", "B/s"),
        _row("server's use of a core for an idle page", "idle cpu", "%", 1),
        Row("the same while a job ends each second", "busy cpu", "%"),
        _row("from the end of a job to its paint, median", "paint", "s", 1),
        _row("the same, worst", "paint worst", "s", 1),
        _row("memory of the page's scripts", "heap", "MB", 60),
    ),
    run=_run,
    runs=1,
    has_warm_up=False,
    quick={"jobs": 10_002, "completed": 3_401, "log_mib": 64, "repeats": 5, "idle_seconds": 5, "updates": 5},
    full={"jobs": 100_002, "completed": 34_012, "log_mib": 1024, "repeats": 15, "idle_seconds": 35, "updates": 20},
)
