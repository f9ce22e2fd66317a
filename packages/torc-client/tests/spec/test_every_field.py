"""Every field of the language: written in each format, read again, and sent to the server."""

from itertools import count

import pytest

from torc_client.spec import create
from torc_client.spec.fields import FieldType
from torc_client.spec.formats import Format
from torc_client.spec.objects import OBJECTS
from torc_client.spec.plan import make_plan
from torc_client.spec.problems import Problems
from torc_client.spec.reading import parse
from torc_client.spec.shape import check
from torc_client.spec.writing import write

DIRECT = {
    "name": "all",
    "user": "ada",
    "description": "everything",
    "project": "wind",
    "metadata": {"tags": ["a", {"b": None}]},
    "variables": {"base": "/data", "many": 3},
    "parameters": {"i": "1:2", "letter": ["x", "y"]},
    "env": {"A": "{base}"},
    "use_pending_failed": True,
    "jobs_sort_method": "gpus_memory_runtime",
    "access_groups": ["friends"],
    "dynamic_jobs": {"max_iterations": 7},
    "enable_ro_crate": True,
    "compute_node_expiration_buffer_seconds": 61,
    "compute_node_wait_for_new_jobs_seconds": 62,
    "compute_node_ignore_workflow_completion": True,
    "compute_node_wait_for_healthy_database_minutes": 63,
    "compute_node_min_time_for_new_jobs_seconds": 64,
    "files": [
        {"name": "in", "path": "{base}/in", "identifier": "doi:1", "st_mtime": 1700000000.5, "temp": True},
        {"name": "out_{i}_{letter}", "path": "{base}/{i:02d}{letter}", "use_parameters": ["i", "letter"]},
    ],
    "datasets": [
        {
            "name": "set_{k}",
            "path": "{base}/{k:.1f}",
            "hash_mode": "content",
            "description": "a set",
            "parameters": {"k": "0:1:0.5"},
        }
    ],
    "user_data": [
        {"name": "given", "data": {"a": [1, "{base}"]}},
        {"name": "made_{k}", "is_ephemeral": True, "parameters": {"k": [1, 2], "l": "a"}, "parameter_mode": "product"},
    ],
    "resource_requirements": [
        {"name": "big", "num_cpus": 2, "memory": "{many}g", "num_gpus": 1, "num_nodes": 2, "runtime": "PT5M"}
    ],
    "failure_handlers": [
        {
            "name": "again",
            "rules": [
                {"exit_codes": [1, 2], "recovery_script": "mend {base}", "max_retries": 2},
                {"match_all_exit_codes": True},
            ],
        }
    ],
    "slurm_defaults": {"account": "wind", "reservation": "r", "exclusive": True},
    "slurm_schedulers": [
        {
            "name": "long",
            "account": "sun",
            "partition": "p",
            "nodes": 2,
            "walltime": "2-00:00:00",
            "mem": "4g",
            "gres": "gpu:1",
            "qos": "high",
            "tmp": "1g",
            "ntasks_per_node": 4,
            "extra": "--x",
            "serialize_allocations": True,
        }
    ],
    "execution_config": {
        "mode": "direct",
        "limit_resources": False,
        "limit_runtime": True,
        "make_output_folders": True,
        "unchanged_outputs": "accept",
        "shell": "bash -euo pipefail -c",
        "termination_signal": "SIGINT",
        "sigterm_lead_seconds": 31,
        "oom_exit_code": 138,
        "sigkill_headroom_seconds": 61,
        "timeout_exit_code": 153,
        "staggered_start": False,
        "srun_mpi": "pmix",
        "stdio": {"mode": "combined", "delete_on_success": True, "max_mb": 5},
        "job_stdio_overrides": {"first": {"mode": "none"}},
    },
    "resource_monitor": {
        "enabled": True,
        "granularity": "time_series",
        "sample_interval_seconds": 3,
        "flush_interval_seconds": 30,
        "generate_plots": True,
        "jobs": {"enabled": True, "granularity": "summary"},
        "compute_node": {"enabled": True, "granularity": "time_series", "cpu": True, "memory": False},
    },
    "jobs": [
        {
            "name": "first",
            "command": "cat ${files.input.in} ${datasets.output.set_0.5} {base}",
            "invocation_script": "set -e;",
            "input_user_data": ["given"],
            "output_user_data": ["made_1"],
            "output_files": ["out_1_x"],
            "output_datasets": ["set_1"],
            "resource_requirements": "big",
            "failure_handler": "again",
            "scheduler": "long",
            "cancel_on_blocking_job_failure": False,
            "supports_termination": True,
            "priority": 5,
            "env": {"B": "2"},
            "stdio": {"mode": "no_stderr", "delete_on_success": False},
        },
        {
            "name": "each_{i}_{letter}",
            "command": "echo {i} {letter}",
            "depends_on": ["first"],
            "input_datasets": ["set_0"],
            "use_parameters": ["i", "letter"],
            "parameter_mode": "zip",
            "labels": ["{letter}", "gpu"],
        },
        {
            "name": "last",
            "command": "true",
            "label": "gpu",
            "depends_on_regexes": ["^each_"],
            "input_files": ["in"],
            "input_file_regexes": ["^out_1"],
            "output_file_regexes": ["^out_2"],
            "input_user_data_regexes": ["^made_1"],
            "output_user_data_regexes": ["^made_2"],
        },
        {"name": "own_{p}", "command": "true", "parameters": {"p": "[a, 'b, c']"}},
    ],
    "actions": [
        {
            "trigger_type": "on_jobs_complete",
            "action_type": "run_commands",
            "commands": ["ls {base}", "true"],
            "jobs": ["first"],
            "job_name_regexes": ["^own_"],
            "persistent": True,
        },
        {
            "trigger_type": "on_workflow_start",
            "action_type": "schedule_nodes",
            "scheduler": "long",
            "scheduler_type": "slurm",
            "num_allocations": 3,
            "start_one_worker_per_node": True,
            "max_parallel_jobs": 9,
        },
    ],
}
# What does not go with the rest.
SLURM = {
    "name": "slurm",
    "execution_config": {
        "mode": "slurm",
        "srun_termination_signal": "TERM@120",
        "enable_cpu_bind": True,
        "srun_tasks_per_node": 2,
    },
    "jobs": [
        {"name": "t_{a}", "command": "true", "parameters_file": "own.csv"},
        {"name": "u_{b}", "command": "true", "use_parameters_file": True},
    ],
    "files": [{"name": "f_{b}", "path": "{b}", "use_parameters_file": True}],
    "parameters_file": "shared.json",
}
MPI = {
    "name": "mpi",
    "jobs": [{"name": "a", "command": "true"}],
    "execution_config": {"slurm_worker_mpi_mode": "pmi2"},
    "actions": [
        {
            "trigger_type": "on_workflow_start",
            "action_type": "schedule_nodes",
            "scheduler_type": "local",
            "start_one_worker_per_node": True,
        }
    ],
}
SPECS = [DIRECT, SLURM, MPI]


@pytest.fixture(autouse=True)
def tables(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.csv").write_text("a\n1\n2\n")
    (tmp_path / "shared.json").write_text('[{"b": "x"}, {"b": 0.5}]')


def used(record, kind):
    """Return the fields of a record and of the records within it, each with its object type."""
    found = {(kind, name) for name in record}
    for name, value in record.items():
        field = OBJECTS[kind].fields[name]
        if field.type in {FieldType.OBJECT, FieldType.OBJECTS}:
            for each in value if field.type is FieldType.OBJECTS else [value]:
                found |= used(each, field.of)
    return found


def test_the_specs_here_have_every_field():
    tables_of_others = {
        (kind, name)
        for kind in ("file", "dataset", "user data record")
        for name in ("parameters", "parameter_mode", "use_parameters", "parameters_file", "use_parameters_file")
    }
    declared = {(kind, name) for kind, each in OBJECTS.items() for name in each.fields}
    assert (
        declared - used(DIRECT, "workflow") - used(SLURM, "workflow") - used(MPI, "workflow") - tables_of_others
        == set()
    )


@pytest.mark.parametrize("each", Format)
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec["name"])
def test_every_field_is_the_same_in_every_format(spec, each):
    problems = Problems()
    record = check(spec, "workflow", "", problems)
    assert list(problems) == []
    assert record == spec
    read = parse("spec", write(record, each), format=each)
    assert (read.value, list(read.complaints)) == (spec, [])
    assert make_plan("spec", read.value) == make_plan("spec", spec)


def test_each_row_of_a_table_becomes_an_instance():
    plan = make_plan("spec", SLURM)
    assert [job.record["name"] for job in plan.jobs] == ["t_1", "t_2", "u_x", "u_0.5"]
    assert [file["path"] for file in plan.files] == ["x", "0.5"]


@pytest.fixture
def sent(fake_server, client, make):
    """Return a function that creates a spec and returns the bodies of each operation."""
    numbers = count(100)

    def numbered(member):
        return lambda call: {member: [record | {"id": next(numbers)} for record in call.body[member]]}

    fake_server.answer("create_workflow", make.workflow(7))
    fake_server.answer("finish_creation", make.workflow(7))
    for operation, member in (
        ("create_files", "files"),
        ("create_user_data_list", "user_data"),
        ("create_jobs", "jobs"),
    ):
        fake_server.answer(operation, numbered(member))
    singles = ("resource_requirements", "failure_handler", "slurm_scheduler", "ro_crate_entity", "workflow_action")
    for single in singles:
        fake_server.answer(f"create_{single}", lambda call: call.body | {"id": next(numbers)})

    async def creating(spec):
        await create(client, make_plan("spec", spec))
        return lambda operation: [call.body for call in fake_server.calls_of(f"create_{operation}")]

    return creating


async def test_every_field_of_the_workflow_is_sent(sent):
    (workflow,) = (await sent(DIRECT))("workflow")
    expected = {
        name: value
        for name, value in DIRECT.items()
        if OBJECTS["workflow"].fields[name].type not in {FieldType.OBJECTS, FieldType.PARAMETERS}
        and name not in {"variables", "env", "execution_config", "resource_monitor"}
    }
    assert {name: workflow[name] for name in expected} == expected
    assert workflow["env"] == {"A": "/data"}
    overrides = {"first": {"mode": "no_stderr", "delete_on_success": False}}
    assert workflow["execution_config"] == {**DIRECT["execution_config"], "job_stdio_overrides": overrides}
    assert workflow["resource_monitor_config"] == DIRECT["resource_monitor"]


async def test_every_field_of_records_is_sent(sent):
    bodies = await sent(DIRECT)
    (requirements,), (scheduler,) = bodies("resource_requirements"), bodies("slurm_scheduler")
    assert requirements == {**DIRECT["resource_requirements"][0], "memory": "3g", "workflow_id": 7}
    assert scheduler == {**DIRECT["slurm_schedulers"][0], "workflow_id": 7}
    (files,) = bodies("files")
    assert [file["path"] for file in files["files"]] == [
        "/data/in", "/data/01x", "/data/01y", "/data/02x", "/data/02y", "/data/0.0", "/data/0.5", "/data/1.0",
    ]  # fmt: skip
    assert [file.get("st_mtime") for file in files["files"]] == [1700000000.5, *[None] * 7]
    assert [file.get("temp") for file in files["files"]] == [True, *[None] * 7]
    assert [entity["entity_id"] for entity in bodies("ro_crate_entity")] == [
        "doi:1", "/data/0.0/", "/data/0.5/", "/data/1.0/",
    ]  # fmt: skip
    (data,) = bodies("user_data_list")
    assert [(each["name"], each.get("data"), each.get("is_ephemeral")) for each in data["user_data"]] == [
        ("given", {"a": [1, "/data"]}, None), ("made_1", None, True), ("made_2", None, True),
    ]  # fmt: skip
    (jobs,) = bodies("jobs")
    first = next(job for job in jobs["jobs"] if job["name"] == "first")
    plain = ("cancel_on_blocking_job_failure", "env", "invocation_script", "priority", "supports_termination")
    assert {name: first[name] for name in plain} == {name: DIRECT["jobs"][0][name] for name in plain}
    labels = {job["name"]: job["labels"] for job in jobs["jobs"] if "labels" in job}
    assert labels == {"each_1_x": ["x", "gpu"], "each_2_y": ["y", "gpu"], "last": ["gpu"]}
    assert first["command"] == "cat /data/in /data/0.5 /data"
    assert [len(first[name]) for name in ("input_file_ids", "output_file_ids", "input_user_data_ids")] == [1, 3, 1]
    assert {"resource_requirements_id", "failure_handler_id", "scheduler_id"} <= first.keys()
    commands, nodes = bodies("workflow_action")
    assert (commands["action_config"], len(commands["job_ids"])) == ({"commands": ["ls /data", "true"]}, 3)
    assert nodes["action_config"] == {
        "scheduler_id": first["scheduler_id"],
        **{
            name: DIRECT["actions"][1][name]
            for name in ("scheduler_type", "num_allocations", "start_one_worker_per_node", "max_parallel_jobs")
        },
    }
