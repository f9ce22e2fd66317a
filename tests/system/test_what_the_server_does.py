"""The server runs nothing, connects to no address, and uses no text of a workflow as a path or as SQL.

Python reports such operations to an audit hook. The programs of these tests start with one that writes them to a file.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from support.processes import Place, Server

HOOK = """
import json, os, sys

program = os.path.basename((sys.orig_argv + ["", ""])[1])
path = os.path.join(os.environ["AUDIT_LOGS"], f"{program}-{os.getpid()}")
log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
PROCESSES = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "pty.spawn"}

def write(event, arguments):
    if event in PROCESSES:
        os.write(log, json.dumps(["process", repr(arguments)[:300]]).encode() + b"\\n")
    elif event == "socket.connect":
        os.write(log, json.dumps(["connect", repr(arguments[1])]).encode() + b"\\n")
    elif event == "open" and isinstance(arguments[0], str) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
        os.write(log, json.dumps(["write", str(arguments[0])]).encode() + b"\\n")
    elif event in {"os.remove", "os.rename", "os.mkdir", "os.symlink", "os.link", "os.chmod"}:
        os.write(log, json.dumps(["write", str(arguments[0])]).encode() + b"\\n")

sys.addaudithook(write)
"""
TOUCH = "$(touch pwned); `touch pwned` | touch pwned"
SQL = "'); DROP TABLE job; --"
PATH = "../../pwned"
SPEC = {
    "name": TOUCH,
    "description": SQL,
    "files": [{"name": SQL, "path": PATH}],
    "jobs": [
        {"name": TOUCH, "command": "true", "env": {"A": TOUCH}},
        {"name": SQL, "command": "true", "depends_on": [TOUCH]},
        {"name": PATH, "command": "true", "label": SQL},
    ],
}


class Audited:
    """Programs that write down what they do."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.logs = place.directory / "audit"
        self.logs.mkdir()
        modules = place.directory / "hook"
        modules.mkdir()
        (modules / "sitecustomize.py").write_text(HOOK)
        place.environment |= {"PYTHONPATH": str(modules), "AUDIT_LOGS": str(self.logs)}

    def done(self, program: str) -> dict[str, set[str]]:
        """Return what all processes of a program did: kind and arguments."""
        found: dict[str, set[str]] = {"process": set(), "connect": set(), "write": set()}
        logs = list(self.logs.glob(f"{program}-*"))
        assert logs, f"{program} did not start with the hook"
        for path in logs:
            for line in path.read_text().splitlines():
                kind, what = json.loads(line)
                found[kind].add(what)
        return found


@pytest.fixture
def audited(place: Place) -> Audited:
    return Audited(place)


@pytest.fixture
def hostile(audited: Audited) -> Iterator[str]:
    """The id of a workflow whose texts are commands, paths and SQL, after its run."""
    place = audited.place
    with Server(place):
        place.file("spec.json", json.dumps(SPEC))
        workflow_id = str(place.torc("workflows", "create", "spec.json")["workflow_id"])
        place.run("torc", "run", workflow_id, "-o", "out", "--label", SQL, "--also-unlabeled")
        for path in ("jobs", "files", "results"):
            place.torc(path, "list", workflow_id)
        for name in (TOUCH, SQL, PATH):
            query = {"workflow_id": workflow_id, "name": name, "sort_by": name}
            assert (
                requests.get(f"{place.environment['TORC_API_URL']}/jobs", params=query, timeout=30).status_code == 422
            )
        jobs = place.torc("jobs", "list", workflow_id)["items"]
        assert {job["name"]: job["status"] for job in jobs} == dict.fromkeys((TOUCH, SQL, PATH), "completed")
        place.run("torc", "workflows", "delete", workflow_id, "--no-prompts")
        yield workflow_id


def test_the_server_runs_nothing_and_writes_only_its_own_files(hostile: str, audited: Audited) -> None:
    done = audited.done("torc-server")
    assert done["process"] == set()
    assert done["connect"] == set()
    own = (str(audited.place.directory / "torc.db"), str(audited.place.home), "torc.db", os.devnull)
    assert {path for path in done["write"] if not path.startswith(own)} == set()
    assert list(Path(audited.place.directory).parent.rglob("pwned")) == []


def test_programs_connect_to_their_server_alone(hostile: str, audited: Audited) -> None:
    connections = audited.done("torc")["connect"]
    assert connections
    assert {each.partition(",")[0] for each in connections} == {"('127.0.0.1'"}
