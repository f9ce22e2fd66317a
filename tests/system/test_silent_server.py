"""Programs whose server is stopped, or is behind a network that drops packets.

A stopped server accepts connections, because the kernel does, and never answers.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from support.network import Network
from support.processes import Output, Place, Reports, Server, ended_after

SPEC = """
name: two
jobs:
  - {name: first, command: "echo first > reports; read go < gate"}
  - {name: second, command: "echo second > reports", depends_on: [first]}
"""
CALLS = {
    "ping": ("torc", "ping"),
    "list": ("torc", "workflows", "list"),
    "create": ("torc", "create", "spec.yaml"),
    "watch": ("torc", "watch", "1"),
    "runner": ("torc-runner", "1"),
    "script": (sys.executable, "-c", "from torc_client import Torc; Torc().system.ping()"),
}


@pytest.fixture
def network(place: Place, server: Server) -> Iterator[Network]:
    """A network between the server and the programs that start in `place`."""
    with Network(server.url) as network:
        place.environment["TORC_API_URL"] = network.url
        yield network


@dataclass
class Way:
    """A way to the server, which can be blocked."""

    block: Callable[[], None]
    open: Callable[[], None]


@pytest.fixture(params=["dropped packets", "stopped server"])
def way(request: pytest.FixtureRequest, server: Server, network: Network) -> Iterator[Way]:
    if request.param == "dropped packets":
        yield Way(network.cut, network.mend)
        return
    process = server.process
    assert process is not None
    yield Way(lambda: process.send_signal(signal.SIGSTOP), lambda: process.send_signal(signal.SIGCONT))
    process.send_signal(signal.SIGCONT)


def runner_at_its_first_job(place: Place, reports: Reports, *words: str) -> subprocess.Popen[str]:
    os.mkfifo(place.directory / "gate")
    workflow_id = str(place.torc("create", place.file("spec.yaml", SPEC))["workflow_id"])
    runner = place.start("torc-runner", workflow_id, *words, stderr=subprocess.STDOUT)
    assert reports.next(of=[runner]) == ["first"]
    return runner


@pytest.mark.timeout(60)
@pytest.mark.parametrize("call", CALLS)
def test_the_first_call_fails_and_names_the_causes(place: Place, way: Way, call: str) -> None:
    place.file("spec.yaml", SPEC)
    way.block()
    ended = place.run(*CALLS[call], status=1)
    assert "no answer within" in ended.stderr
    assert "stopped or overloaded, or does a firewall drop packets?" in ended.stderr


@pytest.mark.timeout(60)
def test_a_runner_outlasts_a_silent_server_between_two_jobs(place: Place, way: Way, reports: Reports) -> None:
    """Connections stay open and nothing comes back when the first job ends. The second job is ready then."""
    with ended_after(runner_at_its_first_job(place, reports, "--exit-when-idle")) as runner:
        assert runner.stdout is not None
        output = Output(runner.stdout)
        way.block()
        (place.directory / "gate").write_text("go\n")
        away = output.wait_for("Server away")
        way.open()
        assert reports.next(of=[runner]) == ["second"]
        text = output.finish()
        assert runner.wait() == 0, text
    assert "no answer within" in away
    assert "Server back" in text
    assert 'reason="the workflow is complete"' in text


@pytest.mark.timeout(60)
def test_a_watch_reports_a_silent_server(place: Place, way: Way, reports: Reports) -> None:
    with ended_after(runner_at_its_first_job(place, reports)) as runner:
        watch = place.start("torc", "watch", "1", stderr=subprocess.STDOUT)
        with ended_after(watch):
            assert watch.stdout is not None
            output = Output(watch.stdout)
            output.wait_for("0 of 2")
            way.block()
            assert "Retrying for up to 1200 s" in output.wait_for("No Torc server answers")
            way.open()
            output.wait_for("answers again")
            (place.directory / "gate").write_text("go\n")
            text = output.finish()
            assert watch.wait() == 0, text
        runner.communicate()
