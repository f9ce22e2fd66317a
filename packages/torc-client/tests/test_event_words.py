"""What events say."""

import pytest

from torc_client.event_words import event_sentence

JOB = {"job_id": 3, "job_name": "train"}
NODE = {"compute_node_id": 2, "hostname": "n1", "pid": 7, "compute_node_type": "local"}
BY_ADA = {"category": "user_action", "user": "ada", "workflow_id": 7}


@pytest.mark.parametrize(
    ("event_type", "data", "sentence"),
    [
        ("job_started", {**JOB, "compute_node_id": 2, "run_id": 1}, "Job 3 (train) started on compute node 2"),
        ("job_completed", {**JOB, "status": "completed", "return_code": 0}, "Job 3 (train) completed"),
        ("job_failed", {**JOB, "status": "failed", "return_code": 137}, "Job 3 (train) failed with exit code 137"),
        ("job_canceled", {**JOB, "status": "canceled", "return_code": None}, "Job 3 (train) canceled"),
        (
            "job_pending_failed",
            {**JOB, "status": "pending_failed", "return_code": 1},
            "Job 3 (train) failed with exit code 1, and waits for a decision",
        ),
        (
            "compute_node_started",
            {**NODE, "num_cpus": 1, "memory_gb": 23.541, "num_gpus": 2},
            "Compute node 2 on n1 started: 1 CPU, 23.5 GiB, 2 GPUs",
        ),
        ("compute_node_stopped", {**NODE, "duration_seconds": 5400.0}, "Compute node 2 on n1 ended after 1 h 30 min"),
        ("compute_node_stopped", {**NODE, "duration_seconds": None}, "Compute node 2 on n1 ended"),
        (
            "scheduler_node_created",
            {"category": "scheduler", "scheduler_id": 991, "scheduler_type": "slurm", "status": "pending"},
            "Allocation 991 of slurm was recorded: pending",
        ),
        (
            "workflow_started",
            {"category": "workflow", "type": "workflow_started", "user": "ada", "message": "Workflow 7 was started"},
            "Workflow 7 was started, by ada",
        ),
        (
            "task_completed",
            {"category": "tasks", "message": "Task 1 (initialize_jobs) failed", "user": "ada", "error": "no jobs"},
            "Task 1 (initialize_jobs) failed, by ada: no jobs",
        ),
        ("", {**BY_ADA, "action": "start_run", "force": False}, "ada started a run"),
        ("", {**BY_ADA, "action": "reset_job_status", "updated_count": 2, "failed_only": True},
         "ada reset 2 unsuccessful jobs"),
        ("", {**BY_ADA, "action": "reset_workflow_status", "force": True},
         "ada reset the workflow, also its running jobs"),
        ("", {**BY_ADA, "action": "restart_jobs", "scope": "listed", "updated_count": 1}, "ada restarted 1 job"),
        (
            "",
            {**BY_ADA, "action": "process_changed_job_inputs", "reinitialized_jobs": ["a", "b"]},
            "ada compared the inputs of jobs: 2 jobs run again (a, b)",
        ),
        ("", {**BY_ADA, "action": "archive_workflow", "is_archived": True}, "ada archived the workflow"),
        ("", {**BY_ADA, "action": "fail_jobs", "job_ids": [1, 2]}, "ada ended jobs 1 and 2 as failed"),
        (
            "",
            {**BY_ADA, "action": "replan_allocations", "scheduler_config_ids": [4]},
            "ada planned the allocations again: 1 scheduler configuration",
        ),
        (
            "",
            {**BY_ADA, "action": "update_resource_requirements", "id": 1, "name": "big", "num_cpus": 4, "num_gpus": 0,
             "num_nodes": 1, "memory": "8g", "runtime": "PT1H30M"},
            "ada changed the requirements big: 4 CPUs, 8g, 1 h 30 min",
        ),
        (
            "",
            {"category": "recovery", "run_id": 2, "oom_fixed": 1, "timeout_fixed": 0, "unknown_retried": 0,
             "jobs_to_retry": [3, 4]},
            "Recovery made 2 jobs ready for run 2: 1 with more memory",
        ),
        (
            "",
            {"category": "scheduler", "action": "cancel_unneeded_pending_allocations", "num_canceled": 1,
             "slurm_job_ids": ["991"]},
            "The runner canceled 1 waiting allocation that no job needed: 991",
        ),
        ("", {"event_type": "job_retried", "message": "Job 'a' gets attempt 2"}, "Job 'a' gets attempt 2"),
    ],
)  # fmt: skip
def test_each_event_that_torc_writes_is_a_sentence(event_type, data, sentence):
    assert event_sentence(data, event_type) == sentence


def test_events_of_others_are_listed():
    assert event_sentence({"category": "mine", "step": 3, "note": "done"}) == "mine: step 3, note done"
    assert event_sentence({"action": "start_run"}) == "start run"
    assert event_sentence("a text") == "a text"
    assert event_sentence([1, 2]) == "[1, 2]"
    assert event_sentence({}) == ""


def test_a_long_event_is_bounded():
    assert len(event_sentence({"category": "mine", "note": "x" * 5000})) == 1000
