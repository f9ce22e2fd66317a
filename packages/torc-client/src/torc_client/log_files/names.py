"""The names of files in an output folder, and the workflows and jobs that they belong to."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

STDIO_FOLDER: Final = "job_stdio"

_WORKFLOW = re.compile(r"(?:^|_)wf(\d+)(?=[_.]|$)")
_ATTEMPT = re.compile(r"^job_wf(?P<workflow>\d+)_j(?P<job>\d+)_r(?P<run>\d+)_a(?P<attempt>\d+)\.")


@dataclass(frozen=True, slots=True, order=True)
class AttemptId:
    """One attempt of a job, as its file names identify it."""

    workflow_id: int
    job_id: int
    run_id: int
    attempt_id: int

    @property
    def stem(self) -> str:
        """The prefix of its file names."""
        return f"job_wf{self.workflow_id}_j{self.job_id}_r{self.run_id}_a{self.attempt_id}"


def attempt_of(name: str) -> AttemptId | None:
    """Return the attempt that a file with this name belongs to, if any."""
    found = _ATTEMPT.match(name)
    return AttemptId(*map(int, found.group("workflow", "job", "run", "attempt"))) if found else None


def workflow_of(name: str) -> int | None:
    """Return the workflow that a file with this name belongs to, if any."""
    found = _WORKFLOW.search(name)
    return int(found[1]) if found else None


@dataclass(frozen=True, slots=True)
class StdioPaths:
    """Return the paths of stdout and stderr of an attempt; the same path twice if both streams share a file."""

    stdout: Path
    stderr: Path


def stdio_paths(output_dir: Path, attempt: AttemptId) -> StdioPaths:
    """Return the paths of an attempt's output: `.log` if that exists, else `.o` and `.e`."""
    stem = output_dir / STDIO_FOLDER / attempt.stem
    combined = stem.with_name(f"{attempt.stem}.log")
    if combined.exists():
        return StdioPaths(combined, combined)
    return StdioPaths(stem.with_name(f"{attempt.stem}.o"), stem.with_name(f"{attempt.stem}.e"))


def runner_log(
    output_dir: Path, hostname: str, workflow_id: int, run_id: int, scheduler: Mapping[str, Any] | None = None
) -> Path:
    """Return the path of the runner log of one host. `scheduler` is the member of a compute node in an allocation."""
    ids = scheduler or {}
    if "slurm_job_id" in ids:
        suffix = f"sl{ids['slurm_job_id']}_n{ids.get('slurm_node_id')}_pid{ids.get('slurm_task_pid')}"
        return output_dir / f"job_runner_{ids.get('type')}_wf{workflow_id}_{suffix}.log"
    return output_dir / f"job_runner_{hostname}_wf{workflow_id}_r{run_id}.log"


def watch_log(output_dir: Path, hostname: str, workflow_id: int) -> Path:
    """Return the path of the log of `torc watch`."""
    return output_dir / f"watch_{hostname}_wf{workflow_id}.log"


def files_of(output_dir: Path, workflow_id: int) -> Iterator[Path]:
    """Yield the files in a folder, and below, that belong to a workflow, by name. Links are not followed."""
    for path in sorted(output_dir.rglob("*")):
        if path.is_file() and not path.is_symlink() and workflow_of(path.name) == workflow_id:
            yield path
