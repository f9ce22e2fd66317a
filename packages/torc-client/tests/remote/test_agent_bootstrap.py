"""The script that starts the agent on a host, run by the shells of this machine."""

import subprocess
from pathlib import Path

import pytest

from torc_client.remote.agent.bootstrap import AgentProblem, AgentProgram, agent_script, missing_agent
from torc_client.remote.agent.launcher import write_launcher
from torc_client.remote.agent.protocol import decode_answer, encode_result

ANSWER = encode_result({"is": "there"}, "/bin/torc")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def program(home: Path, name: str, text: str = "") -> Path:
    """Write a torc that prints the answer after its first request line on stderr."""
    path = home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text or f"#!/bin/sh\necho \"$* $(cat)\" >&2\nprintf '%s' '{ANSWER}'\n")
    path.chmod(0o755)
    return path


def run(home: Path, chosen: AgentProgram = AgentProgram(), path: str = "/usr/bin:/bin", shell: str = "sh"):  # noqa: B008
    environment = {"HOME": str(home), "PATH": path}
    return subprocess.run(
        [shell, "-c", agent_script(chosen)],
        input=b"request",
        capture_output=True,
        env=environment,
        cwd=home,
        check=True,
    )


def is_answered(ended) -> bool:
    answer = decode_answer(ended.stdout, dict)
    return answer is not None and answer.result == {"is": "there"} and b"remote-agent request" in ended.stderr


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_torc_in_path_gets_the_request(home, shell):
    program(home, "bin/torc")
    assert is_answered(run(home, path=f"{home}/bin:/usr/bin:/bin", shell=shell))


@pytest.mark.parametrize("chosen", ["apps/torc", "~/apps/torc", "{home}/apps/torc"])
def test_a_chosen_program_gets_the_request(home, chosen):
    program(home, "apps/torc")
    assert is_answered(run(home, AgentProgram(torc_bin=chosen.format(home=home))))


def test_a_prologue_runs_before_and_reads_and_prints_nothing_of_the_answer(home):
    program(home, "it's/torc")
    ended = run(home, AgentProgram(prologue='cat; echo "$PATH loading"; PATH="$PATH:$HOME/it\'s"'))
    assert is_answered(ended)
    assert b"loading" not in ended.stdout


def test_a_prologue_that_fails_is_named(home):
    program(home, "bin/torc")
    ended = run(home, AgentProgram(prologue="echo no such module >&2; (exit 3)"), path=f"{home}/bin:/usr/bin:/bin")
    error = missing_agent(ended.stdout, ended.stderr.decode())
    assert error.problem is AgentProblem.PROLOGUE
    assert error.message == "the prologue ended with exit code 3 (no such module)"


def test_a_prologue_that_exits_leaves_no_answer(home):
    ended = run(home, AgentProgram(prologue="exit 0"))
    assert missing_agent(ended.stdout, "").problem is AgentProblem.NO_ANSWER


def test_without_torc_the_machine_is_described(home):
    ended = run(home)
    error = missing_agent(b"noise\n" + ended.stdout, "")
    assert error.problem is AgentProblem.MISSING
    assert error.message.startswith("torc is not there (Linux ")
    assert "PATH=/usr/bin:/bin" in error.message
    assert "--torc-bin" in error.hint


def test_a_program_without_an_agent_is_named_with_its_version(home):
    text = '#!/bin/sh\n[ "$1" = --version ] && { echo torc 0.35.0; exit 0; }\necho no such command >&2; exit 2\n'
    path = program(home, "bin/torc", text)
    ended = run(home, AgentProgram(torc_bin=str(path)))
    error = missing_agent(ended.stdout, ended.stderr.decode())
    assert error.problem is AgentProblem.FAILED
    assert error.message == f"{path} there ended with exit code 2 (no such command); it is torc 0.35.0"


def test_the_program_of_the_start_is_found_again(home, monkeypatch):
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    torc = program(home, "apps/torc")
    monkeypatch.setattr("sys.argv", [str(torc)])
    write_launcher("echo loading; LOADED='it is'")
    ended = run(home)
    assert is_answered(ended)
    assert b"loading" in ended.stderr
    assert not is_answered(run(home, AgentProgram(torc_bin="another")))
