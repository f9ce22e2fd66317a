"""Every command that a page shows is run, in order, in a directory and with a home of the page's own."""

import contextlib
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support import needs
from support.pages import ROOT, Block, blocks, followed_pages
from support.processes import Output, Place

RUN_PAGES = [page for page in followed_pages() if any(block.language == "console" for block in blocks(page))]

# After each block the shell's directory and variables are kept for the next, as in a reader's terminal.
SESSION = """
[ -e "$HOME/.session" ] && . "$HOME/.session"
set -euo pipefail
{commands}
{{ export -p; printf 'cd %q\\n' "$PWD"; }} > "$HOME/.session"
"""


class Session:
    """A reader who types what a page says."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.ports: dict[str, str] = {}
        self.missing: list[str] = []
        """The programs of the blocks that could not be run."""
        self.background: list[tuple[subprocess.Popen[str], Output]] = []
        (place.directory / "examples").symlink_to(ROOT / "examples")
        # Pages show the default ports; here every program takes a free one.
        place.environment |= {"TORC_SERVER__PORT": "0", "USER": f"reader{os.getpid()}", "PYTHONWARNINGS": "error"}

    def follow(self, block: Block) -> None:
        """Do what one block says."""
        if "file" in block.marks:
            self.place.file(block.marks["file"], block.text)
        elif "needs" in block.marks and needs.path_of(block.marks["needs"]) is None:
            self.missing.append(block.marks["needs"])
        elif block.language == "console" and "elsewhere" not in block.marks:
            if "background" in block.marks:
                self.start(block)
            else:
                self.type(block)

    def type(self, block: Block) -> None:
        """Run commands to their end."""
        status = int(block.marks.get("status", "0"))
        commands = self.with_ports(block.commands)
        ended = self.place.run("bash", "-c", SESSION.format(commands=commands), status=None)
        assert ended.returncode == status, (
            f"{block.place} ended with {ended.returncode}, not {status}\n{commands}\n{ended.stdout}\n{ended.stderr}"
        )
        if status != 0:
            assert "Traceback" not in ended.stderr, f"{block.place}\n{ended.stderr}"

    def start(self, block: Block) -> None:
        """Start a program and wait until it says that it listens."""
        asked = re.search(r"--port[ =](\d+)", block.commands)
        is_server = block.commands.startswith("torc-server")
        shown = asked[1] if asked else "8080" if is_server else "8090"
        commands = re.sub(r"--port[ =]\d+", "--port 0", block.commands)
        process = self.place.start(
            "bash", "-c", SESSION.format(commands=f"exec {commands}"), stderr=subprocess.STDOUT, start_new_session=True
        )
        assert process.stdout is not None
        output = Output(process.stdout)
        self.background.append((process, output))
        with_socket = re.search(r"--socket +(\S+)", block.commands)
        if with_socket and not is_server:
            output.wait_for("torc-dash")
        elif with_socket:
            output.wait_for("TORC_SERVER_SOCKET=")
        elif is_server:
            port = output.wait_for("TORC_SERVER_PORT=").partition("=")[2]
            # A page's first server is the one that its clients mean; others are there to be seen starting.
            if (
                shown != "0"
                and self.ports.setdefault(shown, port) == port
                and "TORC_API_URL" not in self.place.environment
            ):
                self.place.environment["TORC_API_URL"] = f"http://127.0.0.1:{port}/torc-service/v1"
        else:
            output.wait_for("http://")

    def with_ports(self, commands: str) -> str:
        """The commands with the ports that the programs really have."""
        for shown, real in self.ports.items():
            commands = re.sub(rf"(?<=[: ]){shown}\b", real, commands)
        return commands

    def close(self) -> None:
        """Stop what the page left running."""
        for process, output in reversed(self.background):
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(ProcessLookupError):
                process.wait()
            output.finish()


@pytest.mark.parametrize("page", RUN_PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_the_page_shows_works(page: Path, place: Place):
    assert Path(sys.executable).with_name("torc").exists()
    session = Session(place)
    try:
        for block in blocks(page):
            session.follow(block)
    finally:
        session.close()
    for program in session.missing:
        needs.program(program)
