"""Converts the record of a workflow to the policy of its runners. Pure."""

import signal
from datetime import UTC, datetime

from torc_client import defaults
from torc_client.answers import value_or
from torc_client.api.enums import StdioMode
from torc_client.api.records import ExecutionConfig, StdioConfig, WorkflowModel
from torc_client.batch.margins import Margins, least_seconds_of, margins_of
from torc_client.errors import TorcError
from torc_client.shells import DEFAULT_SHELL, split_shell
from torc_runner.machine.outcome import StopCodes
from torc_runner.machine.rules import AllocationRules, Rules
from torc_runner.settings import Settings
from torc_runner.stdio_files import StdioRule, StdioRules

_BYTES_PER_MB = 1024 * 1024

EXIT_WHEN_IDLE_SECONDS = 1.0
"""With `--exit-when-idle`, leave after this time without a job; with `--persistent`, look for unfinished jobs then. The
server can answer a claim meanwhile."""


def margins_in(workflow: WorkflowModel, walltime_seconds: float | None) -> Margins:
    """Return the time before the end in which jobs are ended, for an allocation with this walltime."""
    config = workflow.execution_config or ExecutionConfig()
    return margins_of(walltime_seconds, config.sigterm_lead_seconds, config.sigkill_headroom_seconds)


def rules_of(
    workflow: WorkflowModel,
    settings: Settings,
    *,
    now: float,
    calendar_now: datetime,
    allocation: AllocationRules | None = None,
    walltime_seconds: float | None = None,
) -> Rules:
    """Return the policy of a node session. `now`, by the runner's clock, is the same moment as `calendar_now`.

    `walltime_seconds` is that of the allocation.
    """
    config, margins = workflow.execution_config or ExecutionConfig(), margins_in(workflow, walltime_seconds)
    time_left_seconds = settings.time_left_seconds(calendar_now)
    return Rules(
        idle_seconds=_idle_seconds(workflow, settings),
        has_save_signal=bool(config.termination_signal or config.srun_termination_signal),
        is_persistent=settings.persistent,
        longest_wait_seconds=settings.longest_wait_seconds,
        kill_grace_seconds=settings.kill_grace_seconds,
        claims_ahead=settings.claims_ahead,
        ignore_completion=bool(workflow.compute_node_ignore_workflow_completion),
        use_pending_failed=bool(workflow.use_pending_failed),
        limit_runtime=bool(config.limit_runtime),
        limit_resources=config.limit_resources is not False,
        codes=StopCodes(
            out_of_memory=value_or(config.oom_exit_code, defaults.OOM_EXIT_CODE),
            out_of_time=value_or(config.timeout_exit_code, defaults.TIMEOUT_EXIT_CODE),
        ),
        end_at=None if time_left_seconds is None else now + time_left_seconds,
        lead_seconds=margins.lead_seconds,
        want_notice=bool(config.termination_signal),
        headroom_seconds=margins.headroom_seconds,
        least_seconds=_least_seconds(workflow, walltime_seconds),
        allocation=allocation,
    )


def _least_seconds(workflow: WorkflowModel, walltime_seconds: float | None) -> int:
    """Return the time that must be left for further jobs. Servers answer with the default if the spec sets nothing."""
    chosen = workflow.compute_node_min_time_for_new_jobs_seconds
    if chosen is None or chosen == defaults.MIN_TIME_FOR_NEW_JOBS_SECONDS:
        return least_seconds_of(walltime_seconds)
    return chosen


def _idle_seconds(workflow: WorkflowModel, settings: Settings) -> float:
    if settings.persistent and workflow.compute_node_ignore_workflow_completion:
        return float("inf")
    if settings.exit_when_idle or settings.persistent:
        return EXIT_WHEN_IDLE_SECONDS
    chosen = value_or(workflow.compute_node_wait_for_new_jobs_seconds, defaults.WAIT_FOR_NEW_JOBS_SECONDS)
    # Servers answer with the default if the spec sets nothing.
    is_default = chosen == defaults.WAIT_FOR_NEW_JOBS_SECONDS
    return EXIT_WHEN_IDLE_SECONDS if settings.is_alone and is_default else chosen


def outage_seconds(workflow: WorkflowModel) -> float:
    """Return the time for which a runner waits for a server that is away."""
    return 60.0 * value_or(
        workflow.compute_node_wait_for_healthy_database_minutes, defaults.WAIT_FOR_HEALTHY_DATABASE_MINUTES
    )


def created_at(workflow: WorkflowModel) -> float | None:
    """Return when the workflow was created, in seconds since the epoch, by the server's clock. None if not known."""
    try:
        at = datetime.fromisoformat(workflow.timestamp or "")
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def stop_signal(workflow: WorkflowModel) -> signal.Signals:
    """Return the signal that asks a job to end: `termination_signal`, such as `SIGTERM` or `TERM`, or SIGTERM.

    Raises TorcError if the name is not that of a signal.
    """
    name = (workflow.execution_config or ExecutionConfig()).termination_signal
    if not name:
        return signal.SIGTERM
    word = name.upper() if name.upper().startswith("SIG") else f"SIG{name.upper()}"
    try:
        return signal.Signals[word]
    except KeyError:
        raise TorcError(
            f"The workflow's termination_signal {name!r} is not a signal.", "Use a name such as SIGTERM."
        ) from None


def shell_of(workflow: WorkflowModel) -> tuple[str, ...]:
    """Return the program that runs the commands of jobs, with its options. Raises TorcError if the setting is none."""
    text = (workflow.execution_config or ExecutionConfig()).shell
    if not text:
        return DEFAULT_SHELL
    try:
        return split_shell(text)
    except ValueError as error:
        raise TorcError(
            f"The shell {text!r} of the workflow {error}.", "Use one such as `bash -euo pipefail -c`."
        ) from None


def stdio_rules(workflow: WorkflowModel, settings: Settings) -> StdioRules:
    """Return the rules for the output of jobs."""
    max_mb = settings.max_stdio_mb
    config = workflow.execution_config or ExecutionConfig()
    overrides = config.job_stdio_overrides or {}
    return StdioRules(
        _stdio_rule(config.stdio, max_mb), {name: _stdio_rule(each, max_mb) for name, each in overrides.items()}
    )


def _stdio_rule(config: StdioConfig | None, max_mb: int | None) -> StdioRule:
    """Combine the rule of the workflow with the limit of this runner."""
    config = config or StdioConfig()
    limits = [limit * _BYTES_PER_MB for limit in (config.max_mb, max_mb) if limit]
    return StdioRule(config.mode or StdioMode.SEPARATE, bool(config.delete_on_success), min(limits, default=None))
