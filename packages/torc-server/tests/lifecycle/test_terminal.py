"""What a server shows in the terminal in which it starts."""

import os
import pty
from typing import Any

import pytest


@pytest.fixture
def shown(starter: Any):
    """Return a function that starts a server in a terminal and returns it with what is on the screen at its end."""

    def start(*arguments: object) -> tuple[Any, str]:
        ours, theirs = pty.openpty()
        server = starter.start("run", "--port", 0, *arguments, stderr=theirs)
        os.close(theirs)
        assert server.end()[0] == 0
        parts = []
        try:
            while part := os.read(ours, 65536):
                parts.append(part)
        except OSError:  # Linux raises EIO after the last process has closed the terminal
            pass
        os.close(ours)
        return server, b"".join(parts).decode().replace("\r\n", "\n")

    return start


def test_the_first_line_has_the_url_and_the_second_sets_it(shown: Any):
    server, text = shown("--host", "127.0.0.1")
    first, second, *_ = text.splitlines()
    url = f"http://127.0.0.1:{server.port}/torc-service/v1"
    assert f" at {url} " in first
    assert second.endswith(f"export TORC_API_URL={url}")
    assert "Warning" not in text
    assert "message=listening" not in text


def test_an_open_server_names_another_machines_way_to_it_and_warns_once(shown: Any):
    server, text = shown()
    assert f"export TORC_API_URL=http://{os.uname().nodename}:{server.port}/" in text
    warnings = [line for line in text.splitlines() if line.startswith("Warning: ")]
    assert len(warnings) == 1
    assert all(each in " ".join(text.split()) for each in ("--host 127.0.0.1", "--require-auth", "--allow-anyone"))


def test_the_log_file_has_the_fields_too(shown: Any, starter: Any):
    _, text = shown("--log-dir", "logs")
    log = (starter.folder / "logs" / "torc-server.log").read_text()
    assert "message=listening" in log
    assert "--allow-anyone" in log
    assert text.count("Warning: ") == 1
