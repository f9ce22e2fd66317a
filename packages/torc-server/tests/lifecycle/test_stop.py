"""A stop of the server waits for no request."""

import gzip
import json
import socket
from typing import Any

LOCAL = ("run", "--host", "127.0.0.1", "--port", 0)


def send(server: Any, path: str, body: bytes, *headers: str, announced: int | None = None) -> socket.socket:
    """Send a request whose body may be shorter than announced, and read no answer."""
    size = len(body) if announced is None else announced
    head = "\r\n".join(
        [f"POST /torc-service/v1{path} HTTP/1.1", "Host: localhost", f"Content-Length: {size}", *headers]
    )
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    connection.sendall(f"{head}\r\n\r\n".encode() + body)
    return connection


def repeated_member(count: int) -> bytes:
    members = ",".join(f'"m{number}":1' for number in range(count))
    return f'{{{members},"m{count - 1}":1}}'.encode()


def test_a_stop_waits_for_no_body(starter: Any) -> None:
    """Neither for one that is being decoded, nor for one that does not end."""
    server = starter.start(*LOCAL)
    body = repeated_member(200_000)
    open_requests = [send(server, "/workflows", body), send(server, "/workflows", body[:-1], announced=len(body))]
    assert server.ask("/ping")[0] == 200
    code, _, err = server.end()  # fails after END_SECONDS
    assert (code, "message=stopped" in err) == (0, True), err
    for each in open_requests:
        each.close()


def test_a_stop_waits_for_no_change_that_takes_long(starter: Any) -> None:
    """A hundred thousand jobs, each after a set of ten thousand others, are created or not; never some of them."""
    server = starter.start(*LOCAL)
    workflow = json.dumps({"name": "w", "user": "u"})
    workflow_id = json.loads(server.ask("/workflows", method="POST", body=workflow)[1])["id"]
    sets = [{"positions": list(range(first, first + 10_000))} for first in range(100)]
    jobs = [
        {
            "workflow_id": workflow_id,
            "name": f"j{n}",
            "command": "true",
            "waits_for_sets": [n % 100] if n > 11_000 else [],
        }
        for n in range(100_000)
    ]
    creating = send(server, "/bulk_jobs", json.dumps({"jobs": jobs, "dependency_sets": sets}).encode())
    assert server.ask("/ping")[0] == 200
    code, _, err = server.end()
    assert code == 0, err
    creating.close()
    again = starter.start(*LOCAL)
    page = json.loads(again.ask(f"/jobs?workflow_id={workflow_id}&limit=1")[1])
    assert page["total_count"] in (0, 100_000)


def test_a_compressed_body_is_refused_without_decompressing_it(starter: Any) -> None:
    server = starter.start(*LOCAL)
    bomb = gzip.compress(b" " * 10**6 + b'{"name": "w", "user": "u"}')
    for encoding in ("gzip", "deflate", "br", "x-unknown"):
        headers = (f"Content-Encoding: {encoding}", "Connection: close")
        with send(server, "/workflows", bomb, *headers) as connection, connection.makefile("rb") as reading:
            answer = reading.read()
        assert answer.startswith(b"HTTP/1.1 415 "), answer
        assert b"send it without compression" in answer
    assert "Traceback" not in server.end()[2]
