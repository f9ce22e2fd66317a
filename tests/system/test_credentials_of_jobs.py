"""A runner has the password of the server, and only jobs that request it get it."""

from pathlib import Path

from support.processes import Place, Server

PASSWORD = "pfirsich-21"
SPEC = """
name: asking
jobs:
  - {name: closed, command: "%(look)s > closed.txt; torc workflows list; echo $? > closed.status"}
  - name: open
    env: {TORC_API_ACCESS: "true"}
    command: "%(look)s > open.txt; torc workflows list; echo $? > open.status"
"""
LOOK = "{ tr '\\\\0' '\\\\n' < /proc/$$/environ; ps -eo args; }"


def test_only_a_job_that_requests_it_gets_the_password_and_no_command_line_shows_it(place: Place):
    passwords = place.directory / "htpasswd"
    place.run("torc-htpasswd", "add", "--allow-weak", "-f", passwords, "tester", "-p", PASSWORD, "-c", "4")
    with Server(place, "--auth-file", str(passwords), "--require-auth"):
        place.run(
            "torc", "run", place.file("asking.yaml", SPEC % {"look": LOOK}), environment={"TORC_PASSWORD": PASSWORD}
        )

    def found(name: str) -> str:
        return (place.directory / name).read_text()

    assert "TORC_JOB_NAME=closed" in found("closed.txt")
    assert PASSWORD not in found("closed.txt")
    assert found("closed.status") == "1\n"
    assert found("open.txt").count(PASSWORD) == 1, "in the environment, on no command line"
    assert f"TORC_PASSWORD={PASSWORD}" in found("open.txt").splitlines()
    assert found("open.status") == "0\n"
    assert not _holders(place.directory / "torc_output")


def _holders(folder: Path) -> list[Path]:
    """Return the files that contain the password."""
    return [path for path in folder.rglob("*") if path.is_file() and PASSWORD.encode() in path.read_bytes()]
