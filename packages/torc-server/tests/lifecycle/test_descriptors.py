"""A server with few descriptors and many connections."""

import contextlib
import resource
import socket
from pathlib import Path
from typing import Any

import pytest

LOCAL = ("run", "--host", "127.0.0.1", "--port", 0, "--log-dir", "logs")


def limit(soft: int, hard: int) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def descriptors_of(server: Any) -> tuple[str, str]:
    text = Path(f"/proc/{server.process.pid}/limits").read_text()
    (line,) = [line for line in text.splitlines() if line.startswith("Max open files")]
    soft, hard = line.split()[3:5]
    return soft, hard


def test_the_soft_limit_of_descriptors_is_raised(starter: Any) -> None:
    server = starter.start(*LOCAL, preexec_fn=lambda: limit(256, 1024))
    assert descriptors_of(server) == ("1024", "1024")
    assert server.end()[0] == 0


@pytest.mark.parametrize(("descriptors", "connections"), [(256, 512), (64, 800)])
def test_idle_connections_of_strangers_keep_no_client_out(starter: Any, descriptors: int, connections: int) -> None:
    """There are more of them than descriptors; the log stays short."""
    server = starter.start(*LOCAL, preexec_fn=lambda: limit(descriptors, descriptors))
    with contextlib.ExitStack() as stack:
        for _ in range(connections):
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
        for number in range(5):
            with contextlib.closing(server.connection()) as connection:
                connection.timeout = 10
                connection.request(
                    "POST",
                    "/torc-service/v1/workflows",
                    body=f'{{"name": "w{number}", "user": "u"}}',
                    headers={"Content-Type": "application/json"},
                )
                assert connection.getresponse().status == 200
    assert server.end()[0] == 0
    log = (starter.folder / "logs" / "torc-server.log").read_text()
    assert log.count("idle ones are closed") == 1
    assert len(log.splitlines()) < 20
