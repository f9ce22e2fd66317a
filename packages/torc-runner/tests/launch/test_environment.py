"""The environment of jobs."""

from dataclasses import replace
from pathlib import Path

import pytest

import runner_builders as build
from torc_runner.launch.environment import job_environment, workflow_environment
from torc_runner.machine.capacity import Resources
from torc_runner.machine.device_sets import DeviceSet
from torc_runner.run_context import RunContext

CREDENTIALS = {"TORC_PASSWORD": "geheim", "TORC_COOKIE_HEADER": "id=geheim", "TORC_TOKEN_FILE": "/o/token"}


@pytest.fixture
def context() -> RunContext:
    return RunContext(
        workflow_id=3,
        run_id=2,
        compute_node_id=9,
        api_url="http://ann:geheim@host:8080/torc-service/v1",
        output_dir=Path("/data/out"),
        inherited={"PATH": "/bin", **CREDENTIALS, "SHADE": "inherited"},
        workflow_env={"SHADE": "workflow", "COLOR": "workflow"},
    )


def test_variables_identify_the_job(context):
    environment = job_environment(build.job(7, name="fit $(x)\n'1'", attempt_id=4), context)
    assert {name: value for name, value in environment.items() if name.startswith("TORC_")} == {
        "TORC_WORKFLOW_ID": "3",
        "TORC_JOB_ID": "7",
        "TORC_JOB_NAME": "fit $(x)\n'1'",
        "TORC_OUTPUT_DIR": "/data/out",
        "TORC_ATTEMPT_ID": "4",
        "TORC_RUN_ID": "2",
        "TORC_API_URL": "http://host:8080/torc-service/v1",
        "TORC_NUM_CPUS": "1",
        "TORC_NUM_GPUS": "0",
        "TORC_NUM_NODES": "1",
        "TORC_MEMORY_BYTES": str(1024**3),
    }


def test_no_credential_reaches_a_job(context):
    environment = job_environment(build.job(1), context)
    assert not environment.keys() & CREDENTIALS.keys()
    assert not [value for value in environment.values() if "geheim" in value]


def test_a_job_that_asks_gets_the_credentials_and_other_jobs_do_not(context):
    granted = job_environment(build.job(1, env={"TORC_API_ACCESS": "true"}), context)
    assert granted.items() >= CREDENTIALS.items()
    for refused in ({}, {"TORC_API_ACCESS": "false"}, {"TORC_API_ACCESS": ""}):
        assert not job_environment(build.job(2, env=refused), context).keys() & CREDENTIALS.keys()


def test_a_workflow_may_ask_for_all_jobs_and_a_job_may_decline(context):
    context = replace(context, inherited=CREDENTIALS, workflow_env={"TORC_API_ACCESS": "true"})
    assert job_environment(build.job(1), context).items() >= CREDENTIALS.items()
    assert workflow_environment(context).items() >= CREDENTIALS.items()
    declining = build.job(2, env={"TORC_API_ACCESS": "false"})
    assert not job_environment(declining, context).keys() & CREDENTIALS.keys()


def test_an_inherited_variable_grants_no_credentials(context):
    context = replace(context, inherited={**CREDENTIALS, "TORC_API_ACCESS": "true"})
    assert not job_environment(build.job(1), context).keys() & CREDENTIALS.keys()
    assert not workflow_environment(context).keys() & CREDENTIALS.keys()


def test_the_repr_of_the_run_context_shows_no_credentials(context):
    assert "geheim" not in repr(context)


def test_variables_of_the_job_override_the_workflow_and_the_inherited_ones(context):
    environment = job_environment(build.job(1, env={"COLOR": "job", "TORC_JOB_ID": "other"}), context)
    assert (environment["SHADE"], environment["COLOR"], environment["PATH"]) == ("workflow", "job", "/bin")
    assert environment["TORC_JOB_ID"] == "1"


def test_a_job_knows_what_it_required(context):
    needs = Resources(num_cpus=3, memory_bytes=2 * 1024**3, num_gpus=1, num_nodes=2)
    environment = job_environment(build.job(1, needs=needs), context)
    names = ("TORC_NUM_CPUS", "TORC_MEMORY_BYTES", "TORC_NUM_GPUS", "TORC_NUM_NODES")
    assert [environment[name] for name in names] == ["3", "2147483648", "1", "2"]


def test_a_job_is_not_told_of_requirements_that_it_does_not_have(context):
    one, none = Resources(num_cpus=1, memory_bytes=1024**2), Resources(num_cpus=0, memory_bytes=0)
    environment = job_environment(build.job(1, needs=one, limits=none), context)
    assert environment["TORC_NUM_CPUS"] == "1"
    assert "TORC_MEMORY_BYTES" not in environment
    assert "TORC_NUM_CPUS" not in job_environment(build.job(1, needs=none, limits=none), context)


def with_gpus(context, variable, **inherited):
    return replace(context, gpu_variable=variable, inherited={**context.inherited, **inherited})


@pytest.mark.parametrize("variable", ["CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES"])
def test_a_job_sees_its_own_gpus_and_other_jobs_see_none(context, variable):
    context = with_gpus(context, variable, **{variable: "0,1,2,3"})
    for name in (variable, "TORC_GPU_VISIBLE_DEVICES"):
        assert job_environment(build.job(1), context, DeviceSet(gpu_ids=("2", "3")))[name] == "2,3"
        assert job_environment(build.job(2), context)[name] == ""


def test_a_spec_may_show_gpus_to_jobs_that_require_none(context):
    context = with_gpus(context, "CUDA_VISIBLE_DEVICES")
    job = build.job(1, env={"CUDA_VISIBLE_DEVICES": "0"})
    assert job_environment(job, context)["CUDA_VISIBLE_DEVICES"] == "0"
    assert job_environment(job, context, DeviceSet(gpu_ids=("3",)))["CUDA_VISIBLE_DEVICES"] == "3"


def test_variables_that_are_relative_to_the_assigned_devices_are_removed(context):
    context = with_gpus(context, "ROCR_VISIBLE_DEVICES", HIP_VISIBLE_DEVICES="2,3", CUDA_VISIBLE_DEVICES="2,3")
    environment = job_environment(build.job(1), context, DeviceSet(gpu_ids=("2",)))
    assert "HIP_VISIBLE_DEVICES" not in environment
    assert "CUDA_VISIBLE_DEVICES" not in environment


def test_without_assigned_gpus_the_variables_are_unchanged(context):
    context = with_gpus(context, None, CUDA_VISIBLE_DEVICES="1")
    assert job_environment(build.job(1), context, DeviceSet(gpu_ids=("0",)))["CUDA_VISIBLE_DEVICES"] == "1"
