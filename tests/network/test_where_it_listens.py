"""What `--host` opens and what it keeps shut, seen from several addresses of this machine."""

import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.processes import Place, ended_after

# All of 127.0.0.0/8 is this machine: a second address to knock at, without a second machine.
OTHER_ADDRESS = "127.0.0.2"


def answers(address: str, port: int) -> bool:
    try:
        with socket.create_connection((address, port)):
            return True
    except ConnectionRefusedError:
        return False


@pytest.fixture
def listen(place: Place) -> Iterator[Callable[..., tuple[int, Path]]]:
    """Start a server with these options; gives its port and its log."""
    with ExitStack() as stack:

        def listen(*options: str) -> tuple[int, Path]:
            log_path = place.directory / "server.log"
            with log_path.open("w") as log:
                words = ["torc-server", "run", "--port", "0", *options]
                process = stack.enter_context(ended_after(place.start(*words, stderr=log)))
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("TORC_SERVER_PORT="), log_path.read_text()
            return int(line.partition("=")[2]), log_path

        yield listen


def test_loopback_is_for_this_address_alone(listen):
    port, log_path = listen("--host", "127.0.0.1")
    assert answers("127.0.0.1", port)
    assert not answers(OTHER_ADDRESS, port)
    assert "auth" not in log_path.read_text().lower(), "nobody is warned of what only this machine can reach"


@pytest.mark.parametrize("options", [["--host", "0.0.0.0"], []], ids=["named", "default"])  # noqa: S104 - what is tested
def test_all_interfaces_are_open_and_warned_of(listen, options: list[str]):
    port, log_path = listen(*options)
    assert answers("127.0.0.1", port)
    assert answers(OTHER_ADDRESS, port)
    warnings = [line for line in log_path.read_text().splitlines() if "--require-auth" in line]
    assert len(warnings) == 1, log_path.read_text()


def test_a_host_name_opens_what_it_stands_for(listen):
    port, _ = listen("--host", "localhost")
    assert answers("localhost", port)
    assert not answers(OTHER_ADDRESS, port)


def test_an_address_of_another_machine_is_refused(place: Place):
    # 192.0.2.0/24 is kept for examples: no machine has such an address.
    refused = place.run("torc-server", "run", "--host", "192.0.2.1", "--port", "0", status=1)
    assert "192.0.2.1" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    assert not (place.directory / "torc.db").exists()


def test_socket_and_tcp_side_by_side(place: Place, listen):
    port, _ = listen("--host", "127.0.0.1", "--socket", "both.sock")
    assert answers("127.0.0.1", port)
    place.run("torc", "--url", f"unix://{place.directory}/both.sock", "ping")
    place.run("torc", "--url", f"http://127.0.0.1:{port}/torc-service/v1", "ping")


def test_a_socket_alone_opens_no_port(place: Place):
    words = ["torc-server", "run", "--socket", "alone.sock"]
    with ended_after(place.start(*words, stderr=subprocess.DEVNULL)) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("TORC_SERVER_SOCKET=")
        inodes = {
            str(path.readlink())[8:-1]
            for path in Path(f"/proc/{process.pid}/fd").iterdir()
            if str(path.readlink()).startswith("socket:")
        }
        tables = [Path(f"/proc/net/{name}").read_text().splitlines()[1:] for name in ("tcp", "tcp6")]
        assert not inodes & {line.split()[9] for table in tables for line in table}
