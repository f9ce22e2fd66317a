"""A job that needs the whole machine and has a high priority runs before small jobs that are ready, too."""

from support.processes import Place, Server

NUM_SMALL = 12
SPEC = """
name: wide
resource_requirements:
  - {name: small, num_cpus: 1, memory: 1m, runtime: PT1M}
  - {name: wide, num_cpus: 2, memory: 1m, runtime: PT1M}
jobs:
  - name: "small_{number}"
    command: "echo small >> order.txt; SLEEP"
    resource_requirements: small
    parameters: {number: "1:12"}
  - {name: wide, command: "echo wide >> order.txt", resource_requirements: wide, priority: 10, depends_on: [small_1]}
"""


def order(place: Place, sleep: str) -> list[str]:
    (place.directory / "order.txt").unlink(missing_ok=True)
    place.run("torc", "run", place.file("spec.yaml", SPEC.replace("SLEEP", sleep)), "--num-cpus", "2")
    return (place.directory / "order.txt").read_text().split()


def test_a_wide_job_of_high_priority_runs_before_the_small_ones(place: Place, server: Server) -> None:
    del server
    started = order(place, "sleep 0.3")
    assert sorted(started) == ["small"] * NUM_SMALL + ["wide"]
    # Its predecessor, one that ran beside it, and one that was claimed before the predecessor ended.
    assert started.index("wide") <= 3


def test_it_also_runs_before_prefetched_ones(place: Place, server: Server) -> None:
    del server
    started = order(place, "true")
    assert sorted(started) == ["small"] * NUM_SMALL + ["wide"]
