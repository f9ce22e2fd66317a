"""Measures the CPU time and memory of each job, with all processes that it started.

A process belongs to a job if it is in the session that the job leads, or descends from such a process. A process that
left both has become a child of the runner, and its environment shows its job.

One file is read for each process of the machine, so this runs in a thread and not in the event loop.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from torc_runner.machine.job import JobId

PROC = Path("/proc")

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_JOB = b"TORC_JOB_ID="


class Usage(Struct, frozen=True):
    """The resource use of one attempt at one moment."""

    memory_bytes: int
    """Sum of the resident memory without pages of mapped files, which the kernel takes back when memory is short.

    Pages that processes share count once for each of them.
    """
    cpu_seconds: float
    """CPU time since the attempt began, of live processes and of those that their parents have reaped."""
    num_processes: int
    pids: tuple[int, ...] = ()
    mapped_bytes: int = 0
    """The pages of mapped files of the process that has most of them."""


class _Process(NamedTuple):
    parent: int
    session: int
    cpu_ticks: int
    rss_pages: int
    is_alive: bool


class RunnerMark(Struct, frozen=True):
    """Identifies the processes of a runner's jobs."""

    runner_pid: int
    marker: bytes
    """An entry of the environment that only jobs of this runner have."""


def measure(leaders: Mapping[JobId, int], mark: RunnerMark, proc: Path = PROC) -> dict[JobId, Usage]:
    """Return what each job with a live process uses. `leaders` are the first process of each job."""
    processes = _processes(str(proc))
    job_of: dict[int, JobId | None] = {pid: job_id for job_id, pid in leaders.items()}
    sums: dict[JobId, list[int]] = {}
    pids: dict[JobId, list[int]] = {}
    job_of_session = {pid: job_id for job_id, pid in leaders.items()}
    for pid, process in processes.items():
        job_id = _owner(pid, processes, job_of_session, job_of, mark, proc)
        if job_id is None:
            continue
        memory_bytes, mapped_bytes = _memory_of(pid, process, proc)
        total = sums.setdefault(job_id, [0, 0, 0])
        total[0] += memory_bytes
        total[1] += process.cpu_ticks
        total[2] = max(total[2], mapped_bytes)
        if process.is_alive:
            pids.setdefault(job_id, []).append(pid)
    return {
        job_id: Usage(
            memory_bytes=sums[job_id][0],
            cpu_seconds=sums[job_id][1] / _TICKS_A_SECOND,
            num_processes=len(living),
            pids=tuple(living),
            mapped_bytes=sums[job_id][2],
        )
        for job_id, living in pids.items()
    }


_SIGNS = {b"Pss": 1, b"Pss_File": -1}
"""All pages, and of them those of mapped files, which older kernels do not count separately."""


def proportional_bytes(usage: Usage, proc: Path = PROC) -> int:
    """Return the memory of a job with each shared page divided among the processes that share it.

    Pages of mapped files do not count: the kernel takes them back when memory is short. This is exact for jobs that
    fork many processes, but slow: call it only if `memory_bytes` exceeds a limit. Kernels without `smaps_rollup` do
    not show it; then the result is `memory_bytes`.
    """
    total = 0
    for pid in usage.pids:
        try:
            lines = (proc / str(pid) / "smaps_rollup").read_bytes().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            if (proc / str(pid)).exists() and not (proc / "self" / "smaps_rollup").exists():
                return usage.memory_bytes
            continue  # the process has ended
        except OSError:
            return usage.memory_bytes
        for line in lines:
            sign = _SIGNS.get(line.partition(b":")[0])
            if sign is not None:
                total += sign * 1024 * int(line.split()[1])
    return total


def _memory_of(pid: int, process: _Process, proc: Path) -> tuple[int, int]:
    """Return the memory of a process without the pages of mapped files, and these. Both are 0 if it has ended."""
    if not process.rss_pages:
        return 0, 0
    try:
        with open(f"{proc}/{pid}/status", "rb", buffering=0) as file:  # noqa: PTH123  as in _processes
            status = file.read()
    except OSError:
        return 0, 0
    anonymous, shared, mapped = (_bytes_in(status, name) for name in (b"RssAnon:", b"RssShmem:", b"RssFile:"))
    if anonymous is None or shared is None or mapped is None:  # a kernel before 4.5, or a process that ends
        return (0 if _bytes_in(status, b"VmRSS:") is None else process.rss_pages * _PAGE_BYTES), 0
    return anonymous + shared, mapped


def _bytes_in(status: bytes, name: bytes) -> int | None:
    """Return the number of kB after a name, in bytes; None without it."""
    words = status.partition(name)[2][:40].split(maxsplit=1)
    return int(words[0]) * 1024 if words else None


def _owner(  # noqa: PLR0917  one walk up the tree
    pid: int,
    processes: Mapping[int, _Process],
    job_of_session: Mapping[int, JobId],
    job_of: dict[int, JobId | None],
    mark: RunnerMark,
    proc: Path,
) -> JobId | None:
    """Return the job of a process, and note it in `job_of` for all processes on the way up."""
    path: list[int] = []
    job_id: JobId | None = None
    while pid not in job_of:
        path.append(pid)
        process = processes.get(pid)
        if process is None or pid == mark.runner_pid:
            break
        if process.session in job_of_session:
            job_id = job_of_session[process.session]
            break
        if process.parent == mark.runner_pid:
            job_id = _by_environment(pid, mark.marker, frozenset(job_of_session.values()), proc)
            break
        job_of[pid] = None  # ends cycles, which a table that changes while it is read may have
        pid = process.parent
    else:
        job_id = job_of[pid]
    for each in path:
        job_of[each] = job_id
    return job_id


def _by_environment(pid: int, marker: bytes, job_ids: frozenset[JobId], proc: Path) -> JobId | None:
    try:
        entries = (proc / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return None
    if marker not in entries:
        return None
    named = [
        JobId(int(entry[len(_JOB) :])) for entry in entries if entry.startswith(_JOB) and entry[len(_JOB) :].isdigit()
    ]
    return named[-1] if named and named[-1] in job_ids else None


def _processes(proc: str) -> dict[int, _Process]:
    processes = {}
    for name in os.listdir(proc):  # noqa: PTH208  a Path for each process costs more than reading its file
        if name.isdecimal():
            try:
                with open(f"{proc}/{name}/stat", "rb", buffering=0) as file:  # noqa: PTH123  the same
                    fields = file.read().rpartition(b")")[2].split()
            except OSError:
                continue  # the process has ended
            if len(fields) > 21:
                processes[int(name)] = _Process(
                    parent=int(fields[1]),
                    session=int(fields[3]),
                    cpu_ticks=sum(map(int, fields[11:15])),
                    rss_pages=int(fields[21]),
                    is_alive=fields[0] not in {b"Z", b"X"},
                )
    return processes
