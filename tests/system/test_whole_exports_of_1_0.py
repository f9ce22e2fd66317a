"""A complete export of Torc 1.0, with its zeros, nulls and separate ids of both kinds of schedulers, runs here."""

import json
from typing import Any

from support.processes import Place, Server
from support.reading_as_1_0 import problems_for_1_0


def record(record_id: int, **members: Any) -> dict[str, Any]:
    return {"id": record_id, "workflow_id": 12, **members}


DOCUMENT: dict[str, Any] = {
    "export_version": "1.0",
    "exported_at": "2026-10-20T10:00:00+00:00",
    "workflow": {
        "id": 12,
        "name": "full",
        "user": "ada",
        "timestamp": "2026-10-20T10:00:00Z",
        "description": "d",
        "env": {"A": "1"},
        "metadata": {"k": "v"},
        "project": "p",
        "run_id": 2,
        "is_archived": False,
        "is_canceled": False,
        "enable_ro_crate": True,
        "use_pending_failed": False,
        "compute_node_wait_for_new_jobs_seconds": 0,
        "compute_node_ignore_workflow_completion": False,
        "compute_node_wait_for_healthy_database_minutes": 20,
        "compute_node_min_time_for_new_jobs_seconds": 300,
        "resource_monitor_config": {
            "enabled": True,
            "granularity": "summary",
            "sample_interval_seconds": 10,
            "flush_interval_seconds": 300,
            "generate_plots": False,
            "jobs": None,
            "compute_node": None,
        },
        "slurm_defaults": None,
        "execution_config": {"mode": "direct", "limit_resources": None, "stdio": None},
        "dynamic_jobs": None,
        "submission_directory": "/home/ada",
        "access_groups": None,
    },
    "files": [
        record(31, name="in", path="in.txt", st_mtime=1.5),
        record(32, name="out", path="out.txt", st_mtime=None),
    ],
    "user_data": [
        record(41, name="u", data={"a": [1]}, is_ephemeral=False),
        record(42, name="empty", data=None, is_ephemeral=True),
    ],
    "resource_requirements": [
        record(1, name="default", num_cpus=1, num_gpus=0, num_nodes=1, memory="1m", runtime="P0DT1M"),
        record(9, name="small", num_cpus=1, num_gpus=0, num_nodes=1, memory="50m", runtime="PT5M"),
    ],
    "slurm_schedulers": [
        record(
            1,
            name="s",
            account="a",
            nodes=2,
            walltime="01:00:00",
            qos=None,
            gres=None,
            mem=None,
            partition=None,
            tmp=None,
            extra=None,
            ntasks_per_node=None,
            serialize_allocations=None,
        )
    ],
    "local_schedulers": [record(1, name=None, memory="8g", num_cpus=4)],
    "failure_handlers": [
        record(
            5,
            name="h",
            rules='[{"exit_codes":[3],"match_all_exit_codes":false,"recovery_script":null,"max_retries":0}]',
        )
    ],
    "jobs": [
        record(
            101,
            name="a",
            command="cp in.txt out.txt",
            invocation_script="",
            env={"A": "1"},
            status="completed",
            attempt_id=1,
            priority=3,
            origin=None,
            start_time=None,
            compute_node_id=None,
            labels=None,
            cancel_on_blocking_job_failure=True,
            supports_termination=False,
            depends_on_job_ids=[],
            input_file_ids=[31],
            output_file_ids=[32],
            input_user_data_ids=[41],
            output_user_data_ids=[],
            resource_requirements_id=9,
            failure_handler_id=5,
            scheduler_id=1,
            schedule_compute_nodes=None,
        ),
        record(
            102,
            name="b",
            command="test $A = 1",
            invocation_script=None,
            env={"A": "1"},
            status="failed",
            attempt_id=2,
            priority=0,
            origin="retry",
            labels=[],
            cancel_on_blocking_job_failure=False,
            supports_termination=False,
            depends_on_job_ids=[101],
            input_file_ids=[32],
            output_file_ids=[],
            input_user_data_ids=[],
            output_user_data_ids=[42],
            resource_requirements_id=0,
            failure_handler_id=0,
            scheduler_id=0,
        ),
    ],
    "workflow_actions": [
        record(
            7,
            trigger_type="on_jobs_complete",
            action_type="run_commands",
            action_config={"commands": ["echo done > done.txt"]},
            job_ids=[101, 102],
            persistent=False,
            executed=True,
            executed_at="2026-10-20T10:05:00Z",
            executed_by=3,
            trigger_count=2,
            required_triggers=2,
            is_recovery=False,
        ),
        record(
            8,
            trigger_type="on_workflow_start",
            action_type="schedule_nodes",
            action_config={
                "scheduler_id": 1,
                "scheduler_type": "slurm",
                "num_allocations": 1,
                "start_one_worker_per_node": False,
                "max_parallel_jobs": None,
            },
            job_ids=None,
            persistent=False,
            executed=False,
            executed_at=None,
            executed_by=None,
            trigger_count=1,
            required_triggers=1,
            is_recovery=False,
        ),
    ],
    "results": [
        record(
            201,
            job_id=101,
            run_id=1,
            attempt_id=1,
            compute_node_id=3,
            return_code=0,
            exec_time_minutes=0.1,
            completion_time="2026-10-20T10:01:00Z",
            status="completed",
            peak_memory_bytes=None,
            avg_memory_bytes=None,
            peak_cpu_percent=None,
            avg_cpu_percent=None,
            job_name=None,
        ),
        record(
            202,
            job_id=102,
            run_id=2,
            attempt_id=2,
            compute_node_id=4,
            return_code=7,
            exec_time_minutes=0.2,
            completion_time="2026-10-20T10:03:00Z",
            status="failed",
            peak_memory_bytes=7,
            avg_memory_bytes=5,
            peak_cpu_percent=9.5,
            avg_cpu_percent=3.0,
            job_name="b",
        ),
    ],
    "events": [record(301, timestamp=1760954400000, data={"category": "job", "type": "x"})],
    "ro_crate_entities": [
        record(
            401,
            entity_id="in.txt",
            entity_type="File",
            file_id=31,
            metadata={"@id": "in.txt", "@type": ["File", "prov:Entity"]},
        ),
        record(
            402,
            entity_id="#job-101-attempt-1",
            entity_type="CreateAction",
            file_id=None,
            metadata={"@id": "#job-101-attempt-1", "@type": "CreateAction", "result": [{"@id": "out.txt"}]},
        ),
        record(
            403,
            entity_id="#software-torc-server-run-id-1",
            entity_type="SoftwareApplication",
            file_id=None,
            metadata={"@id": "#software-torc-server-run-id-1"},
        ),
    ],
}


def test_a_complete_export_of_1_0_is_imported_and_runs(place: Place, server: Server) -> None:
    assert problems_for_1_0({**DOCUMENT, "jobs": [{**DOCUMENT["jobs"][0]}, without_zeros(DOCUMENT["jobs"][1])]}) == []
    place.file("in.txt", "seen\n")
    place.file("theirs.json", json.dumps(DOCUMENT))
    imported = place.run("torc", "workflows", "import", "theirs.json")
    assert "Warning" not in imported.stderr
    results = place.torc("results", "list", "1", "--all-runs")["items"]
    assert [(each["run_id"], each["attempt_id"], each["return_code"]) for each in results] == [(1, 1, 0), (2, 2, 7)]
    place.run("torc", "run", "1")
    jobs = place.torc("jobs", "list", "1")["items"]
    assert {each["name"]: each["status"] for each in jobs} == {"a": "completed", "b": "completed"}
    assert (place.directory / "out.txt").read_text() == "seen\n"
    assert (place.directory / "torc_output/done.txt").read_text() == "done\n"
    first, second = jobs
    assert [first.get(name) is not None for name in ("failure_handler_id", "scheduler_id")] == [True, True]
    assert [second.get(name) is not None for name in ("failure_handler_id", "scheduler_id")] == [False, False]
    (scheduler,) = place.torc("slurm", "list", "1")["items"]
    assert first["scheduler_id"] == scheduler["id"]
    entities = {each["entity_id"] for each in place.torc("ro-crate", "list", "1")["items"]}
    assert {"in.txt", f"#job-{first['id']}-attempt-1"} <= entities
    assert problems_for_1_0(json.loads(place.run("torc", "workflows", "export", "1", "--include-results").stdout)) == []


def without_zeros(job: dict[str, Any]) -> dict[str, Any]:
    """Return a job without the members that mean "none"."""
    return {name: value for name, value in job.items() if value != 0 or not name.endswith("_id")}
