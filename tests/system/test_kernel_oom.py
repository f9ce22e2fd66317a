"""The kernel kills a job that exceeds the memory of a control group, and the runner continues."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import needs
from support.processes import Place, Server

LIMIT_BYTES = 300_000_000
SPEC = """
name: kernel
jobs:
  - {name: hog, command: "python -c 'held = [bytearray(10_000_000) for _ in range(200)]'"}
  - {name: killed, command: kill -9 $$}
  - {name: fine, command: sleep 1}
"""


@pytest.fixture
def group() -> Iterator[Path]:
    """A control group (v1 or v2) with little memory, if the test may create one."""
    name = f"torc-test-{os.getpid()}"
    for root, limit in (("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")):
        folder = Path(root, name)
        try:
            folder.mkdir()
        except OSError:
            continue
        try:
            (folder / limit).write_text(str(LIMIT_BYTES))
        except OSError:
            folder.rmdir()
            continue
        yield folder
        folder.rmdir()
        return
    needs.skip_without("control groups that limit memory")


def test_the_runner_survives_and_reports_the_kill_by_the_kernel(place: Place, server: Server, group: Path) -> None:
    workflow_id = place.torc("workflows", "create", place.file("spec.yaml", SPEC))["workflow_id"]
    enter = f"echo $$ > {group}/cgroup.procs; exec torc run {workflow_id} --num-cpus 3 -o out"
    place.run("bash", "-c", enter, status=3)
    jobs = {job["id"]: job["name"] for job in place.torc("jobs", "list", str(workflow_id))["items"]}
    results = place.torc("results", "list", str(workflow_id))["items"]
    codes = {jobs[result["job_id"]]: result["return_code"] for result in results}
    assert codes == {"hog": 137, "killed": 137, "fine": 0}
    (log,) = (place.directory / "out").glob("job_runner_*.log")
    assert log.read_text().count('job_name=hog reason="memory ran out: raise ') == 1
    (node,) = place.torc("compute-nodes", "list", str(workflow_id))["items"]
    assert node["memory_gb"] == pytest.approx(LIMIT_BYTES / 1024**3, rel=0.01)
