"""The arguments that run a command in the shell of the workflow."""

import pytest

from torc_runner.launch.commands import (
    MAX_ARGUMENT_BYTES,
    is_too_long,
    script_arguments,
    shell_arguments,
    shell_text,
    too_long,
)

STRICT = ("bash", "-euo", "pipefail", "-c")


@pytest.mark.parametrize(
    ("invocation_script", "text"),
    [
        (None, "run"),
        ("", "run"),
        ("bash wrap.sh", "bash wrap.sh run"),
        ("bash wrap.sh\n", "bash wrap.sh run"),
        ("export A=5\nexport B=6", "export A=5\nexport B=6\nrun"),
        ("module load mpi\nset -e\n", "module load mpi\nset -e\nrun"),
    ],
)
def test_a_command_follows_its_invocation_script(invocation_script, text):
    assert shell_text("run", invocation_script) == text


def test_a_command_may_begin_with_a_dash():
    assert shell_arguments("--version") == ["bash", "-c", "--", "--version"]
    assert shell_arguments("-x echo", STRICT) == [*STRICT, "--", "-x echo"]
    assert shell_arguments("echo", ("/opt/bin/fish", "-c")) == ["/opt/bin/fish", "-c", "echo"]


@pytest.mark.parametrize(
    ("shell", "arguments"),
    [
        (("bash", "-c"), ["bash", "a.sh"]),
        (STRICT, ["bash", "-euo", "pipefail", "a.sh"]),
        (("bash", "-lc"), ["bash", "-l", "a.sh"]),
    ],
)
def test_a_long_command_is_a_file_for_the_same_shell(shell, arguments):
    assert script_arguments("a.sh", shell) == arguments


def test_the_limit_counts_bytes():
    assert not is_too_long("x" * MAX_ARGUMENT_BYTES)
    assert is_too_long("x" * (MAX_ARGUMENT_BYTES + 1))
    assert is_too_long("ü" * (MAX_ARGUMENT_BYTES // 2 + 1))


def test_what_is_too_long_is_named():
    long = "x" * (MAX_ARGUMENT_BYTES + 1)
    assert "variable BIG is longer" in too_long(["bash"], {"A": "1", "BIG": long})
    assert "the command is longer" in too_long(["bash", long], {"A": "1"})
    assert "environment of 100,002 characters" in too_long(["bash"], {"A": "x" * 100_000})
