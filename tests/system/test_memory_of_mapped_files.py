"""Pages of mapped files are no memory of a job: in its peak, in samples, in checks and in corrections."""

import sqlite3
import sys
from contextlib import closing

from support.processes import Place, Server

MIB = 2**20
MAPPED_BYTES = 400 * MIB
READS = """
import mmap, sys, time
with open("large", "rb") as file:
    held = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
sum(held[::4096])
time.sleep(float(sys.argv[1]))
sys.exit(int(sys.argv[2]))
"""
SPEC = f"""
name: mapped
resource_monitor: {{granularity: time_series, sample_interval_seconds: 1}}
resource_requirements:
  - {{name: little, num_cpus: 1, memory: 150m, runtime: PT5M}}
jobs:
  - {{name: long, command: "{sys.executable} reads.py 2.5 0", resource_requirements: little}}
  - {{name: short, command: "{sys.executable} reads.py 0 0", resource_requirements: little}}
  - {{name: fails, command: "{sys.executable} reads.py 2.5 4", resource_requirements: little}}
"""


def test_a_job_that_reads_a_large_mapped_file_has_little_memory(place: Place, server: Server) -> None:
    place.file("reads.py", READS)
    with (place.directory / "large").open("wb") as large:
        large.truncate(MAPPED_BYTES)
    place.run("torc", "run", place.file("mapped.yaml", SPEC), status=3)
    results = {each["job_name"]: each for each in place.torc("results", "list", "1")["items"]}
    assert [results[name]["return_code"] for name in ("long", "short", "fails")] == [0, 0, 4]
    for name in ("long", "fails"):
        assert 0 < results[name]["peak_memory_bytes"] < 100 * MIB, name
    short = results["short"].get("peak_memory_bytes")
    assert short is None or short < 100 * MIB  # a slow machine samples it

    (database,) = (place.directory / "torc_output/resource_utilization").glob("*.db")
    with closing(sqlite3.connect(database)) as opened:
        (highest,) = opened.execute("SELECT max(memory_bytes) FROM job_resource_samples").fetchone()
    assert highest < 100 * MIB

    checked = place.torc("workflows", "check-resources", "1", "--include-failed")
    assert checked["over_utilization_count"] == 0
    place.torc("workflows", "correct-resources", "1")
    needed = {each["name"]: each for each in place.torc("resource-requirements", "list", "1")["items"]}
    assert needed["little"]["memory"] == "150m"
