"""Run `torc` in this process, against the fake server."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import pytest

from support.golden import Told
from torc_client import cli


@dataclass
class Ended:
    """The exit code and the output of a command."""

    code: int
    out: str
    err: str
    messages: Told

    def told(self, *labels: str) -> None:
        """Compare the exit code and what stderr got with the golden file of the test's module."""
        self.messages(self.err, *labels, exit_code=self.code)

    def printed(self, *labels: str) -> None:
        """Compare the exit code and what stdout got with the golden file of the test's module."""
        self.messages(self.out, *labels, exit_code=self.code)

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def torc(fake_server, capsys, monkeypatch, told) -> Callable[..., Awaitable[Ended]]:
    """`await torc("jobs", "list", "7")` against the fake server."""
    told.hide(fake_server.url, "URL")
    told.hide(sys.prefix, "ENVIRONMENT")
    told.hide(f"_{os.getpid()}_", "_PID_")  # of the names of Slurm jobs

    async def run(*arguments: str, url: str | None = None) -> Ended:
        monkeypatch.setattr(sys, "argv", ["torc", *arguments])
        # Changes of the environment must end with the command, as they end with a process.
        with patch.dict(os.environ, TORC_API_URL=url or fake_server.url), pytest.raises(SystemExit) as ended:
            await asyncio.to_thread(cli.main)
        said = capsys.readouterr()
        return Ended(int(ended.value.code or 0), said.out, said.err, told)

    return run
