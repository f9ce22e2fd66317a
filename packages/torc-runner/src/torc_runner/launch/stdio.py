"""Where a job's stdout and stderr go. Names are made of ids alone, so no job name can lead elsewhere."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW


@dataclass(frozen=True, slots=True)
class StdioFiles:
    """The two files of one attempt."""

    stdout: Path
    stderr: Path


def stdio_files(output_dir: Path, workflow_id: int, job_id: int, run_id: int, attempt_id: int) -> StdioFiles:
    """Name the files of an attempt, below `<output_dir>/job_stdio`."""
    stem = output_dir / "job_stdio" / f"job_wf{workflow_id}_j{job_id}_r{run_id}_a{attempt_id}"
    return StdioFiles(stem.with_suffix(".o"), stem.with_suffix(".e"))


@contextlib.contextmanager
def opened(files: StdioFiles) -> Iterator[tuple[int, int]]:
    """Open both files, emptied, as descriptors (stdout, stderr); OSError names the file that cannot be opened."""
    stdout = _open(files.stdout)
    try:
        stderr = _open(files.stderr)
        try:
            yield stdout, stderr
        finally:
            os.close(stderr)
    finally:
        os.close(stdout)


def _open(path: Path) -> int:
    try:
        return os.open(path, _FLAGS, 0o666)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)  # the first job, or the folder was removed meanwhile
        return os.open(path, _FLAGS, 0o666)


def leave_note(files: StdioFiles, text: str) -> None:
    """Write a sentence of the runner into the job's stderr file, if that is possible at all."""
    with contextlib.suppress(OSError), opened(files) as (_, stderr):
        os.write(stderr, f"{text}\n".encode(errors="replace"))
