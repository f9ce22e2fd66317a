"""A server that has the operations, parameters and members of Torc 1.0, and no others.

It is a proxy of a server of this project. With `TORC_ORIGINAL_SERVER`, the path of a `torc-server` of the original, it
is a proxy of that one.
"""

import contextlib
import http.client
import json
import os
import re
import subprocess
import threading
import urllib.request
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from published.newest.contract import CLOSED, MODELS, OPERATIONS, Operation, bare, members
from support.processes import SERVICE, Output, Place, Server, ended_after

VERSION = {"version": "1.0.0 (abc1234)", "api_version": "0.23.0", "git_hash": "abc1234"}
_HIDDEN_HEADERS = {"x-torc-database", "x-torc-node", "connection", "content-length", "host"}


class UnknownMemberError(Exception):
    """A body has a member that the server refuses."""


def as_known(kind: str, value: Any, *, is_sent: bool = False) -> Any:
    """Return a value with the members of 1.0. Raises UnknownMemberError for a member that 1.0 refuses in a body."""
    kind = bare(kind)
    container = re.fullmatch(r"(array|map)<(.*)>", kind)
    if container and isinstance(value, list):
        return [as_known(container[2], item, is_sent=is_sent) for item in value]
    if container and isinstance(value, dict):
        return {name: as_known(container[2], item, is_sent=is_sent) for name, item in value.items()}
    model = MODELS.get(kind)
    if not isinstance(model, dict) or not isinstance(value, dict):
        return value
    known = members(kind)
    if is_sent and CLOSED in model and value.keys() - known.keys():
        raise UnknownMemberError(f"unknown field {min(value.keys() - known.keys())}")
    return {name: as_known(known[name], item, is_sent=is_sent) for name, item in value.items() if name in known}


def operation_of(method: str, path: str) -> Operation | None:
    """Return the operation of 1.0 with this path."""
    for each in OPERATIONS.values():
        if each.method == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", each.path), path):
            return each
    return None


class Handler(BaseHTTPRequestHandler):
    """Forwards a request with what 1.0 knows of it, and its answer with what 1.0 answers."""

    protocol_version = "HTTP/1.1"
    port = 0
    """The port of the server behind it."""
    lost: ClassVar[list[str]] = []
    """The operations whose next answers are lost, once for each name."""
    held: ClassVar[dict[tuple[int, int], Any]] = {}
    """Results of attempts that run, which 1.0 stores at once, and our server when the next attempt has begun."""

    def _forward(self) -> None:
        sent = self.rfile.read(int(self.headers.get("content-length", 0)))
        path, _, query = self.path.removeprefix(SERVICE).partition("?")
        operation = operation_of(self.command, path)
        if operation is None:
            self._answer(404, b"")
        elif operation.name == "get_version":
            self._answer(200, json.dumps(VERSION).encode())
        else:
            self._perform(operation, path, query, sent)

    def _perform(self, operation: Operation, path: str, query: str, sent: bytes) -> None:
        known = [each for each in parse_qsl(query, keep_blank_values=True) if each[0] in operation.parameters]
        try:
            body = as_known(operation.body, json.loads(sent), is_sent=True) if operation.body and sent else None
        except UnknownMemberError as error:
            self._answer(422, str(error).encode())
            return
        try:
            status, answer = self._ask(operation.method, f"{path}?{urlencode(known)}", body)
            if operation.name == "create_result" and status == 422 and body is not None:
                self.held[body["job_id"], body["attempt_id"]] = body
                status, answer = 200, json.dumps(body).encode()
            elif operation.name == "retry_job" and status == 200:
                for key in [*self.held]:
                    self._ask("POST", "/results", self.held.pop(key))
        except (OSError, http.client.HTTPException):
            self.close_connection = True
            return
        if operation.name in self.lost:
            self.lost.remove(operation.name)
            self.close_connection = True
            return
        kind = operation.answers.get(str(status))
        if kind is not None and answer:
            is_record = operation.name in {"cancel_workflow", "reset_workflow_status"}
            answer = json.dumps(self._workflow(path) if is_record else as_known(kind, json.loads(answer))).encode()
        self._answer(status, answer)

    def _ask(self, method: str, path: str, body: Any) -> tuple[int, bytes]:
        """Send a request to the server, and return the status and the answer."""
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HIDDEN_HEADERS}
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port)) as upstream:
            upstream.request(method, SERVICE + path, b"" if body is None else json.dumps(body).encode(), headers)
            response = upstream.getresponse()
            return response.status, response.read()

    def _workflow(self, path: str) -> Any:
        """Return the workflow, which 1.0 answers where our server answers the status record of 0.12."""
        workflow = path.rpartition("/")[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{SERVICE}{workflow}") as answer:
            return as_known("WorkflowModel", json.load(answer))

    def _answer(self, status: int, content: bytes) -> None:
        with contextlib.suppress(OSError):  # the client was killed
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = _forward  # noqa: N815 - the names of http.server

    def log_message(self, *_: object) -> None:
        """Write no log."""


@contextlib.contextmanager
def server_as_1_0(place: Place, *, lost: Sequence[str] = ()) -> Iterator[str]:
    """Run the server, let the commands of `place` use it, and yield its URL."""
    program = os.environ.get("TORC_ORIGINAL_SERVER")
    with _original(place, program) if program else _ours(place) as port:
        handler = type("OfServer", (Handler,), {"port": port, "lost": [*lost], "held": {}})
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as listening:
            listening.daemon_threads = True
            listening.block_on_close = False
            thread = threading.Thread(target=listening.serve_forever)
            thread.start()
            url = f"http://127.0.0.1:{listening.server_address[1]}{SERVICE}"
            place.environment["TORC_API_URL"] = url
            try:
                yield url
            finally:
                listening.shutdown()
                thread.join()


@contextlib.contextmanager
def _ours(place: Place) -> Iterator[int]:
    with Server(place) as server:
        yield server.port


@contextlib.contextmanager
def _original(place: Place, program: str) -> Iterator[int]:
    """Run the program, which makes dependents ready every 0.2 s."""
    words = ("run", "--host", "127.0.0.1", "--port", 0, "--database", place.directory / "torc.db", "-c", "0.2")
    with ended_after(place.start(program, *words, stderr=subprocess.DEVNULL)) as process:
        output = Output(process.stdout)
        yield int(output.wait_for("TORC_SERVER_PORT=").partition("=")[2])
        process.kill()
        output.finish()
