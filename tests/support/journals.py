"""Journals that runners leave when their server does not answer."""

import json
import os
from pathlib import Path

from support.processes import Output, Place, Reports, Server, ended_after

GATED = {"name": "gated", "jobs": [{"name": "gate", "command": "echo here > reports; read go < gate; echo done"}]}


def leave_journal(place: Place, server: Server, reports: Reports) -> Path:
    """Run a gated job whose end the server does not get, and return the journal that its runner leaves."""
    os.mkfifo(place.directory / "gate")
    place.torc("create", place.file("gated.json", json.dumps(GATED)))
    with ended_after(place.start("torc", "run", "1", "--output-dir", "torc_output")) as runner:
        assert runner.stderr is not None
        output = Output(runner.stderr)
        reports.next(of=[runner])
        server.kill()
        (place.directory / "gate").write_text("go\n")
        output.wait_for("Server away")
        (journal,) = wait_for_journal(place)
        runner.kill()
        runner.wait()
        output.finish()
    return journal


def wait_for_journal(place: Place) -> list[Path]:
    """Wait until the runner has written its journal."""
    while True:
        found = [*(place.directory / "torc_output" / "offline_journal").glob("*.journal")]
        if found and found[0].stat().st_size > 0:
            return found


def logs_of(place: Place) -> str:
    return "".join(path.read_text() for path in sorted((place.directory / "torc_output").glob("job_runner_*.log")))
