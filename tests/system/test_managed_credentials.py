"""The credential of a standalone dashboard for workers: programs of its user find it, other users are refused."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.processes import Output, Place, ended_after

SPEC = "name: spy\njobs: [{name: look, command: 'env > environment.txt; ps -eo args > argv.txt'}]\n"


@pytest.fixture
def entry(place: Place) -> Iterator[dict[str, str]]:
    """The credential of a standalone server that listens on TCP at the address in the environment."""
    place.directory.chmod(0o700)
    socket = place.directory / "dash.sock"
    words: list[str | Path] = ["torc-dash", "--standalone", "--socket", socket, "--server-host", "127.0.0.1"]
    with ended_after(place.start(*words, stderr=subprocess.STDOUT)) as process:
        assert process.stdout is not None
        output = Output(process.stdout)
        output.wait_for(str(socket))
        (entry,) = entries(place)
        place.environment["TORC_API_URL"] = f"http://127.0.0.1:{entry['port']}/torc-service/v1"
        yield entry
        process.terminate()
        process.wait()
        output.finish()
    assert entries(place) == [], "the credential goes with its server"


def entries(place: Place) -> list[dict[str, str]]:
    found = json.loads((place.home / ".torc" / "credentials.json").read_text())
    return list(found["servers"] if isinstance(found, dict) else found)


def test_only_the_user_can_read_the_file(place: Place, entry):
    path = place.home / ".torc" / "credentials.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_programs_of_the_user_need_no_password(place: Place, entry):
    place.run("torc", "workflows", "list")
    place.run("torc", "run", place.file("spy.yaml", SPEC))
    seen = (place.directory / "environment.txt").read_text() + (place.directory / "argv.txt").read_text()
    assert "TORC_JOB_ID=" in seen
    assert entry["password"] not in seen, "a job must not find the password"
    left = [path for path in place.directory.rglob("*") if path.is_file() and place.home not in path.parents]
    holders = [path.name for path in left if entry["password"].encode() in path.read_bytes()]
    assert not holders, "logs and databases hold no password"


def test_requests_without_the_credential_are_refused(place: Place, entry, tmp_path: Path):
    other_home = tmp_path / "other"
    other_home.mkdir()
    refused = place.run("torc", "workflows", "list", status=1, environment={"HOME": str(other_home)})
    assert refused.stdout == ""
    assert "Traceback" not in refused.stderr
    wrong = {"HOME": str(other_home), "TORC_PASSWORD": "guessed", "TORC_USERNAME": entry["username"]}
    place.run("torc", "workflows", "list", status=1, environment=wrong)
