"""What the files of an output folder are called, and whose they are."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

STDIO_FOLDER: Final = "job_stdio"

_WORKFLOW = re.compile(r"(?:^|_)wf(\d+)(?=[_.]|$)")
_ATTEMPT = re.compile(r"^job_wf(?P<workflow>\d+)_j(?P<job>\d+)_r(?P<run>\d+)_a(?P<attempt>\d+)\.")


@dataclass(frozen=True, slots=True, order=True)
class AttemptId:
    """One attempt of a job, as the name of its files tells it."""

    workflow_id: int
    job_id: int
    run_id: int
    attempt_id: int

    @property
    def stem(self) -> str:
        """What the names of its files begin with."""
        return f"job_wf{self.workflow_id}_j{self.job_id}_r{self.run_id}_a{self.attempt_id}"


def attempt_of(name: str) -> AttemptId | None:
    """Tell to which attempt a file of this name belongs, if to any."""
    found = _ATTEMPT.match(name)
    return AttemptId(*map(int, found.group("workflow", "job", "run", "attempt"))) if found else None


def workflow_of(name: str) -> int | None:
    """Tell to which workflow a file of this name belongs, if to any."""
    found = _WORKFLOW.search(name)
    return int(found[1]) if found else None


@dataclass(frozen=True, slots=True)
class StdioPaths:
    """Where the output of an attempt is, or would be; the same path twice where both streams share a file."""

    stdout: Path
    stderr: Path


def stdio_paths(output_dir: Path, attempt: AttemptId) -> StdioPaths:
    """Name the files of an attempt: `.log` where that is there, else `.o` and `.e`."""
    stem = output_dir / STDIO_FOLDER / attempt.stem
    combined = stem.with_name(f"{attempt.stem}.log")
    if combined.exists():
        return StdioPaths(combined, combined)
    return StdioPaths(stem.with_name(f"{attempt.stem}.o"), stem.with_name(f"{attempt.stem}.e"))


def latest_attempt(output_dir: Path, workflow_id: int, job_id: int) -> AttemptId | None:
    """Find the last attempt of a job, in its last run, that left files in a folder."""
    found = (output_dir / STDIO_FOLDER).glob(f"job_wf{workflow_id}_j{job_id}_r*_a*.*")
    return max(filter(None, (attempt_of(path.name) for path in found)), default=None)


def runner_log(output_dir: Path, hostname: str, workflow_id: int, run_id: int) -> Path:
    """Name the log of the runners of one host."""
    return output_dir / f"job_runner_{hostname}_wf{workflow_id}_r{run_id}.log"


def watch_log(output_dir: Path, hostname: str, workflow_id: int) -> Path:
    """Name the log of `torc watch`."""
    return output_dir / f"watch_{hostname}_wf{workflow_id}.log"


def files_of(output_dir: Path, workflow_id: int) -> Iterator[Path]:
    """Yield the files in a folder, and below, that belong to a workflow, by name. Links are not followed."""
    for path in sorted(output_dir.rglob("*")):
        if path.is_file() and not path.is_symlink() and workflow_of(path.name) == workflow_id:
            yield path
