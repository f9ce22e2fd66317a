"""The plots as figures of plotly in plain dicts. Pure, and without plotly itself."""

import html
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from torc_client.defaults import BYTES_PER_GB
from torc_client.resource_metrics.reading import JobSeries, NodeSeries

Figure = dict[str, Any]

MOST_LINES: Final = 100
"""The maximum number of lines in one figure."""

MOST_BARS: Final = 1000
"""The maximum number of jobs in one bar chart."""


def job_figure(job: JobSeries) -> Figure:
    """Draw CPU, memory and number of processes of one job, one below the other."""
    seconds = _since_start(job.samples)
    peaks = (
        f"peak {job.peak_cpu_percent:.1f} % CPU, {_gib(job.peak_memory_bytes):.3f} GiB · "
        f"mean {job.avg_cpu_percent:.1f} % CPU, {_gib(job.avg_memory_bytes):.3f} GiB"
    )
    rows = (
        ("CPU (% of one)", [each.cpu_percent for each in job.samples]),
        ("Memory (GiB)", [_gib(each.memory_bytes) for each in job.samples]),
        ("Processes", [each.num_processes for each in job.samples]),
    )
    return _stacked(f"{html.escape(job.title)}<br><sub>{peaks}</sub>", seconds, rows)


def cpu_figure(jobs: Sequence[JobSeries]) -> Figure:
    """Draw the CPU use of many jobs in one figure, each from its own start."""
    return _lines(
        "CPU use of all jobs",
        "CPU (% of one)",
        jobs,
        peak=lambda job: job.peak_cpu_percent,
        values=lambda job: [each.cpu_percent for each in job.samples],
    )


def memory_figure(jobs: Sequence[JobSeries]) -> Figure:
    """Draw the memory use of many jobs in one figure, each from its own start."""
    return _lines(
        "Memory use of all jobs",
        "Memory (GiB)",
        jobs,
        peak=lambda job: job.peak_memory_bytes,
        values=lambda job: [_gib(each.memory_bytes) for each in job.samples],
    )


def summary_figure(jobs: Sequence[JobSeries]) -> Figure:
    """Draw peaks and means of all jobs as bars, CPU on the left and memory on the right."""
    shown, note = _highest(jobs, MOST_BARS, lambda job: job.peak_memory_bytes)
    return _bars(f"What the jobs used{note}", shown)


def _bars(title: str, jobs: Sequence[JobSeries]) -> Figure:
    names = [html.escape(job.title) for job in jobs]
    bars = (
        ("Peak CPU", "x", "y", [job.peak_cpu_percent for job in jobs]),
        ("Mean CPU", "x", "y", [job.avg_cpu_percent for job in jobs]),
        ("Peak memory", "x2", "y2", [_gib(job.peak_memory_bytes) for job in jobs]),
        ("Mean memory", "x2", "y2", [_gib(job.avg_memory_bytes) for job in jobs]),
    )
    return {
        "data": [
            {"type": "bar", "name": name, "x": names, "y": values, "xaxis": x, "yaxis": y}
            for name, x, y, values in bars
        ],
        "layout": {
            "title": {"text": title},
            "barmode": "group",
            "xaxis": {"domain": [0.0, 0.45], "type": "category"},
            "yaxis": {"title": {"text": "CPU (% of one)"}, "rangemode": "tozero"},
            "xaxis2": {"domain": [0.55, 1.0], "type": "category", "anchor": "y2"},
            "yaxis2": {"title": {"text": "Memory (GiB)"}, "rangemode": "tozero", "anchor": "x2"},
        },
    }


def node_figure(nodes: Sequence[NodeSeries]) -> Figure:
    """Draw the use of whole machines over time, with the memory that each has."""
    data: list[Mapping[str, Any]] = []
    for node in nodes:
        name, moments = html.escape(node.name), [each.at * 1000 for each in node.samples]
        lines: tuple[tuple[str, str, list[float], dict[str, Any]], ...] = (
            (f"{name} CPU", "y", [each.cpu_percent for each in node.samples], {}),
            (f"{name} memory", "y2", [_gib(each.memory_bytes) for each in node.samples], {}),
            (f"{name} has", "y2", [_gib(each.total_memory_bytes) for each in node.samples], {"line": {"dash": "dot"}}),
        )
        data += [
            {"type": "scatter", "mode": "lines", "name": label, "x": moments, "y": values, "yaxis": axis, **more}
            for label, axis, values, more in lines
        ]
    return {
        "data": data,
        "layout": {
            "title": {"text": "What the nodes used"},
            "xaxis": {"type": "date", "anchor": "y2", "title": {"text": "UTC"}},
            "yaxis": {"title": {"text": "CPU (% of one)"}, "domain": [0.55, 1.0], "rangemode": "tozero"},
            "yaxis2": {"title": {"text": "Memory (GiB)"}, "domain": [0.0, 0.45], "rangemode": "tozero"},
        },
    }


def _stacked(title: str, seconds: Sequence[float], rows: Sequence[tuple[str, Sequence[float]]]) -> Figure:
    """Draw rows that share a time axis, the first at the top."""
    height = 1 / len(rows)
    axes: dict[str, Any] = {}
    data = []
    for number, (label, values) in enumerate(rows):
        bottom = 1 - (number + 1) * height
        suffix = str(number + 1) if number else ""
        axes[f"yaxis{suffix}"] = {
            "title": {"text": label},
            "domain": [bottom + (0.06 if bottom else 0), bottom + height],
            "rangemode": "tozero",
        }
        data.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": label,
                "x": seconds,
                "y": values,
                "yaxis": f"y{suffix}",
            }
        )
    bottom_axis = {"title": {"text": "Seconds since the first sample"}, "anchor": f"y{len(rows)}"}
    return {
        "data": data,
        "layout": {"title": {"text": title}, "showlegend": False, "xaxis": bottom_axis, **axes},
    }


def _lines(
    title: str,
    axis: str,
    jobs: Sequence[JobSeries],
    *,
    peak: Callable[[JobSeries], float],
    values: Callable[[JobSeries], Sequence[float]],
) -> Figure:
    shown, note = _highest(jobs, MOST_LINES, peak)
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": html.escape(job.title),
                "x": _since_start(job.samples),
                "y": values(job),
            }
            for job in shown
        ],
        "layout": {
            "title": {"text": f"{title}{note}"},
            "xaxis": {"title": {"text": "Seconds since the first sample of the job"}},
            "yaxis": {"title": {"text": axis}, "rangemode": "tozero"},
        },
    }


def highest(jobs: Sequence[JobSeries], most: int, peak: Callable[[JobSeries], float]) -> Sequence[JobSeries]:
    """Return the jobs with the highest peaks, at most this number, sorted by id."""
    if len(jobs) <= most:
        return jobs
    return sorted(sorted(jobs, key=peak, reverse=True)[:most], key=lambda job: job.job_id)


def _highest(
    jobs: Sequence[JobSeries], most: int, peak: Callable[[JobSeries], float]
) -> tuple[Sequence[JobSeries], str]:
    """Return them, and a subtitle if some are left out."""
    shown = highest(jobs, most, peak)
    left_out = f"<br><sub>the {len(shown)} of {len(jobs)} with the highest peaks</sub>"
    return shown, left_out if len(shown) < len(jobs) else ""


def _since_start(samples: Sequence[Any]) -> list[float]:
    start = samples[0].at
    return [each.at - start for each in samples]


def _gib(size_bytes: float) -> float:
    return size_bytes / BYTES_PER_GB
