"""The command that runs in each allocation: the runner of the installation that submits."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from torc_client.batch.schedulers import BatchScheduler
from torc_client.batch.submit_options import SubmitOptions
from torc_client.errors import TorcError
from torc_client.tls import CA_VARIABLE, INSECURE_VARIABLE

PROGRAM = "torc-slurm-job-runner"
_STARTS_PER_SECOND = 20
"""Runners that start in one second. The server registers more, but they also load the file system with the program."""
_LONGEST_DELAY_SECONDS = 60
_YES = ("1", "true", "yes")


def runner_program(wanted: str | None = None) -> str:
    """Return the path of the runner of this installation, or `wanted`. Raises TorcError if there is none."""
    if wanted:
        return wanted
    for folder in (Path(sys.executable).parent, Path(sys.argv[0]).absolute().parent):
        if (folder / PROGRAM).is_file():
            return str(folder / PROGRAM)
    found = shutil.which(PROGRAM)
    if found is None:
        raise TorcError(
            f"{PROGRAM} was not found beside {sys.executable} or in PATH; it runs the jobs in the allocations.",
            "Install torc-runner where torc is installed, or set client.slurm.runner_program to its path on the nodes.",
        )
    return str(Path(found).absolute())


def runner_command(
    url: str,
    workflow_id: int,
    options: SubmitOptions,
    *,
    submission_id: int,
    token_file: Path | None,
    startup_delay_seconds: int,
    environment: Mapping[str, str] = os.environ,
) -> list[str]:
    """Return the command. It has no secrets: other users can see command lines, and batch systems store scripts."""
    command = [runner_program(options.runner_program), url, str(workflow_id), str(options.output_folder)]
    command += ["--submission", str(submission_id)]
    if token_file is not None:
        command += ["--token-file", str(token_file)]
    for name, value in (
        ("--poll-interval", options.poll_interval_seconds),
        ("--max-parallel-jobs", options.max_parallel_jobs),
        ("--claim-backoff-max-secs", options.claim_backoff_max_seconds),
        ("--startup-delay-seconds", startup_delay_seconds or None),
    ):
        if value is not None:
            command += [name, str(int(value) if value == int(value) else value)]
    certificate = environment.get(CA_VARIABLE)
    if certificate:
        command += ["--tls-ca-cert", str(Path(certificate).absolute())]
    if environment.get(INSECURE_VARIABLE, "").lower() in _YES:
        command.append("--tls-insecure")
    if options.start_one_worker_per_node:
        command.append("--is-subtask")
    return command


def startup_delay_seconds(scheduler: BatchScheduler, count: int, *, one_worker_per_node: bool) -> int:
    """Return the time within which the runners of a submission start, so that many do not start at once.

    A few need none: their nodes would be idle in that time.
    """
    runners = (1 if scheduler.one_at_a_time else count) * (scheduler.nodes if one_worker_per_node else 1)
    return min(_LONGEST_DELAY_SECONDS, runners // _STARTS_PER_SECOND)
