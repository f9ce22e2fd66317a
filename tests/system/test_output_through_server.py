"""The output of jobs, relayed by the server for users without access to the files."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from support import needs
from support.processes import Output, Place, Reports, Server, ended_after

TALKING = """
name: talking
jobs:
  - {name: talks, command: "seq 30; echo grumbling >&2; echo begun > ../work/reports; cat goon; seq 40000; echo bye"}
"""


TAIL = ["torc", "logs", "tail", "1", "-n", "2", "--stream", "stdout"]


@pytest.fixture
def hidden(place: Place) -> list[str]:
    """A command prefix that hides the directory of the runner, as on another machine."""
    needs.program("mount")
    inside = [needs.program("unshare"), "--user", "--map-root-user", "--mount"]
    if subprocess.run([*inside, "true"], check=False).returncode != 0:
        needs.skip_without("mount namespaces")
    hide = f'mount -t tmpfs none "{place.directory}/torc_output" && exec "$@"'
    return [*inside, "sh", "-c", hide, "sh"]


def elsewhere(server: Server, tmp_path: Path) -> Place:
    other = Place(tmp_path / "elsewhere")
    other.environment["TORC_API_URL"] = server.url
    return other


def test_a_running_job_without_visible_files_is_followed_to_its_end(
    place: Place, server: Server, tmp_path: Path, reports: Reports, hidden: list[str]
):
    os.mkfifo(place.directory / "goon")
    created = place.torc("workflows", "create", place.file("talking.yaml", TALKING))
    other = elsewhere(server, tmp_path)
    with ended_after(place.start("torc", "run", str(created["workflow_id"]))) as runner:
        reports.next(of=[runner])
        shown = other.run(*hidden, "torc", "logs", "show", "1", "--stream", "stderr")
        assert shown.stdout == "grumbling\n"
        assert "==> stderr: " in shown.stderr
        assert "(through the server)" in shown.stderr
        told = json.loads(other.run(*hidden, "torc", "-f", "json", "logs", "show", "1").stdout)
        assert [(each["stream"], len(each["text"].splitlines())) for each in told["output"]] == [
            ("stdout", 30),
            ("stderr", 1),
        ]
        with ended_after(other.start(*hidden, *TAIL, stderr=subprocess.DEVNULL)) as following:
            assert following.stdout is not None
            seen = Output(following.stdout)
            seen.wait_for("30")
            (place.directory / "goon").write_text("went on\n")
            runner.communicate()
            assert runner.returncode == 0
            assert following.wait() == 0
            lines = seen.finish().splitlines()
    assert lines == ["29", "30", "went on", *(str(number) for number in range(1, 40001)), "bye"]
    late = other.run(*hidden, "torc", "logs", "show", "1", status=1)
    assert late.stdout == ""
    assert "No output of job 1 is in " in late.stderr
    assert f"{place.directory}/torc_output" in late.stderr
