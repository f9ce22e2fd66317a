"""A workflow whose jobs run on remote hosts: its server, and `torc remote` for it."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from support.processes import SERVICE, Place, Server
from support.remote_hosts import RemoteHost, RemoteHosts


class RemoteWorkflow:
    """A server on the machine of the test, which the hosts reach by its address, and one workflow."""

    def __init__(self, place: Place, hosts: RemoteHosts, *, is_protected: bool = False) -> None:
        self.place, self.hosts = place, hosts
        options = self._passwords() if is_protected else ()
        self.server = Server(place, "--host", "0.0.0.0", *options)  # noqa: S104 - the hosts of the test are to reach it
        self.id = 0

    def __enter__(self) -> Self:
        self.server.start()
        self.use_address()
        return self

    def __exit__(self, *_: object) -> None:
        if self.server.process is not None:
            self.server.kill()

    def _passwords(self) -> tuple[str, ...]:
        """Create the user of the test, and return the options of a server that requires a password."""
        file = str(self.place.directory / "htpasswd")
        self.place.run("torc-htpasswd", "add", "--allow-weak", "-f", file, "tester", "-p", "of the test", "-c", "4")
        self.place.environment["TORC_PASSWORD"] = "of the test"
        return "--auth-file", file, "--require-auth"

    @property
    def url(self) -> str:
        """The URL of the server, as the hosts use it."""
        return f"http://{self.hosts.manager_address}:{self.server.port}{SERVICE}"

    def use_address(self) -> None:
        """Let commands reach the server by its address in the network of the hosts."""
        self.place.environment["TORC_API_URL"] = self.url

    def create(self, commands: Sequence[str], *, hosts: Sequence[RemoteHost] = ()) -> int:
        """Create a workflow with these jobs, whose workers are the hosts; all of them by default."""
        jobs = [{"name": f"job{number}", "command": command} for number, command in enumerate(commands, 1)]
        spec = self.place.file("spec.json", json.dumps({"name": "remote", "jobs": jobs}))
        self.id = self.place.torc("create", spec)["workflow_id"]
        workers = [host.destination for host in hosts or self.hosts.all]
        self.place.torc("remote", "add-workers", self.id, *workers)
        return self.id

    def remote(self, command: str, *options: str | int | Path, status: int | None = 0) -> tuple[dict[str, Any], str]:
        """Run `torc remote COMMAND`, and return its JSON with the workers by host, and what it printed on stderr."""
        ended = self.place.run("torc", "-f", "json", "remote", command, self.id, *options, status=status)
        answer = json.loads(ended.stdout)
        return {worker["worker"]: worker for worker in answer["workers"]}, ended.stderr

    def text(self, command: str, *options: str | int, status: int | None = 0) -> str:
        """Run `torc remote COMMAND`, and return what it printed on stdout."""
        return self.place.run("torc", "remote", command, self.id, *options, status=status).stdout

    def jobs(self) -> dict[str, dict[str, Any]]:
        """Return the jobs by name."""
        return {job["name"]: job for job in self.place.torc("jobs", "list", self.id)["items"]}

    def results(self) -> list[dict[str, Any]]:
        """Return the results."""
        return list(self.place.torc("results", "list", self.id)["items"])

    def nodes(self) -> list[dict[str, Any]]:
        """Return the compute nodes."""
        return list(self.place.torc("compute-nodes", "list", self.id)["items"])

    def wait_for_file(self, path: Path) -> None:
        """Wait until a job has written a line into a file in the home folder of a host."""
        while not (path.exists() and path.read_text().endswith("\n")):
            time.sleep(0.05)

    def wait(self) -> None:
        """Wait for the end of the workflow."""
        self.place.run("torc", "watch", self.id, status=None)
