"""Write plots of samples to a folder, as self-contained HTML pages or as JSON."""

import importlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from torc_client.edge.output_files import write_text
from torc_client.errors import TorcError
from torc_client.resource_metrics.figures import (
    Figure,
    cpu_figure,
    highest,
    job_figure,
    memory_figure,
    node_figure,
    summary_figure,
)
from torc_client.resource_metrics.reading import Metrics

MOST_WHOLE_PAGES: Final = 20
"""Above this number of jobs, the pages share one copy of the plotting library, which takes 5 MB."""

_SCRIPT: Final = "plotly.min.js"


class NoPlotlyError(TorcError):
    """The package plotly is not installed, which plots as HTML need."""


class PlotFormat(StrEnum):
    """The format of plots."""

    HTML = "html"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Plot:
    """A written file and its content."""

    path: Path
    shows: str


def write_plots(
    metrics: Metrics,
    folder: Path,
    *,
    prefix: str = "",
    plot_format: PlotFormat = PlotFormat.HTML,
    most_jobs: int | None = None,
) -> list[Plot]:
    """Write one plot for each job and those of all jobs. File names start with `prefix`, if there is one.

    Of more than `most_jobs` jobs, only those with the highest memory use get a plot of their own.
    Raises TorcError if plotly is not installed, which HTML pages need, or if a file cannot be written.
    """
    if not metrics.jobs and not metrics.nodes:
        return []
    num_jobs = len(metrics.jobs) if most_jobs is None else min(most_jobs, len(metrics.jobs))
    writer = _JsonWriter() if plot_format is PlotFormat.JSON else _PageWriter(is_alone=num_jobs <= MOST_WHOLE_PAGES)
    start = f"{prefix}_" if prefix else ""
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, shows, figure in _figures(metrics, num_jobs):
            path = folder / f"{start}{name}.{plot_format}"
            write_text(path, writer.text(figure))
            written.append(Plot(path, shows))
        for name, text in writer.companions().items():
            write_text(folder / name, text)
    except OSError as error:
        raise TorcError(
            f"Plots cannot be written to {folder}: {error.strerror}.", "Choose another folder with --output-dir."
        ) from error
    return written


def _figures(metrics: Metrics, most_jobs: int) -> Iterator[tuple[str, str, Figure]]:
    """Yield name, caption and figure of each plot."""
    for job in highest(metrics.jobs, most_jobs, lambda each: each.peak_memory_bytes):
        yield f"job_{job.job_id}", job.title, job_figure(job)
    if len(metrics.jobs) > 1:
        yield "cpu_all_jobs", "CPU of all jobs", cpu_figure(metrics.jobs)
        yield "memory_all_jobs", "Memory of all jobs", memory_figure(metrics.jobs)
    if metrics.jobs:
        yield "summary", "Peaks and means of all jobs", summary_figure(metrics.jobs)
    if metrics.nodes:
        yield "system_timeline", "Whole nodes", node_figure(metrics.nodes)


class _JsonWriter:
    """Writes figures as JSON."""

    def text(self, figure: Figure) -> str:
        return json.dumps(figure, indent=1)

    def companions(self) -> dict[str, str]:
        return {}


class _PageWriter:
    """Writes HTML pages; a page on its own is self-contained."""

    def __init__(self, *, is_alone: bool) -> None:
        self._is_alone = is_alone
        self._plotly = _plotly()

    def text(self, figure: Figure) -> str:
        script: bool | str = True if self._is_alone else _SCRIPT
        text: str = self._plotly.to_html(figure, include_plotlyjs=script, full_html=True, validate=False)
        return text

    def companions(self) -> dict[str, str]:
        return {} if self._is_alone else {_SCRIPT: importlib.import_module("plotly.offline").get_plotlyjs()}


def _plotly() -> Any:
    try:
        return importlib.import_module("plotly.io")
    except ModuleNotFoundError as error:
        raise NoPlotlyError(
            "Plots as HTML need plotly, which is not installed.",
            "Install it with: pip install 'torc-client[plots]'.",
        ) from error
