"""The logs of one attempt of a job, in the folder that its compute node recorded."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

from torc_client.api.records import ComputeNodeModel
from torc_client.batch.allocation_output import output_name
from torc_client.errors import TorcError
from torc_client.log_files.confined import OpenLog, open_log
from torc_client.log_files.names import STDIO_FOLDER, AttemptId, runner_log


class LogKind(StrEnum):
    """What a log contains."""

    STDOUT = "stdout"
    STDERR = "stderr"
    COMBINED = "combined"
    RUNNER = "runner"
    ALLOCATION_STDOUT = "allocation-stdout"
    ALLOCATION_STDERR = "allocation-stderr"


OF_JOB: Final = frozenset({LogKind.COMBINED, LogKind.STDERR, LogKind.STDOUT})
"""The output of the job itself."""


def log_names(attempt: AttemptId, node: ComputeNodeModel | None) -> dict[LogKind, tuple[str, ...]]:
    """Return where each log of an attempt is below the folder of its node. Not all of them exist."""
    names: dict[LogKind, tuple[str, ...]] = {
        LogKind.COMBINED: (STDIO_FOLDER, f"{attempt.stem}.log"),
        LogKind.STDOUT: (STDIO_FOLDER, f"{attempt.stem}.o"),
        LogKind.STDERR: (STDIO_FOLDER, f"{attempt.stem}.e"),
    }
    if node is not None:
        scheduler = node.scheduler if isinstance(node.scheduler, dict) else None
        runner = runner_log(Path(), node.hostname, attempt.workflow_id, attempt.run_id, scheduler)
        names[LogKind.RUNNER] = (str(runner),)
        allocation = (scheduler or {}).get("slurm_job_id")
        if allocation is not None:
            for kind, ending in ((LogKind.ALLOCATION_STDOUT, "o"), (LogKind.ALLOCATION_STDERR, "e")):
                names[kind] = (output_name("slurm", attempt.workflow_id, str(allocation), ending),)
    return names


def open_logs(folder: Path, attempt: AttemptId, node: ComputeNodeModel | None) -> dict[LogKind, OpenLog]:
    """Open the existing logs of an attempt. What is not a regular file is absent. The caller closes them."""
    opened: dict[LogKind, OpenLog] = {}
    for kind, parts in log_names(attempt, node).items():
        try:
            log = open_log(folder, parts)
        except TorcError:
            continue
        if log is not None:
            opened[kind] = log
    return opened


def refusal(folder: Path, attempt: AttemptId, node: ComputeNodeModel | None, kinds: Mapping[LogKind, object]) -> str:
    """Return why a log of an attempt is absent although there is something with its name; empty if there is nothing."""
    for kind, parts in log_names(attempt, node).items():
        if kind in kinds:
            continue
        try:
            log = open_log(folder, parts)
        except TorcError as error:
            return error.message
        if log is not None:
            log.close()
    return ""
