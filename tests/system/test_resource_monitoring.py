"""A runner measures the resource usage of jobs and node, sends peaks with results, and writes a file for plots."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from typing import Any

from support import needs
from support.processes import Output, Place, Reports, Server, ended_after
from torc_client.journal.records import decode

MIB = 1024**2
HOLDS = "x = bytearray(200 * 2**20); import time; time.sleep(2.5)"
SHORT = "x = bytearray(150 * 2**20)"

SPEC = f"""
name: measured
resource_monitor:
  granularity: time_series
  sample_interval_seconds: 1
  generate_plots: true
  compute_node: {{granularity: time_series}}
jobs:
  - name: large
    command: '{sys.executable} -c "{HOLDS}"'
  - name: short
    command: '{sys.executable} -c "{SHORT}"'
  - name: parents
    command: '({sys.executable} -c "{HOLDS}"); true'
"""


def run(place: Place, spec: str, *options: str) -> int:
    workflow_id = int(place.torc("workflows", "create", *options, place.file("spec.yaml", spec))["workflow_id"])
    place.run("torc", "run", str(workflow_id), "--num-cpus", "4", "--memory-gb", "8")
    return workflow_id


def results(place: Place, workflow_id: int) -> dict[str, dict[str, Any]]:
    return {item["job_name"]: item for item in place.torc("results", "list", str(workflow_id))["items"]}


def test_peaks_are_in_results_samples_in_a_file_and_plots_beside_it(place: Place, server: Server):
    needs.library("plotly")
    workflow_id = run(place, SPEC)
    found = results(place, workflow_id)
    for name, least in (("large", 200), ("short", 150), ("parents", 200)):
        assert least * MIB < found[name]["peak_memory_bytes"] < (least + 100) * MIB, name
        assert found[name]["peak_cpu_percent"] >= found[name]["avg_cpu_percent"] > 0, name
    assert found["large"]["avg_memory_bytes"] > 100 * MIB

    folder = place.directory / "torc_output/resource_utilization"
    (database,) = folder.glob(f"resource_metrics_wf{workflow_id}_h*_r*.db")
    with closing(sqlite3.connect(database)) as opened:
        highest = dict(
            opened.execute(
                "SELECT job_name, max(memory_bytes) FROM job_resource_samples JOIN job_metadata USING (job_id) "
                "GROUP BY job_id"
            )
        )
    assert all(highest[name] > least * MIB for name, least in (("large", 200), ("short", 150), ("parents", 200)))
    pages = {page.name.removeprefix(f"{database.stem}_") for page in folder.glob("*.html")}
    ids = [found[name]["job_id"] for name in found]
    assert pages == {
        *(f"job_{number}.html" for number in ids),
        *(f"{name}.html" for name in ("cpu_all_jobs", "memory_all_jobs", "summary", "system_timeline")),
    }

    (node,) = place.torc("compute-nodes", "list", str(workflow_id))["items"]
    assert node["sample_count"] >= 2
    assert node["peak_memory_bytes"] >= node["avg_memory_bytes"] > 200 * MIB / 4

    plots = place.torc(
        "plot-resources", str(database), "-f", "json", "-o", "drawn", "-j", str(found["large"]["job_id"])
    )
    (large,) = (plot["path"] for plot in plots["items"] if "job_" in plot["path"])
    (memory,) = (line for line in json.loads((place.directory / large).read_text())["data"] if "Memory" in line["name"])
    assert max(memory["y"]) > 200 / 1024


def test_by_default_peaks_are_measured_and_no_file_is_written(place: Place, server: Server):
    spec = f"name: plain\njobs:\n  - name: a\n    command: '{sys.executable} -c \"{SHORT}\"'\n"
    found = results(place, run(place, spec))
    assert found["a"]["peak_memory_bytes"] > 150 * MIB
    assert found["a"].get("avg_memory_bytes") is None
    assert not (place.directory / "torc_output/resource_utilization").exists()


def test_disabled_monitoring_measures_nothing(place: Place, server: Server):
    found = results(place, run(place, SPEC.partition("  - name: parents")[0], "--no-resource-monitoring"))
    assert [found[name].get("peak_memory_bytes") for name in ("large", "short")] == [None, None]
    assert not (place.directory / "torc_output/resource_utilization").exists()


def test_a_result_from_the_journal_has_its_peaks(place: Place, server: Server, reports: Reports):
    spec = f"""
name: away
jobs:
  - name: large
    command: 'echo x > reports; read -r _ < go; {sys.executable} -c "{SHORT}"; echo y > reports'
"""
    os.mkfifo(place.directory / "go")
    workflow_id = str(place.torc("workflows", "create", place.file("spec.yaml", spec))["workflow_id"])
    runner = place.start("torc", "run", workflow_id, "--num-cpus", "1", stderr=subprocess.STDOUT)
    with ended_after(runner):
        assert runner.stdout is not None
        output = Output(runner.stdout)
        reports.next(of=[runner])
        server.kill()
        (place.directory / "go").write_text("on\n")
        reports.next(of=[runner])
        output.wait_for("Server away")
        while not any(
            decode(path.read_bytes()).completions for path in place.directory.glob("torc_output/*/*.journal")
        ):
            time.sleep(0.05)  # no event reports that another process wrote to a file
        runner.send_signal(signal.SIGINT)
        assert "Results left in the journal" in output.finish()
    server.start()
    place.run("torc", "workflows", "reconcile", workflow_id)
    assert results(place, int(workflow_id))["large"]["peak_memory_bytes"] > 150 * MIB


def test_samples_that_cannot_be_written_change_nothing_else(place: Place, server: Server):
    place.file("torc_output/resource_utilization", "a file where the folder should be")
    found = results(place, run(place, SPEC.replace("sleep(2.5)", "sleep(0)")))
    assert {result["status"] for result in found.values()} == {"completed"}
    assert found["large"]["peak_memory_bytes"] > 200 * MIB
    (log,) = (place.directory / "torc_output").glob("job_runner_*.log")
    assert log.read_text().count("Samples not written") == 1
