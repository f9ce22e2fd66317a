"""What a server shows in the terminal in which it starts."""

import os
import pty
from collections.abc import Sequence
from typing import Any

import pytest


@pytest.fixture
def shown(starter: Any):
    """Return a function that starts a server in a terminal and returns it with what is on the screen at its end."""

    def start(*arguments: object, asked: Sequence[str] = (), **variables: str) -> tuple[Any, str]:
        ours, theirs = pty.openpty()
        environment = starter.environment(**variables)
        server = starter.start("run", "--port", 0, *arguments, stderr=theirs, env=environment)
        os.close(theirs)
        for path in asked:
            server.ask(path)
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


def test_the_first_line_has_the_url_and_another_one_is_the_command_that_sets_it(shown: Any):
    server, text = shown("--host", "127.0.0.1")
    url = f"http://127.0.0.1:{server.port}/torc-service/v1"
    lines = text.splitlines()
    assert f" at {url}" in lines[0]
    assert f"  export TORC_API_URL={url}" in lines
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


def test_a_terminal_has_no_line_for_each_request(shown: Any):
    _, text = shown("--host", "127.0.0.1", asked=["/ping", "/workflows/7"])
    assert any(line.endswith("Z stopped") for line in text.splitlines())
    assert not [line for line in text.splitlines() if "/ping" in line or "/workflows/7" in line]


@pytest.mark.parametrize(
    ("arguments", "variables"), [(["--log-level", "info"], {}), ([], {"RUST_LOG": "info"}), (["--json-logs"], {})]
)
def test_a_terminal_has_a_line_for_each_request_if_that_is_asked_for(
    arguments: list[str], variables: dict[str, str], shown: Any
):
    _, text = shown("--host", "127.0.0.1", *arguments, asked=["/ping", "/workflows/7"], **variables)
    assert text.count("torc_server.access") == 2


def test_the_log_file_has_a_line_for_each_request_also_of_a_server_in_a_terminal(shown: Any, starter: Any):
    shown("--log-dir", "logs", asked=["/ping"])
    assert "logger=torc_server.access" in (starter.folder / "logs" / "torc-server.log").read_text()


def test_lines_fit_a_terminal_and_break_between_words(shown: Any):
    name = "a_database_with_a_name_of_several_words.db"
    _, text = shown("--host", "127.0.0.1", "--database", name)
    lines = text.splitlines()
    announced = lines[: lines.index("For clients and runners:")]
    assert max(map(len, announced)) <= 80
    assert f"(database {name})" in " ".join(announced)
