"""Names of the files that jobs write their output to. They are made of ids: a job name cannot change the path."""

import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct, field

from torc_client.api.enums import StdioMode


class StdioFiles(Struct, frozen=True):
    """The stdout and stderr paths of one attempt. They are text: a Path for each job costs more than opening it."""

    stdout: str
    stderr: str


class StdioRule(Struct, frozen=True):
    """The output files of a job that are kept, and how long."""

    mode: StdioMode = StdioMode.SEPARATE
    delete_on_success: bool = False
    max_bytes: int | None = None
    """The bytes of each file that are kept; None for all."""


class StdioRules(Struct, frozen=True):
    """The rule for the output of a workflow's jobs, and exceptions by job name."""

    general: StdioRule = StdioRule()
    by_job_name: Mapping[str, StdioRule] = field(default_factory=dict)

    def of(self, job_name: str) -> StdioRule:
        """Return the rule for a job."""
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
    """Return the files of an attempt, below `<output_dir>/job_stdio`. Output that is not kept goes to /dev/null."""
    stem = f"{output_dir}/job_stdio/job_wf{workflow_id}_j{job_id}_r{run_id}_a{attempt_id}"
    out, err = _ENDINGS[mode]
    return StdioFiles(stem + out if out else os.devnull, stem + err if err else os.devnull)


def script_file(output_dir: Path, workflow_id: int, job_id: int, *, run_id: int, attempt_id: int) -> Path:
    """Return the file for the command of an attempt, below `<output_dir>/job_commands`."""
    return output_dir / "job_commands" / f"job_wf{workflow_id}_j{job_id}_r{run_id}_a{attempt_id}.sh"


def recovery_files(output_dir: Path, workflow_id: int, job_id: int, *, run_id: int, attempt_id: int) -> StdioFiles:
    """Return the files of the recovery script that ran after an attempt, beside those of the attempt."""
    files = stdio_files(output_dir, workflow_id, job_id, run_id=run_id, attempt_id=attempt_id)
    stem = files.stdout.removesuffix(".o")
    return StdioFiles(f"{stem}.recovery.o", f"{stem}.recovery.e")


def action_files(
    output_dir: Path, workflow_id: int, action_id: int, *, run_id: int, node_id: int, number: int
) -> StdioFiles:
    """Return the files of a command of an action, below `<output_dir>/action_stdio`."""
    stem = f"{output_dir}/action_stdio/action_wf{workflow_id}_a{action_id}_r{run_id}_n{node_id}_c{number}"
    return StdioFiles(f"{stem}.o", f"{stem}.e")
