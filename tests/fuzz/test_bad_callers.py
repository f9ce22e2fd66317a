"""Callers that leave, that never finish a request, and that never take their answer: others are answered meanwhile."""

import base64
import contextlib
import json
import os
import socket
from collections.abc import Callable, Iterator

import pytest

from fuzz.measured_server import MeasuredServer, add_results, add_rows
from fuzz.people import People
from support.processes import SERVICE, Place

FULL = os.environ.get("TORC_FUZZ_COSTS") == "full"
COUNT = 200 if FULL else 40
ROWS = 3_000
ANSWERS = 20
MIB = 1024**2
# A body, or the part of a page, that is larger than the buffers of a connection.
PART = MIB // 2


class Callers:
    """Bad callers of a server, which has one workflow."""

    def __init__(self, server: MeasuredServer, workflow_id: int) -> None:
        self.server, self.workflow_id = server, workflow_id
        self.open = contextlib.ExitStack()

    def connect(self, buffer_bytes: int = 65536) -> socket.socket:
        """Open a connection with small buffers."""
        connection = self.open.enter_context(socket.socket())
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
        connection.settimeout(60)
        connection.connect(("127.0.0.1", self.server.port))
        return connection

    def send(self, begin: str, body: bytes = b"") -> socket.socket:
        """Send the begin of a request as one user."""
        connection = self.connect()
        user = base64.b64encode(b"bad:bad").decode()
        head = f"{begin} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic {user}\r\n"
        connection.sendall(head.encode() + body)
        return connection


def leave_in_a_body(callers: Callers) -> None:
    """Send a part of a body, and close the connection."""
    length = f"Content-Type: application/json\r\nContent-Length: {2 * PART}\r\n\r\n".encode()
    callers.send(f"POST {SERVICE}/bulk_jobs", length + b"[" * PART).close()


def never_finish_a_body(callers: Callers) -> None:
    """Send a part of a body, and keep the connection."""
    length = f"Content-Type: application/json\r\nContent-Length: {2 * PART}\r\n\r\n".encode()
    callers.send(f"POST {SERVICE}/bulk_jobs", length + b'{"a":[' + b"{}," * (PART // 10))


def never_finish_a_header(callers: Callers) -> None:
    """Send a part of a header, and keep the connection."""
    callers.send(f"GET {SERVICE}/ping", b"X-Header: " + b"x" * 1000)


def leave_before_the_answer(callers: Callers) -> None:
    """Ask for pairs of jobs, and close the connection."""
    at = f"{SERVICE}/workflows/{callers.workflow_id}/job_file_relationships?limit=10000&sort_by=consumer_job_name"
    callers.send(f"GET {at}", b"\r\n").close()


def never_take_the_answer(callers: Callers) -> None:
    """Ask for a large page, and never read it."""
    callers.send(f"GET {SERVICE}/jobs?workflow_id={callers.workflow_id}", b"\r\n")


def never_take_events(callers: Callers) -> None:
    """Listen to events, and never read them."""
    callers.send(f"GET {SERVICE}/workflows/{callers.workflow_id}/events/stream", b"\r\n")


KINDS: tuple[Callable[[Callers], None], ...] = (
    leave_in_a_body,
    never_finish_a_body,
    never_finish_a_header,
    leave_before_the_answer,
    never_take_the_answer,
    never_take_events,
)


@pytest.fixture(scope="module")
def callers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callers]:
    """A server with a workflow of many pairs of jobs."""
    place = Place(tmp_path_factory.mktemp("callers"))
    with MeasuredServer(place, "--log-level", "error", traces_memory=False) as server:
        people = People(server, {"bob": "bob"})
        have = people.records(lambda have: add_rows(people, have, ROWS))
        add_results(people, have, ROWS)
        yield Callers(server, have["workflows"])
        for session in people.sessions.values():
            session.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kinds", [*((each,) for each in KINDS if FULL), KINDS])
def test_others_are_answered_while_callers_behave_badly(
    callers: Callers, kinds: tuple[Callable[[Callers], None], ...]
) -> None:
    people = People(callers.server, {"bob": "bob"})
    answered = 0
    with callers.server.measuring(), callers.open:
        for number in range(COUNT):
            kinds[number % len(kinds)](callers)
            if number % (COUNT // ANSWERS) == 0:
                workflow = people.ok("bob", "GET", f"/workflows/{callers.workflow_id}")
                answered += workflow["id"] == callers.workflow_id
    people.sessions["bob"].close()
    assert answered == ANSWERS
    page = json.dumps(people.ok("", "GET", "/jobs", workflow_id=callers.workflow_id))
    people.sessions[""].close()
    assert callers.server.cost.memory_bytes < 128 * MIB + COUNT * 2 * max(len(page), PART)
