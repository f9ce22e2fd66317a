"""`torc monitor-node`: record CPU and memory of this machine."""

import asyncio
import os
import platform
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from torc_client.api.enums import MonitorGranularity
from torc_client.cli.framework.context import App
from torc_client.config import load
from torc_client.defaults import FLUSH_INTERVAL_SECONDS, SAMPLE_INTERVAL_SECONDS
from torc_client.errors import TorcError
from torc_client.option_types import UserPath
from torc_runner.settings import DEFAULT_OUTPUT_DIR

if TYPE_CHECKING:
    from torc_runner.monitoring.plan import Plan

_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)


@click.command("monitor-node", short_help="Record CPU and memory of this machine")
@click.option("-w", "--workflow-id", "-W", metavar="ID", type=int, help="Record what this workflow configures.")
@click.option(
    "-o",
    "--output-dir",
    metavar="DIRECTORY",
    type=UserPath(file_okay=False, path_type=Path),
    default=DEFAULT_OUTPUT_DIR,
    show_default=True,
    help="Output folder; the samples go to its folder resource_utilization.",
)
@click.option(
    "-i",
    "--interval-seconds",
    "--sample-interval-seconds",
    metavar="SECONDS",
    type=click.IntRange(min=1),
    help=f"Time between two samples.  [default: that of the workflow, or {SAMPLE_INTERVAL_SECONDS}]",
)
@click.option(
    "--flush-interval-seconds",
    metavar="SECONDS",
    type=click.IntRange(min=1),
    help=f"Time between two writes.  [default: that of the workflow, or {FLUSH_INTERVAL_SECONDS}]",
)
@click.option("--summary-only", is_flag=True, help="Store peaks and means only.")
@click.pass_context
def monitor_node_command(context: click.Context, /, **options: Any) -> None:
    """Record CPU and memory of this machine until TERM, Ctrl-C or USR1, for `torc plot-resources`.

    It is for machines without a runner: a runner records its machine itself, if the workflow configures that. Without
    --workflow-id it needs no server.
    """
    if platform.system() != "Linux":
        raise TorcError("Machines are measured on Linux only.", "Run the command on a Linux machine.")
    app = context.find_object(App) or App(load({}))
    path, count = asyncio.run(_Recording(**options).record(app))
    if not count:
        raise TorcError("Nothing was recorded.", "Let the command run for a longer time.")
    click.echo(f"Recorded {count} samples in {path}.", err=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recording:
    """The options of one call. None: the value of the workflow, or the default."""

    workflow_id: int | None
    output_dir: Path
    interval_seconds: int | None
    flush_interval_seconds: int | None
    summary_only: bool

    async def record(self, app: App) -> tuple[Path, int]:
        """Record until a signal. Return the file and the number of samples."""
        from torc_runner.monitoring.lone_node import LoneNode  # noqa: PLC0415 - help needs no SQLite

        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in _STOP_SIGNALS:
            loop.add_signal_handler(number, stopping.set)
        plan, run = await self._plan(app)
        path = self._path(run)
        click.echo(f"Recording this machine in {path}.", err=True)
        return path, await LoneNode(plan, path).record(stopping)

    async def _plan(self, app: App) -> "tuple[Plan, tuple[int, int] | None]":
        from torc_runner.monitoring.plan import Plan, plan_of  # noqa: PLC0415 - help needs no records

        run: tuple[int, int] | None
        plan, run = Plan(node=MonitorGranularity.TIME_SERIES), None
        if self.workflow_id is not None:
            async with app.client() as client:
                workflow = await client.workflows.get_workflow(self.workflow_id)
            plan, run = plan_of(workflow.resource_monitor_config), (self.workflow_id, workflow.run_id or 0)
            if plan.node is None:
                raise TorcError(
                    f"Workflow {self.workflow_id} does not measure compute nodes.",
                    "Enable resource_monitor.compute_node in its spec, or leave out --workflow-id.",
                )
        return replace(
            plan,
            node=MonitorGranularity.SUMMARY if self.summary_only else plan.node,
            interval_seconds=self.interval_seconds or plan.interval_seconds,
            flush_seconds=self.flush_interval_seconds or plan.flush_seconds,
        ), run

    def _path(self, run: tuple[int, int] | None) -> Path:
        from torc_client.host_identity import this_host  # noqa: PLC0415 - help needs none of it
        from torc_client.resource_metrics.tables import node_metrics_path  # noqa: PLC0415 - the same

        allocation = os.environ.get("SLURM_JOB_ID")
        return node_metrics_path(self.output_dir.absolute(), this_host().name, run=run, allocation=allocation)
