"""Jobs that are asked to end: what counts as success afterwards, and what a closed terminal does."""

import signal

import pytest

from support.processes import Place, Reports, Server, ended_after

TIDY = """
name: half
files: [{name: out, path: out.txt}]
jobs:
  - {name: writer, command: "python3 w.py", output_files: [out], supports_termination: %s}
  - {name: use, command: "cat out.txt > used.txt", input_files: [out]}
"""
WRITER = """
import signal, sys

def leave(*_):
    sys.exit(0)

signal.signal(signal.SIGTERM, leave)
with open("out.txt", "a", buffering=1) as out:
    out.write("half\\n")
    with open("reports", "w") as reports:
        reports.write("x\\n")
    if out.tell() < 10:
        signal.pause()
"""


def statuses_of(place: Place) -> dict[str, str]:
    return {job["name"]: job["status"] for job in place.torc("jobs", "list", "1")["items"]}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_job_that_leaves_tidily_when_its_runner_stops_has_not_done_its_work(
    place: Place, server: Server, reports: Reports, number: signal.Signals
) -> None:
    place.file("w.py", WRITER)
    with ended_after(place.start("torc", "run", place.file("spec.yaml", TIDY % "false"))) as runner:
        reports.next(1, of=[runner])
        runner.send_signal(number)
        runner.communicate()
    assert statuses_of(place) == {"writer": "terminated", "use": "canceled"}
    (result,) = place.torc("results", "list", "1")["items"]
    assert (result["status"], result["return_code"]) == ("terminated", 143)
    assert not (place.directory / "used.txt").exists()


def test_a_job_that_saves_its_work_has_succeeded(place: Place, server: Server, reports: Reports) -> None:
    place.file("w.py", WRITER)
    with ended_after(place.start("torc", "run", place.file("spec.yaml", TIDY % "true"))) as runner:
        reports.next(1, of=[runner])
        runner.send_signal(signal.SIGTERM)
        runner.communicate()
    assert statuses_of(place)["writer"] == "completed"
    place.run("torc", "run", "1")
    assert (place.directory / "used.txt").read_text() == "half\n"
