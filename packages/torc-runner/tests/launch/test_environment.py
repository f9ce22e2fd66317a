"""What jobs find in their environment."""

from pathlib import Path

import pytest

from torc_runner.launch.command import shell_arguments
from torc_runner.launch.environment import Surroundings, job_environment


@pytest.fixture
def around():
    return Surroundings(
        workflow_id=3,
        run_id=2,
        compute_node_id=9,
        api_url="http://ann:geheim@host:8080/torc-service/v1",
        output_dir=Path("/data/out"),
        inherited={"PATH": "/bin", "TORC_PASSWORD": "geheim", "TORC_COOKIE_HEADER": "id=geheim", "SHADE": "inherited"},
        workflow_env={"SHADE": "workflow", "COLOR": "workflow"},
    )


def test_torc_names_the_job(build, around):
    environment = job_environment(build.job(7, name="fit $(x)\n'1'", attempt_id=4), around)
    assert {name: value for name, value in environment.items() if name.startswith("TORC_")} == {
        "TORC_WORKFLOW_ID": "3",
        "TORC_JOB_ID": "7",
        "TORC_JOB_NAME": "fit $(x)\n'1'",
        "TORC_OUTPUT_DIR": "/data/out",
        "TORC_ATTEMPT_ID": "4",
        "TORC_RUN_ID": "2",
        "TORC_API_URL": "http://host:8080/torc-service/v1",
    }


def test_no_credential_reaches_a_job(build, around):
    assert not [value for value in job_environment(build.job(1), around).values() if "geheim" in value]


def test_job_wins_over_workflow_and_workflow_over_inherited(build, around):
    environment = job_environment(build.job(1, env={"COLOR": "job", "TORC_JOB_ID": "other"}), around)
    assert (environment["SHADE"], environment["COLOR"], environment["PATH"]) == ("workflow", "job", "/bin")
    assert environment["TORC_JOB_ID"] == "1"


def test_commands_run_in_bash_behind_their_invocation_script():
    assert shell_arguments("run --fast 'a b'", None) == ["bash", "-c", "run --fast 'a b'"]
    assert shell_arguments("run", "bash wrap.sh") == ["bash", "-c", "bash wrap.sh run"]
