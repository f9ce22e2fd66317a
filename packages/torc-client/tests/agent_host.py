"""A host for tests of the agent: a home folder, and a program in the place of torc-runner."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec

from torc_client.remote.agent.condition import WorkerFacts
from torc_client.remote.agent.operations import StatusRequest
from torc_client.remote.agent.processes import ProcessIdentity
from torc_client.remote.agent.protocol import AgentRequest, decode_answer, require_result
from torc_client.remote.agent.start import StartRequest, StartResult
from torc_client.remote.agent.stop import StopRequest, StopResult
from torc_client.remote.agent.worker_folder import WorkerFolder, WorkerRecord

AGENT = """
import sys
from torc_client.remote.agent.operations import perform
sys.stdout.write(perform(sys.stdin.buffer.read()))
"""

RUNNER = """
import json, os, signal, subprocess, sys, time
from pathlib import Path

def ready():
    path = Path(sys.argv[sys.argv.index("--ready-file") + 1])
    new = path.with_suffix(".new")
    new.write_text(json.dumps({"pid": os.getpid(), "compute_node_id": 5, "runner_id": "abc"}))
    new.replace(path)

def stopped(number, frame):
    with open("terms", "a") as file:
        file.write("TERM\\n")
    if os.environ["FAKE"] != "stubborn":
        sys.exit(4)

signal.signal(signal.SIGTERM, stopped)
print("the runner begins", flush=True)
match os.environ["FAKE"]:
    case "refused":
        sys.exit("Error: Wrong user name or password.")
    case "silent":
        pass
    case "quick":
        ready()
        sys.exit(0)
    case "with a child":
        os.posix_spawn("/bin/sleep", ["sleep", "1000"], dict(os.environ))
        ready()
    case _:
        ready()
while True:
    time.sleep(1000)
"""

END_JOBS = """
import sys
from pathlib import Path
Path("~/ended_jobs").expanduser().write_text(sys.argv[1])
"""


class AgentHost:
    """The home folder of a host, and what the agent answers there. All processes end with `close`."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        package = folder / "programs" / "torc_runner"
        (package / "launch").mkdir(parents=True)
        for name, text in (
            ("__init__", ""),
            ("__main__", RUNNER),
            ("launch/__init__", ""),
            ("launch/end_jobs", END_JOBS),
        ):
            (package / f"{name}.py").write_text(text)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "PYTHONPATH": str(package.parent),
            "PYTHONWARNINGS": "ignore",
            "FAKE": "ready",
        }
        self._sessions: set[int] = set()

    @property
    def folder(self) -> WorkerFolder:
        """The folder of the worker of this host."""
        return WorkerFolder.of(self._request(StatusRequest), self.environment)

    def start(self, **members: Any) -> StartResult:
        """Start the worker."""
        result = self._ask(self.start_request(**members), StartResult)
        self._note(result.facts)
        return result

    def start_request(self, **members: Any) -> StartRequest:
        """Return a request to start the worker."""
        return self._request(StartRequest, url="http://server/torc-service/v1", output_dir="out", **members)

    def status(self) -> WorkerFacts:
        """Return the condition of the worker."""
        return self._ask(self._request(StatusRequest), WorkerFacts)

    def stop(self, **members: Any) -> StopResult:
        """Stop the worker."""
        return self._ask(self._request(StopRequest, **members), StopResult)

    def agent(self) -> subprocess.Popen[bytes]:
        """Start an agent, which waits for its request."""
        return subprocess.Popen(
            [sys.executable, "-c", AGENT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=self.environment,
            cwd=self.home,
        )

    def change_process(self, **members: Any) -> None:
        """Change what the state says about the process."""
        record = self.folder.worker()
        assert record is not None
        assert record.process is not None
        process = msgspec.structs.replace(record.process, **members)
        self.folder.write(msgspec.structs.replace(record, process=process))

    def note_process(self, process: ProcessIdentity) -> None:
        """Write the state of a worker with this process."""
        self.folder.create()
        self.folder.write(
            WorkerRecord(
                worker="user@host", workflow_id=7, url="", version="1", output_dir="", log="", log_offset=0,
                started_at="2026-01-01T00:00:00Z", process=process,
            )
        )  # fmt: skip

    def answer(self, out: bytes, kind: type[Any]) -> Any:
        """Return the result in the output of an agent."""
        answer = decode_answer(out, kind)
        assert answer is not None, out
        return require_result(answer)

    def close(self) -> None:
        """Kill the runners with everything that they started."""
        for session in self._sessions:
            for directory in Path("/proc").glob("[0-9]*"):
                try:
                    fields = (directory / "stat").read_text().rpartition(")")[2].split()
                    if int(fields[3]) == session:
                        os.kill(int(directory.name), signal.SIGKILL)
                except OSError:
                    continue

    def _note(self, facts: WorkerFacts) -> None:
        if facts.pid is not None:
            self._sessions.add(facts.pid)

    def _request(self, kind: type[Any], **members: Any) -> Any:
        return kind(**{"server": "db", "workflow_id": 7, "worker": "user@host", **members})

    def _ask(self, request: AgentRequest, kind: type[Any]) -> Any:
        with self.agent() as process:
            out, _ = process.communicate(msgspec.json.encode(request))
        return self.answer(out, kind)
