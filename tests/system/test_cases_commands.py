"""Commands of jobs as the shell runs them: exit codes, strict shells, long commands, folders of output."""

import json

from support.processes import Place, Server


def results_of(place: Place, workflow_id: str = "1") -> dict[str, tuple[str, int, int]]:
    """Return the status, the return code and the attempt of each job."""
    items = place.torc("results", "list", workflow_id)["items"]
    return {each["job_name"]: (each["status"], each["return_code"], each["attempt_id"]) for each in items}


def output_of(place: Place, job_id: int, ending: str = "o", attempt_id: int = 1) -> str:
    path = place.directory / "torc_output" / "job_stdio" / f"job_wf1_j{job_id}_r1_a{attempt_id}.{ending}"
    return path.read_text()


def run(place: Place, spec: object, *options: str, status: int = 0) -> None:
    place.run("torc", "run", place.file("spec.json", json.dumps(spec)), *options, status=status)


def test_a_signal_gives_one_code_wherever_the_command_stands(place: Place, server: Server) -> None:
    """bash replaces itself by a last command, which then is the first process of the job."""
    crash = "python3 -c 'import os, signal; os.kill(os.getpid(), signal.SIGSEGV)'"
    again = {"name": "again", "rules": [{"exit_codes": [137, 139], "max_retries": 2}]}
    commands = {
        "only": crash,
        "last": f"echo a; {crash}",
        "middle": f"{crash}; exit $?",
        "killed": "kill -9 $$",
        "exits": "exit 137",
    }
    jobs = [{"name": name, "command": command, "failure_handler": "again"} for name, command in commands.items()]
    run(place, {"name": "signals", "failure_handlers": [again], "jobs": jobs}, status=3)
    assert results_of(place) == {
        "only": ("failed", 139, 2),
        "last": ("failed", 139, 2),
        "middle": ("failed", 139, 2),
        "killed": ("failed", 137, 2),
        "exits": ("failed", 137, 2),
    }


def test_a_command_may_begin_with_a_dash(place: Place, server: Server) -> None:
    run(place, {"name": "dash", "jobs": [{"name": "a", "command": "--version"}]}, status=3)
    assert results_of(place)["a"][:2] == ("failed", 127)
    assert "--version: command not found" in output_of(place, 1, "e")


def test_a_strict_shell_fails_jobs_whose_pipe_fails(place: Place, server: Server) -> None:
    jobs = [
        {"name": "pipe", "command": "false | cat"},
        {"name": "lines", "command": "ls /nonexistent_folder\necho done"},
        {"name": "good", "command": "echo one | cat"},
    ]
    shell = {"shell": "bash -euo pipefail -c"}
    run(place, {"name": "strict", "execution_config": shell, "jobs": jobs}, status=3)
    assert {name: each[0] for name, each in results_of(place).items()} == {
        "pipe": "failed",
        "lines": "failed",
        "good": "completed",
    }


def test_a_command_beyond_the_limit_of_the_kernel_runs(place: Place, server: Server) -> None:
    command = f"printf '%s' '{'x' * 280_000}' | wc -c; echo $TORC_JOB_NAME"
    run(place, {"name": "long", "jobs": [{"name": "a", "command": command}]})
    assert output_of(place, 1) == "280000\na\n"
    assert [*(place.directory / "torc_output" / "job_commands").iterdir()] == []


def test_folders_of_output_files_are_made_if_the_spec_says_so(place: Place, server: Server) -> None:
    spec = {
        "name": "folders",
        "files": [{"name": "f", "path": "deep/er/x.txt"}],
        "jobs": [{"name": "a", "command": "echo x > deep/er/x.txt", "output_files": ["f"]}],
    }
    run(place, spec, status=3)
    assert "no folder deep/er for the output files: create it in the command" in output_of(place, 1, "e")
    run(place, {**spec, "execution_config": {"make_output_folders": True}})
    assert (place.directory / "deep/er/x.txt").read_text() == "x\n"


def test_a_job_knows_its_requirements(place: Place, server: Server) -> None:
    spec = {
        "name": "numbers",
        "resource_requirements": [{"name": "r", "num_cpus": 3, "memory": "100m"}],
        "jobs": [
            {"name": "a", "command": "echo $TORC_NUM_CPUS $TORC_MEMORY_BYTES", "resource_requirements": "r"},
            {"name": "b", "command": "echo $TORC_NUM_CPUS [$TORC_MEMORY_BYTES]"},
        ],
    }
    run(place, spec, "--num-cpus", "4")
    assert (output_of(place, 1), output_of(place, 2)) == (f"3 {100 * 1024**2}\n", "1 []\n")


def test_a_missing_shell_is_said_with_the_path_that_the_spec_set(place: Place, server: Server) -> None:
    run(place, {"name": "p", "jobs": [{"name": "a", "command": "ls", "env": {"PATH": "/opt/x:$PATH"}}]}, status=3)
    assert "not on the PATH '/opt/x:$PATH' that env in the spec sets" in output_of(place, 1, "e")
