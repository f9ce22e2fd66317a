"""The condition of a worker on its host: what its files, its lock and its process show together."""

import os
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from torc_client.remote.agent.lost_state import found_again
from torc_client.remote.agent.worker_folder import WorkerFolder, WorkerRecord
from torc_client.runner_exit_code import RunnerExitCode

LINES_SHOWN = 5
_LONGEST_LINE = 500
_TAIL_BYTES = 64 * 1024
_ORDERLY = frozenset({
    RunnerExitCode.SUCCEEDED, RunnerExitCode.FINISHED_WITH_FAILURES, RunnerExitCode.STOPPED,
})  # fmt: skip


class Condition(StrEnum):
    """What a worker does."""

    NONE = "none"
    """It was never started on this host."""
    STARTING = "starting"
    RUNNING = "running"
    ENDED = "ended"
    """It ended by itself: its work was done, or it was stopped."""
    DIED = "died"
    """It failed or was killed."""
    ELSEWHERE = "elsewhere"
    """It was started on another machine, which has the same home folder and address. It may run."""


class WorkerFacts(Struct, kw_only=True, frozen=True):
    """The condition of a worker, with what is known of its process."""

    condition: Condition
    pid: int | None = None
    start_ticks: int | None = None
    """When the process began, in ticks since the boot of the host."""
    compute_node_id: int | None = None
    runner_id: str = ""
    version: str = ""
    url: str = ""
    output_dir: str = ""
    log: str = ""
    started_at: str = ""
    heard_seconds: float | None = None
    """The time since the server last answered the runner."""
    is_stopping: bool = False
    exit_code: int | None = None
    was_restarted: bool = False
    """Whether the host was restarted since the worker was started."""
    host: str = ""
    """The name of the machine on which the worker was started."""
    lines: list[str] = []
    """The last lines of the log of a worker that died."""
    manager_address: str = ""
    """The address from which the ssh of the request came, as the host saw it; empty if it did not come by ssh."""

    @property
    def is_alive(self) -> bool:
        """Whether a process of the worker runs, or may run."""
        return self.condition in {Condition.STARTING, Condition.RUNNING, Condition.ELSEWHERE}


def facts_of(folder: WorkerFolder, *, has_lock: bool = False) -> WorkerFacts:
    """Return the condition of a worker. `has_lock` is whether the caller has the lock, so that no worker has it."""
    is_locked = not has_lock and folder.is_locked()
    record = _record_of(folder, is_locked=is_locked)
    if record is None:
        return WorkerFacts(condition=Condition.STARTING if is_locked else Condition.NONE)
    ready, end, process = folder.ready(), folder.end(), record.process
    is_alive = end is None and _is_alive(record, is_locked=is_locked)
    exit_code = None if end is None else end.exit_code
    if end is None and process is not None and process.is_elsewhere:
        condition = Condition.ELSEWHERE
    elif is_alive:
        condition = Condition.RUNNING if process is not None and ready is not None else Condition.STARTING
    else:
        condition = Condition.ENDED if exit_code in _ORDERLY else Condition.DIED
    return WorkerFacts(
        condition=condition,
        pid=None if process is None else process.pid,
        start_ticks=None if process is None else process.start_ticks,
        compute_node_id=None if ready is None else ready.compute_node_id,
        runner_id="" if ready is None else ready.runner_id,
        version=record.version,
        url=record.url,
        output_dir=record.output_dir,
        log=record.log,
        started_at=record.started_at,
        heard_seconds=folder.heard_seconds() if is_alive else None,
        is_stopping=is_alive and process is not None and folder.stopping() == process,
        exit_code=exit_code,
        was_restarted=process is not None and not process.is_of_this_boot and not process.is_elsewhere,
        host="" if process is None else process.host,
        lines=last_lines(Path(record.log), record.log_offset) if condition is Condition.DIED else [],
    )


def last_lines(path: Path, offset: int = 0) -> list[str]:
    """Return the last lines of a log that are not blank, of what was written from `offset` on."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            # A log that is shorter than the offset was replaced.
            file.seek(max(offset if offset <= size else 0, size - _TAIL_BYTES))
            text = file.read(_TAIL_BYTES).decode("utf-8", "replace")
    except OSError:
        return []
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [line[:_LONGEST_LINE] for line in lines[-LINES_SHOWN:]]


def _record_of(folder: WorkerFolder, *, is_locked: bool) -> WorkerRecord | None:
    """Return what is known of the worker, also if its record is missing or wrong while it runs."""
    record = folder.worker()
    if record is None:
        return found_again(folder)
    process = record.process
    if is_locked and process is not None and not process.is_elsewhere and not _is_alive(record, is_locked=is_locked):
        # Only the process of a worker holds the lock for long.
        return found_again(folder) or record
    return record


def _is_alive(record: WorkerRecord, *, is_locked: bool) -> bool:
    """Whether the process of a worker runs. Where its id means nothing here, as in a container, its lock decides."""
    process = record.process
    if process is None:
        return is_locked
    if not process.is_of_this_boot:
        return False
    return process.is_alive or (not process.is_visible and is_locked)
