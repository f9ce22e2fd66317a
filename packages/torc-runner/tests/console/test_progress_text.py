"""The line of progress and its estimate."""

from torc_client.api.enums import JobStatus
from torc_client.api.records import JobStatusCounts, WorkflowStatusResponse
from torc_runner.console.progress_text import JobCounts, Reading, progress_line
from torc_runner.unfit_jobs import UnfitJobs


def reading(ended_here=None, seconds_left=None, **by_status: int) -> Reading:
    counts = JobStatusCounts(**dict.fromkeys(JobStatusCounts.__struct_fields__, 0) | by_status)
    status = WorkflowStatusResponse(
        workflow_id=1, workflow_name="wf", workflow_user="ada", run_id=1, total_jobs=sum(by_status.values()),
        jobs_by_status=counts, active_compute_nodes=1, active_scheduled_nodes=0, pending_scheduled_nodes=0,
        is_canceled=False, is_complete=False, total_exec_time_minutes=0.0, runtime_blocked_ready_jobs=0,
        seconds_left=seconds_left,
    )  # fmt: skip
    return Reading(status, ended_here or {})


def counts(running: int, num_completed: int = 0) -> JobCounts:
    found = JobCounts(running=running)
    for _ in range(num_completed):
        found.add(JobStatus.COMPLETED)
    return found


def test_without_the_server_it_is_what_this_runner_does():
    found = counts(1)
    found.add(JobStatus.FAILED)
    assert progress_line(found, None) == "1 running · 1 failed"


def test_an_outage_takes_the_place_of_the_estimate(told):
    read = reading({JobStatus.COMPLETED: 2}, seconds_left=20, completed=2, running=1, ready=1)
    told(progress_line(counts(1, 2), read, is_server_away=True))


def test_it_has_the_total_and_the_estimate_of_the_server():
    read = reading({JobStatus.COMPLETED: 4}, seconds_left=58, completed=4, running=2, ready=7)
    assert progress_line(counts(2, 4), read) == "4 of 13 · 2 running · about 1 min left"
    assert "left" not in progress_line(counts(2, 4), reading({JobStatus.COMPLETED: 4}, completed=4, running=2))


def test_claimed_jobs_do_not_count_as_running():
    assert progress_line(counts(1), reading(running=1, pending=3)) == "0 of 4 · 1 running"


def test_jobs_that_ended_here_since_the_reading_are_counted():
    found = counts(1, 2)
    assert progress_line(found, reading(running=2, ready=1)).startswith("2 of 3 · 1 running")


def test_jobs_of_other_runners_are_counted():
    assert progress_line(counts(1), reading(completed=3, running=4)).startswith("3 of 7 · 4 running")


def test_an_attempt_that_is_retried_has_not_failed():
    found = counts(1)
    found.add(JobStatus.FAILED, is_retried=True)
    assert progress_line(found, reading(running=1)) == "0 of 1 · 1 running · 1 retried"


def test_disabled_jobs_are_not_part_of_the_total():
    assert progress_line(counts(0), reading(completed=1, disabled=2)) == "1 of 1 · 0 running"


def test_jobs_that_cannot_run_here_are_what_an_idle_runner_waits_for(told):
    found = counts(0)
    found.unfit += [UnfitJobs("huge", 1, "needs 64 CPUs, this node has 2")]
    told(progress_line(found, reading(ready=1)), "one")
    found.unfit += [UnfitJobs("gpu", 3, "needs 1 GPU, this node has 0")]
    told(progress_line(found, reading(ready=4)), "others")
    found.running = 1
    told(progress_line(found, reading(ready=4, running=1)), "while a job runs")
    assert progress_line(counts(0), reading(running=1)) == "0 of 1 · 1 running"


def test_jobs_that_another_runner_took_are_no_longer_waited_for():
    found = counts(0)
    found.unfit += [UnfitJobs("huge", 1, "needs 64 CPUs, this node has 2")]
    assert progress_line(found, reading(pending=1)) == "0 of 1 · 0 running"
