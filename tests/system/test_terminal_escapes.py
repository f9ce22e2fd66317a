"""Text of others on a terminal: control characters and marks of direction are visible. Elsewhere, data is exact."""

import csv
import io
import json
import os
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import torc_client.edge.terminal_text as client_text
import torc_server.edge.terminal_text as server_text
from support.processes import Place, Server

CONTROLS = "\x1b]0;owned\x07\x1b[31m\x9b2J\x7f\u202eevil\u2066\u200f\u061c"
READABLE = "中文 é \N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER} العربية"
NAME = CONTROLS + READABLE
DANGEROUS = set("\x1b\x07\x9b\x7f\u202e\u2066\u200f\u061c")


def on_terminal(place: Place, *words: str | Path, status: int | None = None, **variables: str) -> str:
    """Run a program whose stdout and stderr are a terminal. Return what the terminal got."""
    ours, its = os.openpty()
    environment = {"TERM": "dumb", "COLUMNS": "400", **variables}
    process = place.start(*words, stdout=its, stderr=its, environment=environment)
    os.close(its)
    got = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the program has ended
            break
        if not part:
            break
        got += part
    os.close(ours)
    code = process.wait()
    text = got.decode().replace("\r\n", "\n")
    assert status is None or code == status, text
    return text


def dangerous(text: str) -> set[str]:
    return DANGEROUS & set(text)


@pytest.fixture
def workflow_id(place: Place, server: Server) -> str:
    spec = {"name": NAME, "jobs": [{"name": "job", "command": f"echo {CONTROLS!r}"}]}
    return str(place.torc("create", place.file("spec.json", json.dumps(spec)))["workflow_id"])


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_lists_on_a_terminal(place: Place, workflow_id: str, form: str):
    place.torc("create", place.file("readable.json", json.dumps({"name": READABLE, "jobs": []})))
    shown = on_terminal(place, "torc", "-f", form, "workflows", "list", "--sort-by", "id", "--all-columns", status=0)
    assert dangerous(shown) == set()
    assert READABLE in shown
    assert r"\u009b2J" in shown
    if form == "json":
        assert json.loads(shown)["items"][0]["name"] == NAME


def test_data_that_is_not_for_a_terminal_is_exact(place: Place, workflow_id: str):
    assert place.torc("workflows", "get", workflow_id)["name"] == NAME
    table = place.run("torc", "-f", "csv", "workflows", "list").stdout
    assert next(csv.DictReader(io.StringIO(table)))["Name"] == NAME


@pytest.mark.parametrize("program", ["torc", "torc-runner", "torc-server", "torc-dash", "torc-htpasswd"])
def test_usage_errors_repeat_arguments(place: Place, program: str):
    shown = on_terminal(place, program, f"--{NAME}")
    assert dangerous(shown) == set()
    assert r"\u202eevil" in shown
    shown = place.run(program, f"--{NAME}", status=None).stderr
    assert dangerous(shown) == set()


@pytest.mark.parametrize(
    "words",
    [
        ("torc", "run", f"{NAME}.yaml"),
        ("torc", "--debug", "create", f"{NAME}.yaml"),
        ("torc-runner", f"{NAME}.yaml"),
        ("torc", "-f", "json", "create", f"{NAME}.yaml"),
        ("torc-htpasswd", "list", "-f", f"{NAME}.users"),
        ("torc-server", "db", "check", f"{NAME}.db"),
        ("torc-dash", "--socket", f"missing/{NAME}.sock"),
    ],
    ids=lambda words: " ".join(words[:-1]),
)
def test_errors_name_files(place: Place, words: tuple[str, ...]):
    ended = place.run(*words, status=None, environment={"TORC_API_URL": "http://127.0.0.1:1/torc-service/v1"})
    assert ended.returncode != 0
    assert "evil" in ended.stderr
    assert dangerous(ended.stderr) == set()


def test_the_database_export_on_a_terminal(place: Place, workflow_id: str):
    shown = on_terminal(place, "torc-server", "db", "export", "-d", place.directory / "torc.db", status=0)
    assert dangerous(shown) == set()
    assert r"\u009b2J" in shown


def test_a_run_on_a_terminal(place: Place, workflow_id: str):
    shown = on_terminal(place, "torc", "run", workflow_id, status=0, TERM="xterm")
    assert not {"\x07", "\x9b", "\u202e"} & set(shown)
    assert "\x1b]0;" not in shown


def test_output_of_a_job_keeps_carriage_returns_on_a_terminal(place: Place, server: Server):
    spec = {"name": "bar", "jobs": [{"name": "job", "command": r"printf '10%%\r20%%\r\033[2J\n'"}]}
    place.run("torc", "run", place.file("spec.json", json.dumps(spec)))
    shown = on_terminal(place, "torc", "logs", "show", "1")
    assert "10%\r20%\r" in shown
    assert r"\u001b[2J" in shown


@pytest.mark.parametrize("module", [client_text, server_text], ids=["client", "server"])
def test_the_rule(module: ModuleType):
    inert: Any = module.inert
    assert inert(READABLE) == READABLE
    assert inert("tab\tline\n") == "tab\tline\n"
    assert inert("\r\x00\x85\u2028\ud800") == r"\u000d\u0000\u0085\u2028\ud800"
    for number in (*range(0x20), *range(0x7F, 0xA0), 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)):
        text = f"a{chr(number)}b"
        assert (inert(text) == text) == (chr(number) in "\t\n")
        assert json.loads(inert(json.dumps(text, ensure_ascii=False))) == text


def test_no_module_creates_a_console_that_prints_control_characters():
    packages = Path(__file__).parents[2] / "packages"
    found = [path.name for path in packages.glob("*/src/**/*.py") if re.search(r"(?<!\w)Console\(", path.read_text())]
    assert found == [], "use torc_client.terminal_console"
