"""`torc plot-resources`."""

from dataclasses import dataclass
from pathlib import Path

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Column, Listing
from torc_client.errors import TorcError
from torc_client.resource_metrics.plots import PlotFormat, write_plots
from torc_client.resource_metrics.reading import read_metrics

_COLUMNS = (Column("File", "path"), Column("Shows", "shows"))


@dataclass(frozen=True, slots=True)
class _Written:
    """A plot, as it is listed."""

    path: str
    shows: str


class JobIds(click.ParamType[frozenset[int]]):
    """Job ids with commas between them."""

    name = "ids"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> frozenset[int]:
        """Read them, or say how they are written."""
        try:
            return frozenset(int(word) for word in str(value).split(","))
        except ValueError:
            self.fail(f"{value!r} are no job ids: write them as 1,2,3", param, ctx)


@command(short_help="Draw what jobs and nodes used over time.")
@click.argument("databases", metavar="DB...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=".",
    show_default=True,
    help="Folder for the plots.",
)
@click.option("-j", "--job-ids", type=JobIds(), metavar="ID,ID", help="Only these jobs.")
@click.option(
    "-p", "--prefix", default="resource_plot", show_default=True, help="What the names of the files begin with."
)
@click.option(
    "-f",
    "--format",
    "plot_format",
    type=click.Choice(["html", "json"]),
    default="html",
    show_default=True,
    help="Pages for a browser, or the figures as plotly's JSON.",
)
def plot_resources(  # noqa: PLR0917 - click calls it by keyword
    app: App,
    databases: tuple[Path, ...],
    output_dir: Path,
    job_ids: frozenset[int] | None,
    prefix: str,
    plot_format: str,
) -> Listing:
    """Draw the samples that runners kept in DB files: one plot a job, and plots of all jobs and nodes.

    Runners keep samples in resource_utilization/resource_metrics_*.db of their output folder, where the workflow's
    resource_monitor has granularity: time_series. Several files are drawn together. No server is asked. Pages need
    plotly: pip install 'torc-client[plots]'.
    """
    del app  # needs no server
    metrics = read_metrics(databases)
    if job_ids is not None:
        unknown = sorted(job_ids - {job.job_id for job in metrics.jobs})
        if unknown:
            known = ", ".join(str(job.job_id) for job in metrics.jobs[:20]) or "none"
            raise TorcError(
                f"There are no samples of job {', '.join(map(str, unknown))}.", f"Jobs with samples: {known}."
            )
        metrics = metrics.of_jobs(job_ids)
    plots = write_plots(metrics, output_dir, prefix=prefix, plot_format=PlotFormat(plot_format))
    return Listing([_Written(str(plot.path), plot.shows) for plot in plots], _COLUMNS, "plot", "plots")
