"""Requests that pages of other sites make through a browser of this machine, and those of programs."""

import http.client
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from support.processes import Place, Server, ended_after

SERVICE = "/torc-service/v1"
WORKFLOW = json.dumps({"name": "w", "user": "tester"})
PLAIN: dict[str, Any] = {"Content-Type": "text/plain"}
JSON: dict[str, Any] = {"Content-Type": "application/json"}


class Asker:
    """Sends requests with any headers to a server and returns the status."""

    def __init__(self, port: int, log: Path, socket_path: Path | None = None) -> None:
        self.port = port
        self.log = log
        self.socket_path = socket_path

    def ask(
        self,
        method: str = "GET",
        path: str = f"{SERVICE}/workflows",
        body: str | None = None,
        *,
        unix: bool = False,
        **headers: str,
    ) -> int:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        if unix:
            connection.sock = socket.socket(socket.AF_UNIX)
            connection.sock.connect(str(self.socket_path))
        try:
            connection.request(method, path, body, {"Host": f"127.0.0.1:{self.port}", **sent})
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if answer.status >= 400:
            assert json.loads(text)["error"]["message"]
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
        return answer.status

    def workflows(self) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("GET", f"{SERVICE}/workflows", headers={"Host": "localhost"})
        number: int = json.loads(connection.getresponse().read())["total_count"]
        connection.close()
        return number


Start = Callable[..., Asker]


@pytest.fixture
def start(place: Place) -> Iterator[Start]:
    with ExitStack() as stack:

        def start(*options: str, **environment: str) -> Asker:
            log_path = place.directory / "server.log"
            log = stack.enter_context(log_path.open("w"))
            words = ["torc-server", "run", "--port", "0", "--socket", "s.sock", *options]
            process = stack.enter_context(ended_after(place.start(*words, stderr=log, environment=environment)))
            assert process.stdout is not None
            port = int(process.stdout.readline().partition("=")[2])
            return Asker(port, log_path, place.directory / "s.sock")

        yield start


@pytest.mark.parametrize("listening", [["--host", "127.0.0.1"], ["--host", "0.0.0.0"]])  # noqa: S104 - what is tested
def test_pages_of_other_sites_change_nothing(start: Start, listening: list[str]):
    server = start(*listening)
    own = f"http://127.0.0.1:{server.port}"
    foreign = ["https://evil.example", "null", "http://127.0.0.1:1", "file://", f"{own}.evil.example", ""]
    for origin in foreign:
        for kind in (PLAIN, JSON):
            assert server.ask("POST", body=WORKFLOW, Origin=origin, **kind) == 403, origin
            assert server.ask("POST", body=WORKFLOW, Origin=origin, unix=True, **kind) == 403, origin
        assert server.ask("OPTIONS", Origin=origin, Access_Control_Request_Method="POST") == 403
        for path in ("/workflows", "/workflows/1/events/stream", "/openapi.json", "/absent"):
            assert server.ask(path=SERVICE + path, Origin=origin) == 403
        assert server.ask(path="/metrics", Origin=origin) == 403
    for site in ("cross-site", "same-site"):
        assert server.ask("POST", body=WORKFLOW, Sec_Fetch_Site=site, Sec_Fetch_Mode="no-cors", **PLAIN) == 403
        assert server.ask("POST", body=WORKFLOW, Sec_Fetch_Site=site, Sec_Fetch_Mode="navigate", **PLAIN) == 403
        assert server.ask(Sec_Fetch_Site=site, Sec_Fetch_Mode="cors") == 403
        assert server.ask(Sec_Fetch_Site=site, Sec_Fetch_Mode="navigate") == 200
    # A page that makes its own name point to this machine.
    rebound = f"evil.example:{server.port}"
    assert server.ask("POST", body=WORKFLOW, Host=rebound, Origin=f"http://{rebound}", **JSON) == 403
    assert server.ask(Host=rebound, Sec_Fetch_Site="same-origin") == 403
    # Forms of a browser have other content types.
    assert server.ask("POST", body=WORKFLOW, Origin=own, **PLAIN) == 415
    assert server.ask("POST", body=WORKFLOW, Sec_Fetch_Site="none", **PLAIN) == 415
    assert server.workflows() == 0
    assert server.ask("POST", body=WORKFLOW, Origin=own, **JSON) == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:8080", "192.0.2.7", "a b", "x@localhost", ""]
)
def test_on_loopback_other_names_are_refused(start: Start, host: str):
    server = start("--host", "127.0.0.1")
    for path in (f"{SERVICE}/workflows", f"{SERVICE}/workflows/1/events/stream", "/metrics", "/healthz", "/absent"):
        assert server.ask(path=path, Host=host) == 403
    assert server.ask("POST", body=WORKFLOW, Host=host, **JSON) == 403
    assert server.ask(unix=True, Host=host) == 200, "no page reaches a UNIX socket"


def test_on_loopback_the_names_of_this_machine_are_accepted(start: Start):
    server = start("--host", "127.0.0.1")
    names = ["localhost", "LOCALHOST.", "any.localhost", "127.0.0.1", "127.0.0.2", "[::1]", socket.gethostname()]
    for name in names:
        assert server.ask(Host=name) == 200, name
        # The other end of `ssh -L 9999:localhost:8080`.
        assert server.ask(Host=f"{name}:9999") == 200, name


def test_elsewhere_any_name_is_accepted(start: Start):
    server = start("--host", "0.0.0.0")  # noqa: S104 - what is tested
    for name in ("kl1.hsn.cm.kestrel.hpc.nrel.gov", "kl1.hsn.cm.kestrel.hpc.nrel.gov:8080", "torc-server.example.com"):
        assert server.ask(Host=name) == 200
        assert server.ask("POST", body=WORKFLOW, Host=name, **JSON) == 200


@pytest.mark.parametrize("listening", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - what is tested
def test_named_hosts_are_accepted_and_no_others(start: Start, listening: str):
    server = start(
        "--host", listening, "--allowed-host", "KL1.hsn", TORC_SERVER__ALLOWED_HOSTS="torc.example,192.0.2.7"
    )
    for name in ("kl1.hsn", "kl1.HSN:8080", "torc.example", "192.0.2.7:1", "localhost"):
        assert server.ask(Host=name) == 200, name
        assert server.ask("POST", body=WORKFLOW, Host=name, Origin=f"http://{name}", **JSON) == 200, name
    assert server.ask(Host="kl2.hsn") == 403


def test_a_value_that_is_not_a_host_name_is_refused(place: Place):
    for value in ("http://kl1.hsn", "kl1.hsn:8080", "a b"):
        words = ["torc-server", "run", "--host", "127.0.0.1", "--port", "0", "--allowed-host", value]
        assert "without scheme and port" in place.run(*words, status=1).stderr


@pytest.mark.parametrize("listening", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - what is tested
def test_programs_are_not_affected(start: Start, place: Place, listening: str):
    server = start("--host", listening)
    agents = ["OpenAPI-Generator/0.12.0/python", "torc-client/0.35.0", "curl/8.0", "node"]
    kinds: list[dict[str, Any]] = [JSON, {"Content-Type": "application/x-www-form-urlencoded"}, PLAIN, {}]
    for agent in agents:
        for kind in kinds:
            assert server.ask("POST", body=WORKFLOW, User_Agent=agent, **kind) == 200
            assert server.ask("POST", body=WORKFLOW, User_Agent=agent, unix=True, Host="any", **kind) == 200
    # The fetch of Node.js sends this one header of browsers.
    assert server.ask("POST", body=WORKFLOW, Sec_Fetch_Mode="cors", **PLAIN) == 200
    place.run("torc", "--url", f"http://localhost:{server.port}{SERVICE}", "ping")
    place.run("torc", "--url", f"unix://{place.directory}/s.sock", "ping")


def test_requests_that_a_dashboard_sends_on_are_not_affected(place: Place, server: Server):
    words = ["torc-dash", "--socket", "dash.sock", "--api-url", server.url]
    with ended_after(place.start(*words)) as process:
        assert process.stdout is not None
        process.stdout.readline()
        dash = Asker(8090, server.log_path, place.directory / "dash.sock")
        own: dict[str, Any] = {
            "Host": "localhost:8090",
            "Origin": "http://localhost:8090",
            "Sec_Fetch_Site": "same-origin",
        }
        assert dash.ask("POST", body=WORKFLOW, unix=True, **own, **JSON) == 200
        assert dash.ask(unix=True, **own) == 200
