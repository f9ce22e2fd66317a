"""Jobs are limited to their requirements: memory, GPUs and CPUs.

The machine has no GPUs: an option sets their number. Detection of GPUs has its own tests.
"""

import contextlib
import os
import queue
import threading
from collections.abc import Iterator

from support.processes import Place, Server
from torc_client import Event, EventsMissed, Torc
from torc_client.errors import TorcError

SPEC = """
name: limits
resource_requirements:
  - {name: small, num_cpus: 1, num_gpus: 0, num_nodes: 1, memory: 100m, runtime: PT5M}
  - {name: gpu, num_cpus: 1, num_gpus: 1, num_nodes: 1, memory: 100m, runtime: PT5M}
  - {name: fat, num_cpus: 1, num_gpus: 8, num_nodes: 1, memory: 100m, runtime: PT5M}
failure_handlers:
  - name: less
    rules:
      - {exit_codes: [137], max_retries: 2}
jobs:
  - name: hog
    command: >-
      test $TORC_ATTEMPT_ID = 2 ||
      python -c 'import time; held = bytearray(200_000_000); time.sleep(600)'
    resource_requirements: small
    failure_handler: less
  - name: hopeless
    command: python -c 'import time; held = bytearray(200_000_000); time.sleep(600)'
    resource_requirements: small
  - name: a
    command: &meet touch $TORC_JOB_NAME; until test -e a -a -e b; do sleep 0.05; done; echo $CUDA_VISIBLE_DEVICES
    resource_requirements: gpu
  - {name: b, command: *meet, resource_requirements: gpu}
  - {name: without, command: 'echo "<$CUDA_VISIBLE_DEVICES>"', resource_requirements: small}
  - {name: never, command: "true", resource_requirements: fat}
"""


def failure_classes(torc: Torc, workflow_id: int, job_name: str) -> Iterator[str]:
    """The reason of each failure of a job, in the order of the events from now on."""
    events = torc.follow_events(workflow_id)
    news: queue.Queue[Event | EventsMissed] = queue.Queue()

    def heed() -> None:
        with contextlib.suppress(TorcError):  # the server has stopped at the end of the test
            for each in events:
                news.put(each)

    threading.Thread(target=heed, daemon=True).start()
    return (
        each.data["failure_class"]
        for each in iter(news.get, None)
        if isinstance(each, Event) and each.event_type == "job_failed" and each.data["job_name"] == job_name
    )


def test_jobs_are_limited_to_their_requirements(place: Place, server: Server) -> None:
    workflow_id = place.torc("workflows", "create", place.file("spec.yaml", SPEC))["workflow_id"]
    failures = failure_classes(Torc(server.url), workflow_id, "hopeless")
    words = ("--num-cpus", "2", "--num-gpus", "2", "--exit-when-idle", "-o", "out")
    place.run("torc", "run", str(workflow_id), *words, status=4)
    jobs = {job["name"]: job for job in place.torc("jobs", "list", str(workflow_id))["items"]}
    assert {name: job["status"] for name, job in jobs.items()} == {
        "hog": "completed", "hopeless": "failed", "a": "completed", "b": "completed", "without": "completed",
        "never": "ready",
    }  # fmt: skip

    results = place.torc("results", "list", str(workflow_id), "--all-runs")["items"]
    ends = {(result["job_id"], result["attempt_id"]): result for result in results}
    for attempt in ((jobs["hog"]["id"], 1), (jobs["hopeless"]["id"], 1)):
        assert ends[attempt]["return_code"] == 137
        assert ends[attempt]["peak_memory_bytes"] > 200_000_000
    assert next(failures) == "oom"

    def printed(name: str) -> list[str]:
        (path,) = (place.directory / "out/job_stdio").glob(f"job_wf*_j{jobs[name]['id']}_r*_a1.o")
        return path.read_text().split()

    assert sorted([*printed("a"), *printed("b")]) == ["0", "1"]
    assert printed("without") == ["<>"]
    (log,) = (place.directory / "out").glob("job_runner_*.log")
    assert log.read_text().count('job_name=never reason="needs 8 GPUs, this node has 2"') == 1


def test_jobs_are_bound_to_separate_cpus(place: Place, server: Server) -> None:
    spec = {"name": "bound", "jobs": [{"name": "one", "command": "grep Cpus_allowed_list /proc/self/status"}]}
    workflow_id = place.torc("workflows", "create", place.file("spec.json", repr(spec).replace("'", '"')))[
        "workflow_id"
    ]
    place.run("torc", "run", str(workflow_id), "--cpu-affinity-cpus-per-job", "1", "-o", "out")
    (path,) = (place.directory / "out/job_stdio").glob("*.o")
    assert path.read_text().split()[1] == str(min(os.sched_getaffinity(0)))
