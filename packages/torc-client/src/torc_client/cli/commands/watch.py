"""`torc watch`."""

import logging
import os
import socket
from dataclasses import replace
from pathlib import Path
from typing import Self

import click

from torc_client.api.records import WorkflowStatusResponse
from torc_client.cli.commands.recover import recovery_options
from torc_client.cli.commands.renewal_options import renewal_of, renewal_options, warn_without_slurm
from torc_client.cli.commands.without_effect import options_of_recovery, warn_of
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.examples import epilog
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.output import progress
from torc_client.cli.framework.output.show import say
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Record
from torc_client.config import COMMAND_LINE
from torc_client.errors import TorcError
from torc_client.job_statuses import COMPLETE, count_in
from torc_client.log_files.names import watch_log
from torc_client.log_format import LogFormatter
from torc_client.option_types import FiniteRange, UserPath
from torc_client.recovery.auto_schedule import AutoScheduleOptions
from torc_client.recovery.execution_kind import ExecutionKind, execution_kind
from torc_client.recovery.multipliers import RECOVERY, Multipliers
from torc_client.recovery.progress_text import ProgressText
from torc_client.recovery.watched_allocations import KeepingOptions
from torc_client.recovery.watching import Watch, WatchEnding, WatchOptions
from torc_client.recovery.workers import LocalRunner
from torc_client.shared_folders import open_file
from torc_client.time_limits import FOLLOWING_SECONDS

AUTO = AutoScheduleOptions()


@command(short_help="Wait for a workflow to end, and recover it if requested.", epilog=epilog("watch"))
@workflow_argument
@click.option(
    "-p",
    "--poll-interval",
    type=FiniteRange(min=0.1),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="Interval between two checks. The end of the workflow is noticed immediately.",
)
@click.option("-r", "--recover", is_flag=True, help="Raise the limits of failed jobs and retry them.")
@click.option(
    "-m",
    "--max-retries",
    type=click.IntRange(min=0),
    default=3,
    show_default=True,
    help="Maximum number of recoveries.",
)
@recovery_options
@click.option(
    "-o",
    "--output-dir",
    type=UserPath(file_okay=False, path_type=Path),
    default="torc_output",
    show_default=True,
    help="The runners' output folder, for the log of the watch and for results that were not sent.",
)
@click.option("-s", "--show-job-counts", is_flag=True, help="Show the number of jobs for each status.")
@click.option("--run-here", is_flag=True, help="Run the jobs on this machine while the workflow has no other runner.")
@click.option(
    "--stalled-timeout",
    type=FiniteRange(min=0),
    default=600.0,
    show_default=True,
    metavar="SECONDS",
    help="End the watch after this time without a runner; 0 for no limit. That of a Slurm workflow ends at once if jobs"
    " are ready and no allocation is left.",
)
@click.option(
    "--persistent", is_flag=True, help="Wait for runners and allocations without limit, as --stalled-timeout 0 does."
)
@click.option("--auto-schedule", is_flag=True, help="Request allocations from Slurm for ready jobs that have none.")
@click.option(
    "--auto-schedule-threshold",
    type=click.IntRange(min=1),
    default=AUTO.threshold,
    show_default=True,
    help="While allocations exist, request some for this number of jobs that retries or other jobs made ready.",
)
@click.option(
    "--auto-schedule-cooldown",
    type=FiniteRange(min=0),
    default=AUTO.cooldown_seconds,
    show_default=True,
    metavar="SECONDS",
    help="Least time between two such requests.",
)
@click.option(
    "--auto-schedule-stranded-timeout",
    type=FiniteRange(min=0),
    default=AUTO.stranded_seconds,
    show_default=True,
    metavar="SECONDS",
    help="After this time, request allocations for fewer jobs too; 0 for never.",
)
@renewal_options
@options_of_recovery
async def watch(  # noqa: PLR0917 - click calls it by keyword
    app: App,
    workflow_id: int | None,
    poll_interval: float,
    recover: bool,
    max_retries: int,
    memory_multiplier: float,
    runtime_multiplier: float,
    retry_unknown: bool,
    recovery_hook: str | None,
    output_dir: Path,
    show_job_counts: bool,
    run_here: bool,
    stalled_timeout: float,
    persistent: bool,
    auto_schedule: bool,
    auto_schedule_threshold: int,
    auto_schedule_cooldown: float,
    auto_schedule_stranded_timeout: float,
    partition: str | None,
    walltime: int | None,
    **without_effect: object,
) -> Record:
    """Wait until a workflow has ended, and show its progress on stderr. The exit code is 0 if every job succeeded.

    It is 1 if jobs failed and were not recovered, if they failed after the last recovery, if jobs only wait for a
    decision, if the workflow was canceled, or if it has no runner. For a Slurm workflow, the command asks Slurm about
    the allocations in each check. With --recover or --auto-schedule it requests further ones if none is left. The
    progress is also written to watch_HOST_wfID.log in the output folder.
    """
    warn_of(without_effect)
    options = WatchOptions(
        poll_seconds=poll_interval,
        recovers=recover,
        max_retries=max_retries,
        multipliers=Multipliers(memory_multiplier, runtime_multiplier, RECOVERY.cpu),
        retries_unknown=retry_unknown,
        hook=recovery_hook,
        stalled_seconds=None if persistent else stalled_timeout or None,
        shows_counts=show_job_counts,
        output_dir=output_dir,
    )
    async with app.client(patience_seconds=FOLLOWING_SECONDS) as client:
        workflow_id = await pick(client, workflow_id, changes=recover or auto_schedule or run_here)
        is_slurm = await execution_kind(client, workflow_id) is ExecutionKind.SLURM
        if auto_schedule and not is_slurm:
            raise TorcError(
                f"Workflow {workflow_id} has no Slurm scheduler, so --auto-schedule has no nodes to request.",
                f"Use --run-here, or start a runner on a node that you have: torc run {workflow_id}",
            )
        if not is_slurm:
            warn_without_slurm(workflow_id, partition, walltime)
        has_url = app.standalone is not None or app.settings["api_url"].source == COMMAND_LINE
        workers = LocalRunner(app.url, output_dir, app.password, is_url_in_hints=has_url) if run_here else None
        # The runner has a display of its own, and two displays in one terminal overwrite each other.
        has_bar = progress.is_seen() and not run_here
        with (
            _WatchLog(output_dir, workflow_id, beside_runner=run_here) as log,
            progress.bar("jobs", shown=has_bar) as advance,
        ):
            client.report_waits(log.report)

            def show(status: WorkflowStatusResponse, text: ProgressText) -> None:
                (log.write if progress.is_seen() else log.report)(str(text))
                advance(count_in(status.jobs_by_status, COMPLETE), status.total_jobs, text.others)

            if is_slurm and not run_here:
                auto = AutoScheduleOptions(
                    auto_schedule_threshold, auto_schedule_cooldown, auto_schedule_stranded_timeout
                )
                renewal = await renewal_of(app, client, workflow_id, partition, walltime, output_dir, log.report)
                keeping = KeepingOptions(
                    renewal,
                    replaces=recover or auto_schedule,
                    auto_schedule=auto if auto_schedule else None,
                    waits=persistent,
                )
                options = replace(options, keeping=keeping, output_dir=renewal.submit_options.output_folder)
            for_scripts = log.write if progress.is_seen() else log.report
            watch = Watch(client, workflow_id, options, log.report, show=show, for_scripts=for_scripts, workers=workers)
            result = await watch.run()
            log.report(result.message)
    failed = result.ending is not WatchEnding.SUCCEEDED
    # Its message has been printed.
    return Record(result, f"Workflow {workflow_id}", failed, members=("ending", "recoveries", "jobs_by_status"))


class _WatchLog:
    """Prints sentences on stderr and, with the time, writes them to a file."""

    def __init__(self, output_dir: Path, workflow_id: int, *, beside_runner: bool) -> None:
        """Open the file. With `beside_runner`, a runner shows its progress in the same terminal.

        Raises TorcError where the file cannot be written.
        """
        path = watch_log(output_dir, socket.gethostname(), workflow_id)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
            self._stream = os.fdopen(open_file(path, flags), "a", encoding="utf-8")
        except OSError as error:
            raise TorcError(
                f"The log {path} cannot be written: {error.strerror}.", "Choose another folder with --output-dir."
            ) from error
        self._is_beside_runner = beside_runner
        self._file = logging.StreamHandler(self._stream)
        self._file.setFormatter(LogFormatter("%(asctime)s %(levelname)s %(message)s"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._stream.close()

    def report(self, sentence: str) -> None:
        """Print a sentence, and write it to the file."""
        if self._is_beside_runner:
            progress.erase_line()
        say(sentence)
        self.write(sentence)

    def write(self, sentence: str) -> None:
        """Write a sentence to the file only."""
        self._file.emit(logging.LogRecord("torc_client.watch", logging.INFO, "", 0, sentence, None, None))
