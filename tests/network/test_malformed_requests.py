"""Answers and logs of the server and the dashboard: headers of all answers, no credentials of malformed requests."""

import itertools
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.processes import Place, Server, ended_after

SECRET = b"c2VjcmV0OnNlY3JldHNlY3JldA"
HEADER = b"Authorization: Basic " + SECRET + b"=="
PATH = b"/torc-service/v1/workflows"
MALFORMED = {
    "header": b"GET / HTTP/1.1\r\nHost: localhost\r\n" + HEADER + b"\x00\r\n\r\n",
    "name of a header": b"GET / HTTP/1.1\r\nHost: localhost\r\nX " + HEADER + b"\r\n\r\n",
    "long header": b"GET / HTTP/1.1\r\nHost: localhost\r\n" + HEADER + b"A" * 9000 + b"\r\n\r\n",
    "long path": b"GET /" + SECRET + b"A" * 9000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "request line": b"GET http://user:" + SECRET + b"@host/ \x01 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "address": b"GET http://[user:" + SECRET + b"@host/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "method": b"G@T " + SECRET + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "chunk": b"POST " + PATH + b" HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Transfer-Encoding: chunked\r\n\r\nZZ" + HEADER + b"\r\n\r\n",
    "late chunk": b"POST " + PATH + b" HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n2\r\n[]\r\nZZ" + HEADER + b"\r\n\r\n",
    "compressed body": b"POST " + PATH + b" HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Content-Encoding: gzip\r\nContent-Length: 29\r\n\r\n" + SECRET + b"xyz",
}
WELL_FORMED = {
    "answer": b"GET " + PATH + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "nothing there": b"GET /absent HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "unknown method": b"BREW " + PATH + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "expectation": b"GET / HTTP/1.1\r\nHost: localhost\r\nExpect: something\r\n\r\n",
    "bytes of an expectation": b"GET / HTTP/1.1\r\nHost: localhost\r\nExpect: " + SECRET + b"\xff\r\n\r\n",
    "invalid body": b"POST " + PATH + b" HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Content-Length: 1\r\n\r\n{",
    "health": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "events": b"GET " + PATH + b"/1/events/stream HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "foreign host": b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
}


@dataclass
class Listener:
    """A program that listens on TCP and on a UNIX socket, with its log."""

    addresses: tuple[tuple[str, int] | str, ...]
    log: Path


def ask(address: tuple[str, int] | str, request: bytes) -> bytes:
    """Return the head of the answer, and its body if it ends within the first part."""
    with socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET) as connection:
        connection.connect(address)
        connection.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer and (part := connection.recv(65536)):
            answer += part
        return answer


@pytest.fixture(params=["server", "dashboard"])
def listener(request: pytest.FixtureRequest, place: Place) -> Iterator[Listener]:
    with ExitStack() as stack:
        server = stack.enter_context(Server(place, "--socket", "server.sock", "--log-level", "trace"))
        place.run("torc", "workflows", "new", "--name", "first")
        if request.param == "server":
            yield Listener((("127.0.0.1", server.port), f"{place.directory}/server.sock"), server.log_path)
            return
        log_path = place.directory / "dash.log"
        log = stack.enter_context(log_path.open("w"))
        words = ["torc-dash", "--socket", "dash.sock", "--api-url", server.url, "--log-level", "trace"]
        process = stack.enter_context(ended_after(place.start(*words, stderr=log)))
        assert process.stdout is not None
        process.stdout.readline()
        yield Listener((f"{place.directory}/dash.sock",), log_path)


def test_malformed_requests_are_refused_and_repeated_nowhere(listener: Listener):
    for address, (name, request) in itertools.product(listener.addresses, MALFORMED.items()):
        answer = ask(address, request)
        assert answer.split()[1] in {b"400", b"415"}, (name, answer)
        assert SECRET not in answer, name
        assert b"message" in answer, name
        require_headers(answer)
        assert ask(address, WELL_FORMED["answer"]).split()[1] == b"200"
    log = listener.log.read_bytes()
    assert SECRET not in log
    assert b"Traceback" not in log


def test_every_answer_has_the_headers(listener: Listener):
    for address, (name, request) in itertools.product(listener.addresses, WELL_FORMED.items()):
        answer = ask(address, request)
        require_headers(answer)
        assert int(answer.split()[1]) < 500, name
        assert SECRET not in answer, name
    log = listener.log.read_bytes()
    assert SECRET not in log
    assert b"Traceback" not in log


def require_headers(answer: bytes) -> None:
    lines = answer.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
    assert len(headers) == len(lines)
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"x-frame-options"] == b"DENY"
    assert b"server" not in headers


def test_the_dashboard_s_link_is_in_no_log(place: Place, server: Server):
    log_path = place.directory / "dash.log"
    with log_path.open("w") as log:
        words = ["torc-dash", "--port", "0", "--api-url", server.url, "--log-level", "trace"]
        with ended_after(place.start(*words, stderr=log, stdout=subprocess.PIPE)) as process:
            assert process.stdout is not None
            link = process.stdout.readline()
            token = link.partition("?token=")[2].split()[0]
            port = int(link.partition("/?")[0].rpartition(":")[2])
            answer = ask(("127.0.0.1", port), f"GET /?token={token} HTTP/1.1\r\nHost: x\x00y\r\n\r\n".encode())
            assert answer.split()[1] == b"400"
            answer = ask(("127.0.0.1", port), f"GET /?token={token} HTTP/1.0 \x01\r\nHost: localhost\r\n\r\n".encode())
            require_headers(answer)
    assert token not in log_path.read_text()
