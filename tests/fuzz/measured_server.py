"""A server in a process of its own, and what each call costs it."""

import json
import os
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from fuzz.people import People
from support.processes import Place, Server

# The interpreter of the environment whose server is measured, for example that of another revision.
PYTHON = os.environ.get("TORC_FUZZ_PYTHON", sys.executable)
BULK = 10_000


@dataclass(frozen=True)
class Cost:
    """What a call costs the server: instructions of SQLite, memory at most, and CPU time."""

    steps: int
    memory_bytes: int
    cpu_seconds: float

    def __str__(self) -> str:
        return f"{self.steps} steps, {self.memory_bytes / 1024:.0f} KiB, {self.cpu_seconds:.3f} s"


class MeasuredServer(Server):
    """A server that counts. See `counted_server`."""

    def __init__(self, place: Place, *arguments: str, traces_memory: bool) -> None:
        super().__init__(place, *arguments)
        self._options = ["-X", "tracemalloc"] if traces_memory else []
        self.cost = Cost(0, 0, 0.0)
        self._stack = ExitStack()

    def start(self) -> Self:
        """Start the server and connect to its counters."""
        # The path of a socket has at most 107 characters.
        at = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="torc-"))) / "socket"
        self.program = (PYTHON, *self._options, str(Path(__file__).with_name("counted_server.py")), str(at))
        super().start()
        connection = self._stack.enter_context(socket.socket(socket.AF_UNIX))
        connection.connect(str(at))
        self._lines = self._stack.enter_context(connection.makefile("rw"))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
        super().__exit__()

    def _tell(self, word: str) -> Any:
        self._lines.write(word + "\n")
        self._lines.flush()
        return json.loads(self._lines.readline())

    @contextmanager
    def measuring(self) -> Iterator[None]:
        """Measure what the server does meanwhile. `cost` has the result."""
        self._tell("begin")
        yield
        self.cost = Cost(**self._tell("end"))


def add_rows(people: People, have: Mapping[str, int], rows: int) -> None:
    """Add jobs to a workflow: one half writes a file and user data that the other half reads.

    So there are (rows / 2) ** 2 pairs of jobs. There are also as many files and user data.
    """
    workflow = {"workflow_id": have["workflows"]}
    writes = {"output_file_ids": [have["files"]], "output_user_data_ids": [have["user_data"]]}
    reads = {"input_file_ids": [have["files"]], "input_user_data_ids": [have["user_data"]]}
    for start in range(0, rows, BULK):
        numbers = range(start, min(start + BULK, rows))
        jobs = [
            {
                **workflow,
                **(reads if number % 2 else writes),
                "name": f"j{number}",
                "command": "true",
                "priority": 1 - number % 2,
            }
            for number in numbers
        ]
        people.ok(people.owner, "POST", "/bulk_jobs", {"jobs": jobs})
        files = [{**workflow, "name": f"f{number}", "path": f"p{number}"} for number in numbers]
        people.ok(people.owner, "POST", "/bulk_files", {"files": files})
        data = [{**workflow, "name": f"u{number}", "data": number} for number in numbers]
        people.ok(people.owner, "POST", "/bulk_user_data", {"user_data": data})


def add_results(people: People, have: Mapping[str, int], rows: int) -> None:
    """Complete the jobs of `add_rows` that write."""
    at, node = f"/workflows/{have['workflows']}", have["compute_nodes"]
    jobs = people.ok(people.owner, "POST", f"{at}/claim_next_jobs", limit=rows // 2)["jobs"]
    times = {"run_id": 0, "compute_node_id": node}
    people.ok(
        people.owner, "POST", f"{at}/batch_start_jobs", {**times, "starts": [{"job_id": each["id"]} for each in jobs]}
    )
    completions = [
        {
            "job_id": each["id"],
            "run_id": 0,
            "status": "completed",
            "result": {
                "workflow_id": have["workflows"], "job_id": each["id"], "run_id": 0, "compute_node_id": node,
                "return_code": 0, "exec_time_minutes": 0.1, "completion_time": "2026-01-01T00:00:00Z",
                "status": "completed",
            },
        }
        for each in jobs
    ]  # fmt: skip
    people.ok(people.owner, "POST", f"{at}/batch_complete_jobs", {"completions": completions})
