"""A server with few descriptors and many connections."""

import contextlib
import resource
import socket
from pathlib import Path
from typing import Any

LOCAL = ("run", "--host", "127.0.0.1", "--port", 0, "--log-dir", "logs")
DESCRIPTORS = 256


def limit(hard: int) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, hard))


def descriptors_of(server: Any) -> tuple[str, str]:
    text = Path(f"/proc/{server.process.pid}/limits").read_text()
    (line,) = [line for line in text.splitlines() if line.startswith("Max open files")]
    soft, hard = line.split()[3:5]
    return soft, hard


def test_the_soft_limit_of_descriptors_is_raised(starter: Any) -> None:
    server = starter.start(*LOCAL, preexec_fn=lambda: limit(1024))
    assert descriptors_of(server) == ("1024", "1024")
    assert server.end()[0] == 0


def test_idle_connections_of_strangers_keep_no_client_out(starter: Any) -> None:
    """There are more of them than descriptors; the log stays short."""
    server = starter.start(*LOCAL, preexec_fn=lambda: limit(DESCRIPTORS))
    with contextlib.ExitStack() as stack:
        for _ in range(2 * DESCRIPTORS):
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
        for number in range(5):
            with contextlib.closing(server.connection()) as connection:
                connection.timeout = 20
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
