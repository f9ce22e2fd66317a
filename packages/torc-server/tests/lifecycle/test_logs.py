import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from torc_server import log_limits, logs
from torc_server.logs import LogFileError
from torc_server.settings import LogLevel


@pytest.fixture(autouse=True)
def logging_put_back() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    root.handlers[:] = []
    libraries = {name: logging.getLogger(name).level for name in ("aiohttp", "aiosqlite", "asyncio")}
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = before
    root.setLevel(level)
    for name, old in libraries.items():
        logging.getLogger(name).setLevel(old)


def test_a_log_entry_is_one_line_of_keys_and_values(capsys: pytest.CaptureFixture[str]):
    logs.set_up(LogLevel.INFO, directory=None, as_json=False)
    logging.getLogger("torc_server.x").info(
        "two words", extra={"fields": {"status": 200, "path": "/a b", "evil": "x\nlevel=error \x1b[2J"}}
    )
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert 'level=info logger=torc_server.x message="two words" status=200 path="/a b"' in line
    assert r'evil="x\nlevel=error \u001b[2J"' in line
    assert line.startswith("time=20")


def test_json_lines_have_the_same_fields(capsys: pytest.CaptureFixture[str]):
    logs.set_up(LogLevel.INFO, directory=None, as_json=True)
    try:
        int("broken")
    except ValueError:
        logging.getLogger("torc_server.x").exception("what happened", extra={"fields": {"n": 1}})
    record = json.loads(capsys.readouterr().err)
    assert (record["level"], record["message"], record["n"]) == ("error", "what happened", 1)
    assert "ValueError: invalid literal" in record["exception"]


@pytest.mark.parametrize(
    ("level", "seen"),
    [
        (LogLevel.ERROR, ["error"]),
        (LogLevel.WARN, ["warn", "error"]),
        (LogLevel.INFO, ["info", "warn", "error"]),
        (LogLevel.DEBUG, ["debug", "info", "warn", "error"]),
        (LogLevel.TRACE, ["trace", "debug", "info", "warn", "error"]),
    ],
)
def test_levels(capsys: pytest.CaptureFixture[str], level: LogLevel, seen: list[str]):
    logs.set_up(level, directory=None, as_json=True)
    for number in (logs.TRACE, logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
        logging.getLogger("torc_server.x").log(number, "x")
    assert [json.loads(line)["level"] for line in capsys.readouterr().err.splitlines()] == seen


def test_files_are_rotated_and_five_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(logs, "FILE_MAX_BYTES", 200)
    logs.set_up(LogLevel.INFO, directory=tmp_path / "logs", as_json=False)
    for _ in range(30):
        logging.getLogger("torc_server.x").info("x" * 80)
    names = sorted(path.name for path in (tmp_path / "logs").iterdir())
    assert names == ["torc-server.log", *(f"torc-server.log.{number}" for number in range(1, 5))]


def test_an_unusable_directory_is_reported(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(LogFileError, match="choose another --log-dir"):
        logs.set_up(LogLevel.INFO, directory=tmp_path / "file" / "logs", as_json=False)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(("status", "budget"), [(200, log_limits.ORDINARY), (401, log_limits.TROUBLE)])
def test_a_flood_of_one_kind_is_limited_and_others_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, budget: log_limits.Budget
):
    clock = Clock()
    monkeypatch.setattr(logs, "RepeatedLines", lambda: log_limits.RepeatedLines(clock))
    logs.set_up(LogLevel.INFO, directory=tmp_path, as_json=True)
    access = logging.getLogger("torc_server.access")

    def lines() -> list[dict[str, object]]:
        return [json.loads(line) for line in (tmp_path / logs.FILE_NAME).read_text().splitlines()]

    for number in range(budget.at_once + 50):
        access.info("request", extra={"fields": {"status": status, "path": f"/{number}"}})
    access.info("request", extra={"fields": {"status": 204}})
    logging.getLogger("torc_server.x").warning("what matters")
    assert len(lines()) == budget.at_once + 2
    assert lines()[budget.at_once - 1]["further_lines"] == "left out"
    assert [line.get("message") for line in lines()[-2:]] == ["request", "what matters"]
    clock.now += 1 / budget.per_second
    for _ in range(10):
        access.info("request", extra={"fields": {"status": status}})
    assert len(lines()) == budget.at_once + 3
    assert lines()[-1]["left_out"] == 50


def test_messages_with_different_values_are_one_kind(capsys: pytest.CaptureFixture[str]):
    logs.set_up(LogLevel.INFO, directory=None, as_json=False)
    for number in range(1000):
        logging.getLogger("asyncio").error("socket.accept() out of system resource\nsocket: %d", number)
    assert len(capsys.readouterr().err.splitlines()) == log_limits.TROUBLE.at_once
