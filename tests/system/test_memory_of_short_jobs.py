"""Jobs that end before the first sample do not get the memory of the runner."""

from support.processes import Place, Server

SPEC = """
name: short
resource_requirements:
  - {name: little, num_cpus: 1, memory: 20m, runtime: PT1M}
jobs:
  - {name: nothing, command: "true", resource_requirements: little}
  - {name: fails, command: "exit 5", resource_requirements: little}
"""


def test_requirements_of_short_jobs_stay(place: Place, server: Server) -> None:
    place.run("torc", "run", place.file("short.yaml", SPEC), status=3)
    results = place.torc("results", "list", "1")["items"]
    peaks = [each.get("peak_memory_bytes") for each in results]
    assert len(peaks) == 2
    assert all(peak is None or peak < 20 * 2**20 for peak in peaks)  # a control group knows it
    checked = place.torc("workflows", "check-resources", "1")
    assert checked["over_utilization_count"] == 0
    place.torc("workflows", "correct-resources", "1")
    needed = {each["name"]: each for each in place.torc("resource-requirements", "list", "1")["items"]}
    assert needed["little"]["memory"] == "20m"
