"""The number of requests and commits of a runner with many short jobs."""

from collections import Counter

from support.processes import Place, Server, scraped

JOBS = 100
# A dozen on an idle machine. Reports are sent at intervals: where other work makes the run longer, there are more.
MOST = JOBS // 4
# Requests of a runner for its jobs. Further requests are sent only at its start and its end.
FOR_JOBS = {
    "claim_jobs_based_on_resources", "claim_next_jobs", "start_job", "complete_job", "batch_start_jobs",
    "batch_complete_jobs", "report_and_claim",
}  # fmt: skip
ONCE = 20

SPEC = f"""
name: many short jobs
jobs:
  - name: job_{{i:03d}}
    command: "true"
    parameters: {{i: "1:{JOBS}"}}
"""


def requests(numbers: dict[str, float]) -> Counter[str]:
    """Return the number of answered requests of each operation."""
    found: Counter[str] = Counter()
    for name, count in numbers.items():
        if name.startswith("torc_requests_total{") and "aborted" not in name:
            found[name.split('"')[1]] += int(count)
    return found


def test_a_hundred_short_jobs_need_few_requests_and_commits(place: Place, server: Server):
    created = place.torc("workflows", "create", place.file("spec.yaml", SPEC))
    workflow_id = str(created["workflow_id"])
    place.run("torc", "workflows", "initialize", workflow_id)
    before = scraped(server)
    place.run("torc", "run", workflow_id, "--num-cpus", "2")
    after = scraped(server)
    assert len(place.torc("jobs", "list", workflow_id, "--status", "completed")["items"]) == JOBS
    asked = requests(after) - requests(before)
    for_jobs = sum(count for operation, count in asked.items() if operation in FOR_JOBS)
    assert for_jobs <= MOST, asked
    assert asked.total() - for_jobs <= ONCE, asked
    assert after["torc_commit_seconds_count"] - before["torc_commit_seconds_count"] <= MOST
