"""What a person may do when a run has ended with jobs that did not succeed."""

from collections.abc import Iterator
from pathlib import Path
from shlex import quote

from torc_client.api.enums import JobStatus
from torc_client.runner_exit_code import RunnerExitCode
from torc_runner.console.summary import Summary
from torc_runner.console.terminal_text import printable
from torc_runner.machine.instructions import Ending

_WITH_OUTPUT = (JobStatus.FAILED, JobStatus.TERMINATED)


def next_steps(summary: Summary, *, database: Path | None = None) -> Iterator[str]:
    """Yield a line for each step, as commands. `database` is that of a server which lasted only for the run."""
    if summary.exit_code != RunnerExitCode.FINISHED_WITH_FAILURES or summary.ending is Ending.CANCELED:
        return
    torc = "torc" if database is None else f"torc -s --db {quote(str(database))}"
    failed = next((line for line in summary.jobs if line.status in _WITH_OUTPUT), None)
    if failed is not None:
        yield f"What {printable(failed.name)} printed: {torc} logs show {failed.job_id}"
    number = summary.workflow_id
    yield f"To run again what did not succeed: {torc} workflows reset-status {number} --failed-only --reinitialize"
    yield f"then {torc} run {number}. Was it memory or time? {torc} recover {number} --dry-run"
