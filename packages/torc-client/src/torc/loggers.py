"""Logging of scripts to the console and to a file."""

import logging
import re
import sys
from collections.abc import Iterable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

_CONSOLE_FORMAT = "%(levelname)s: %(message)s"
_FILE_FORMAT = "%(asctime)s %(levelname)-7s %(name)s:%(lineno)d %(message)s"
_UNITS = {"": 1, "k": 1000, "ki": 1024, "m": 1000**2, "mi": 1024**2, "g": 1000**3, "gi": 1024**3}
_KEPT_FILES = 100


def setup_logging(  # noqa: PLR0917 - the known signature
    filename: str | Path | None = None,
    console_level: str = "INFO",
    file_level: str = "DEBUG",
    mode: str = "w",
    rotation: str | None = "10 MB",
    packages: Iterable[str] | None = None,
) -> None:
    """Log to the console, and to a file if there is a `filename`.

    The levels are names such as "INFO". The file is opened with `mode`, and a new one is started at the size
    `rotation`. Records of the root logger and of all loggers are logged; those of `packages` also if they were
    disabled. If the script has imported loguru, its logger is set up in the same way.
    """
    size = _size(rotation)
    handlers: list[logging.Handler] = [logging.StreamHandler()]
    handlers[0].setFormatter(logging.Formatter(_CONSOLE_FORMAT))
    handlers[0].setLevel(console_level)
    if filename is not None:
        Path(filename).parent.mkdir(parents=True, exist_ok=True)
        if "w" in mode:
            Path(filename).write_bytes(b"")
        file = RotatingFileHandler(filename, "a", maxBytes=size, backupCount=_KEPT_FILES, encoding="utf-8")
        file.setFormatter(logging.Formatter(_FILE_FORMAT))
        file.setLevel(file_level)
        handlers.append(file)
    logging.basicConfig(level=min(handler.level for handler in handlers), handlers=handlers, force=True)
    for name in packages or ():
        logging.getLogger(name).disabled = False
    if "loguru" in sys.modules:
        _set_up_loguru(sys.modules["loguru"], filename, console_level, file_level, list(packages or ()))


def _set_up_loguru(
    loguru: Any, filename: str | Path | None, console_level: str, file_level: str, packages: list[str]
) -> None:
    """Send the records of loguru to the same places. The file is appended to, because logging opened it already."""
    loguru.logger.remove()
    loguru.logger.add(sys.stderr, level=console_level, format="<level>{level}</level>: {message}")
    if filename is not None:
        loguru.logger.add(filename, level=file_level, mode="a")
    for name in packages:
        loguru.logger.enable(name)


def _size(rotation: str | None) -> int:
    """Return a size such as "10 MB" in bytes; 0 for none."""
    if rotation is None:
        return 0
    found = re.fullmatch(r"(\d+)(\.\d+)? ?([kmg]?i?)b?", rotation.strip().lower())
    if found is None:
        raise ValueError(f"rotation is {rotation!r}; use a size such as '10 MB', or None")
    return int(float(found[1] + (found[2] or "")) * _UNITS.get(found[3], 1))
