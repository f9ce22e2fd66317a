"""The options of a runner, which all commands share."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from torc_client.labels import split_labels
from torc_client.option_types import FiniteRange, UserPath
from torc_runner.connection.lease import DEFAULT_LEASE_SECONDS
from torc_runner.settings import DEFAULT_OUTPUT_DIR, DEFAULT_POLL_SECONDS, KILL_GRACE_SECONDS, MAX_JOBS_PER_GPU

STOPPING = f"""Ctrl-C, TERM or a closed terminal (HUP) stops in order: no new jobs, TERM to the running ones, KILL after
{KILL_GRACE_SECONDS:.0f} seconds, and their ends are reported. Stopped jobs run again if other runners work on the
workflow. A second one kills at once. With nohup, the runner survives its terminal. USR1 announces that the node will be
taken away soon: no new jobs start.
"""


class _Duration(click.ParamType[float]):
    """An ISO 8601 duration, as seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Parse the duration. Fails with a message that shows the format."""
        from torc_client.spec.quantities import duration_seconds  # noqa: PLC0415 - help needs none of it

        try:
            return float(duration_seconds(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class _Moment(click.ParamType[datetime]):
    """A point in time. Without an offset it is local."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Parse the time. Fails with a message that shows the format."""
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except ValueError:
            self.fail(f"{value!r} is not a time: write one such as 2027-01-31T18:00:00Z", param, ctx)


def labels_of(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """Split labels with commas between them."""
    try:
        return split_labels(value)
    except ValueError as error:
        raise click.BadParameter(str(error), ctx, param) from None


_OPTIONS = (
    click.option(
        "-j",
        "--max-parallel-jobs",
        type=click.IntRange(min=1),
        help="Run at most this number of jobs at once, regardless of their resources.",
    ),
    click.option("--num-cpus", type=click.IntRange(min=1), help="CPUs to offer.  [default: those usable here]"),
    click.option(
        "--memory-gb",
        type=FiniteRange(min=0, min_open=True),
        help="Memory to offer, in GiB.  [default: what is usable here]",
    ),
    click.option("--num-gpus", type=click.IntRange(min=0), help="GPUs to offer.  [default: those found here]"),
    click.option(
        "--jobs-per-gpu",
        metavar="JOBS",
        type=click.IntRange(1, MAX_JOBS_PER_GPU),
        default=1,
        help="Number of jobs that share each GPU: `num_gpus` of jobs then counts shares.  [default: 1]",
    ),
    click.option(
        "--cpu-affinity-cpus-per-job",
        metavar="CPUS",
        type=click.IntRange(min=0),
        help="Bind each job to this number of CPUs of its own; 0 for the number that it requires.  "
        "[default: jobs are not bound]",
    ),
    click.option(
        "-p",
        "--poll-interval",
        "poll_interval_seconds",
        metavar="SECONDS",
        type=FiniteRange(min=0, min_open=True),
        default=DEFAULT_POLL_SECONDS,
        show_default=True,
        help="Longest time for which the server holds a request open; it answers at once when there is work.",
    ),
    click.option(
        "--time-limit",
        "time_limit_seconds",
        metavar="DURATION",
        type=_Duration(),
        help="Leave after this ISO 8601 duration (PT2H30M): jobs that would not end in time do not start, "
        "and running jobs get TERM and then KILL.",
    ),
    click.option(
        "--end-time",
        metavar="TIME",
        type=_Moment(),
        help="Leave at this time, such as 2027-01-31T18:00:00Z, as with --time-limit.",
    ),
    click.option(
        "--label",
        "labels",
        metavar="LABEL[,LABEL...]",
        multiple=True,
        callback=labels_of,
        help="Only run jobs with labels, of which this runner has all. (Repeatable.)  [default: only run jobs without "
        "labels]",
    ),
    click.option(
        "--also-unlabeled", is_flag=True, help="With --label: also run jobs without labels, after those with labels."
    ),
    click.option(
        "--persistent",
        is_flag=True,
        help="Stay without work until the workflow is complete or canceled, or no job is left that the labels allow.",
    ),
    click.option(
        "--claim-backoff-max-secs",
        metavar="SECONDS",
        type=FiniteRange(min=0),
        expose_value=False,
        help="Accepted for scripts of Torc 1.0, and ignored: the server answers a waiting runner when there is work.",
    ),
    click.option("--exit-when-idle", is_flag=True, help="Leave as soon as no job can be claimed."),
    click.option(
        "-o",
        "--output-dir",
        type=UserPath(file_okay=False, path_type=Path),
        default=DEFAULT_OUTPUT_DIR,
        show_default=True,
        help="Folder for the log and for the output of jobs.",
    ),
    click.option(
        "--max-stdio-mb",
        metavar="MIB",
        type=click.IntRange(min=1),
        envvar="TORC_MAX_STDIO_MB",
        help="Keep the first part of each output file of a job, up to this size.  [default: all of it]",
    ),
    click.option(
        "--lease-seconds",
        metavar="SECONDS",
        type=FiniteRange(min=1),
        default=DEFAULT_LEASE_SECONDS,
        show_default=True,
        envvar="TORC_LEASE_SECONDS",
        help="The server gives this runner's jobs to other runners after this time without a call.",
    ),
    click.option(
        "--strict-lease",
        is_flag=True,
        help="Kill jobs when the server has not answered for the time of the lease, so that no job runs twice at once.",
    ),
    click.option(
        "--started-by", metavar="NODE", type=int, hidden=True, help="Compute node whose runner started this one."
    ),
    click.option(
        "--ready-file",
        metavar="FILE",
        type=UserPath(dir_okay=False, path_type=Path),
        hidden=True,
        help="Write the compute node to this file when the server has accepted it, and touch it with each answer.",
    ),
    click.option("--remote-worker", metavar="WORKER", hidden=True, help="Address by which `torc remote` started this."),
    click.option(
        "--skip-checks",
        is_flag=True,
        expose_value=False,
        help="Accepted for older scripts, and ignored.",
    ),
)


def runner_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a runner to a command, with the names of the members of Settings."""
    for decorate in reversed(_OPTIONS):
        function = decorate(function)
    return function
