"""Workers over ssh on two hosts; the connection of the first one is interrupted, or what it needs is killed."""

import os
import re
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from outages.gated_jobs import GatedJobs
from outages.jobs import Job, jobs_of, wrong_jobs
from outages.timed import Program, Running
from support.hosts import url_of
from support.processes import Place, Server
from support.remote_hosts import RemoteHost, remote_hosts

JOBS = {f"job{number}": "" for number in range(6)} | {"last": "job0"}
AT_ONCE = 2
END_SECONDS = 150.0
LEASE_SECONDS = 300.0


class RemoteScene:
    """A server on this machine, two hosts with sshd, and a workflow whose workers run there."""

    def __init__(self, folder: Path, *, tunnel: bool) -> None:
        self._folder, self._tunnel = folder, ("--tunnel",) * tunnel
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        try:
            self._make()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _make(self) -> None:
        self.place = Place(self._folder / "work")
        # Users of the hosts write there.
        shared = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="torc-outages-")))
        shared.chmod(0o755)
        self.jobs = GatedJobs(shared / "jobs", self._stack)
        self.hosts = self._stack.enter_context(remote_hosts(self.place, 2))
        self.cut_off: RemoteHost = self.hosts[0]
        self.server = Server(self.place, "--host", "127.0.0.1" if self._tunnel else "0.0.0.0")  # noqa: S104 - a test
        self._stack.enter_context(self.server)
        if not self._tunnel:
            self.place.environment["TORC_API_URL"] = url_of(self.hosts.manager_address, self.server.port)
        self.workflow = self.jobs.create(self.place, "remote", JOBS)
        self.place.run("torc", "remote", "add-workers", self.workflow, *(each.destination for each in self.hosts.all))
        self._stack.callback(self.stop)
        self.pids = {each["worker"]: each["pid"] for each in self.run()}
        self.jobs.reports.next(2 * AT_ONCE)

    def run(self) -> list[dict[str, Any]]:
        """Run `torc remote run`, and return its report of each worker."""
        options = ("--max-parallel-jobs", str(AT_ONCE), *self._tunnel)
        report = self.place.torc("remote", "run", self.workflow, *options)
        workers: list[dict[str, Any]] = report["workers"]
        return workers

    def stop(self) -> None:
        """End what still runs, so that no keeper of a tunnel is left."""
        self.place.run("torc", "remote", "stop", self.workflow, "--force", status=None)

    def kill_tunnel(self) -> None:
        """Kill the ssh that carries the connections of the first host, with SIGKILL."""
        for pid in _processes(self.cut_off.destination.partition("@")[2], "-R"):
            os.kill(pid, signal.SIGKILL)

    def kill_runner(self) -> None:
        """Kill the runner on the first host with SIGKILL."""
        self.cut_off.run("kill", "-KILL", str(self.pids[self.cut_off.destination]))

    def log(self) -> list[str]:
        """Return what the runners on the first host logged."""
        return [
            line for path in self.cut_off.home.glob("torc_output/**/*.log") for line in path.read_text().splitlines()
        ]


def _processes(*parts: str) -> list[int]:
    """Return the processes of ssh whose command line has all of `parts`."""
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            words = (directory / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if words[0].rpartition("/")[2] == "ssh" and all(any(part in word for word in words) for part in parts):
            found.append(int(directory.name))
    return found


@dataclass(frozen=True)
class RemoteOutage:
    """What keeps the first host from the server, and its end. `ends_runner`: the jobs of the host run again."""

    start: Callable[[RemoteScene], object]
    end: Callable[[RemoteScene], object] = lambda scene: scene.cut_off.mend()
    ends_runner: bool = False
    needs_tunnel: bool = False


def _nothing(_: RemoteScene) -> None:
    pass


REMOTE_OUTAGES: Mapping[str, RemoteOutage] = MappingProxyType(
    {
        "drop": RemoteOutage(lambda scene: scene.cut_off.cut("drop")),
        "reject": RemoteOutage(lambda scene: scene.cut_off.cut("reject")),
        "loss": RemoteOutage(lambda scene: scene.cut_off.lose(20)),
        "in": RemoteOutage(lambda scene: scene.cut_off.cut("drop", ways="in")),
        "out": RemoteOutage(lambda scene: scene.cut_off.cut("drop", ways="out")),
        "server killed": RemoteOutage(lambda scene: scene.server.kill(), lambda scene: scene.server.start()),
        "runner killed": RemoteOutage(RemoteScene.kill_runner, RemoteScene.run, ends_runner=True),
        "tunnel killed": RemoteOutage(RemoteScene.kill_tunnel, _nothing, needs_tunnel=True),
    }
)


@dataclass
class RemotePerformed:
    """What happened. All times are of the monotonic clock."""

    kind: str
    seconds: float
    tunnel: bool
    jobs: list[Job] = field(default_factory=list)
    doubles: list[str] = field(default_factory=list)
    began_at: float = 0.0
    ended_at: float = 0.0
    programs: list[Program] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    is_complete: bool = False


def perform_remote(kind: str, seconds: float, folder: Path, *, tunnel: bool) -> RemotePerformed:
    """Interrupt the first host for this time while its jobs end, and wait for the end of the workflow."""
    done, outage = RemotePerformed(kind, seconds, tunnel), REMOTE_OUTAGES[kind]
    with RemoteScene(folder, tunnel=tunnel) as scene:
        mine = sorted(scene.jobs.started(scene.cut_off.name))
        watch = Running(scene.place, "torc watch", "torc", "watch", scene.workflow)
        watch.wait_for("of")
        outage.start(scene)
        done.began_at = time.monotonic()
        scene.jobs.end(mine[0], *({*JOBS} - {*mine}))
        status = Running(scene.place, "torc remote status", "torc", "remote", "status", scene.workflow)
        threading.Event().wait(max(0.0, done.began_at + seconds - time.monotonic()))
        outage.end(scene)
        done.ended_at = time.monotonic()
        scene.jobs.end(*mine[1:])
        done.is_complete = watch.wait(END_SECONDS) and watch.program.code == 0
        status.wait(END_SECONDS)
        for each in (watch, status):
            each.stop()
        after = Running(scene.place, "torc remote status, at the end", "torc", "remote", "status", scene.workflow)
        after.wait()
        done.programs = [each.program for each in (status, watch, after)]
        done.jobs = jobs_of(scene.server, [scene.workflow], scene.jobs.started())
        done.doubles, done.log = scene.jobs.doubles(), scene.log()
    return done


def remote_findings(done: RemotePerformed) -> Iterator[str]:
    """Yield what is wrong."""
    may_run_again = done.seconds >= LEASE_SECONDS or REMOTE_OUTAGES[done.kind].ends_runner
    yield from wrong_jobs(
        done.jobs, done.doubles, may_run_again=may_run_again, may_overlap=done.seconds >= LEASE_SECONDS
    )
    if not done.is_complete:
        yield "the workflow did not end"
    if any("Traceback" in each.text() for each in done.programs):
        yield "a command printed a traceback"


def remote_lines(done: RemotePerformed) -> Iterator[str]:
    """Yield the lines of the table."""
    yield f"== remote workers {'through a tunnel' if done.tunnel else ''}, {done.kind}, {done.seconds:g} s"
    yield from (f"   {line}" for line in done.log if re.search("WARNING|ERROR|Runner left", line))
    for program in done.programs:
        yield f"{program.name}: exit {program.code}"
        yield from (f"   {each.at - done.began_at:6.1f} s {each.line}" for each in program.lines)
    starts = Counter(job.starts for job in done.jobs)
    with_one = sum(job.results == 1 for job in done.jobs)
    yield f"   {len(done.jobs)} jobs, {with_one} with one result; number of starts: {dict(starts)}"
