"""A server, runners and other programs on three hosts, with two workflows whose jobs end when a scene says so.

server ── near      always connected
   └───── far       its connection is interrupted
"""

import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from outages.gated_jobs import GatedJobs
from outages.jobs import rows_of
from outages.timed import Program, Running
from support.hosts import Host, Hosts, url_of
from support.processes import Server

PORT = 8080
# Jobs of the workflow that only the runner on the host far runs, with what they depend on.
ALONE = {"soon": "", "middle": "", "after": "", "next": "soon", "last": "middle", "queued": ""}
AT_ONCE = 3
# Jobs of the workflow that runners on both hosts run.
SHARED = {f"shared{number}": "" for number in range(8)} | {"tail": "shared0"}


class Scene:
    """The hosts, and what runs on them. Use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        self._stack = ExitStack()
        self.jobs = GatedJobs(folder / "shared", self._stack)
        self.hosts = Hosts(folder)
        self.running: dict[str, Running] = {}

    def __enter__(self) -> Self:
        try:
            self._make()
        except BaseException:
            self._stack.close()
            raise
        return self

    def _make(self) -> None:
        self._stack.enter_context(self.hosts)
        self.server_host, self.near, self.far = (self.hosts.add(name) for name in ("server", "near", "far"))
        self.server = Server(self.server_host, "--host", "0.0.0.0")  # noqa: S104 - reachable in its namespace only
        self.server.port = PORT
        self._stack.enter_context(self.server)
        for host in (self.near, self.far):
            host.environment["TORC_API_URL"] = url_of("server", PORT)
        self._stack.callback(self.kill_all)
        self.alone, self.shared = (
            self.jobs.create(self.near, name, jobs) for name, jobs in (("alone", ALONE), ("shared", SHARED))
        )

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def start(self, name: str, host: Host, *words: Any) -> Running:
        """Start a program on a host."""
        running = self.running[name] = Running(host, name, *words)
        return running

    def start_runners(self, *options: str) -> None:
        """Start the runners, and wait until each runs jobs."""
        run = ("torc", "run", *options, "--max-parallel-jobs")
        far = self.start("torc run", self.far, *run, str(AT_ONCE), "-o", "alone", self.alone)
        self.jobs.reports.next(AT_ONCE, of=[far.process])
        for name, host in (("torc run, shared", self.far), ("near", self.near)):
            runner = self.start(name, host, *run, "2", "-o", "shared", self.shared)
            self.jobs.reports.next(2, of=[runner.process])

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Read the database of the server."""
        return rows_of(self.server, query, *values)

    def programs(self) -> list[Program]:
        """Return what was observed."""
        return [running.program for running in self.running.values()]

    def kill_all(self) -> None:
        """Kill what still runs."""
        for running in self.running.values():
            running.stop(subprocess.Popen.kill)
