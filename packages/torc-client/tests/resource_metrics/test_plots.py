import importlib
import json
import sys
from html.parser import HTMLParser

import pytest

from support import needs
from torc_client.errors import TorcError
from torc_client.resource_metrics import plots
from torc_client.resource_metrics.figures import MOST_LINES, cpu_figure, job_figure, memory_figure, summary_figure
from torc_client.resource_metrics.plots import PlotFormat, write_plots
from torc_client.resource_metrics.reading import JobSample, JobSeries, Metrics, NodeSample, NodeSeries

GIB = 1024**3


def series(job_id, *memory_gib, name=None):
    samples = [JobSample(100.0 + 5 * number, 10.0 * number, int(gib * GIB), 1) for number, gib in enumerate(memory_gib)]
    return JobSeries(job_id, name, samples)


NODE = NodeSeries("here", [NodeSample(100.0, 250.0, 2 * GIB, 8 * GIB)])


def test_a_job_is_drawn_from_its_first_sample():
    figure = job_figure(series(3, 1, 2, 1.5, name="fit"))
    cpu, memory, processes = figure["data"]
    assert memory["x"] == cpu["x"] == [0.0, 5.0, 10.0]
    assert (cpu["y"], memory["y"], processes["y"]) == ([0.0, 10.0, 20.0], [1.0, 2.0, 1.5], [1, 1, 1])
    assert len({line["yaxis"] for line in figure["data"]}) == 3
    assert "Job 3 (fit)" in figure["layout"]["title"]["text"]
    assert "peak 20.0 % CPU, 2.000 GiB" in figure["layout"]["title"]["text"]


def test_the_summary_has_peaks_and_means():
    figure = summary_figure([series(1, 1, 3), series(2, 2)])
    assert {bar["name"]: bar["y"] for bar in figure["data"]} == {
        "Peak CPU": [10.0, 0.0], "Mean CPU": [5.0, 0.0], "Peak memory": [3.0, 2.0], "Mean memory": [2.0, 2.0],
    }  # fmt: skip


def test_of_very_many_jobs_those_with_the_highest_peaks_are_drawn():
    jobs = [series(number, number / 1000) for number in range(1, MOST_LINES + 51)]
    figure = memory_figure(jobs)
    assert len(figure["data"]) == MOST_LINES
    assert figure["data"][0]["name"] == "Job 51"
    assert f"{MOST_LINES} of {len(jobs)}" in figure["layout"]["title"]["text"]
    assert len(cpu_figure(jobs[:3])["data"]) == 3


def test_plots_are_written_as_json_without_plotly(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "plotly", None)
    metrics = Metrics([series(1, 1), series(2, 2)], [NODE])
    written = write_plots(metrics, tmp_path / "new", prefix="p", plot_format=PlotFormat.JSON)
    names = ["job_1", "job_2", "cpu_all_jobs", "memory_all_jobs", "summary", "system_timeline"]
    assert [plot.path.name for plot in written] == [f"p_{name}.json" for name in names]
    assert json.loads((tmp_path / "new/p_summary.json").read_text())["data"][2]["y"] == [1.0, 2.0]


def test_one_job_needs_no_comparison(tmp_path):
    written = write_plots(Metrics([series(1, 1)]), tmp_path, plot_format=PlotFormat.JSON)
    assert [plot.path.name for plot in written] == ["job_1.json", "summary.json"]


def test_of_very_many_jobs_the_largest_get_plots_of_their_own(tmp_path):
    metrics = Metrics([series(1, 3), series(2, 1), series(3, 2)])
    written = write_plots(metrics, tmp_path, plot_format=PlotFormat.JSON, most_jobs=2)
    assert [plot.path.stem for plot in written if plot.path.stem.startswith("job")] == ["job_1", "job_3"]
    assert len(json.loads((tmp_path / "summary.json").read_text())["data"][0]["x"]) == 3


def test_nothing_measured_is_nothing_drawn(tmp_path):
    assert write_plots(Metrics(), tmp_path / "none") == []
    assert not (tmp_path / "none").exists()


class Loads(HTMLParser):
    """Collects the addresses from which a page loads scripts, styles and images."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        loading = "href" if tag == "link" else "src"
        self.addresses += [value for name, value in attrs if name == loading and value]


def test_pages_are_whole_and_what_jobs_are_called_is_only_text(tmp_path):
    needs.library("plotly")
    evil = "</script><script>alert(1)</script><b>"
    (page, _) = write_plots(Metrics([series(1, 1, name=evil)]), tmp_path)
    text = page.path.read_text()
    assert "<html>" in text
    assert "plotly.js v" in text
    assert Loads(text).addresses == []
    assert "<script>alert(1)" not in text


def test_many_pages_share_what_draws_them(tmp_path, monkeypatch):
    needs.library("plotly")
    monkeypatch.setattr(plots, "MOST_WHOLE_PAGES", 0)
    written = write_plots(Metrics([series(1, 1)]), tmp_path)
    assert Loads(written[0].path.read_text()).addresses == ["plotly.min.js"]
    assert (tmp_path / "plotly.min.js").stat().st_size > 1_000_000


def test_without_plotly_the_error_has_a_remedy(tmp_path, monkeypatch):
    real = importlib.import_module

    def without(name, *rest):
        if name.startswith("plotly"):
            raise ModuleNotFoundError(name=name)
        return real(name, *rest)

    monkeypatch.setattr(importlib, "import_module", without)
    with pytest.raises(TorcError, match="need plotly") as error:
        write_plots(Metrics([series(1, 1)]), tmp_path)
    assert "pip install 'torc-client[plots]'" in error.value.hint


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(TorcError, match="cannot be written"):
        write_plots(Metrics([series(1, 1)]), tmp_path / "file", plot_format=PlotFormat.JSON)
