"""One look at all processes: what each job takes, with all that it started.

A process is a job's where it is in the session that the job leads, or descends from such a process. What fled from both
has become a child of the runner, and is known by its environment.

One file is read for each process of the machine, which is why this is no business of the event loop.
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
    """What one attempt takes at one moment."""

    rss_bytes: int
    """Resident memory, summed; pages that processes share count for each of them."""
    cpu_seconds: float
    """CPU time since the attempt began, of the processes that live and of those whose ends were waited for."""
    num_processes: int
    pids: tuple[int, ...] = ()


class _Process(NamedTuple):
    parent: int
    session: int
    cpu_ticks: int
    rss_pages: int
    is_alive: bool


class Kin(Struct, frozen=True):
    """By what the processes of a runner's jobs are known."""

    runner_pid: int
    marker: bytes
    """An entry of the environment that all jobs of this runner have, and nobody else has."""


def look(leaders: Mapping[JobId, int], kin: Kin, proc: Path = PROC) -> dict[JobId, Usage]:
    """Tell what each job takes, by the process id of its first process. Jobs of which nothing lives are left out."""
    processes = _processes(str(proc))
    job_of: dict[int, JobId | None] = {pid: job_id for job_id, pid in leaders.items()}
    sums: dict[JobId, list[int]] = {}
    pids: dict[JobId, list[int]] = {}
    job_of_session = {pid: job_id for job_id, pid in leaders.items()}
    for pid, process in processes.items():
        job_id = _owner(pid, processes, job_of_session, job_of, kin, proc)
        if job_id is None:
            continue
        total = sums.setdefault(job_id, [0, 0])
        total[0] += process.rss_pages
        total[1] += process.cpu_ticks
        if process.is_alive:
            pids.setdefault(job_id, []).append(pid)
    return {
        job_id: Usage(
            rss_bytes=sums[job_id][0] * _PAGE_BYTES,
            cpu_seconds=sums[job_id][1] / _TICKS_A_SECOND,
            num_processes=len(living),
            pids=tuple(living),
        )
        for job_id, living in pids.items()
    }


def shared_out_bytes(usage: Usage, proc: Path = PROC) -> int:
    """Tell how much memory a job takes when each page that processes share is shared out among them.

    That is the truth where many processes have come of one, and is slow to find out: ask when `rss_bytes` is too much.
    Where the kernel does not tell, `rss_bytes` is the answer.
    """
    total = 0
    for pid in usage.pids:
        try:
            lines = (proc / str(pid) / "smaps_rollup").read_bytes().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            if (proc / str(pid)).exists() and not (proc / "self" / "smaps_rollup").exists():
                return usage.rss_bytes
            continue  # it has ended meanwhile
        except OSError:
            return usage.rss_bytes
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(b"Pss:"))
    return total


def _owner(  # noqa: PLR0917  one walk up the tree, with all that it needs
    pid: int,
    processes: Mapping[int, _Process],
    job_of_session: Mapping[int, JobId],
    job_of: dict[int, JobId | None],
    kin: Kin,
    proc: Path,
) -> JobId | None:
    """Tell whose a process is, and remember it for all on the way up."""
    way: list[int] = []
    job_id: JobId | None = None
    while pid not in job_of:
        way.append(pid)
        process = processes.get(pid)
        if process is None or pid == kin.runner_pid:
            break
        if process.session in job_of_session:
            job_id = job_of_session[process.session]
            break
        if process.parent == kin.runner_pid:
            job_id = _by_environment(pid, kin.marker, frozenset(job_of_session.values()), proc)
            break
        job_of[pid] = None  # against rings, which a table that is read while it changes may show
        pid = process.parent
    else:
        job_id = job_of[pid]
    for each in way:
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
    for name in os.listdir(proc):  # noqa: PTH208  a Path for each process costs more than looking at it
        if name.isdecimal():
            try:
                with open(f"{proc}/{name}/stat", "rb", buffering=0) as file:  # noqa: PTH123  the same
                    fields = file.read().rpartition(b")")[2].split()
            except OSError:
                continue  # it has ended meanwhile
            if len(fields) > 21:
                processes[int(name)] = _Process(
                    parent=int(fields[1]),
                    session=int(fields[3]),
                    cpu_ticks=sum(map(int, fields[11:15])),
                    rss_pages=int(fields[21]),
                    is_alive=fields[0] not in {b"Z", b"X"},
                )
    return processes
