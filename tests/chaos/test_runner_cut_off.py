"""The connection between a runner and its server is cut for longer than the lease, in one or both directions.

Server and runner are in separate network namespaces. Packets over a cut connection are dropped.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from chaos import attempts
from support import needs
from support.processes import SERVICE, Output, Place, Reports, Server, ended_after

SERVER_ADDRESS, RUNNER_ADDRESS = "10.231.7.1", "10.231.7.2"
NOBODY = "02:00:00:00:00:01"

pytestmark = [needs.root(), needs.programs("ip")]


def ip(*words: str) -> str:
    return subprocess.run(["ip", *words], check=True, capture_output=True, text=True).stdout


class Cable:
    """Two hosts and the connection between them."""

    def __init__(self, name: str) -> None:
        self.server, self.runner = f"{name}s", f"{name}r"
        for host in (self.server, self.runner):
            ip("netns", "add", host)
            ip("-n", host, "link", "set", "lo", "up")
        ip("link", "add", "eth0", "netns", self.server, "type", "veth", "peer", "name", "eth0", "netns", self.runner)
        for host, address in ((self.server, SERVER_ADDRESS), (self.runner, RUNNER_ADDRESS)):
            ip("-n", host, "addr", "add", f"{address}/24", "dev", "eth0")
            ip("-n", host, "link", "set", "eth0", "up")

    def cut(self, ways: str) -> None:
        """Drop packets `to the server`, `to the runner` or in `both` directions."""
        if ways in {"to the server", "both"}:
            self._address(self.runner, SERVER_ADDRESS, NOBODY)
        if ways in {"to the runner", "both"}:
            self._address(self.server, RUNNER_ADDRESS, NOBODY)

    def mend(self) -> None:
        """Restore the connection."""
        self._address(self.runner, SERVER_ADDRESS, self._card(self.server))
        self._address(self.server, RUNNER_ADDRESS, self._card(self.runner))

    @staticmethod
    def _card(host: str) -> str:
        return ip("-n", host, "-o", "link", "show", "eth0").split("link/ether ")[1].split()[0]

    @staticmethod
    def _address(host: str, address: str, card: str) -> None:
        ip("-n", host, "neigh", "replace", address, "lladdr", card, "dev", "eth0", "nud", "permanent")

    def remove(self) -> None:
        for host in (self.server, self.runner):
            subprocess.run(["ip", "netns", "del", host], check=False)


class Host(Place):
    """A working directory whose programs run in a network namespace."""

    def __init__(self, place: Place, namespace: str) -> None:
        super().__init__(place.directory)
        self.namespace = namespace

    def start(self, *words: Any, **options: Any) -> subprocess.Popen[str]:
        return super().start("ip", "netns", "exec", self.namespace, *words, **options)


@pytest.fixture
def cable() -> Iterator[Cable]:
    cable = Cable(f"torc{os.getpid()}")
    yield cable
    cable.remove()


@pytest.fixture
def server(place: Place, cable: Cable) -> Iterator[Server]:
    host = Host(place, cable.server)
    with Server(host, "--host", "0.0.0.0") as server:  # noqa: S104 - reachable in its network namespace only
        yield server


class Stage:
    """Five jobs run on a runner that is cut off, until another runner has run them again."""

    def __init__(self, place: Place, server: Server, cable: Cable, reports: Reports, stack: ExitStack) -> None:
        self.place, self.server, self.cable, self.reports, self.stack = place, server, cable, reports, stack
        attempts.prepare(place)
        self.near, self.far = server.place, Host(place, cable.runner)
        self.far.environment["TORC_API_URL"] = f"http://{SERVER_ADDRESS}:{server.port}{SERVICE}"

    def run(self, host: Place, workflow_id: str, *words: str) -> tuple[subprocess.Popen[str], Output]:
        process = host.start("torc", "run", workflow_id, "--num-cpus", "8", *words, stderr=subprocess.STDOUT)
        self.stack.enter_context(ended_after(process))
        assert process.stdout is not None
        return process, Output(process.stdout)


@pytest.fixture
def stage(place: Place, server: Server, cable: Cable, reports: Reports) -> Iterator[Stage]:
    with ExitStack() as stack:
        yield Stage(place, server, cable, reports, stack)


def ended_well(runner: tuple[subprocess.Popen[str], Output]) -> str:
    process, output = runner
    text = output.finish()
    assert process.wait() == 0, text[-3000:]
    return text


@pytest.mark.parametrize("ways", ["both", "to the server", "to the runner"])
def test_strict_runners_end_their_jobs_before_others_start_them(stage: Stage, ways: str):
    command = 'echo "$TORC_ATTEMPT_ID" > reports; [ "$TORC_ATTEMPT_ID" = 1 ] && exec sleep 1000; true'
    workflow_id = attempts.create(stage.near, attempts.spec(5, command))
    far = stage.run(stage.far, workflow_id, "--lease-seconds", "2", "--strict-lease", "-o", "far")
    assert stage.reports.next(5, of=[far[0]]) == ["1"] * 5
    near = stage.run(stage.near, workflow_id, "-o", "near")
    jobs = attempts.jobs_of(stage.place)
    stage.cable.cut(ways)
    attempts.wait_until_gone(jobs)
    assert stage.reports.next(5, of=[near[0]]) == ["2"] * 5
    ended_well(near)
    stage.cable.mend()
    assert "Lease lost" in ended_well(far)
    rows = attempts.assert_all_completed(stage.server, 5)
    assert {(row["attempt_id"], row["results"]) for row in rows} == {(2, 1)}
    attempts.assert_never_two_at_once(stage.place)
    attempts.assert_nothing_left(stage.place, stage.server)


def test_other_runners_keep_their_jobs_and_late_reports_change_nothing(stage: Stage, gate: attempts.Gate):
    command = 'echo "$TORC_ATTEMPT_ID" > reports; [ "$TORC_ATTEMPT_ID" = 1 ] && { read -r _ < go; exit 7; }; true'
    workflow_id = attempts.create(stage.near, attempts.spec(5, command))
    far = stage.run(stage.far, workflow_id, "--lease-seconds", "2", "-o", "far")
    stage.reports.next(5, of=[far[0]])
    near = stage.run(stage.near, workflow_id, "-o", "near")
    jobs = attempts.jobs_of(stage.place)
    stage.cable.cut("both")
    assert stage.reports.next(5, of=[near[0]]) == ["2"] * 5
    ended_well(near)
    gate.let_pass(5)
    attempts.wait_until_gone(jobs)
    stage.cable.mend()
    text = ended_well(far)
    assert text.count("is no longer current; the current one is 2") == 5
    rows = attempts.assert_all_completed(stage.server, 5)
    assert {(row["attempt_id"], row["results"]) for row in rows} == {(2, 1)}
    attempts.assert_nothing_left(stage.place, stage.server)


@pytest.mark.timeout(90)
@pytest.mark.parametrize("ways", ["both", "to the server", "to the runner"])
def test_a_runner_reports_a_cut_and_goes_on_with_the_jobs_that_are_ready(
    stage: Stage, gate: attempts.Gate, ways: str
) -> None:
    """The connection is cut when the first job ends. Its end cannot be reported, and the second job not be claimed."""
    spec = """
name: two
jobs:
  - {name: first, command: "echo first > reports; read -r _ < go"}
  - {name: second, command: "echo second > reports", depends_on: [first]}
"""
    workflow_id = attempts.create(stage.near, spec)
    far = stage.run(stage.far, workflow_id, "--exit-when-idle", "-o", "far")
    assert stage.reports.next(of=[far[0]]) == ["first"]
    stage.cable.cut(ways)
    gate.let_pass(1)
    assert "No Torc server answers" in far[1].wait_for("Server away")
    stage.cable.mend()
    assert stage.reports.next(of=[far[0]]) == ["second"]
    assert "Server back" in ended_well(far)
    attempts.assert_all_completed(stage.server, 2)
    attempts.assert_nothing_left(stage.place, stage.server)
