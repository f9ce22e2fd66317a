"""A host for tests of `torc_client.remote`: an `ssh` that runs commands on this machine, with a home of its own."""

import os
import sys
from pathlib import Path

import pytest


class LocalHost:
    """A host whose `ssh` runs on this machine."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self._bin = folder / "bin"
        self._home_bin = self.home / "bin"
        for each in (self._bin, self._home_bin):
            each.mkdir(parents=True)
        self.path = f"{self._bin}{os.pathsep}{os.environ['PATH']}"
        self.login()
        self.program("torc", f'exec {sys.executable} -c "from torc_client.cli import main; main()" "$@"')

    def login(self, login: str = "true", end: str = 'exec sh -c "$*"') -> None:
        """Set what a login runs, and how it runs the command."""
        before = 'while [ "$1" != -- ]; do case $1 in -*) ;; *) [ "$1" = there ] && break ;; esac; shift; done'
        text = f'#!/bin/sh\n{before}\n[ "$1" = -- ] && shift\nshift\nexport HOME={self.home}\n'
        text += f"unset XDG_STATE_HOME\nPATH={self._home_bin}:$PATH\ncd\n{login}\n{end}\n"
        self._write(self._bin / "ssh", text)

    def program(self, name: str, text: str) -> None:
        """Put a program into the PATH of the host."""
        self._write(self._home_bin / name, f"#!/bin/sh\n{text}\n")

    @staticmethod
    def _write(path: Path, text: str) -> None:
        path.write_text(text)
        path.chmod(0o755)


@pytest.fixture
def local_host(tmp_path, monkeypatch):
    """A host that commands of this process reach."""
    made = LocalHost(tmp_path / "host")
    monkeypatch.setenv("PATH", made.path)
    return made
