"""`torc plot-resources`."""

from dataclasses import dataclass
from pathlib import Path

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.document_options import job_ids_option
from torc_client.cli.framework.results import Column, Listing
from torc_client.errors import TorcError
from torc_client.option_types import UserPath
from torc_client.resource_metrics.plots import NoPlotlyError, PlotFormat, write_plots
from torc_client.resource_metrics.reading import read_metrics

_COLUMNS = (Column("File", "path"), Column("Shows", "shows"))


@dataclass(frozen=True, slots=True)
class _PlotFile:
    """A row of the result: the file of a plot and its subject."""

    path: str
    shows: str


@command(short_help="Plot the resources that jobs and nodes used over time.")
@click.argument("databases", metavar="DB...", nargs=-1, required=True, type=UserPath(path_type=Path))
@click.option(
    "-o",
    "--output-dir",
    type=UserPath(file_okay=False, path_type=Path),
    default=".",
    show_default=True,
    help="Folder for the plots.",
)
@job_ids_option("Only these jobs.", "-j")
@click.option("-p", "--prefix", default="", help="Prefix of the file names.  [default: none]")
@click.option(
    "-f",
    "--format",
    "plot_format",
    type=click.Choice(["html", "json"]),
    default="html",
    show_default=True,
    help="Web pages, or figures as plotly JSON.",
)
def plot_resources(  # noqa: PLR0917 - click calls it by keyword
    app: App,
    databases: tuple[Path, ...],
    output_dir: Path,
    job_ids: tuple[list[int], ...],
    prefix: str,
    plot_format: str,
) -> Listing:
    """Plot the samples that runners stored in DB files: one plot for each job, and plots of all jobs and nodes.

    Runners store samples in resource_utilization/resource_metrics_*.db of their output folder if the workflow's
    resource_monitor has granularity: time_series. Several files are plotted together. No server is needed. Web pages
    require plotly: pip install 'torc-client[plots]'.
    """
    del app  # needs no server
    metrics = read_metrics(databases)
    chosen = frozenset(one for ids in job_ids for one in ids)
    if chosen:
        unknown = sorted(chosen - {job.job_id for job in metrics.jobs})
        if unknown:
            known = ", ".join(str(job.job_id) for job in metrics.jobs[:20]) or "none"
            raise TorcError(
                f"There are no samples of job {', '.join(map(str, unknown))}.", f"Jobs with samples: {known}."
            )
        metrics = metrics.of_jobs(chosen)
    try:
        plots = write_plots(metrics, output_dir, prefix=prefix, plot_format=PlotFormat(plot_format))
    except NoPlotlyError as error:
        raise TorcError(error.message, f"{error.hint} `--format json` works without it.") from error
    items = [_PlotFile(str(plot.path), plot.shows) for plot in plots]
    return Listing(items, _COLUMNS, "plot", "plots", f"the samples, in {output_dir.absolute()}")
