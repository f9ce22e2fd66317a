"""Where a viewer's text comes from: the logs of a job's attempts, or a file on this machine."""

import asyncio
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from torc_client.api.enums import JobStatus
from torc_client.api.records import ScheduledComputeNodesModel
from torc_client.batch.allocation_output import output_path
from torc_client.client import TorcClient
from torc_client.edge.terminal_text import inert_line
from torc_client.errors import TorcError
from torc_client.log_files.attempt_logs import LogKind
from torc_client.log_files.attempt_sources import JobHistory, LoggedAttempt, load_history, open_source
from torc_client.log_files.confined import OpenLog, open_log
from torc_client.log_files.relayed_log import RelayedLog
from torc_client.text import size, timestamp

KIND_TITLES: Final[Mapping[str, str]] = {
    LogKind.STDOUT: "stdout",
    LogKind.STDERR: "stderr",
    LogKind.COMBINED: "stdout and stderr",
    LogKind.RUNNER: "runner",
    LogKind.ALLOCATION_STDOUT: "Slurm stdout",
    LogKind.ALLOCATION_STDERR: "Slurm stderr",
}
UNSUCCESSFUL: Final = frozenset({JobStatus.FAILED, JobStatus.TERMINATED, JobStatus.PENDING_FAILED})
_LOOKED_AT_BYTES = 8 * 1024


@dataclass(frozen=True)
class OpenedText:
    """An open text, and what a viewer says about it. The holder closes `log`."""

    log: OpenLog | RelayedLog
    title: str
    place: str
    """The path, or host and path."""

    kind: str = ""
    kinds: tuple[str, ...] = ()
    """The other logs of the same attempt, and this one."""

    is_over: bool = True
    """Whether nothing more will be written."""

    has_failed: bool = False
    is_binary: bool = False


class TextSource(Protocol):
    """Opens a text. Opening again gives its current state."""

    @property
    def title(self) -> str:
        """What the viewer shows, also if it cannot be opened."""

    async def open(self) -> OpenedText:
        """Open the text. Raises TorcError."""

    async def is_over(self) -> bool:
        """Whether nothing more will be written. Raises TorcError."""


@dataclass
class JobLogSource:
    """A log of a job. Without an attempt, the newest; without a kind, the one that says most.

    Logs are also searched in `folders`. `history` is known once it was opened.
    """

    client: TorcClient
    job_id: int
    run_id: int | None = None
    attempt_id: int | None = None
    kind: str = ""
    folders: Sequence[Path] = ()
    history: JobHistory | None = field(default=None, init=False)

    @property
    def title(self) -> str:
        """The job and the attempt."""
        if self.history is None:
            return f"job {self.job_id}"
        job, attempt = self.history.job, self.history.chosen
        return f"job {self.job_id} {inert_line(job.name)}" + (f" · {attempt_title(attempt)}" if attempt else "")

    async def open(self) -> OpenedText:
        """Read the attempts of the job and open the log. Raises TorcError."""
        self.history = await self._read()
        source = await open_source(self.client, self.history, self.kind, self.folders)
        attempt = self.history.chosen
        assert attempt is not None, "it has a log"  # noqa: S101 - for the type checker
        return OpenedText(
            log=source.log,
            title=self.title,
            place=inert_line(source.place),
            kind=source.kind,
            kinds=source.kinds,
            is_over=attempt.is_over,
            has_failed=attempt.status in UNSUCCESSFUL,
        )

    async def is_over(self) -> bool:
        """Whether the attempt has ended. Raises TorcError."""
        self.history = await self._read()
        return self.history.chosen is None or self.history.chosen.is_over

    def next_kind(self, opened: OpenedText) -> str:
        """Return the kind after the open one."""
        return kind_after(opened)

    def choose(self, attempt: LoggedAttempt) -> None:
        """Show the log of another attempt from now on."""
        self.run_id, self.attempt_id = attempt.run_id, attempt.attempt_id

    async def _read(self) -> JobHistory:
        chosen = {"run": self.run_id, "attempt": self.attempt_id}
        query = {name: str(number) for name, number in chosen.items() if number is not None}
        return await load_history(self.client, self.job_id, query)


def attempt_title(attempt: LoggedAttempt) -> str:
    """Return the numbers and the status of an attempt."""
    status = attempt.status.value.replace("_", " ")
    return f"run {attempt.run_id}, attempt {attempt.attempt_id}: {status}"


def attempt_line(attempt: LoggedAttempt) -> str:
    """Return an attempt with what is known of its end, for a list."""
    result = attempt.result
    if result is None:
        return attempt_title(attempt)
    ended = f"return code {result.return_code}, {result.exec_time_minutes:.1f} min"
    return f"{attempt_title(attempt)}, {ended}, ended {timestamp(result.completion_time)}"


@dataclass
class AllocationLogSource:
    """The output of an allocation of a batch system, on this machine."""

    record: ScheduledComputeNodesModel
    kind: str = ""

    @property
    def title(self) -> str:
        """The allocation and its state."""
        record = self.record
        task = "" if record.task is None else f"_{record.task}"
        return inert_line(f"{record.scheduler_type} allocation {record.scheduler_id}{task}: {record.status}")

    async def open(self) -> OpenedText:
        """Open stderr, or else stdout. Raises TorcError."""
        found = await asyncio.to_thread(self._open_all)
        if not found:
            where = self.record.folder or "no folder, since it was submitted without one"
            raise TorcError(f"The output of the allocation is not on this machine. It is written to {where}.")
        order = (self.kind, LogKind.ALLOCATION_STDERR, LogKind.ALLOCATION_STDOUT)
        written = [kind for kind in order if kind in found and (kind == self.kind or found[kind].size_bytes)]
        chosen = next(iter(written), next(iter(found)))
        for kind, log in found.items():
            if kind != chosen:
                log.close()
        log = found[chosen]
        return OpenedText(log, self.title, inert_line(str(log.path)), chosen, tuple(found), is_over=False)

    async def is_over(self) -> bool:
        """The record does not say when the last line was written."""
        return False

    def next_kind(self, opened: OpenedText) -> str:
        """Return the kind after the open one."""
        return kind_after(opened)

    def _open_all(self) -> dict[str, OpenLog]:
        found: dict[str, OpenLog] = {}
        for kind, ending in ((LogKind.ALLOCATION_STDOUT, "o"), (LogKind.ALLOCATION_STDERR, "e")):
            path = output_path(self.record, ending)
            log = open_log(path.parent, (path.name,)) if path is not None else None
            if log is not None:
                found[kind] = log
        return found


def kind_after(opened: OpenedText) -> str:
    """Return the kind of log after the open one."""
    kinds = opened.kinds
    return kinds[(kinds.index(opened.kind) + 1) % len(kinds)] if opened.kind in kinds else ""


@dataclass
class FileSource:
    """A file on this machine, below `folder` if its path is relative."""

    path: str
    folder: str | None = None
    name: str = ""

    @property
    def title(self) -> str:
        """The name of the file, or else its path."""
        return inert_line(self.name or self.path)

    async def open(self) -> OpenedText:
        """Open the file. Raises TorcError if it is not a regular file of this machine."""
        log = await asyncio.to_thread(self._open)
        is_binary = await asyncio.to_thread(looks_binary, log)
        return OpenedText(log, self.title, inert_line(str(log.path)), is_over=False, is_binary=is_binary)

    async def is_over(self) -> bool:
        """It is unknown whether a file will grow."""
        return False

    def _open(self) -> OpenLog:
        path = Path(self.path)
        if not path.is_absolute():
            if not self.folder or not Path(self.folder).is_absolute():
                raise TorcError(
                    f"{self.path} is a relative path, and the workflow has no submission directory.",
                    "Only absolute paths are known then.",
                )
            path = Path(self.folder) / path
        if "\0" in str(path):
            raise TorcError(f"{self.path!r} is not a path.")
        # Links are followed, because users link data. Devices and pipes are not opened.
        path = Path(os.path.realpath(path))
        try:
            found = path.stat()
        except FileNotFoundError as error:
            raise TorcError(f"{path} does not exist on this machine.") from error
        except OSError as error:
            raise TorcError(f"{path} cannot be read: {error.strerror}.") from error
        if stat.S_ISDIR(found.st_mode):
            raise TorcError(f"{path} is a directory.")
        log = open_log(path.parent, (path.name,))
        if log is None:
            raise TorcError(f"{path} is not a file on a disk.")
        return log


def looks_binary(log: OpenLog | RelayedLog) -> bool:
    """Whether the first bytes of a file are not text: they have a zero byte, or many that are not UTF-8."""
    head = log.read(0, _LOOKED_AT_BYTES)
    if b"\0" in head:
        return True
    wrong = head.decode("utf-8", "replace").count("\ufffd")
    return wrong * 10 > len(head)


def binary_lines(log: OpenLog | RelayedLog, most_bytes: int = 1024) -> list[str]:
    """Return the description of a binary file: its size, and its first bytes in hexadecimal."""
    head = log.read(0, most_bytes)
    lines = [f"This is a binary file of {size(log.size_bytes)}. Its first {len(head):,} bytes:", ""]
    for at in range(0, len(head), 16):
        row = head[at : at + 16]
        printable = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        lines.append(f"{at:08x}  {row.hex(' '):<47}  {printable}")
    return lines
