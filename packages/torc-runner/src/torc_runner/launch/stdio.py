"""Where a job's stdout and stderr go. Names are made of ids alone, so no job name can lead elsewhere."""

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct, field

from torc_client.api.enums import StdioMode

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW


class StdioFiles(Struct, frozen=True):
    """The paths of one attempt's two files. Text, since a path object for each job costs more than opening it."""

    stdout: str
    stderr: str


class Keeping(Struct, frozen=True):
    """Which output of a job is kept, and for how long."""

    mode: StdioMode = StdioMode.SEPARATE
    delete_on_success: bool = False
    max_bytes: int | None = None
    """How much of each file is kept; None for all."""


class StdioRules(Struct, frozen=True):
    """What becomes of the output of a workflow's jobs: in general, and of some by name."""

    general: Keeping = Keeping()
    by_job_name: Mapping[str, Keeping] = field(default_factory=dict)

    def of(self, job_name: str) -> Keeping:
        """Tell what holds for a job."""
        return self.by_job_name.get(job_name, self.general)


_ENDINGS = {
    StdioMode.SEPARATE: (".o", ".e"),
    StdioMode.COMBINED: (".log", ".log"),
    StdioMode.NO_STDOUT: (None, ".e"),
    StdioMode.NO_STDERR: (".o", None),
    StdioMode.NONE: (None, None),
}


def stdio_files(
    output_dir: Path,
    workflow_id: int,
    job_id: int,
    *,
    run_id: int,
    attempt_id: int,
    mode: StdioMode = StdioMode.SEPARATE,
) -> StdioFiles:
    """Name the files of an attempt, below `<output_dir>/job_stdio`; what is not kept goes to /dev/null."""
    stem = f"{output_dir}/job_stdio/job_wf{workflow_id}_j{job_id}_r{run_id}_a{attempt_id}"
    out, err = _ENDINGS[mode]
    return StdioFiles(stem + out if out else os.devnull, stem + err if err else os.devnull)


def delete_files(files: StdioFiles) -> None:
    """Delete what an attempt wrote, as far as that is possible."""
    for path in {files.stdout, files.stderr} - {os.devnull}:
        with contextlib.suppress(OSError):
            os.unlink(path)  # noqa: PTH108  a Path for each job costs more than the call


def recovery_files(output_dir: Path, workflow_id: int, job_id: int, *, run_id: int, attempt_id: int) -> StdioFiles:
    """Name the files of the recovery script that was run after an attempt, beside those of the attempt."""
    files = stdio_files(output_dir, workflow_id, job_id, run_id=run_id, attempt_id=attempt_id)
    stem = files.stdout.removesuffix(".o")
    return StdioFiles(f"{stem}.recovery.o", f"{stem}.recovery.e")


def action_files(
    output_dir: Path, workflow_id: int, action_id: int, *, run_id: int, node_id: int, number: int
) -> StdioFiles:
    """Name the files of a command of an action, below `<output_dir>/action_stdio`."""
    stem = f"{output_dir}/action_stdio/action_wf{workflow_id}_a{action_id}_r{run_id}_n{node_id}_c{number}"
    return StdioFiles(f"{stem}.o", f"{stem}.e")


def open_stdio(files: StdioFiles) -> tuple[int, int]:
    """Open both files, emptied, as descriptors that the caller closes; OSError names the one that cannot be opened."""
    stdout = open_file(files.stdout)
    try:
        return stdout, open_file(files.stderr)
    except OSError:
        os.close(stdout)
        raise


def open_file(path: str, flags: int = _FLAGS) -> int:
    """Open a file for output, in a folder that is made where it is missing. Raises OSError."""
    try:
        return os.open(path, flags, 0o666)
    except FileNotFoundError:
        Path(path).parent.mkdir(parents=True, exist_ok=True)  # the first job, or the folder was removed meanwhile
        return os.open(path, flags, 0o666)


def leave_note(files: StdioFiles, text: str) -> None:
    """Write a sentence of the runner behind what is in the job's stderr file, if that is possible at all."""
    with contextlib.suppress(OSError):
        stderr = open_file(files.stderr, _FLAGS & ~os.O_TRUNC)
        try:
            os.write(stderr, f"{text}\n".encode(errors="replace"))
        finally:
            os.close(stderr)
