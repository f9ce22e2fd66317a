"""The arguments and the environment of srun, and what its messages mean. The texts are those of Slurm 22.05."""

from typing import Any

import pytest

from torc_client.batch.own_steps import own_steps
from torc_client.batch.slurm.steps import SlurmSteps, judge_step, step_arguments, step_environment
from torc_client.batch.steps import StepEnding, StepRequest, StepRules

MIB = 2**20
COMMAND = ("bash", "-c", "run")


def arguments(request: dict[str, Any], rules: dict[str, Any], **allocation: bool) -> str:
    made = step_arguments("66", StepRequest("wf1_j2", COMMAND, **request), StepRules(**rules), **allocation)
    assert made[-3:] == list(COMMAND)
    assert made[-4] == "--export=ALL"
    return " ".join(made[:-4])


@pytest.mark.parametrize(
    ("request_", "rules", "expected"),
    [
        (
            {"num_cpus": 2, "memory_bytes": 500 * MIB, "time_left_seconds": 299.0},
            {},
            (
                "srun --jobid=66 --ntasks=1 --cpu-bind=none --exact --job-name=wf1_j2 --nodes=1 --cpus-per-task=2"
                " --mem=500M --time=4"
            ),
        ),
        (
            {"num_cpus": 2, "num_gpus": 1, "memory_bytes": MIB, "nodes": ("n2",), "time_left_seconds": 600.0},
            {"bind_cpus": True, "termination_signal": "TERM@120"},
            (
                "srun --jobid=66 --ntasks=1 --exact --job-name=wf1_j2 --nodelist=n2 --nodes=1 --cpus-per-task=2"
                " --mem=1M --gpus=1 --time=10 --signal=TERM@120"
            ),
        ),
        (
            {"num_nodes": 2, "num_cpus": 4, "num_gpus": 2, "memory_bytes": 4096 * MIB},
            {},
            (
                "srun --jobid=66 --ntasks=2 --ntasks-per-node=1 --cpu-bind=none --exact --job-name=wf1_j2 --nodes=2"
                " --cpus-per-task=4 --mem=4096M --gpus-per-node=2"
            ),
        ),
        (
            {"num_nodes": 2, "num_cpus": 5, "nodes": ("n1", "n3")},
            {"tasks_per_node": 2, "mpi": "pmix"},
            (
                "srun --jobid=66 --ntasks=4 --ntasks-per-node=2 --mpi=pmix --cpu-bind=none --exact"
                " --job-name=wf1_j2 --nodelist=n1,n3 --nodes=2 --cpus-per-task=2"
            ),
        ),
        # Tasks and MPI concern jobs with several nodes only.
        (
            {"num_cpus": 4},
            {"tasks_per_node": 2, "mpi": "pmix"},
            "srun --jobid=66 --ntasks=1 --cpu-bind=none --exact --job-name=wf1_j2 --nodes=1 --cpus-per-task=4",
        ),
        # More tasks than CPUs: a task has at least one.
        (
            {"num_nodes": 2, "num_cpus": 1},
            {"tasks_per_node": 4},
            (
                "srun --jobid=66 --ntasks=8 --ntasks-per-node=4 --cpu-bind=none --exact --job-name=wf1_j2 --nodes=2"
                " --cpus-per-task=1"
            ),
        ),
        # Default requirements limit nothing.
        ({}, {}, "srun --jobid=66 --ntasks=1 --cpu-bind=none --exact --job-name=wf1_j2 --nodes=1"),
    ],
)
def test_the_arguments_of_srun(request_: dict[str, Any], rules: dict[str, Any], expected: str) -> None:
    assert arguments(request_, rules) == expected


@pytest.mark.parametrize(
    ("memory_bytes", "option"),
    [(1, "--mem=1M"), (MIB, "--mem=1M"), (MIB + 1, "--mem=2M"), (1500 * 10**6, "--mem=1431M"), (0, None)],
)
def test_memory_is_never_less_than_the_need(memory_bytes: int, option: str | None) -> None:
    made = arguments({"memory_bytes": memory_bytes}, {}).split()
    assert [each for each in made if each.startswith("--mem")] == ([option] if option else [])


@pytest.mark.parametrize(
    ("seconds", "option"),
    [(3600.0, "--time=60"), (119.9, "--time=1"), (60.0, "--time=1"), (20.0, "--time=1"), (None, None)],
)
def test_the_time_of_a_step_is_in_whole_minutes(seconds: float | None, option: str | None) -> None:
    made = arguments({"time_left_seconds": seconds}, {}).split()
    assert [each for each in made if each.startswith("--time")] == ([option] if option else [])


def test_a_job_without_gpus_leaves_those_of_the_allocation_to_others() -> None:
    assert "--gres=none" in arguments({}, {}, has_gpus=True)
    assert "--gres" not in arguments({"num_gpus": 1}, {}, has_gpus=True)
    assert "--gres" not in arguments({}, {})


def test_steps_of_a_runner_that_is_a_step_share_its_resources() -> None:
    assert "--exact --overlap --job-name" in arguments({}, {}, is_nested=True)


def test_output_goes_to_files_to_which_both_streams_append() -> None:
    request = StepRequest("a", COMMAND, stdout="/dev/fd/3", stderr="/dev/fd/4")
    made = step_arguments("66", request, StepRules())
    assert made[-6:] == ["--open-mode=append", "--output=/dev/fd/3", "--error=/dev/fd/4", *COMMAND]


def test_options_of_the_allocation_do_not_hold_for_its_steps() -> None:
    inherited = {
        "SLURM_MEM_PER_NODE": "1000", "SLURM_NTASKS_PER_NODE": "1", "SLURM_EXPORT_ENV": "NONE", "SLURM_GPUS": "4",
        "SLURM_JOB_ID": "66", "SLURM_JOB_NUM_NODES": "2", "TORC_JOB_ID": "2", "PATH": "/bin", "SLURM_CONF": "/etc/s",
    }  # fmt: skip
    assert set(step_environment(inherited)) == {
        "SLURM_JOB_ID", "SLURM_JOB_NUM_NODES", "TORC_JOB_ID", "PATH", "SLURM_CONF",
    }  # fmt: skip


NOISE = "srun: cluster configuration lacks support for cpu binding\n"
OVER_MEMORY = (
    "slurmstepd-n1: error: StepId=1.2 exceeded memory limit (313778176 > 52428800), being killed\n"
    "slurmstepd-n1: error: *** STEP 1.2 ON n1 CANCELLED AT 2026-11-29T21:22:50 ***\n"
)
CGROUP = "slurmstepd: error: Detected 1 oom_kill event in StepId=1.2. Some of the step tasks have been OOM Killed.\n"
TIME = "slurmstepd-n1: error: *** STEP 2.31 ON n1 CANCELLED AT 2026-11-29T21:25:51 DUE TO TIME LIMIT ***\n"
CANCELED = "slurmstepd-n1: error: *** STEP 1.7 ON n1 CANCELLED AT 2026-11-29T21:22:52 ***\n"
BUSY = "srun: Job 1 step creation temporarily disabled, retrying (Requested nodes are busy)\n"
NO_STEP = "srun: error: Unable to create step for job 1: "


@pytest.mark.parametrize(
    ("exit_code", "words", "output", "ending"),
    [
        (0, NOISE, "", StepEnding.OF_ITSELF),
        (7, f"{NOISE}srun: error: n1: task 0: Exited with exit code 7\n", "wrong\n", StepEnding.OF_ITSELF),
        (139, "srun: error: n1: task 0: Segmentation fault\n", "", StepEnding.OF_ITSELF),
        (1, f"{BUSY}srun: Step created for job 1\n", "", StepEnding.OF_ITSELF),
        (137, "srun: error: n1: task 0: Killed\n", OVER_MEMORY, StepEnding.OUT_OF_MEMORY),
        (1, "srun: error: n1: task 0: Out Of Memory\n", "", StepEnding.OUT_OF_MEMORY),
        (1, "", CGROUP, StepEnding.OUT_OF_MEMORY),
        (143, "srun: error: n1: task 0: Terminated\n", TIME, StepEnding.OUT_OF_TIME),
        (1, "srun: fatal: Could not establish a configuration source\n", "", StepEnding.NOT_STARTED),
        (1, f"{NO_STEP}Protocol authentication error\n", "", StepEnding.NOT_STARTED),
        # srun was to kill the step, and did not learn how it ended.
        (
            0,
            (
                f"{NOISE}srun: forcing job termination\nsrun: Job step aborted: Waiting up to 5 seconds for job step to"
                " finish.\nsrun: error: Timed out waiting for job step to complete\n"
            ),
            CANCELED,
            StepEnding.KILLED,
        ),
        # The command got TERM, and succeeded.
        (0, NOISE, CANCELED, StepEnding.OF_ITSELF),
        (0, "", TIME, StepEnding.OF_ITSELF),
        (143, "srun: error: n1: task 0: Terminated\n", CANCELED, StepEnding.CANCELED),
        (143, "", TIME.replace("TIME LIMIT", "NODE FAILURE, SEE SLURMCTLD LOG"), StepEnding.NODE_TAKEN),
        (143, "", TIME.replace("TIME LIMIT", "PREEMPTION"), StepEnding.NODE_TAKEN),
        (1, f"{NO_STEP}Memory required by task is not available\n", "", StepEnding.REFUSED),
        (1, f"{NO_STEP}More processors requested than permitted\n", "", StepEnding.REFUSED),
        (1, "srun: error: Invalid generic resource (gres) specification\n", "", StepEnding.REFUSED),
        (1, f"{NO_STEP}Socket timed out on send/recv operation\n", "", StepEnding.NOT_STARTED),
        (1, f"{NO_STEP}Job/step already completing or completed\n", "", StepEnding.NOT_STARTED),
        (1, f"{NO_STEP}Unable to contact slurm controller (connect failure)\n", "", StepEnding.NOT_STARTED),
        (
            1,
            f"srun: Cancelled pending job step with signal 15\n{NO_STEP}Job/step already completing or completed\n",
            "",
            StepEnding.NOT_STARTED,
        ),
        # A job may print what it likes.
        (1, "", "DUE TO TIME LIMIT\nOut Of Memory\nsrun: error: Invalid generic resource\n", StepEnding.OF_ITSELF),
    ],
)
def test_how_a_step_ended(exit_code: int, words: str, output: str, ending: StepEnding) -> None:
    assert judge_step(exit_code, words, output).ending is ending


def test_a_refusal_has_the_words_of_slurm() -> None:
    end = judge_step(1, f"{NOISE}{NO_STEP}Memory required by task is not available\n", "")
    assert end.reason == "Unable to create step for job 1: Memory required by task is not available"


def test_a_step_that_exceeded_its_memory_has_a_peak() -> None:
    assert judge_step(137, "", OVER_MEMORY).peak_memory_bytes == 313778176
    assert judge_step(1, "", CGROUP).peak_memory_bytes is None


def test_a_process_in_an_allocation_has_steps() -> None:
    assert own_steps({}) is None
    assert own_steps({"SLURM_JOB_ID": "66"}) == SlurmSteps("66")
    assert own_steps({"SLURM_JOB_ID": "66", "SLURM_JOB_GPUS": "0,1"}) == SlurmSteps("66", has_gpus=True)
    assert own_steps({"SLURM_JOB_ID": "66", "SLURM_STEP_ID": "0"}) == SlurmSteps("66", is_nested=True)
